"""One changed byte anywhere is found and named."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from tests.helpers.ledger import REPORT, SITE, Clock, delivery, open_ledger, report, site
from tests.helpers.tampering import change, look, put

from kieng.problems import UserError
from kieng.records import segments
from kieng.records.chain import row_hash
from kieng.records.ledger import Ledger
from kieng.records.rewriting import Policy

pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture
def ledger(each_database: str, tmp_path: Path) -> Ledger:
    """Batch 1 in two segments, batches 2 and 3 in the tail, one version of the plan's text."""
    clock = Clock()
    open_ledger(tmp_path, clock, small=0).append(delivery([site("a"), site("b", None)], key="1"))
    ledger = open_ledger(tmp_path, clock)
    ledger.append(delivery([site("a", antennas=3), site("c")], key="2", citation="NQ 05"))
    ledger.append(delivery([report("x", "5", "estimate")], "3", REPORT))
    ledger.remember_plan({"kieng.yaml": b"name: x"}, "f")
    assert ledger.verify() == []
    return ledger


def kinds(ledger: Ledger) -> list[tuple[str, int | None]]:
    return [(finding.kind, finding.batch) for finding in ledger.verify() if finding.damage]


def segment_of(tmp_path: Path, month: str) -> Path:
    return next((tmp_path / "segments" / "site" / month).glob("*.parquet"))


def test_a_changed_byte_in_a_segment(ledger, tmp_path):
    path = segment_of(tmp_path, "2024-03")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = ledger.verify()
    assert [(f.kind, f.batch, f.place) for f in found] == [("changed-file", 1, str(path))]


def test_a_truncated_a_missing_and_an_extra_file(ledger, tmp_path):
    cut, gone = segment_of(tmp_path, "2024-03"), segment_of(tmp_path, "undated")
    extra = cut.with_name("extra.parquet")
    extra.write_bytes(b"x")
    cut.write_bytes(cut.read_bytes()[:-1])
    gone.unlink()
    found = {(f.kind, f.batch, f.place, f.damage) for f in ledger.verify()}
    assert found == {
        ("wrong-size", 1, str(cut), True),
        ("missing-file", 1, str(gone), True),
        ("leftover-file", None, str(extra), False),
    }


def test_a_file_of_a_newer_format_is_named_and_read_by_nobody(ledger, tmp_path, monkeypatch):
    """Untouched files, as a program sees them that knows no format they state."""
    monkeypatch.setattr(segments, "FORMAT", segments.FORMAT - 1)
    found = [(finding.kind, finding.batch, finding.place) for finding in ledger.verify()]
    files = [str(segment_of(tmp_path, month)) for month in ("2024-03", "undated")]
    assert found == [("newer-file", 1, file) for file in files]
    for read in (ledger.records, ledger.partitions, ledger.history):
        with pytest.raises(UserError, match="newer-file"):
            read(SITE)
    with pytest.raises(UserError, match="newer-file"):
        ledger.tidy([SITE], Policy.everything())


def test_a_changed_byte_in_a_tail_chunk(ledger, tmp_path):
    newer = "sha256 = (SELECT sha256 FROM pieces WHERE batch = 2 AND kind = 'newer')"
    content = bytearray(look(tmp_path, f"SELECT content FROM tail WHERE {newer}")[0]["content"])
    content[-20] ^= 1
    change(tmp_path, f"UPDATE tail SET content = ? WHERE {newer}", bytes(content))
    found = ledger.verify()
    assert [(f.kind, f.batch) for f in found] == [("changed-tail", 2)]
    assert found[0].place == "tail row of batch 2, site, 2024-03"


#: Columns of whole numbers that may be empty.
_NUMBERS = ("batch", "rewrite", "retired_by")


def other(column: str, was: object) -> object:
    if isinstance(was, int):
        return was + 1
    return 1 if column in _NUMBERS else f"{was}x"


@pytest.mark.parametrize(
    ("table", "batch", "kind"),
    [
        ("batches", 2, "changed-row"),
        ("pieces", 1, "changed-content"),
        ("pieces", 2, "changed-content"),
        ("tail_keys", 3, "changed-content"),
    ],
)
def test_every_column_of_the_manifest_is_covered(ledger, tmp_path, table, batch, kind):
    key = "sequence" if table == "batches" else "batch"
    row = look(tmp_path, f'SELECT * FROM {table} WHERE "{key}" = {batch} LIMIT 1')[0]
    for column in row.keys() - {key, "content"}:  # moved rows and chunks have tests of their own
        changed = row | {column: other(column, row[column])}
        put(tmp_path, table, row, changed)
        assert (kind, batch) in kinds(ledger), column
        put(tmp_path, table, changed, row)
    assert ledger.verify() == []


@pytest.mark.parametrize("each_database", ["sqlite"], indirect=True)  # PostgreSQL takes no such text
def test_a_text_that_is_no_text_any_more_is_a_finding_not_a_crash(ledger, tmp_path):
    change(tmp_path, "UPDATE batches SET citation = CAST(X'4e5180' AS TEXT) WHERE sequence = 2")
    assert kinds(ledger) == [("changed-row", 2)]


def test_a_row_moved_to_another_batch(ledger, tmp_path):
    change(tmp_path, "UPDATE tail_keys SET batch = 3 WHERE batch = 2 AND key = 'so-tttt:c'")
    assert kinds(ledger) == [("changed-content", 2), ("changed-content", 3)]


def test_a_batch_taken_from_the_middle(ledger, tmp_path):
    change(tmp_path, "DELETE FROM batches WHERE sequence = 2")
    assert ("missing-batch", 2) in kinds(ledger)


def test_a_cut_off_end_is_seen_by_the_witness(ledger, tmp_path):
    change(tmp_path, "DELETE FROM tail WHERE record_type = 'report'")
    for table, key in (("pieces", "batch"), ("tail_keys", "batch"), ("batches", "sequence")):
        change(tmp_path, f"DELETE FROM {table} WHERE {key} = 3")
    assert kinds(ledger) == [("missing-batch", 3)]


def test_a_chain_made_anew_is_seen_by_the_witness(ledger, tmp_path):
    other = open_ledger(tmp_path / "other", Clock())
    other.append(delivery([site("a", antennas=9)]))
    (tmp_path / "other" / "witness").write_bytes((tmp_path / "witness").read_bytes())
    assert kinds(other) == [("rewritten-batch", 1), ("missing-batch", 2), ("missing-batch", 3)]


def test_a_missing_witness_is_a_finding_and_a_lagging_one_is_not(ledger, tmp_path):
    witness = tmp_path / "witness"
    lines = witness.read_text().splitlines(keepends=True)
    witness.write_text("".join(lines[:-1]) + lines[-1][:9])  # the power went while it was written
    assert ledger.verify() == []
    witness.unlink()
    assert kinds(ledger) == [("missing-witness", None)]


def test_a_rewrite_made_anew_with_right_hashes_contradicts_the_witness(ledger, tmp_path):
    """Once old files are gone, no hash of a batch says any more what stood in them: the rewrites do."""
    ledger.tidy([SITE, REPORT], Policy.everything())
    assert ledger.verify() == []
    (last,) = look(tmp_path, "SELECT * FROM rewrites ORDER BY number DESC LIMIT 1")
    forged = last | {"made_at": "2020-01-01T00:00:00.000000Z"}
    put(tmp_path, "rewrites", last, forged | {"hash": row_hash(forged)})
    assert [(f.kind, f.place) for f in ledger.verify()] == [("changed-rewrite", str(tmp_path / "witness"))]


def test_an_empty_ledger_is_sound(tmp_path):
    assert open_ledger(tmp_path).verify() == []


@pytest.mark.parametrize("column", ["fingerprint", "recorded_at", "archive", "previous", "hash"])
def test_a_changed_plan_text(ledger, tmp_path, column):
    other = b"x" if column == "archive" else "x"
    change(tmp_path, f"UPDATE plan_versions SET {column} = ?", other)
    found = ledger.verify()
    assert [(f.kind, f.place) for f in found] == [("changed-plan", "plan_versions row 1")]


def test_sweep_removes_what_no_batch_names_and_spares_the_work_of_others(ledger, tmp_path):
    orphan = segment_of(tmp_path, "2024-03").with_name("orphan.parquet")
    fresh, dead = (tmp_path / "drafts" / name for name in ("fresh.parquet", "dead.parquet"))
    for path in (orphan, fresh, dead):
        path.write_bytes(b"x")
    clock_now = Clock().moment.timestamp()
    os.utime(fresh, (clock_now, clock_now))
    os.utime(dead, (clock_now - 100_000, clock_now - 100_000))
    assert set(ledger.sweep()) == {orphan, dead}
    assert fresh.exists()
    assert ledger.verify() == []


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE rewrites SET made_at = '2020-01-01T00:00:00.000000Z' WHERE number = 1", "changed-rewrite"),
        ("UPDATE pieces SET rows = rows + 1 WHERE rewrite = 2", "changed-rewrite"),
        ("UPDATE pieces SET retired_by = NULL WHERE batch = 1", "changed-rewrite"),
        ("UPDATE pieces SET retired_by = 99 WHERE batch = 1", "changed-content"),
        ("UPDATE pieces SET retired_by = 99 WHERE rewrite = 1", "changed-content"),
        ("DELETE FROM rewrites WHERE number = 3", "changed-content"),
    ],
)
def test_a_changed_account_of_what_was_put_together(tmp_path, statement, kind):
    clock = Clock()
    for number in range(9):
        rows = [
            site(str(n % 20), date(2024, 1 + n % 3, 1), antennas=number) for n in range(number, 9 + number)
        ]
        open_ledger(tmp_path, clock, small=9 * (number % 2)).append(delivery(rows, key=f"d{number}"))
    ledger = open_ledger(tmp_path, clock)
    assert ledger.tidy([SITE], Policy.everything()) == 3
    change(tmp_path, statement)
    assert kind in {finding.kind for finding in ledger.verify() if finding.damage}
