"""A person's first hour with the command line: every command once, and what a second try says."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.helpers.postgres import keep_in_database
from tests.helpers.workspace import (
    files_csv,
    load_files,
    ok,
    replace_in,
    run,
    shown,
    the_one,
    write_workspace,
)

GOOD = ("1,21550,2024-03-01,2024-03-05,1,0,", "2,21553,2024-03-01,2024-03-06,0,0,")
BAD = ("3,99999,2024-03-01,2024-03-07,1,0,", "4,21550,2024-02-31,2024-03-07,1,0,")


@pytest.fixture
def root(each_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)  # refused rows go where one stands
    return keep_in_database(write_workspace(tmp_path / "w"), monkeypatch)


def test_a_new_workspace_takes_records_and_shows_them(tmp_path: Path) -> None:
    root = tmp_path / "moi"
    ok(None, "init", root)
    ok(root, "check")
    path = tmp_path / "tep.csv"
    path.write_text(
        "Mã hồ sơ,Cơ quan,Ngày mở,Hạn,Ngày kết thúc,Trọn vẹn trên mạng,Mật\n"
        "A1,xa-mau,02/03/2026,,05/03/2026,Có,Không\nA2,xa-mau,02/03/2026,,06/03/2026,Không,Không\n",
        encoding="utf-8",
    )
    assert "2 dòng: nhận 2" in ok(root, "load", "work_file", path, "--mapping", "work-files").stderr
    assert "Đã đo" in ok(root, "measure").stderr
    found = the_one(root, "work-files-online", "--agency", "xa-mau", "--period", "2026-03")
    assert (found["value"], found["numerator"], found["denominator"]) == (50, 1, 2)
    table = ok(root, "show").stdout
    assert "ít nhất 90 %" in table
    assert "50 %" in table


def test_init_and_demo_leave_what_is_there_alone(root: Path, tmp_path: Path) -> None:
    load_files(root, files_csv(tmp_path / "a.csv", GOOD))
    for command in ("init", "demo"):
        for place in (root, root / "kieng.yaml"):
            result = run(None, command, place)
            assert result.exit_code == 2
            assert "not-empty" in result.stderr
    assert "1 đợt nạp số liệu" in ok(root, "verify").stderr


def test_the_same_file_again_adds_nothing(root: Path, tmp_path: Path) -> None:
    path = files_csv(tmp_path / "a.csv", GOOD)
    assert "nhận 2" in load_files(root, path).stderr
    again = load_files(root, path)
    assert "Already there as batch 1; nothing added." in again.stderr
    assert "1 batches" in ok(root, "verify").stderr


def test_good_rows_are_in_and_the_refused_file_can_be_mended(root: Path, tmp_path: Path) -> None:
    path, refused = files_csv(tmp_path / "a.csv", GOOD + BAD), tmp_path / "refused"
    command = ("load", "work_file", path, "--mapping", "work-files", "--refused", refused)
    result = run(root, *command)
    assert result.exit_code == 2
    assert "accepted 2 (superseding 0), unchanged 0, repeated 0, refused 2" in result.stderr
    assert "a.csv:4:2: unknown-agency '99999'" in result.stderr
    assert "a.csv:5:3: no-such-day '2024-02-31'" in result.stderr
    mended = refused / "a.refused.csv"
    replace_in(mended, "99999,2024", "21550,2024")
    replace_in(mended, "2024-02-31", "2024-02-28")
    assert "accepted 2" in load_files(root, mended).stderr
    ok(root, "measure")
    assert the_one(root, "work-files-online", "--agency", "xa-1", "--period", "2024")["denominator"] == 3


def test_the_same_file_is_taken_once_the_text_is_mended(root: Path, tmp_path: Path) -> None:
    """The remedy "or add it to agencies/" has to work."""
    path = files_csv(tmp_path / "a.csv", (*GOOD, BAD[0]))
    assert run(root, "load", "work_file", path, "--mapping", "work-files").exit_code == 2
    replace_in(root / "agencies/agencies.csv", "\nxa-3,", "\nxa-9,,,Xã Chín,,commune,,99999\nxa-3,")
    replace_in(root / "agencies/parents.csv", "\nxa-3,huyen-b", "\nxa-9,tinh-ab,2025-07-01,\nxa-3,huyen-b")
    replace_in(root / "agencies/parents.csv", "\nxa-9,tinh", "\nxa-9,huyen-b,,2025-07-01\nxa-9,tinh")
    assert "accepted 1 (superseding 0), unchanged 2" in load_files(root, path).stderr
    assert "Already there as batch 2" in load_files(root, path).stderr


def test_an_unreadable_file_adds_nothing(root: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        result = run(root, "load", "work_file", path, "--mapping", "work-files")
        assert result.exit_code == 2
        assert "no-such-file" in result.stderr
    path = tmp_path / "columns.csv"
    path.write_text("id,agency\n1,21550\n", encoding="utf-8")
    result = run(root, "load", "work_file", path, "--mapping", "work-files")
    assert result.exit_code == 2
    assert "Nothing of this delivery was loaded." in result.stderr
    assert "0 batches" in ok(root, "verify").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("case", "--mapping", "work-files"), "Write `kieng load work_file"),
        (("work_file", "--mapping", "work-fils"), "work-files"),
        (("work_file", "--mapping", "work-files", "--origin", "published"), "--citation"),
        (("work_file", "--mapping", "work-files", "--origin", "guessed"), "'guessed' is not one of"),
    ],
)
def test_what_load_cannot_mean_is_refused(
    root: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run(root, "load", *arguments, files_csv(tmp_path / "a.csv", GOOD))
    assert result.exit_code == 2
    assert said in result.stderr


def test_nobody_can_know_before_a_measuring_what_came_after_it(root: Path, tmp_path: Path) -> None:
    load_files(root, files_csv(tmp_path / "a.csv", GOOD), "--recorded-at", "2024-07-01")
    ok(root, "measure")
    late = files_csv(tmp_path / "b.csv", ("9,21550,2024-03-01,2024-03-05,1,0,",))
    command = ("load", "work_file", late, "--mapping", "work-files")
    result = run(root, *command, "--recorded-at", "2024-08-01")
    assert result.exit_code == 2
    assert "recorded-before-measuring" in result.stderr
    ok(root, *command)


def test_commands_say_what_has_to_be_done_first(root: Path, tmp_path: Path) -> None:
    result = run(root, "show")
    assert result.exit_code == 2
    assert "kieng measure" in result.stderr
    for command in ("check", "show", "measure", "verify"):
        result = run(tmp_path / "nowhere", command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "no-workspace" in result.stderr
        assert "KIENG_WORKSPACE" in result.stderr


def test_a_text_whose_examples_fail_measures_nothing(root: Path, tmp_path: Path) -> None:
    load_files(root, files_csv(tmp_path / "a.csv", GOOD))
    ok(root, "measure")
    before = shown(root)
    replace_in(root / "indicators/work-files-online.yaml", 'expect: "100 (1 / 1)"', 'expect: "50 (1 / 2)"')
    assert run(root, "check").exit_code == 1
    assert run(root, "measure").exit_code == 2
    assert shown(root) == before


def test_export_writes_both_readings_exactly(root: Path, tmp_path: Path) -> None:
    rows = (*GOOD, "5,21553,2024-03-01,2024-03-06,0,0,")
    load_files(root, files_csv(tmp_path / "a.csv", rows))
    ok(root, "measure")
    ok(root, "export", tmp_path / "out")
    lines = (tmp_path / "out/measurements.ndjson").read_text("utf-8").splitlines()
    objects = [json.loads(line) for line in lines]
    assert {one["reading"] == "as-was" for one in objects} == {True, False}
    table = pq.read_table(tmp_path / "out/measurements.parquet")
    assert table.num_rows == len(objects)
    values = zip(table["value"].to_pylist(), objects, strict=True)
    assert all(one["value"] == (None if value is None else float(value)) for value, one in values)
    assert "33.333333333000000" in {str(value) for value in table["value"].to_pylist()}


@pytest.mark.slow  # every process has to import the engine
def test_the_commands_of_a_real_process(root: Path, tmp_path: Path) -> None:
    """Exit codes and streams as a shell sees them."""
    load_files(root, files_csv(tmp_path / "a.csv", GOOD))
    ok(root, "measure")
    kieng = [sys.executable, "-m", "kieng.cli.main", "-w", str(root)]

    def process(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*kieng, *arguments], capture_output=True, text=True, encoding="utf-8")

    fine = process("show", "--format", "csv")
    assert (fine.returncode, fine.stderr) == (0, "")
    assert {row["origin"] for row in csv.DictReader(fine.stdout.splitlines())} <= {"reported", ""}
    bad = process("show", "work-files-onlin")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "`work-files-online`" in bad.stderr
    assert "Traceback" not in bad.stderr
    (root / "agencies/agencies.csv").write_text("id\n", encoding="utf-8")
    assert process("check").returncode == 1
