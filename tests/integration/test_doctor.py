"""`kieng doctor` names what is wrong, in both languages and with the way to mend it, and changes nothing."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.helpers import postgres
from tests.helpers.workspace import files_csv, load_files, ok, run, write_workspace

import kieng
from kieng.cli import doctor_command
from kieng.stores.sql.choose import SETTING
from kieng.web import doctor as of_pages
from kieng.workspace import alarms
from kieng.workspace.doctor import checks, data, everything, machine
from kieng.workspace.doctor.checks import Level, Patient, examine, fine, words
from kieng.workspace.operations import NAME

Told = dict[str, dict[str, str]]
#: What is not well of any workspace of the tests: root runs them, backups lie beside, nobody serves.
USUAL = {"owner-root", "backup-same-disk", "workers-none", "administrators-none"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace that is in good order; the pages are asked elsewhere."""
    monkeypatch.setattr(doctor_command, "_of_pages", lambda _: iter(()))
    monkeypatch.setattr(machine, "free_of", lambda _: (10**12, 2 * 10**12))
    monkeypatch.delenv("KIENG_WEB_SECRET", raising=False)
    before = os.umask(0o022)
    root = write_workspace(tmp_path / "w")
    os.umask(before)
    load_files(root, files_csv(tmp_path / "one.csv", ["1,21550,2024-01-01,2024-04-05,1,0,"]))
    for command in (["measure"], ["verify"], ["backup", tmp_path / "backups"]):
        ok(root, *command)
    return root


def told(root: Path, *options: str) -> tuple[int, Told]:
    """The exit code, and every result that is not fine by its key."""
    result = run(root, "doctor", "--json", *options)
    found = json.loads(result.stdout)
    assert result.exit_code == max(Level[one["level"].upper()] for one in found)
    return result.exit_code, {one["result"]: one for one in found if one["level"] != "ok"}


def test_good_order_is_good_order_and_nothing_is_changed(root):
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    assert told(root)[1].keys() <= USUAL
    said = run(root, "doctor").stdout
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()} == before
    for one in words()["checks"].values():
        assert one["vi"] in said or one["vi"] in {words()["checks"][n]["vi"] for n in everything.OF_PAGES}


def spoil_rights(root: Path) -> None:
    (root / ".kieng").chmod(0o755)
    (root / ".kieng" / "secret").write_bytes(b"x" * 32)
    (root / ".kieng" / "secret").chmod(0o644)


def spoil_text(root: Path) -> None:
    (root / "kieng.yaml").chmod(0o666)
    (root / "kieng.yaml").write_text("name: [")


def spoil_version(root: Path) -> None:
    with sqlite3.connect(root / ".kieng" / "kieng.db") as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()


def spoil_older(root: Path) -> None:
    with sqlite3.connect(root / ".kieng" / "kieng.db") as connection:
        connection.execute("UPDATE schema_version SET version = 2")
    connection.close()


def note(**works: dict[str, Any]) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        known = json.loads((root / ".kieng" / NAME).read_text())
        for name, changes in works.items():
            known[name] |= changes
        (root / ".kieng" / NAME).write_text(json.dumps(known))

    return spoil


def load_more(root: Path) -> None:
    load_files(root, files_csv(root.parent / "two.csv", ["2,21550,2024-01-01,2024-04-05,1,0,"]))


LATER, LONG_AGO = time.time() + 7200, time.time() - 30 * 86_400
SPOILED: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "rights": (spoil_rights, {"rights-folder", "rights-open"}),
    "a secret": (lambda r: (r / ".kieng" / "secret").write_bytes(b"x"), {"keys-secret"}),
    "accounts and no secret": (lambda r: (r / ".kieng" / "web.db").touch(0o600), {"keys-web-gone"}),
    "text": (spoil_text, {"text-faults", "rights-text"}),
    "no workspace": (lambda r: (r / "kieng.yaml").unlink(), {"refused"}),
    "a newer database": (spoil_version, {"database-newer"}),
    "an older database": (spoil_older, {"database-older"}),
    "no database": (
        lambda r: (r / ".kieng" / "kieng.db").write_bytes(b"no database" * 500),
        {"database-refused", "refused"},
    ),
    "a clock": (note(measure={"ended": LATER}), {"clock-back"}),
    "a measuring": (note(measure={"fine": False, "told": "disk-full"}), {"measured-failed"}),
    "a measuring that was killed": (note(measure={"began": LONG_AGO, "ended": None}), {"measured-failed"}),
    "a delivery": (load_more, {"measured-behind"}),
    "damage": (note(verify={"fine": False, "told": "changed-file"}), {"verified-damage"}),
    "no verify": (note(verify={"fine_at": LONG_AGO}), {"verified-old"}),
    "a backup": (note(backup={"fine": False, "told": "disk-full"}), {"backup-failed"}),
    "an old backup": (note(backup={"fine_at": LONG_AGO}), {"backup-old"}),
    "a backup taken away": (note(backup={"told": "/nowhere"}), {"backup-gone"}),
    "notes": (lambda r: (r / ".kieng" / NAME).write_text("["), {"verified-never", "backup-never"}),
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_is_spoiled_is_named_with_the_way_to_mend_it(root, what):
    spoil, expected = SPOILED[what]
    old = os.umask(0o022)
    spoil(root)
    os.umask(old)
    code, found = told(root)
    assert expected <= found.keys()
    assert found.keys() - expected <= USUAL
    assert code >= 1
    for key in expected - {"refused", "database-refused"}:  # whose words are others'
        assert found[key]["mend"]["vi"].endswith("."), key
        assert found[key]["mend"]["en"].endswith("."), key
    assert "Traceback" not in run(root, "doctor").output


@pytest.mark.parametrize(
    ("free", "key"), [(10**9, "disk-full"), (9 * 10**9, "disk-low"), (500 * 10**9, None)]
)
def test_a_disk_that_fills(root, monkeypatch, free, key):
    monkeypatch.setattr(machine, "free_of", lambda _: (free, 2 * 10**12))
    assert (key is None) or key in told(root)[1]
    monkeypatch.setattr(alarms, "free_of", lambda _: (free, 2 * 10**12))
    stands = {one.alarm.code for one in alarms.look(root / ".kieng")}
    assert ("disk-nearly-full" in stands) == (key == "disk-full")


def test_a_folder_that_is_none_and_one_that_holds_nothing_yet(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor_command, "_of_pages", lambda _: iter(()))
    code, found = told(tmp_path / "nowhere")
    assert code == 2
    assert "refused" in found
    new = write_workspace(tmp_path / "new")
    assert told(new)[1].keys() - USUAL <= {
        "database-none",
        "measured-never",
        "verified-never",
        "backup-never",
        "rights-text",
        "disk-low",
        "disk-full",
    }
    assert not (new / ".kieng").exists()


def test_a_check_that_fails_or_hangs_stops_no_other(tmp_path):
    def fails(_: Patient) -> list[checks.Result]:
        raise ZeroDivisionError("by nothing")

    def hangs(_: Patient) -> list[checks.Result]:
        time.sleep(2)
        return []

    def closed(_: Patient) -> list[checks.Result]:
        raise PermissionError(13, "Permission denied", "/srv/others")

    patient = Patient(tmp_path, datetime.now(UTC))
    assert "/srv/others" in examine("disk", closed, patient).results[0].said.vi
    failed = examine("disk", fails, patient)
    assert (failed.level, "by nothing" in failed.results[0].said.vi) == (Level.FAULT, True)
    hung = examine("disk", hangs, patient, patience=0.1)
    assert (hung.level, hung.hangs) == (Level.FAULT, True)
    assert examine("disk", lambda _: [fine("rights-fine")], patient).level == Level.OK


def test_who_may_not_look_is_told_so_and_not_that_nothing_was_done(root, monkeypatch):
    closed = SimpleNamespace(access=lambda *_: False, R_OK=os.R_OK, X_OK=os.X_OK, environ=os.environ)
    monkeypatch.setattr(data, "os", closed)
    found = told(root)[1]
    assert found["not-allowed"]
    assert not {"verified-never", "backup-never", "measured-never"} & found.keys()


def test_a_check_that_is_forgotten_fails_here():
    assert set(words()["checks"]) == {*everything.CHECKS, *everything.OF_PAGES}
    assert tuple(of_pages.CHECKS) == everything.OF_PAGES
    folder = Path(kieng.__file__).parent
    sources = [*(folder / "workspace" / "doctor").glob("*.py"), folder / "web" / "doctor.py"]
    source = "\n".join(path.read_text("utf-8") for path in [*sources, Path(doctor_command.__file__)])
    for module, functions in ((machine, everything.CHECKS), (of_pages, of_pages.CHECKS)):
        made = re.findall(r"^def ([a-z]\w*)\(_?\w*: Patient\) -> Iterator\[Result\]", _text(module), re.M)
        assert set(made) - {"examined"} <= set(functions)
    used = set(re.findall(r"\b(?:fine|warn|bad|refused)\(\s*\"([a-z-]+)\"", source))
    assert used == set(words()["results"])


def _text(module: Any) -> str:
    return Path(module.__file__).read_text("utf-8")


@pytest.mark.parametrize("key", sorted(words()["results"]))
def test_every_result_is_told_in_both_languages(key):
    one = words()["results"][key]
    blanks = {part: set(re.findall(r"\{(\w+)\}", text)) for part, text in one.items()}
    assert set(one) in ({"vi", "en"}, {"vi", "en", "mend_vi", "mend_en"})
    assert {b.replace("_vi", "_en") for b in blanks["vi"]} == blanks["en"]
    assert one["vi"] != one["en"] or not re.search("[a-z]{4}", re.sub(r"\{\w+\}", "", one["vi"]))
    assert all(text.endswith((".", "_vi}", "_en}")) for text in one.values())


def test_what_a_server_is_set_to(tmp_path, monkeypatch):
    """The tests' own server waits for no disk: just what must be named."""
    monkeypatch.setenv(postgres.SERVER, postgres.server())
    monkeypatch.setattr(doctor_command, "_of_pages", lambda _: iter(()))
    root = postgres.keep_in_database(write_workspace(tmp_path / "w"), monkeypatch)
    load_files(root, files_csv(tmp_path / "one.csv", ["1,21550,2024-01-01,2024-04-05,1,0,"]))
    found = told(root)[1]
    assert {"server-unsafe"} <= found.keys()
    assert "database-refused" not in found
    monkeypatch.setenv(SETTING, "postgresql://nobody@127.0.0.1:1/none")
    code, found = told(root)
    assert code == 2
    assert {"database-refused", "refused"} <= found.keys()


def test_the_services_own_variables_are_read(root, tmp_path, monkeypatch):
    monkeypatch.setenv("KIENG_BACKUP_HOURS", "36")
    note(backup={"fine_at": time.time() - 7200})(root)
    path = tmp_path / "kieng.env"
    path.write_text('# a comment\n\nKIENG_BACKUP_HOURS = "1"\n')
    assert "backup-old" in told(root, "--environment", str(path))[1]
    path.write_text("export X\n")
    result = run(root, "doctor", "--environment", path)
    assert (result.exit_code, "no-variable" in result.stderr) == (2, True)


def test_the_pages_are_asked_beside_and_what_they_refuse_is_told(tmp_path, monkeypatch):
    root = write_workspace(tmp_path / "w")
    monkeypatch.setenv("KIENG_WEB_PROXIES", "everywhere")
    for name in ("KIENG_WEB_SECRET", "KIENG_WORKSPACE", "DJANGO_SETTINGS_MODULE", "KIENG_WEB_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    found = told(root)[1]
    assert "KIENG_WEB_PROXIES" in found["pages-refused"]["vi"]
    monkeypatch.setenv("KIENG_WEB_PROXIES", "0.0.0.0/0")
    monkeypatch.setenv("KIENG_WEB_HOSTS", "kieng.example.vn")
    found = told(root)[1]
    assert {"proxies-all", "https-off", "administrators-none"} <= found.keys()
    assert "pages-refused" not in found
    assert not (root / ".kieng").exists()


def test_a_clock_ahead_by_the_moments_that_clocks_differ_is_none(root):
    note(measure={"ended": (datetime.now(UTC) + timedelta(seconds=60)).timestamp()})(root)
    assert "clock-back" not in told(root)[1]
