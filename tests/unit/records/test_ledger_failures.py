"""When the disk or another writer is in the way, nothing is half-loaded and a person reads why."""

from __future__ import annotations

import errno
import os
from datetime import date
from pathlib import Path

import psycopg
import pytest
from tests.helpers.ledger import SITE, Clock, all_rows, delivery, newest, open_ledger, site

from kieng.problems import UserError
from kieng.records import segments
from kieng.records.segments import SegmentFolder
from kieng.stores.sql.manifest import SqlManifestState
from kieng.stores.sql.postgres import PostgresSession

pytestmark = pytest.mark.usefixtures("each_database")
ROWS = [site("a"), site("b", None), site("c", date(2024, 1, 1))]


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.parquet") if path.is_file()]


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk-full"), (errno.EACCES, "cannot-write"), (errno.EIO, "cannot-write")],
)
@pytest.mark.parametrize("good_writes", [0, 1, 2])
def test_a_disk_that_fails_while_files_are_written(tmp_path, monkeypatch, number, code, good_writes):
    ledger = open_ledger(tmp_path, Clock(), small=0)
    sync, left = os.fsync, [good_writes]

    def failing(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(number, os.strerror(number))
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(segments.os, "fsync", failing)
        with pytest.raises(UserError) as caught:
            ledger.append(delivery(ROWS))
    assert [problem.code for problem in caught.value.problems] == [code]
    assert leftovers(tmp_path) == []
    assert ledger.batches() == []
    assert ledger.append(delivery(ROWS)).accepted == 3
    assert ledger.verify() == []


def test_a_disk_that_fills_while_files_get_their_names(tmp_path, monkeypatch):
    ledger = open_ledger(tmp_path, Clock(), small=0)
    with monkeypatch.context() as patch:
        patch.setattr(segments, "sync_folder", _full)
        with pytest.raises(UserError, match="disk-full"):
            ledger.append(delivery(ROWS))
    assert ledger.batches() == []
    assert all_rows(ledger.records(SITE)) == []
    assert {finding.damage for finding in ledger.verify()} == {False}
    ledger.sweep()
    assert leftovers(tmp_path) == []


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("each_database", ["sqlite"], indirect=True)
def test_a_full_disk_under_the_database_keeps_nothing_of_the_batch(tmp_path):
    ledger = open_ledger(tmp_path, Clock())
    ledger.append(delivery(ROWS))
    connection = ledger._manifest._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    many = [site(str(number)) for number in range(3_000)]
    with pytest.raises(UserError, match="disk-full"):
        ledger.append(delivery(many, key="second"))
    connection.execute("PRAGMA max_page_count = 1000000")
    assert len(ledger.batches()) == 1
    assert ledger.append(delivery(many, key="second")).accepted == 3_000
    assert ledger.verify() == []


@pytest.mark.parametrize("each_database", ["postgres"], indirect=True)
def test_a_full_disk_of_the_server_keeps_nothing_of_the_batch(tmp_path, monkeypatch):
    ledger = open_ledger(tmp_path, Clock())
    ledger.append(delivery(ROWS))

    def full(*_: object) -> None:
        raise psycopg.errors.DiskFull("could not extend file")

    with monkeypatch.context() as patch:
        patch.setattr(PostgresSession, "insert", full)
        with pytest.raises(UserError, match="disk-full"):
            ledger.append(delivery([site("z")], key="second"))
    assert len(ledger.batches()) == 1
    assert ledger.append(delivery([site("z")], key="second")).accepted == 1
    assert ledger.verify() == []


def test_a_fault_of_ours_leaves_nothing_and_stays_a_fault(tmp_path, monkeypatch):
    ledger = open_ledger(tmp_path, Clock())
    with monkeypatch.context() as patch:
        patch.setattr(SqlManifestState, "_insert", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.append(delivery(ROWS))
    assert ledger.append(delivery(ROWS)).batch.sequence == 1


def test_a_witness_that_cannot_be_written_does_not_undo_the_batch(tmp_path):
    ledger = open_ledger(tmp_path, Clock())
    (tmp_path / "witness").mkdir()
    assert ledger.append(delivery(ROWS)).accepted == 3
    assert len(ledger.batches()) == 1


def test_a_batch_that_slips_in_while_a_big_one_is_written(tmp_path, monkeypatch):
    """The big delivery is judged again: what it decided against the older state no longer holds."""
    clock = Clock()
    big, quick = open_ledger(tmp_path, clock, small=0), open_ledger(tmp_path, clock)
    draft, slipped = SegmentFolder.draft, []

    def slip_in(folder, *details):
        if not slipped:
            slipped.append(quick.append(delivery([site("a", antennas=7), site("c")], key="quick")))
        return draft(folder, *details)

    monkeypatch.setattr(SegmentFolder, "draft", slip_in)
    receipt = big.append(delivery([site("a"), site("b"), site("c")], key="big"))
    assert (receipt.batch.sequence, receipt.accepted) == (2, 2)
    assert (receipt.superseded, receipt.unchanged) == (1, 1)
    assert newest(big.records(SITE))["so-tttt:a"]["antennas"] is None
    assert big.verify() == []
    assert list((tmp_path / "drafts").iterdir()) == []


def test_the_same_big_delivery_slipping_in_counts_once(tmp_path, monkeypatch):
    clock = Clock()
    one, two = open_ledger(tmp_path, clock, small=0), open_ledger(tmp_path, clock, small=0)
    draft, slipped = SegmentFolder.draft, []

    def slip_in(folder, *details):
        if not slipped:
            slipped.append(True)
            slipped.append(two.append(delivery(ROWS)))
        return draft(folder, *details)

    monkeypatch.setattr(SegmentFolder, "draft", slip_in)
    assert one.append(delivery(ROWS)).already == slipped[1].batch
    assert len(all_rows(one.records(SITE))) == 3
    assert one.verify() == []


def test_drafts_that_never_got_a_name_are_removed(tmp_path, monkeypatch):
    ledger = open_ledger(tmp_path, Clock(), small=0)
    with monkeypatch.context() as patch:
        patch.setattr(SegmentFolder, "settle", _full)
        with pytest.raises(UserError, match="disk-full"):
            ledger.append(delivery(ROWS))
    assert leftovers(tmp_path) == []
    assert ledger.verify() == []
