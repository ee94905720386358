"""The manifest in the application's database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime

from kieng.records.batch import Batch
from kieng.records.chain import batch_of, moment_of, moment_text, stored
from kieng.records.manifest import (
    GENESIS,
    Admission,
    Entry,
    Head,
    Kind,
    Piece,
    PlanText,
    Rewrite,
    RewriteEntry,
    Row,
)
from kieng.records.seal import ledger_damaged
from kieng.stores.sql.database import Database, Session
from kieng.stores.sql.database import Row as SqlRow

#: Keys asked for in one statement; for more than _ALL the whole (small) tail is cheaper.
_AT_ONCE = 500
_ALL = 10_000
_PIECE = ", ".join(f.name for f in fields(Piece))
_OF_MONTH = "record_type = ? AND month = ?"
_THE_PIECE = f"{_OF_MONTH} AND sha256 = ?"
#: Sorts after every moment.
_EVER = "9999-12-31T23:59:59.999999Z"


class SqlManifest:
    """See :class:`kieng.records.manifest.Manifest`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator[SqlManifestState]:
        with self._database.snapshot() as connection:
            yield SqlManifestState(connection)

    @contextmanager
    def writing(self) -> Iterator[SqlManifestState]:
        with self._database.transaction() as connection:
            yield SqlManifestState(connection)


class SqlManifestState:
    """See :class:`kieng.records.manifest.ManifestState`."""

    def __init__(self, connection: Session) -> None:
        self._connection = connection

    def head(self) -> Head:
        rows = self._rows("SELECT sequence, hash, known_from FROM batches ORDER BY sequence DESC LIMIT 1")
        try:
            return Head(rows[0][0], rows[0][1], moment_of(rows[0][2])) if rows else GENESIS
        except ValueError as error:
            raise ledger_damaged(f"batches row {rows[0][0]}") from error

    def batches(self, known_by: datetime | None = None) -> list[Batch]:
        rows = self._rows("SELECT * FROM batches WHERE known_from <= ? ORDER BY sequence", _by(known_by))
        return [_batch(row) for row in rows]

    def batch_with_key(self, source: str, key: str) -> tuple[Batch, str] | None:
        rows = self._rows("SELECT * FROM batches WHERE source = ? AND key = ?", source, key)
        if not rows:
            return None
        carried = self._carried(rows[0]["sequence"]) is not None
        return batch_of(dict(rows[0])), "" if carried else rows[0]["delivery_hash"]

    def batch_with_content(self, delivery_hash: str) -> Batch | None:
        rows = self._rows(
            "SELECT * FROM batches WHERE delivery_hash = ? ORDER BY sequence DESC LIMIT 1", delivery_hash
        )
        return batch_of(dict(rows[0])) if rows else None

    def through(self, known_by: datetime | None = None) -> int:
        rows = self._rows(
            "SELECT coalesce(max(sequence), 0) AS n FROM batches WHERE known_from <= ?", _by(known_by)
        )
        return int(rows[0]["n"])

    def pieces(self, record_type: str | None, through: int | None = None) -> list[Piece]:
        select = f"SELECT {_PIECE} FROM pieces WHERE retired_by IS NULL"
        values: list[object] = []
        if record_type is not None:
            select, values = f"{select} AND record_type = ?", [record_type]
        if through is not None:
            select, values = f"{select} AND first_batch <= ?", [*values, through]
        return _pieces(self._rows(f"{select} ORDER BY month, first_batch, sha256", *values))

    def touched(self, since: int, through: int) -> list[Piece]:
        return _pieces(
            self._rows(
                f"SELECT {_PIECE} FROM pieces WHERE batch > ? AND batch <= ? ORDER BY batch, month, sha256",
                since,
                through,
            )
        )

    def chunks(self, pieces: Sequence[Piece]) -> list[bytes]:
        """Month by month: by its checksum alone each would be sought through the whole tail."""
        months: dict[tuple[str, str], list[str]] = {}
        for piece in pieces:
            months.setdefault((piece.record_type, piece.month), []).append(piece.sha256)
        found: dict[str, bytes] = {}
        for place, sums in months.items():
            for some in _few_at_a_time(sums):
                asked = (
                    f"SELECT sha256, content FROM tail WHERE {_OF_MONTH} AND sha256 IN ({_marks(len(some))})"
                )
                found |= {row["sha256"]: row["content"] for row in self._rows(asked, *place, *some)}
        return [found.get(piece.sha256, b"") for piece in pieces]  # what is not there has no right sum

    def chunk(self, record_type: str, month: str, sha256: str) -> object:
        rows = self._rows(
            "SELECT content FROM tail WHERE record_type = ? AND month = ? AND sha256 = ?",
            record_type,
            month,
            sha256,
        )
        return rows[0]["content"] if rows else None

    def tail_places(self, record_type: str, keys: Sequence[str]) -> set[tuple[int, str]]:
        select = "SELECT DISTINCT batch, month FROM tail_keys WHERE record_type = ?"
        found: set[tuple[int, str]] = set()
        if len(keys) > _ALL:
            return {(row["batch"], row["month"]) for row in self._rows(select, record_type)}
        for some in _few_at_a_time(keys):
            rows = self._rows(f"{select} AND key IN ({_marks(len(some))})", record_type, *some)
            found |= {(row["batch"], row["month"]) for row in rows}
        return found

    def tail_keys(self, batch: int) -> list[tuple[str, str, str]]:
        rows = self._rows("SELECT record_type, month, key FROM tail_keys WHERE batch = ?", batch)
        return [(row["record_type"], row["month"], row["key"]) for row in rows]

    def add(self, admission: Admission) -> None:
        more = {"known_from": admission.known_from, "delivery_hash": admission.delivery_hash}
        self._insert("batches", [stored(admission.batch, **more)])
        self._insert("pieces", [stored(piece) for piece in admission.pieces])
        chunks = [piece for piece in admission.pieces if piece.in_tail]
        self._insert("tail", [_chunk_row(piece, admission.contents[piece.sha256]) for piece in chunks])
        self._insert("tail_keys", [stored(key) for key in admission.keys])

    def rewrite_head(self) -> tuple[int, str]:
        rows = self._rows("SELECT number, hash FROM rewrites ORDER BY number DESC LIMIT 1")
        return (rows[0]["number"], rows[0]["hash"]) if rows else (0, GENESIS.hash)

    def rewrite(self, rewrite: Rewrite, retired: Sequence[Piece], made: Sequence[Piece]) -> None:
        self._insert("rewrites", [stored(rewrite)])
        self._insert("pieces", [stored(piece) for piece in made])
        for piece in retired:
            where = (piece.record_type, piece.month, piece.sha256)
            self._execute(f"UPDATE pieces SET retired_by = ? WHERE {_THE_PIECE}", rewrite.number, *where)
            if piece.in_tail:
                self._execute(f"DELETE FROM tail WHERE {_THE_PIECE}", *where)
                self._execute(
                    "DELETE FROM tail_keys WHERE batch = ? AND record_type = ? AND month = ?"
                    " AND NOT EXISTS (SELECT 1 FROM pieces WHERE pieces.batch = tail_keys.batch"
                    " AND pieces.record_type = tail_keys.record_type AND pieces.month = tail_keys.month"
                    " AND pieces.keys_sha256 IS NULL AND pieces.retired_by IS NULL)",
                    piece.batch,
                    piece.record_type,
                    piece.month,
                )

    def retired_since(self, moment: datetime) -> list[Piece]:
        columns = ", ".join(f"p.{f.name}" for f in fields(Piece))
        return _pieces(
            self._rows(
                f"SELECT {columns} FROM pieces p JOIN rewrites r ON r.number = p.retired_by"
                " WHERE r.made_at >= ?",
                moment_text(moment),
            )
        )

    def entries(self) -> Iterator[Entry]:
        pieces = self._pieces_by("batch")
        carried = {row["batch"]: row["content"] for row in self._rows("SELECT batch, content FROM carried")}
        for batch in self._rows("SELECT * FROM batches ORDER BY sequence"):
            number = batch["sequence"]
            yield Entry(dict(batch), tuple(map(dict, pieces.get(number, ()))), carried.get(number))

    def rewrites(self) -> Iterator[RewriteEntry]:
        retired, made = self._pieces_by("retired_by"), self._pieces_by("rewrite")
        for rewrite in self._rows("SELECT * FROM rewrites ORDER BY number"):
            here = rewrite["number"]
            sides = (tuple(map(dict, side.get(here, ()))) for side in (retired, made))
            yield RewriteEntry(dict(rewrite), *sides)

    def plan_texts(self) -> list[PlanText]:
        columns = ", ".join(column.name for column in fields(PlanText))
        rows = self._rows(f"SELECT {columns} FROM plan_versions ORDER BY sequence")
        return [PlanText(*row) for row in rows]

    def add_plan_text(self, text: PlanText) -> None:
        self._insert("plan_versions", [stored(text)])

    def _carried(self, batch: int) -> str | None:
        rows = self._rows("SELECT content FROM carried WHERE batch = ?", batch)
        return rows[0]["content"] if rows else None

    def _pieces_by(self, column: str) -> dict[object, list[SqlRow]]:
        """By one statement for all: of a ledger of years there would be thousands."""
        found: dict[object, list[SqlRow]] = {}
        asked = f"SELECT * FROM pieces WHERE {column} IS NOT NULL ORDER BY {column}, month, sha256"
        for row in self._rows(asked):
            found.setdefault(row[column], []).append(row)
        return found

    def _rows(self, statement: str, *values: object) -> list[SqlRow]:
        return self._connection.execute(statement, values).fetchall()

    def _execute(self, statement: str, *values: object) -> None:
        self._connection.execute(statement, values)

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            self._connection.insert(table, list(rows[0]), [tuple(row.values()) for row in rows])


def _by(moment: datetime | None) -> str:
    return _EVER if moment is None else moment_text(moment)


def _few_at_a_time(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _batch(row: SqlRow) -> Batch:
    """UserError for a row that no longer describes a batch."""
    try:
        return batch_of(dict(row))
    except (ValueError, TypeError) as error:
        raise ledger_damaged(f"batches row {row['sequence']}") from error


def _pieces(rows: Sequence[SqlRow]) -> list[Piece]:
    """UserError for a row that no longer describes a piece."""
    try:
        return [Piece(**{**row, "kind": Kind(row["kind"])}) for row in map(dict, rows)]
    except (ValueError, TypeError) as error:
        raise ledger_damaged("pieces") from error


def _chunk_row(piece: Piece, content: bytes) -> Row:
    where = {"record_type": piece.record_type, "month": piece.month, "sha256": piece.sha256}
    return where | {"content": content}
