"""The files that the generator leaves, and how tables get into them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
from pyarrow import csv, parquet

from kieng.records.batch import Origin


@dataclass(frozen=True)
class GeneratedFile:
    """One delivery: load the files in the order of the list, each with its ``recorded_at``.

    ``key`` names the delivery at its source. ``refused`` is how many rows are wrong on purpose.
    """

    path: Path
    record_type: str
    mapping: str
    origin: Origin
    key: str
    recorded_at: datetime
    rows: int
    refused: int = 0
    citation: str | None = None


class Form(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    NDJSON = "ndjson"


class TableWriter:
    """Writes tables of one schema after one another into a file, so that memory stays small."""

    def __init__(self, path: Path, form: Form) -> None:
        self.path, self.rows = path, 0
        self._form = form
        self._writer: Any = None

    def write(self, table: pa.Table) -> None:
        if self._writer is None:
            self._writer = self._open(table.schema)
        self.rows += table.num_rows
        self._writer.write_table(table)

    def _open(self, schema: pa.Schema) -> Any:
        if self._form is Form.PARQUET:
            return parquet.ParquetWriter(self.path, schema, compression="zstd")
        if self._form is Form.NDJSON:
            return _Lines(self.path)
        return csv.CSVWriter(self.path, schema, write_options=csv.WriteOptions(quoting_style="needed"))

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()


class _Lines:
    """NDJSON: one object per row, without its nulls."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")

    def write_table(self, table: pa.Table) -> None:
        for row in table.to_pylist():
            kept = {name: value for name, value in row.items() if value is not None}
            self._file.write(json.dumps(kept, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._file.close()


def morning_after(day: date, days: int = 1) -> datetime:
    """When a delivery about the time up to ``day`` is taken in: 02:00 UTC, ``days`` later."""
    return datetime.combine(day + timedelta(days=days), time(2), tzinfo=UTC)


def deliver(
    out: Path, name: str, table: pa.Table, record_type: str, mapping: str, recorded_at: datetime
) -> GeneratedFile:
    """Write ``table`` as ``name``.csv, one synthetic delivery."""
    path = out / f"{name}.csv"
    with TableWriter(path, Form.CSV) as writer:
        writer.write(table)
    return GeneratedFile(path, record_type, mapping, Origin.SYNTHETIC, name, recorded_at, table.num_rows)
