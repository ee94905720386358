"""The manifest in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime

import pyarrow as pa

from kieng.records.batch import Batch
from kieng.records.chain import batch_of, moment_of, moment_text, stored
from kieng.records.manifest import (
    GENESIS,
    VERSIONS,
    Admission,
    Entry,
    Head,
    PlanText,
    Row,
    Segment,
    TailChunk,
)
from kieng.stores.sqlite.database import Database

#: Keys asked for in one statement; for more than _ALL the whole (small) tail is cheaper.
_KEYS_AT_ONCE = 500
_ALL = 10_000
#: Sorts after every moment.
_EVER = "9999-12-31T23:59:59.999999Z"


class SqliteManifest:
    """See :class:`kieng.records.manifest.Manifest`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator[SqliteManifestState]:
        with self._database.snapshot() as connection:
            yield SqliteManifestState(connection)

    @contextmanager
    def writing(self) -> Iterator[SqliteManifestState]:
        with self._database.transaction() as connection:
            yield SqliteManifestState(connection)


class SqliteManifestState:
    """See :class:`kieng.records.manifest.ManifestState`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def head(self) -> Head:
        rows = self._rows("SELECT sequence, hash, known_from FROM batches ORDER BY sequence DESC LIMIT 1")
        return Head(rows[0][0], rows[0][1], moment_of(rows[0][2])) if rows else GENESIS

    def batches(self, known_by: datetime | None = None) -> list[Batch]:
        rows = self._rows("SELECT * FROM batches WHERE known_from <= ? ORDER BY sequence", _by(known_by))
        return [batch_of(dict(row)) for row in rows]

    def batch_with_key(self, source: str, key: str) -> tuple[Batch, str] | None:
        rows = self._rows("SELECT * FROM batches WHERE source = ? AND key = ?", source, key)
        return (batch_of(dict(rows[0])), rows[0]["delivery_hash"]) if rows else None

    def batch_with_content(self, delivery_hash: str) -> Batch | None:
        rows = self._rows(
            "SELECT * FROM batches WHERE delivery_hash = ? ORDER BY sequence DESC LIMIT 1", delivery_hash
        )
        return batch_of(dict(rows[0])) if rows else None

    def segments(self, record_type: str | None, known_by: datetime | None = None) -> list[Segment]:
        rows = self._rows(
            "SELECT s.* FROM segments s JOIN batches b ON b.sequence = s.batch"
            " WHERE b.known_from <= ? AND (? IS NULL OR s.record_type = ?) ORDER BY s.batch, s.month",
            _by(known_by),
            record_type,
            record_type,
        )
        return [Segment(**dict(row)) for row in rows]

    def tail(self, record_type: str, known_by: datetime | None = None) -> list[TailChunk]:
        rows = self._rows(
            "SELECT t.* FROM tail t JOIN batches b ON b.sequence = t.batch"
            " WHERE b.known_from <= ? AND t.record_type = ? ORDER BY t.batch, t.month",
            _by(known_by),
            record_type,
        )
        return [TailChunk(**dict(row)) for row in rows]

    def tail_versions(self, record_type: str, keys: Sequence[str]) -> pa.Table:
        select = "SELECT key, hash, batch, month, state FROM tail_versions WHERE record_type = ?"
        if len(keys) > _ALL:
            return _versions(self._rows(select, record_type))
        rows: list[sqlite3.Row] = []
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = keys[start : start + _KEYS_AT_ONCE]
            rows += self._rows(f"{select} AND key IN ({_marks(len(some))})", record_type, *some)
        return _versions(rows)

    def add(self, admission: Admission) -> None:
        more = {"known_from": admission.known_from, "delivery_hash": admission.delivery_hash}
        self._insert("batches", [stored(admission.batch, **more)])
        self._insert("segments", [stored(segment) for segment in admission.segments])
        self._insert("tail", [stored(chunk) for chunk in admission.tail])
        self._insert("tail_versions", [stored(version) for version in admission.index])

    def entries(self) -> Iterator[Entry]:
        for batch in self._rows("SELECT * FROM batches ORDER BY sequence"):
            sequence = batch["sequence"]
            yield Entry(
                dict(batch),
                self._of_batch("segments", sequence),
                self._of_batch("tail", sequence),
                self._of_batch("tail_versions", sequence),
            )

    def plan_texts(self) -> list[PlanText]:
        columns = ", ".join(column.name for column in fields(PlanText))
        rows = self._rows(f"SELECT {columns} FROM plan_versions ORDER BY sequence")
        return [PlanText(*row) for row in rows]

    def add_plan_text(self, text: PlanText) -> None:
        self._insert("plan_versions", [stored(text)])

    def _of_batch(self, table: str, sequence: int) -> tuple[Row, ...]:
        rows = self._rows(f"SELECT * FROM {table} WHERE batch = ? ORDER BY record_type, month", sequence)
        return tuple(dict(row) for row in rows)

    def _rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        return self._connection.execute(statement, values).fetchall()

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            columns = ", ".join(f'"{name}"' for name in rows[0])
            statement = f"INSERT INTO {table} ({columns}) VALUES ({_marks(len(rows[0]))})"
            self._connection.executemany(statement, [tuple(row.values()) for row in rows])


def _by(moment: datetime | None) -> str:
    return _EVER if moment is None else moment_text(moment)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _versions(rows: Sequence[sqlite3.Row]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(VERSIONS)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, VERSIONS, strict=True)], schema=VERSIONS)
