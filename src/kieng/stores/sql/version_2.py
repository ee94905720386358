"""The step from version 1 (one segment and one tail chunk per batch and month, keys looked up in the files
themselves) to version 2 (pieces, each with a key index, that can be put together)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from kieng.problems import refuse
from kieng.records.carried import carried_text
from kieng.records.chain import sha256
from kieng.records.disk import writing_to
from kieng.records.key_index import encoded_index
from kieng.records.manifest import Kind, Row
from kieng.records.segments import SegmentFolder
from kieng.stores.sql.database import Session

_AS_IT_WAS = ("the ledger is as it was", "upgrade again")
#: Keeps the chunks while their table is made anew.
_SAVE_TAIL = "CREATE TABLE tail_of_1 AS SELECT record_type, month, sha256, content FROM tail"
_PIECES = """
    CREATE TABLE pieces (
        record_type TEXT NOT NULL,
        month TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        kind TEXT NOT NULL,
        rows BIGINT NOT NULL,
        bytes BIGINT NOT NULL,
        first_batch BIGINT NOT NULL,
        last_batch BIGINT NOT NULL,
        keys_sha256 TEXT,
        agencies TEXT,
        batch BIGINT REFERENCES batches (sequence),
        rewrite BIGINT REFERENCES rewrites (number),
        retired_by BIGINT REFERENCES rewrites (number),
        PRIMARY KEY (record_type, month, sha256)
    )
"""
_NEW_BESIDE = (
    "CREATE TABLE carried (batch BIGINT PRIMARY KEY REFERENCES batches (sequence), content TEXT NOT NULL)",
    """
    CREATE TABLE rewrites (
        number BIGINT PRIMARY KEY,
        record_type TEXT NOT NULL,
        month TEXT NOT NULL,
        made_at TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        previous TEXT NOT NULL UNIQUE,
        hash TEXT NOT NULL UNIQUE
    )
    """,
    _PIECES,
    "CREATE INDEX pieces_in_use ON pieces (record_type, month) WHERE retired_by IS NULL",
    "CREATE INDEX pieces_by_batch ON pieces (batch)",
    "CREATE INDEX pieces_by_rewrite ON pieces (rewrite)",
    "CREATE INDEX pieces_by_retirement ON pieces (retired_by)",
    """
    CREATE TABLE tail_keys (
        record_type TEXT NOT NULL,
        key TEXT NOT NULL,
        batch BIGINT NOT NULL REFERENCES batches (sequence),
        month TEXT NOT NULL,
        PRIMARY KEY (record_type, key, batch)
    )
    """,
    "CREATE INDEX tail_keys_by_batch ON tail_keys (batch)",
)
_NEW_TAIL = """
    CREATE TABLE tail (
        record_type TEXT NOT NULL,
        month TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (record_type, month, sha256)
    )
"""
_NEW_FIGURES = (
    """
    CREATE TABLE measure_runs (
        run BIGINT PRIMARY KEY,
        as_of TEXT NOT NULL,
        plan_fingerprint TEXT NOT NULL,
        through_batch BIGINT NOT NULL,
        map_day TEXT NOT NULL,
        ground TEXT NOT NULL,
        indicators TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE bases (
        record_type TEXT NOT NULL,
        way TEXT NOT NULL,
        month TEXT NOT NULL,
        key TEXT NOT NULL,
        cut_off TEXT NOT NULL,
        through BIGINT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (record_type, way, month)
    )
    """,
    """
    CREATE TABLE stale_periods (
        record_type TEXT NOT NULL,
        way TEXT NOT NULL,
        period BIGINT NOT NULL,
        agency TEXT NOT NULL,
        PRIMARY KEY (record_type, way, period, agency)
    )
    """,
)
_CHUNKS = "SELECT batch, record_type, month, sha256, rows FROM tail WHERE batch = ?"
_SIZE = "SELECT length(content) FROM tail WHERE batch = ? AND record_type = ? AND month = ?"
_PLACE = ("record_type", "month", "sha256")
_COLUMNS = (*_PLACE, "kind", "rows", "bytes", "first_batch", "last_batch", "keys_sha256", "batch")


def to_version_2(session: Session, folder: Path) -> None:
    """Carry every batch, file and chunk as it is, and write the files' key indexes; drop the figures."""
    for statement in _NEW_BESIDE:
        session.define(statement)
    for batch in session.execute("SELECT sequence, content_hash FROM batches ORDER BY sequence").fetchall():
        _carry(session, SegmentFolder(folder), *batch)
    session.execute("INSERT INTO tail_keys SELECT record_type, key, batch, month FROM tail_versions")
    session.define(_SAVE_TAIL)
    for table in ("tail", "tail_versions", "segments", "measure_runs"):
        session.define(f"DROP TABLE {table}")
    session.define(_NEW_TAIL)
    session.execute("INSERT INTO tail SELECT record_type, month, sha256, content FROM tail_of_1")
    session.define("DROP TABLE tail_of_1")
    session.execute("DELETE FROM measurements")  # what they were measured from was not kept then
    for statement in _NEW_FIGURES:
        session.define(statement)


def _carry(session: Session, files: SegmentFolder, batch: int, content_hash: str) -> None:
    segments = _rows(session, "SELECT * FROM segments WHERE batch = ?", batch)
    chunks = _rows(session, _CHUNKS, batch)
    text = carried_text(
        segments, chunks, _rows(session, "SELECT * FROM tail_versions WHERE batch = ?", batch)
    )
    if sha256(text.encode("utf-8", "surrogatepass")) != content_hash:
        why = f"What the database says came with batch {batch} is not what was committed."
        remedy = "Restore it from a copy, then upgrade; nothing has been changed."
        raise refuse(f"batches row {batch}", "changed-content", why, remedy)
    session.execute("INSERT INTO carried VALUES (?, ?)", (batch, text))
    pieces = [_piece(row, row["bytes"], _indexed(files, row)) for row in segments]
    for row in chunks:
        size = session.execute(_SIZE, (batch, row["record_type"], row["month"])).fetchone()[0]
        pieces.append(_piece(row, size, None))
    session.insert("pieces", _COLUMNS, pieces)


def _piece(row: Row, size: object, keys_sha256: str | None) -> tuple[object, ...]:
    """First versions and newer ones lie together in it, so it counts as newer: they may supersede others."""
    place = (row["record_type"], row["month"], row["sha256"])
    return (
        *place,
        Kind.NEWER.value,
        row["rows"],
        size,
        row["batch"],
        row["batch"],
        keys_sha256,
        row["batch"],
    )


def _indexed(files: SegmentFolder, row: Row) -> str:
    """Write the key index of a segment beside it; its SHA-256."""
    path = files.path(str(row["record_type"]), str(row["month"]), str(row["sha256"]))
    if not path.is_file():
        why = f"The ledger names this file as part of batch {row['batch']}; it is not there."
        raise refuse(str(path), "missing-file", why, "Restore it from a copy, then upgrade.")
    with pq.ParquetFile(path) as file:
        content = encoded_index(file.read(columns=["_key"], use_threads=False)["_key"])
    target = path.with_suffix(".keys")
    passing = target.with_name(f".{target.name}.{os.getpid()}")
    with writing_to(path.parent, *_AS_IT_WAS):
        with passing.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        passing.replace(target)
    return sha256(content)


def _rows(session: Session, statement: str, batch: int) -> Sequence[Row]:
    return [dict(row) for row in session.execute(statement, (batch,)).fetchall()]
