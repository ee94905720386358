"""What people type as names and reasons: no character gets in that cannot be kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.workspace import files_csv, ok, run, write_workspace

ROW = "1,21550,2024-01-01,2024-04-05,1,0,"


@pytest.mark.parametrize("option", ["--by", "--citation"])
@pytest.mark.parametrize("letter", ["\0", "\x01", "\x1b", "\udcff"])
def test_a_load_is_refused_with_nothing_taken(tmp_path: Path, option: str, letter: str) -> None:
    root = write_workspace(tmp_path / "w")
    path = files_csv(tmp_path / "files.csv", [ROW])
    done = run(root, "load", "work_file", path, "--mapping", "work-files", option, f"Lan{letter}")
    assert done.exit_code == 2
    assert f"control-character 'Lan\\\\u{ord(letter):04x}'" in done.stderr
    assert "ký tự điều khiển" in done.stderr
    assert "0 batches" in ok(root, "verify").stderr


def test_a_citation_may_have_lines_and_a_name_may_not(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    path = files_csv(tmp_path / "files.csv", [ROW])
    command = ("load", "work_file", path, "--mapping", "work-files")
    assert run(root, *command, "--by", "một\nhai").exit_code == 2
    ok(root, *command, "--citation", "một\nhai")


def test_who_reorganises(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    done = run(root, "reorganise", "--undo", "x", "--by", "Lan\0")
    assert (done.exit_code, "control-character" in done.stderr) == (2, True)


def test_a_file_whose_name_cannot_be_kept(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    path = files_csv(tmp_path / "in\x01.csv", [ROW, "2,21550,?,,1,0,"])
    done = run(root, "load", "work_file", path, "--mapping", "work-files", "--refused", tmp_path / "refused")
    assert (done.exit_code, "control-character" in done.stderr) == (2, True)
    assert list((tmp_path / "refused").iterdir()) == []
