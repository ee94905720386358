"""Batches: what one delivery of records is, and where the ledger stands after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from kieng.plan.record_type import DECIMAL_PRECISION, DECIMAL_SCALE, FieldType, RecordType


class Origin(StrEnum):
    """How a figure came to be. ``published`` needs a citation."""

    PUBLISHED = "published"
    MEASURED = "measured"
    REPORTED = "reported"
    SYNTHETIC = "synthetic"

    @property
    def bit(self) -> int:
        """1, 2, 4, 8: so that a mix of origins is one small number."""
        return _BITS[self]


_BITS = {origin: 1 << number for number, origin in enumerate(Origin)}


def origins_of(bits: int) -> tuple[Origin, ...]:
    """The origins in a mix, in the order of :class:`Origin`."""
    return tuple(origin for origin in Origin if bits & origin.bit)


ARROW_TYPES: dict[FieldType, pa.DataType] = {
    FieldType.TEXT: pa.string(),
    FieldType.CODE: pa.string(),
    FieldType.AGENCY: pa.string(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.INTEGER: pa.int64(),
    FieldType.DECIMAL: pa.decimal128(DECIMAL_PRECISION, DECIMAL_SCALE),
    FieldType.DATE: pa.date32(),
    FieldType.DATETIME: pa.timestamp("us"),
}

INTAKE_COLUMNS = (
    pa.field("_key", pa.string()),  # natural key: source + ":" + id
    pa.field("_row", pa.int64()),  # line (or row) in the delivered file, from 1
    pa.field("_withdrawn", pa.bool_()),  # the source takes this record back
)
LEDGER_COLUMNS = (
    pa.field("_recorded_at", pa.timestamp("us", tz="UTC")),
    pa.field("_batch", pa.int64()),
    pa.field("_origin", pa.int8()),
)


def intake_schema(record_type: RecordType) -> pa.Schema:
    """Columns of a table of accepted rows, before the ledger has taken them."""
    fields = [pa.field(f.name, ARROW_TYPES[f.type]) for f in record_type.fields.values()]
    return pa.schema([*INTAKE_COLUMNS, *fields])


def ledger_schema(record_type: RecordType) -> pa.Schema:
    """Columns of every segment and tail chunk of a record type."""
    return pa.schema([*intake_schema(record_type), *LEDGER_COLUMNS])


@dataclass(frozen=True)
class Delivery:
    """Accepted rows on their way into the ledger.

    ``key`` names the delivery at its source (unique per source); ``recorded_at`` is None for "now"
    and is stated only when old deliveries are replayed in order.
    """

    record_type: RecordType
    rows: pa.Table  # intake_schema
    source: str
    key: str
    origin: Origin
    by: str
    mapping: str
    mapping_hash: str
    citation: str | None = None
    file: str | None = None
    refused: int = 0
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Batch:
    """A delivery as the manifest keeps it. ``hash`` covers the content and ``previous``, chaining all."""

    sequence: int
    record_type: str
    source: str
    key: str
    origin: Origin
    by: str
    mapping: str
    mapping_hash: str
    citation: str | None
    file: str | None
    recorded_at: datetime  # UTC; what as_of is compared with; never before the batch before
    committed_at: datetime  # UTC; the machine's clock at the commit
    accepted: int
    superseded: int  # of the accepted, how many follow an older version
    unchanged: int  # rows equal to the version already there, not stored again
    refused: int
    content_hash: str
    previous: str
    hash: str


@dataclass(frozen=True)
class VersionedRecords:
    """Every version of one record type's records that may still count at ``as_of``.

    Whoever reads picks, per ``_key``, the newest by (_recorded_at, _batch, _row) with _recorded_at <= as_of
    and _batch <= through, and leaves it out when it is ``_withdrawn``. Files and ``tail`` have the columns
    of :func:`ledger_schema` (a file written before a field was added lacks it).

    Over the files of ``once`` together each key stands once; those of ``newer`` and the tail hold versions
    that may supersede them. A file lies in a folder named for its month (the partition in which all
    versions of a record lie).
    """

    record_type: RecordType
    once: tuple[Path, ...]
    newer: tuple[Path, ...]
    tail: pa.Table
    as_of: datetime  # UTC, aware
    through: int | None = None  # None: whatever batch
    tail_months: tuple[tuple[str, int], ...] = ()  # months and how many rows of the tail each has, in order

    @property
    def segments(self) -> tuple[Path, ...]:
        return self.once + self.newer

    @property
    def month_of_tail(self) -> pa.Array:
        """The month of each row of the tail; empty texts where none is known."""
        if not self.tail_months:
            return pa.repeat(pa.scalar(""), self.tail.num_rows)
        parts = [pa.repeat(pa.scalar(month), rows) for month, rows in self.tail_months]
        return pa.concat_arrays(parts)

    @staticmethod
    def in_memory(record_type: RecordType, rows: pa.Table, as_of: datetime) -> VersionedRecords:
        """Versions that lie in no file."""
        return VersionedRecords(record_type, (), (), rows, as_of)
