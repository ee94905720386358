"""Parquet: typed values pass through as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kieng.problems import UserError, refuse
from kieng.records.mapping import FileFormat
from kieng.records.readers.chunk import CHUNK_ROWS, Chunk, ColumnChunk
from kieng.words import composed

# One row group is unpacked at a time; a larger one is refused unread.
_LARGEST_ROW_GROUP = 4 * 2**30


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

    def _broken(self, error: Exception) -> UserError:
        why = f"The file is not a whole Parquet file: {_first_line(error)}."
        remedy = "It may have been cut off on its way, or be of another type: send it again."
        return refuse(self._file, "broken-parquet", why, remedy)

    def chunks(self) -> Iterator[Chunk]:
        self._rows_done = 0
        with self._opened() as parquet:
            batches = parquet.iter_batches(batch_size=CHUNK_ROWS)
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
        columns = [self._values(batch, index) for index in range(batch.num_columns)]
        return ColumnChunk(self.names, lines, columns)

    def _values(self, batch: pa.RecordBatch, index: int) -> list[Any]:
        column = batch.column(index)
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
            column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
        try:
            values: list[Any] = column.to_pylist()
        except (pa.ArrowException, ValueError, OverflowError) as error:
            why = f"Column `{self.names[index]}` holds values that cannot be read: {_first_line(error)}."
            remedy = "Write dates between the years 1900 and 2199, and texts in UTF-8."
            raise refuse(self._file, "unreadable-column", why, remedy) from None
        return values


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")
