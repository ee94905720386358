"""Tries dist/'s wheel as an operator would: in an environment of its own, outside the repository, by a user
who may do nothing else, with the very command of the unit, and behind nginx where there is one.

``python tools/try_wheel.py [PYTHON …]``; without any, every Python from 3.11 on that can be found here.
``--pythons`` lists those.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.deploy.nginx import nginx_folder  # noqa: E402

OLDEST, NEWEST = 11, 15
NOBODY = 65_534
PATIENCE = 120.0
#: Faults that a workspace made a minute ago on this machine cannot help.
USUAL = {"disk-full", "disk-names", "https-off"}


class Trial:
    """One environment and one workspace, in ``folder``."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder, self.python = folder, python
        self.bin = folder / "kieng" / "bin"
        self.workspace = folder / "workspace"
        self.nobody = False  # whether another user does it, who may do nothing else

    def install(self, wheel: Path) -> None:
        """As docs/operating/install.md says; by uv, which does the same sooner, where it is at hand."""
        uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        pinned = ["--require-hashes", "-r", str(ROOT / "requirements-web.txt")]
        if uv:
            run([uv, "venv", "-q", "--python", self.python, str(self.folder / "kieng")])
            install = [uv, "pip", "install", "-q", "--compile-bytecode", "--python", str(self.bin / "python")]
        else:
            run([self.python, "-m", "venv", str(self.folder / "kieng")])
            install = [str(self.bin / "pip"), "install", "-q", "--disable-pip-version-check"]
        run([*install, *pinned])
        run([*install, "--no-deps", "--no-index", str(wheel)])
        if os.geteuid() == 0 and self._open_to_nobody():
            shutil.chown(self.folder, NOBODY, NOBODY)
            self.nobody = True
        elif os.geteuid() == 0:
            print(f"{self.python} lies where only root may go: tried as root", flush=True)

    def _open_to_nobody(self) -> bool:
        """Whether another user can run this Python: one that lies in somebody's home cannot be."""
        self.folder.chmod(0o755)
        try:
            asked = [str(self.bin / "python"), "-c", ""]
            return subprocess.run(asked, user=NOBODY, group=NOBODY, check=False, cwd="/").returncode == 0
        except PermissionError:
            return False

    def kieng(self, *words: object, codes: Sequence[int] = (0,)) -> str:
        done = subprocess.run(
            [str(self.bin / "kieng"), *map(str, words)], **self.as_nobody(), capture_output=True, text=True
        )
        if done.returncode not in codes or "Traceback" in done.stderr:
            sys.exit(f"kieng {words[0]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def as_nobody(self, **more: str) -> dict[str, object]:
        """How a process of the trial is begun: as somebody who may do nothing, and knows nothing of here."""
        known = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "KIENG_WORKSPACE": str(self.workspace)}
        told: dict[str, object] = {"cwd": self.folder, "env": known | more}
        if self.nobody:
            told |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        return told

    def commands(self) -> None:
        """Each command an operator needs on the first day."""
        if "doctor" not in self.kieng("--help"):
            sys.exit("kieng --help does not name its commands")
        self.kieng("demo", self.workspace, "--cases", 300, "--no-serve")
        self.kieng("verify")
        self.kieng("backup", self.folder / "backups")
        told = json.loads(self.kieng("doctor", "--json", codes=(0, 1, 2)))
        faults = {one["result"] for one in told if one["level"] == "fault"} - USUAL
        if faults:
            sys.exit(f"kieng doctor names faults of a new workspace: {faults}")

    @contextmanager
    def served(self, port: int) -> Iterator[None]:
        """The unit's command, its port and place changed; it has told systemd that it is ready."""
        unit = (ROOT / "deploy" / "kieng.service").read_text("utf-8")
        (line,) = re.findall(r"(?m)^ExecStart=(.*)$", unit)
        command = shlex.split(line.replace("/opt/kieng/bin", str(self.bin)).replace("8000", str(port)))
        notify = self.folder / "notify"
        more = {
            "NOTIFY_SOCKET": str(notify),
            "KIENG_WEB_HOSTS": "kieng.example.vn",
            "KIENG_WEB_HTTPS": "1",
            "KIENG_WEB_PROXIES": "127.0.0.1,::1",
        }
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as systemd:
            systemd.bind(str(notify))
            notify.chmod(0o777)
            systemd.settimeout(PATIENCE)
            with subprocess.Popen(command, **self.as_nobody(**more)) as server:  # type: ignore[call-overload]
                try:
                    while b"READY=1" not in systemd.recv(4096):
                        pass
                    yield
                finally:
                    server.terminate()

    def pages(self, nginx: bool) -> None:
        """The first page, its style, and what a stranger may not see; through nginx too."""
        port = free_port()
        with self.served(port):
            proxy = {"Host": "kieng.example.vn", "X-Forwarded-Proto": "https"}
            self._look(http.client.HTTPConnection("127.0.0.1", port, timeout=30), proxy)
            if nginx:
                self._through_nginx(port)

    def _through_nginx(self, port: int) -> None:
        tls, plain = free_port(), free_port()
        folder = self.folder / "nginx"
        folder.mkdir()
        made = nginx_folder(folder, port, tls, plain)
        trusted = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        trusted.check_hostname = False
        with subprocess.Popen(made.command("-g", "daemon off;")) as server:
            try:
                until_open(tls)
                self._look(
                    http.client.HTTPSConnection("127.0.0.1", tls, timeout=30, context=trusted),
                    {"Host": "kieng.example.vn", "X-Forwarded-For": "203.0.113.9"},
                )
                expect(plain, "/", {"Host": "kieng.example.vn"}, 301)
            finally:
                server.terminate()

    @staticmethod
    def _look(connection: http.client.HTTPConnection, headers: dict[str, str]) -> None:
        with closing(connection):
            page = answer(connection, "/", headers, 200)
            (style, *_) = re.findall(rb'href="(/static/[^"]+\.css)"', page)
            answer(connection, style.decode(), headers, 200)
            answer(connection, "/tai-khoan/login/", headers, 200)
            if json.loads(answer(connection, "/suc-khoe/", headers, 200))["status"] != "fine":
                sys.exit("/suc-khoe/ is not fine")
            answer(connection, "/so-do/", headers, 302, 404)


def answer(connection: http.client.HTTPConnection, path: str, headers: dict[str, str], *codes: int) -> bytes:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    said = response.read()
    if response.status not in codes:
        sys.exit(f"{path} answers {response.status}: {said[:500]!r}")
    return said


def expect(port: int, path: str, headers: dict[str, str], code: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        answer(connection, path, headers, code)


def until_open(port: int) -> None:
    for _ in range(100):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("nginx does not listen")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True)


def pythons(say: Callable[[str], None] = print) -> list[str]:
    """Every Python from 3.11 on that is here, the machine's own first; those that are not are named."""
    found = []
    for minor in range(OLDEST, NEWEST):
        name = f"3.{minor}"
        path = next((str(one) for one in places_of(name) if is_python(one, minor)), "")
        say(f"python {name}: {path or 'not here'}")
        found += [path] if path else []
    return found


def places_of(name: str) -> Iterator[Path]:
    """Where a Python may lie: on the path, and where pyenv puts them."""
    for folder in ("/usr/bin", "/usr/local/bin", *os.environ["PATH"].split(":")):
        yield Path(folder) / f"python{name}"
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from sorted(versions.glob(f"{name}.*/bin/python{name}"))


def is_python(path: Path, minor: int) -> bool:
    """Whether it is that one, and no stand-in that only says it is not."""
    if not path.is_file():
        return False
    asked = [str(path), "-c", "import sys, venv; print(sys.version_info[1])"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() == str(minor)


def main() -> None:
    """Try the wheel on each Python."""
    if sys.argv[1:] == ["--pythons"]:
        sys.stdout.write("\n".join(pythons(say=lambda _: None)) + "\n")
        return
    (wheel,) = (ROOT / "dist").glob("kieng-*.whl")
    nginx = bool(os.environ.get("KIENG_TEST_NGINX") or shutil.which("nginx"))
    print(f"nginx: {'yes' if nginx else 'not here'}", flush=True)
    tried = sys.argv[1:] or pythons()
    for python in tried:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="kieng-trial-") as folder:
            trial = Trial(Path(folder), python)
            trial.install(wheel)
            trial.commands()
            trial.pages(nginx)
        print(f"{python}: installed, tried and served in {time.monotonic() - began:.0f} s", flush=True)
    if not tried:
        sys.exit("no Python from 3.11 on was found")


if __name__ == "__main__":
    main()
