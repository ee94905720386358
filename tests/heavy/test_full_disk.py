"""A disk that fills while records come in, and folders nobody may write to: refused, nothing half-done."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.heavy.disk import allow, fill, load, refused_in_words, verified, write_files
from tests.helpers.workspace import write_workspace

ROWS = 40_000
_AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB; skipped where none can be had."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@_AS_ROOT
@pytest.mark.heavy
@pytest.mark.parametrize("rows", [200, ROWS], ids=["tail", "files"])
@pytest.mark.parametrize("leave", [0, 4_096, 16_384, 65_536, 131_072, 262_144, 400_000])
def test_a_full_disk_refuses_and_later_takes_the_same_files(
    small_disk: Path, tmp_path: Path, rows: int, leave: int
) -> None:
    root = write_workspace(small_disk / "w")
    first = load(root, write_files(tmp_path / "first.csv", 50, first=10**6))
    assert first.returncode == 0, first.stderr
    path = write_files(tmp_path / "files.csv", rows)
    fill(small_disk / "filler", leave)
    done = load(root, path)
    batches = 1
    if done.returncode == 0:
        batches = 2  # there was room after all
    else:
        refused_in_words(done, "disk-full")
    (small_disk / "filler").unlink()
    assert f"{batches} batches, the chain is whole" in verified(root)
    again = load(root, path)
    assert again.returncode == 0, again.stderr
    told = "Already there as batch 2" if batches == 2 else f"{rows} rows: accepted {rows} (superseding 0)"
    assert told in again.stderr
    assert "2 batches, the chain is whole" in verified(root, "--sweep")


@pytest.mark.heavy
@pytest.mark.parametrize("closed", ["w/.kieng", "w/.kieng/kieng.db", "w/.kieng/segments"])
@pytest.mark.parametrize("rows", [200, ROWS], ids=["tail", "files"])
def test_a_folder_that_may_not_be_written_to(tmp_path: Path, closed: str, rows: int) -> None:
    root = write_workspace(tmp_path / "w")
    first = load(root, write_files(tmp_path / "first.csv", 6_000, first=10**6))
    assert first.returncode == 0, first.stderr
    path = write_files(tmp_path / "files.csv", rows)
    allow(tmp_path / closed, False)
    done = load(root, path, powerless=True)
    allow(tmp_path / closed, True)
    if closed.endswith("segments") and rows == 200:
        assert done.returncode == 0, done.stderr  # a small delivery needs no file of its own
    else:
        refused_in_words(done, "cannot-write")
        assert "1 batches, the chain is whole" in verified(root, "--sweep")
    assert load(root, path).returncode == 0
    assert "2 batches, the chain is whole" in verified(root)
