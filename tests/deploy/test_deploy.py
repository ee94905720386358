"""What is given to operators holds together: units, nginx, container and variables name what there is."""

from __future__ import annotations

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from kieng.cli.main import kieng as command
from kieng.cli.serve_command import PORT
from kieng.web import watch
from kieng.web.serving import bodies, turns
from kieng.workspace.alarms import backup_hours

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("kieng.service", "kieng-night.service", "kieng-night.timer")
PROGRAM = "/opt/kieng/bin/kieng"
#: What stands of each hardening in both services.
HARD = {
    "UMask": "0077",
    "User": "kieng",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "PrivateTmp": "true",
    "NoNewPrivileges": "true",
    "CapabilityBoundingSet": "",
}


def unit(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for line in (DEPLOY / name).read_text("utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found[key].append(value)
    return found


def takes(words: list[str]) -> None:
    """The command line knows the command and its options."""
    context = command.make_context("kieng", ["-w", "x", *words], resilient_parsing=True)
    name = words[0]
    of = command.get_command(context, name)
    assert of is not None, name
    options = {option for one in of.params for option in one.opts}
    assert [word for word in words[1:] if word.startswith("--") and word not in options] == []


@pytest.mark.parametrize("name", ["kieng.service", "kieng-night.service"])
def test_services_run_what_there_is_and_are_closed_in(name):
    told = unit(name)
    for key, value in HARD.items():
        assert told[key] == [value], key
    for line in told["ExecStart"]:
        program, *words = shlex.split(line.lstrip("-"))
        assert program == PROGRAM
        takes(words)
    written = told["ReadWritePaths"][0].split()
    workspace = re.search(r"KIENG_WORKSPACE=(\S+)", told["Environment"][0])[1]
    assert workspace in written
    assert told["MemoryMax"]
    assert told["EnvironmentFile"][0] == "/etc/kieng/kieng.env"


def test_the_service_stands_up_again_and_is_watched():
    told = unit("kieng.service")
    assert (told["Restart"], told["Type"], told["NotifyAccess"]) == (["always"], ["notify"], ["all"])
    assert told["StartLimitIntervalSec"] == ["0"]
    # Several questions fit within the watchdog's time, each as patient as a page's turn may take.
    assert int(told["WatchdogSec"][0]) >= 3 * (watch._BETWEEN + watch._PATIENCE)
    _, *words = shlex.split(told["ExecStart"][0])
    assert words[words.index("--port") + 1] == str(PORT)


def test_the_night_backs_up_before_anything_is_changed_and_looks_last():
    done = [shlex.split(line.lstrip("-"))[1] for line in unit("kieng-night.service")["ExecStart"]]
    assert done == ["backup", "measure", "tidy", "verify", "doctor"]
    assert all(line.startswith("-") for line in unit("kieng-night.service")["ExecStart"][:-1])
    assert unit("kieng-night.timer")["Persistent"] == ["true"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(name, tmp_path):
    for one in UNITS:
        text = (DEPLOY / one).read_text("utf-8").replace(PROGRAM, shutil.which("true"))
        (tmp_path / one).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def variables_known() -> set[str]:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    return set(re.findall(r"\bKIENG_[A-Z_]+\b", source))


@pytest.mark.parametrize("name", ["kieng.env", "kieng.service", "compose.yaml", "Dockerfile", "nginx.conf"])
def test_every_variable_is_one_of_kiengs(name):
    named = set(re.findall(r"\bKIENG_[A-Z_]+\b", (DEPLOY / name).read_text("utf-8")))
    assert named - variables_known() == set()


def test_the_services_variables_are_ones_kieng_takes(monkeypatch):
    from kieng.cli.doctor_command import _variables
    from kieng.web.environment import proxies

    told = dict(_variables(DEPLOY / "kieng.env"))
    assert proxies(told["KIENG_WEB_PROXIES"]) == ("127.0.0.1", "::1")
    monkeypatch.setenv("KIENG_BACKUP_HOURS", told["KIENG_BACKUP_HOURS"])
    assert backup_hours() == 36


# --- nginx: what decision 0028 promises is kept by what stands before it -----------------------------

Directives = dict[str, list[list[str]]]


def nginx() -> Directives:
    """Every directive by its name, wherever it stands, with its words."""
    text = re.sub(r"(?m)^\s*#.*$", "", (DEPLOY / "nginx.conf").read_text("utf-8"))
    found: Directives = defaultdict(list)
    for told in re.findall(r"([^;{}]+)[;{]", text):
        name, *words = shlex.split(told)
        found[name].append(words)
    return found


def seconds(words: list[str]) -> float:
    amount, of = re.fullmatch(r"(\d+)(s|m|d)?", words[0]).groups()
    return int(amount) * {"s": 1, None: 1, "m": 60, "d": 86_400}[of]


def size(words: list[str]) -> int:
    amount, of = re.fullmatch(r"(\d+)(k|m)?", words[0]).groups()
    return int(amount) * {"k": 1_000, "m": 1_000_000, None: 1}[of]


def test_nginx_speaks_tls_and_sends_everybody_there():
    told = nginx()
    assert ["301", "https://$host$request_uri"] in told["return"]
    assert ["443", "ssl", "http2"] in told["listen"]
    assert set(told["ssl_protocols"][0]) <= {"TLSv1.2", "TLSv1.3"}
    assert not any(
        fnmatch.fnmatch(one, "*(NULL|RC4|CBC|MD5)*") for one in told["ssl_ciphers"][0][0].split(":")
    )


def test_nginx_says_who_asks_as_kieng_expects_it():
    headers = {words[0]: words[1] for words in nginx()["proxy_set_header"]}
    assert headers["X-Forwarded-For"] == "$proxy_add_x_forwarded_for"
    assert headers["X-Forwarded-Proto"] == "$scheme"  # whatever the browser sent
    assert headers["Host"] == "$host"
    assert nginx()["server"][0] == [f"127.0.0.1:{PORT}"]


def test_nginx_takes_what_is_slow_upon_itself():
    told = nginx()
    assert told["proxy_request_buffering"] == told["proxy_buffering"] == [["on"]]
    assert told["proxy_http_version"] == [["1.1"]]
    assert seconds(told["client_body_timeout"][0]) <= bodies.SECONDS
    assert seconds(told["client_header_timeout"][0]) <= 10
    assert size(told["client_max_body_size"][0]) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE + bodies._AROUND
    assert seconds(told["proxy_read_timeout"][0]) > turns.PATIENCE + 45
    # Kiềng closes what is idle for 10 s: nginx has to be first.
    assert min(map(seconds, told["keepalive_timeout"])) < 10
    for limit in ("limit_conn", "limit_req"):
        zone = told[f"{limit}_zone"][0]
        assert zone[0] == "$binary_remote_addr"
        name = re.search(r"zone=(\w+):", " ".join(zone))[1]
        assert name in " ".join(told[limit][0])
        assert told[f"{limit}_status"] == [["429"]]
    assert ["=", "/so-do/"] in told["location"]


# --- the container ---------------------------------------------------------------------------------


def dockerfile() -> list[str]:
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_image_is_unprivileged_holds_no_secret_and_asks_whether_it_is_well():
    lines = dockerfile()
    last = lines[max(n for n, line in enumerate(lines) if line.startswith("FROM")) :]
    assert "USER 10001:10001" in last
    entry = next(line for line in last if line.startswith("ENTRYPOINT"))
    assert last.index("USER 10001:10001") < last.index(entry)
    assert yaml.safe_load(entry.partition(" ")[2]) == ["kieng"]
    takes(yaml.safe_load(next(line for line in last if line.startswith("CMD")).partition(" ")[2]))
    health = yaml.safe_load(
        next(line for line in last if line.startswith("HEALTHCHECK")).partition("CMD ")[2]
    )
    assert health == ["python", "-m", watch.__name__, "--once"]
    assert not re.search(r"(?im)password|secret|token|^COPY \. |^ADD ", "\n".join(lines))
    for line in lines:
        if line.startswith("COPY") and "--from" not in line:
            source = line.split()[1]
            assert source == "dist/kieng-*.whl" or (ROOT / source).is_file(), source
    taken = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split("*\n", 1)[1].split()
    assert taken == ["!requirements-web.txt", "!dist"]
    assert "--require-hashes" in "\n".join(lines)


def test_compose_has_a_database_that_is_safe_and_pages_that_are_closed_in():
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    services = told["services"]
    pages, database = services["pages"], services["database"]
    assert pages["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert pages["read_only"] is True
    assert pages["cap_drop"] == ["ALL"]
    assert pages["restart"] == "always"
    assert pages["mem_limit"]
    assert "--data-checksums" in database["environment"]["POSTGRES_INITDB_ARGS"]
    assert {one["source"] for one in pages["secrets"]} | set(database["secrets"]) == set(told["secrets"])
    ignored = (ROOT / ".gitignore").read_text().split()
    for secret in told["secrets"].values():
        assert f"/deploy/{Path(secret['file']).name}" in ignored
    volumes = {one.partition(":")[2]: one.partition(":")[0] for one in pages["volumes"]}
    assert set(volumes.values()) <= set(told["volumes"])
    named = ", ".join(f'"{one}"' for one in volumes)
    assert f"VOLUME [{named}]" in dockerfile()
    gateway = told["networks"]["inside"]["ipam"]["config"][0]["gateway"]
    assert pages["environment"]["KIENG_WEB_PROXIES"] == gateway


@pytest.mark.skipif(
    not os.environ.get("KIENG_TEST_NGINX") and not shutil.which("nginx"), reason="no nginx here"
)
def test_nginx_takes_its_configuration(tmp_path):
    from tests.deploy.nginx import nginx_folder

    done = nginx_folder(tmp_path, 8000, 8443, 8080).run("-t")
    assert "test is successful" in done.stderr
    assert "[warn]" not in done.stderr
