"""Every alarm stands while its reason does, ends with it, and is told in both languages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from tests.helpers.workspace import files_csv, load_files, ok, run, write_workspace
from tools.alarm_page import PAGE, page

from kieng.problems import refuse
from kieng.records.ledger import Ledger
from kieng.workspace import alarms
from kieng.workspace.alarms import ALARMS, NO_ANSWER, look
from kieng.workspace.operations import NAME, Noting, Operation, Work, operations

ODD = [
    f'{{"measure": {{"began": {began}, "ended": {ended}}}}}'
    for began, ended in (('"x"', "1"), ("1", "1e999"), ("NaN", "1"), ("[]", "null"), ("1e30", "null"))
]
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def standing(folder: Path, **seen: object) -> set[str]:
    return {one.alarm.code for one in look(folder, **{"now": NOW, "demo": True} | seen)}


def write(folder: Path, **works: Operation) -> None:
    (folder / NAME).write_text(json.dumps({name: vars(one) for name, one in works.items()}))


def done(hours_ago: float = 1.0, fine: bool = True, told: str = "") -> Operation:
    at = NOW.timestamp() - hours_ago * 3600
    return Operation(at - 10, at, fine, told, at if fine else None, 10.0 if fine else None)


#: How each alarm comes about: what is noted, what is seen.
REASONS = {
    "ledger-damaged": ({"verify": done(fine=False, told="changed-file")}, {}),
    "not-answering": ({}, {"health": NO_ANSWER}),
    "out-of-reach": ({}, {"health": "cannot-open"}),
    "workers-dying": ({"workers": done(0.1, fine=False)}, {}),
    "measuring-failed": ({"measure": done(fine=False, told="disk-full")}, {}),
    "backup-too-old": ({"backup": done(40)}, {"demo": False}),
    "disk-nearly-full": ({}, {}),
    "clock-set-back": ({"measure": done(-1)}, {}),
    "text-faults": ({}, {"text_faults": 2}),
}


@pytest.mark.parametrize("code", [one.code for one in ALARMS])
def test_each_stands_for_its_reason_alone_and_ends_with_it(code, tmp_path, monkeypatch):
    noted, seen = REASONS[code]
    if code == "disk-nearly-full":
        monkeypatch.setattr(alarms, "free_of", lambda _: (1_000_000_000, 1_000_000_000_000))
    write(tmp_path, **noted)
    assert standing(tmp_path, **seen) == {code}
    (told,) = [one.told() for one in look(tmp_path, now=NOW, **{"demo": True} | seen)]
    assert told["why"]
    monkeypatch.undo()
    write(tmp_path)
    assert standing(tmp_path) == set()


def test_every_alarm_has_its_words_and_none_is_idle():
    words = yaml.safe_load(Path(alarms.__file__).with_suffix(".yaml").read_text("utf-8"))
    assert list(words) == [one.code for one in ALARMS] == list(REASONS)
    for one in ALARMS:
        for name in (one.said, one.mend):
            assert name.vi.endswith("."), one.code
            assert name.en.endswith("."), one.code
            assert name.vi != name.en


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"measure": 3}', '{"nap": {"began": 1}}', "[" * 100_000, *ODD]
)
def test_notes_that_are_none_are_nothing(content, tmp_path):
    (tmp_path / NAME).write_text(content)
    assert operations(tmp_path) == {}
    assert standing(tmp_path, demo=False) == {"backup-too-old"}


def test_what_was_killed_is_told_of_after_some_hours(tmp_path):
    write(tmp_path, measure=Operation(NOW.timestamp() - 3600))
    assert standing(tmp_path) == set()
    assert standing(tmp_path, now=NOW + timedelta(hours=6)) == {"measuring-failed"}


def test_workers_that_stand_again_are_told_of_for_a_while(tmp_path):
    write(tmp_path, workers=done(0.1, fine=False))
    assert standing(tmp_path) == {"workers-dying"}
    assert standing(tmp_path, now=NOW + timedelta(minutes=15)) == set()


def test_commands_note_what_they_did(tmp_path, monkeypatch):
    root = write_workspace(tmp_path / "w")
    folder = root / ".kieng"
    load_files(root, files_csv(tmp_path / "one.csv", ["1,21550,2024-01-01,2024-04-05,1,0,"]))
    for command in (["measure"], ["verify"], ["backup", tmp_path / "backups"]):
        ok(root, *command)
    noted = operations(folder)
    assert {work for work, one in noted.items() if one.fine} == {Work.MEASURE, Work.VERIFY, Work.BACKUP}
    assert Path(noted[Work.BACKUP].told).parent == tmp_path / "backups"
    assert look(folder) == []
    fine_at = noted[Work.MEASURE].fine_at

    def damaged(*_: object) -> list[object]:
        raise refuse("w", "disk-full", "The disk is full.", "Free some space.")

    monkeypatch.setattr(Ledger, "remember_plan", damaged)
    run(root, "measure")
    assert {one.alarm.code for one in look(folder)} == {"measuring-failed"}
    assert operations(folder)[Work.MEASURE].fine_at == fine_at
    monkeypatch.undo()
    ok(root, "measure")
    assert look(folder) == []


def test_several_processes_note_each_their_own(tmp_path):
    code = (
        "import sys; from pathlib import Path; from kieng.workspace.operations import *\n"
        "for _ in range(40):\n    with Noting(Path(sys.argv[1]), Work(sys.argv[2])): pass"
    )
    run = [sys.executable, "-c", code, str(tmp_path)]
    working = [subprocess.Popen([*run, work]) for work in ("measure", "verify", "backup")]
    assert [one.wait(60) for one in working] == [0, 0, 0]
    assert all(one.fine for one in operations(tmp_path).values())
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_killed_work_leaves_a_note_that_can_be_read_and_locks_nobody_out(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from kieng.workspace.operations import *\n"
        "with Noting(Path(sys.argv[1]), Work.VERIFY): os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert operations(tmp_path)[Work.VERIFY].ended is None
    with Noting(tmp_path, Work.VERIFY):
        pass
    assert operations(tmp_path)[Work.VERIFY].fine


def test_who_was_killed_long_ago_is_told_of_but_found_no_damage(tmp_path):
    long_ago = Operation(NOW.timestamp() - 8 * 3600)
    write(tmp_path, measure=long_ago, verify=long_ago)
    assert standing(tmp_path) == {"measuring-failed"}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_closed_folder_hinders_no_work(tmp_path):
    tmp_path.chmod(0o500)
    with Noting(tmp_path, Work.VERIFY):
        pass
    tmp_path.chmod(0o700)


def test_a_folder_that_is_gone_hinders_no_work(tmp_path):
    with Noting(tmp_path / "gone", Work.VERIFY):
        pass


def test_the_page_of_alarms_is_printed_from_them():
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"
