"""Folders nobody may write to and disks that are full: said in words, and nothing is half-done."""

from __future__ import annotations

import gc
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import xlsxwriter
from tests.heavy.disk import allow, fill, kieng, load, refused_in_words, write_files
from tests.heavy.test_full_disk import small_disk  # noqa: F401 a fixture
from tests.helpers.intake import codes, mapping, take
from tests.helpers.workspace import FILES_HEADER, run, write_workspace

from kieng.problems import UserError
from kieng.records.refused import write_refused
from kieng.stores.sql.sqlite import SqliteDatabase


def here(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command in this process, which is quicker."""
    done = run(root, *map(str, arguments))
    return subprocess.CompletedProcess([], done.exit_code, done.stdout, done.stderr)


def load_here(root: Path, path: Path) -> subprocess.CompletedProcess[str]:
    command = ("load", "work_file", path, "--mapping", "work-files", "--by", "test")
    return here(root, *command, "--refused", path.parent / "refused")


def verified_here(root: Path) -> str:
    done = here(root, "verify")
    assert done.returncode == 0, done.stderr
    return done.stderr


GOOD, BAD = "1,21550,2024-02-01,2024-03-01,1,0,", "2,21550,2024-02-31,,1,0,"


def half_good(path: Path) -> Path:
    path.write_text("\n".join([FILES_HEADER, GOOD, BAD]) + "\n", encoding="utf-8")
    return path


# --- folders that are closed -------------------------------------------------------------------------


def test_a_new_workspace_that_may_not_be_written_to(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    path = write_files(tmp_path / "files.csv", 20)
    allow(root, False)
    done = load(root, path, powerless=True)
    allow(root, True)
    refused_in_words(done, "cannot-write")


def test_nothing_is_accepted_when_refused_rows_have_no_place(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    path = half_good(tmp_path / "files.csv")
    (tmp_path / "refused").mkdir()
    allow(tmp_path / "refused", False)
    done = load(root, path, powerless=True)
    allow(tmp_path / "refused", True)
    refused_in_words(done, "cannot-write")
    assert "--refused" in done.stderr
    assert "0 batches" in verified_here(root)
    again = load_here(root, path)
    assert "2 rows: accepted 1 (superseding 0)" in again.stderr
    assert "2024-02-31" in (tmp_path / "refused" / "files.refused.csv").read_text("utf-8-sig")


def test_refused_rows_are_not_set_aside_of_what_was_not_taken(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    path = half_good(tmp_path / "files.csv")
    assert load_here(root, path).returncode == 2
    assert "Already there as batch 1" in load_here(root, path).stderr
    again = ("load", "work_file", path, "--mapping", "work-files", "--refused", tmp_path / "refused")
    assert here(root, *again, "--origin", "published").returncode == 2  # without its citation
    assert [file.name for file in (tmp_path / "refused").iterdir()] == ["files.refused.csv"]


def test_figures_are_shown_but_not_measured_in_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    assert load_here(root, write_files(tmp_path / "files.csv", 20)).returncode == 0
    assert here(root, "measure").returncode == 0
    shown = here(root, "show", "--format", "csv").stdout
    allow(root / ".kieng", False)
    measured = kieng(root, "measure", powerless=True)
    again = kieng(root, "show", "--format", "csv", powerless=True)
    allow(root / ".kieng", True)
    refused_in_words(measured, "cannot-write")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == shown


@pytest.mark.parametrize("command", ["init", "export"])
def test_a_folder_that_cannot_be_made(tmp_path: Path, command: str) -> None:
    root = write_workspace(tmp_path / "w")
    assert load_here(root, write_files(tmp_path / "files.csv", 20)).returncode == 0
    assert here(root, "measure").returncode == 0
    (tmp_path / "closed").mkdir()
    allow(tmp_path / "closed", False)
    done = kieng(root, command, tmp_path / "closed" / "new", powerless=True)
    allow(tmp_path / "closed", True)
    refused_in_words(done, "cannot-write")


@pytest.mark.parametrize("in_use", [False, True], ids=["closed", "in-use"])
def test_a_disk_that_may_only_be_read(small_disk: Path, tmp_path: Path, in_use: bool) -> None:  # noqa: F811
    made = write_workspace(tmp_path / "w")
    assert load_here(made, write_files(tmp_path / "files.csv", 20)).returncode == 0
    assert here(made, "measure").returncode == 0
    shown = here(made, "show", "--format", "csv").stdout
    root = small_disk / "w"
    with closing(SqliteDatabase(made / ".kieng" / "kieng.db")) as database:
        if not in_use:
            database.close()
            gc.collect()  # the last connection that is closed puts the log away
        shutil.copytree(made, root)
        assert (root / ".kieng" / "kieng.db-wal").exists() == in_use
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    again = here(root, "show", "--format", "csv")
    assert (again.returncode, again.stdout) == (0, shown)
    assert "1 batches, the chain is whole" in verified_here(root)
    refused_in_words(here(root, "measure"), "cannot-write")
    more = write_files(tmp_path / "more.csv", 20, first=100)
    refused_in_words(load_here(root, more), "cannot-write")


# --- disks that are full -----------------------------------------------------------------------------


def test_a_disk_too_full_to_open_the_database(small_disk: Path, tmp_path: Path) -> None:  # noqa: F811
    root = write_workspace(small_disk / "w")
    assert load_here(root, write_files(tmp_path / "first.csv", 50)).returncode == 0
    fill(small_disk / "filler", 4_096)
    refused_in_words(load_here(root, write_files(tmp_path / "files.csv", 200, first=10**6)), "disk-full")


def test_a_disk_too_full_for_a_new_workspace(small_disk: Path, tmp_path: Path) -> None:  # noqa: F811
    root = write_workspace(small_disk / "w")
    path = write_files(tmp_path / "files.csv", 200)
    fill(small_disk / "filler", 0)
    refused_in_words(load_here(root, path), "disk-full")
    assert not (root / ".kieng" / "secret").exists()
    (small_disk / "filler").unlink()
    assert load_here(root, path).returncode == 0


def test_a_disk_too_full_for_refused_rows(small_disk: Path, tmp_path: Path) -> None:  # noqa: F811
    root = write_workspace(tmp_path / "w")
    path = half_good(small_disk / "files.csv")  # the refused rows go beside it
    fill(small_disk / "filler", 0)
    refused_in_words(load_here(root, path), "disk-full")
    assert list((small_disk / "refused").glob("*")) == []
    assert "0 batches" in verified_here(root)


def test_a_disk_too_full_for_a_workbook_of_refused_rows(
    small_disk: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    with xlsxwriter.Workbook(tmp_path / "in.xlsx") as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Mã", "Xã", "Ngày"])
        page.write_row(1, 0, ["1", "00212", "31/02/2024"])
    taken = take(tmp_path / "in.xlsx", mapping(tmp_path, form="xlsx"))
    fill(small_disk / "filler", 0)
    with pytest.raises(UserError) as refusal:
        write_refused(taken.refused, small_disk)
    assert codes(refusal.value.problems) == ["disk-full"]
    assert [path.name for path in small_disk.iterdir()] == ["filler"]
