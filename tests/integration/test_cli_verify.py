"""``verify`` finds a changed byte of the ledger, wherever it is, and names the place."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from tests.helpers.postgres import keep_in_database
from tests.helpers.workspace import files_csv, load_files, ok, run, write_workspace

from kieng.records.ledger import Ledger
from kieng.workspace import folder
from kieng.workspace.folder import Workspace

ROWS = [f"{n},21550,2024-0{n % 3 + 1}-01,2024-04-05,1,0," for n in range(300)]


@pytest.fixture
def root(each_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger with segments (of deliveries that count as large from 200 rows on) and a tail."""

    monkeypatch.setattr(folder, "Ledger", partial(Ledger, small=200))
    root = keep_in_database(write_workspace(tmp_path / "w"), monkeypatch)
    load_files(root, files_csv(tmp_path / "large.csv", ROWS))
    load_files(root, files_csv(tmp_path / "small.csv", ["x,21550,2024-01-01,2024-01-05,1,0,"]))
    ok(root, "verify")
    return root


def test_a_byte_of_a_segment(root: Path) -> None:
    segment = sorted((root / ".kieng").rglob("*.parquet"))[1]
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.chmod(0o644)
    segment.write_bytes(content)
    result = run(root, "verify")
    assert result.exit_code == 1
    assert segment.name in result.stderr
    assert "whole" not in result.stderr


def test_a_segment_that_is_gone(root: Path) -> None:
    segment = sorted((root / ".kieng").rglob("*.parquet"))[0]
    segment.unlink()
    result = run(root, "verify")
    assert result.exit_code == 1
    assert segment.name in result.stderr


def test_a_byte_of_the_tail(root: Path) -> None:
    with Workspace(root).database.transaction() as session:
        content = bytes(session.execute("SELECT content FROM tail").fetchone()[0])
        changed = content[:-40] + bytes([content[-40] ^ 1]) + content[-39:]
        session.execute("UPDATE tail SET content = ?", (changed,))
    result = run(root, "verify")
    assert result.exit_code == 1
    assert "đợt nạp/batch 2" in result.stderr


def test_sweeping_removes_what_a_cut_off_load_left(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    ok(root, "verify")
    orphan = root / ".kieng" / "segments" / "work_file" / "2026-01" / ("0" * 64 + ".parquet")
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"cut off")
    assert orphan.name in ok(root, "verify").stderr
    assert "1 unfinished files removed" in ok(root, "verify", "--sweep").stderr
    assert not orphan.exists()
