"""Found by closing folders and filling disks: what is not yet said as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.heavy.disk import allow, fill, kieng, load, refused_in_words, write_files
from tests.heavy.test_full_disk import small_disk  # noqa: F401 a fixture
from tests.helpers.workspace import FILES_HEADER, write_workspace


@pytest.mark.heavy
@pytest.mark.xfail(strict=True, reason="Workspace makes .kieng outside writing_to: a traceback")
def test_a_new_workspace_that_may_not_be_written_to(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    path = write_files(tmp_path / "files.csv", 20)
    allow(root, False)
    done = load(root, path, powerless=True)
    allow(root, True)
    refused_in_words(done, "cannot-write")


@pytest.mark.heavy
@pytest.mark.xfail(strict=True, reason="write_refused writes outside writing_to: a traceback after the load")
def test_a_folder_for_refused_rows_that_may_not_be_written_to(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    path = tmp_path / "files.csv"
    path.write_text(f"{FILES_HEADER}\n1,21550,2024-02-31,,1,0,\n", encoding="utf-8")
    (tmp_path / "refused").mkdir()
    allow(tmp_path / "refused", False)
    refused_in_words(load(root, path, powerless=True), "cannot-write")


@pytest.mark.heavy
@pytest.mark.xfail(strict=True, reason="the lock of measuring is opened outside writing_to: a traceback")
def test_measuring_in_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    assert load(root, write_files(tmp_path / "files.csv", 20)).returncode == 0
    allow(root / ".kieng", False)
    done = kieng(root, "measure", powerless=True)
    allow(root / ".kieng", True)
    refused_in_words(done, "cannot-write")


@pytest.mark.heavy
@pytest.mark.xfail(strict=True, reason="SQLite names the missing 32 KiB of its index an I/O fault")
def test_a_disk_too_full_to_open_the_database_is_called_full(
    small_disk: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    root = write_workspace(small_disk / "w")
    assert load(root, write_files(tmp_path / "first.csv", 50)).returncode == 0
    fill(small_disk / "filler", 4_096)
    refused_in_words(load(root, write_files(tmp_path / "files.csv", 200, first=10**6)), "disk-full")


@pytest.mark.heavy
@pytest.mark.xfail(strict=True, reason="a new workspace's secret is written outside writing_to: a traceback")
def test_a_disk_too_full_for_a_new_workspace(small_disk: Path, tmp_path: Path) -> None:  # noqa: F811
    root = write_workspace(small_disk / "w")
    fill(small_disk / "filler", 0)
    refused_in_words(load(root, write_files(tmp_path / "files.csv", 200)), "disk-full")
