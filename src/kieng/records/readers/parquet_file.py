"""Parquet: typed values pass through as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kieng.problems import refuse
from kieng.records.mapping import FileFormat
from kieng.records.readers.chunk import Chunk, ColumnChunk
from kieng.words import composed

# One row group is unpacked at a time; a larger one is refused unread.
_LARGEST_ROW_GROUP = 4 * 2**30
_BATCH_ROWS = 131_072
_ALWAYS_READABLE = (
    pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null,
)  # fmt: skip
# Within these seconds from 1970, years have four digits in whatever zone.
_FIRST_SECOND, _LAST_SECOND = -62_000_000_000, 253_000_000_000


class ParquetFile:
    """A Parquet file. Lines are row numbers from 1."""

    def __init__(self, path: Path, form: FileFormat, file: str) -> None:
        self._path, self._file = path, file
        self._rows_done = 0
        with self._opened() as parquet:
            self.names = tuple(composed(name.strip()) for name in parquet.schema_arrow.names)
            self._rows = parquet.metadata.num_rows
            groups = (parquet.metadata.row_group(i) for i in range(parquet.metadata.num_row_groups))
            largest = max((group.total_byte_size for group in groups), default=0)
        if largest > _LARGEST_ROW_GROUP:
            why = f"A row group of this file unpacks to {largest:,} bytes."
            raise refuse(file, "row-group-too-large", why, "Write the file with smaller row groups.")

    def done(self) -> tuple[int, int]:
        return self._rows_done, self._rows

    def _opened(self) -> Any:
        try:
            return pq.ParquetFile(self._path)
        except (pa.ArrowException, OSError) as error:
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> Exception:
        if isinstance(error, MemoryError):  # not the file's fault, or not only
            return error
        why = f"The file is not a whole Parquet file: {_first_line(error)}."
        remedy = "It may have been cut off on its way, or be of another type: send it again."
        return refuse(self._file, "broken-parquet", why, remedy)

    def chunks(self) -> Iterator[Chunk]:
        self._rows_done = 0
        with self._opened() as parquet:
            batches = parquet.iter_batches(batch_size=_BATCH_ROWS)
            while True:
                try:
                    batch = next(batches, None)
                except (pa.ArrowException, OSError) as error:
                    raise self._broken(error) from None
                if batch is None:
                    return
                yield self._chunk(batch)

    def _chunk(self, batch: pa.RecordBatch) -> Chunk:
        first = self._rows_done + 1
        self._rows_done += batch.num_rows
        lines = range(first, self._rows_done + 1)
        arrays = [self._array(column, name) for column, name in zip(batch.columns, self.names, strict=True)]
        return ColumnChunk(self.names, lines, arrays)

    def _array(self, column: pa.Array, name: str) -> pa.Array:
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
            column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
        if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
            column = column.cast(pa.string())
        try:
            check_readable(column)
        except (pa.ArrowException, ValueError, OverflowError, LookupError) as error:
            if isinstance(error, MemoryError):
                raise
            why = f"Column `{name}` holds values that cannot be read: {_first_line(error)}."
            remedy = "Write dates between the years 1900 and 2199, and texts in UTF-8."
            raise refuse(self._file, "unreadable-column", why, remedy) from None
        return column


def check_readable(column: pa.Array) -> None:
    """Raise what reading some value of ``column`` would raise: a date no calendar has, text that is none."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        check_readable(column.dictionary)
    elif pa.types.is_string(kind):
        column.validate(full=True)
    elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        stamps = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
        ends = pc.min_max(stamps)
        first, last = ends["min"].as_py(), ends["max"].as_py()
        if first is not None and (first < _FIRST_SECOND or last > _LAST_SECOND):
            column.to_pylist()
        pa.scalar(0, kind).as_py()  # a zone nobody knows
    elif not any(is_one(kind) for is_one in _ALWAYS_READABLE):
        column.to_pylist()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")
