"""Parquet: the columns of the CSV, numbers as exact decimals; licence and marks in the file's metadata."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kieng.web.opendata.licence import ALL_TOLD
from kieng.web.opendata.published import Answer
from kieng.web.opendata.rows import MORE, row_of
from kieng.workspace.json_format import flat_table


def parquet_pieces(answers: Iterable[Answer], version: str) -> Iterator[bytes]:
    """The file piece by piece: a row group for each indicator."""
    sink, writer = _Sink(), None
    for answer in answers:
        table = _table(answer, version)
        writer = writer or pq.ParquetWriter(pa.PythonFile(sink, "w"), table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
        yield sink.take()
    if writer is not None:
        writer.close()
        yield sink.take()


class _Sink(io.RawIOBase):
    """A file that only grows: what was written is taken out, and positions go on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._at

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def _table(answer: Answer, version: str) -> pa.Table:
    table = flat_table([answer.json(one) for one in answer.figures])
    rows = [row_of(answer, one, version) for one in answer.figures]
    for name in MORE:
        table = table.append_column(name, pa.array([row[name] for row in rows], pa.string()))
    about = {
        "licence": answer.definitions.licence.url,
        "version": version,
        "note": ALL_TOLD.vi,
    }
    return table.replace_schema_metadata({k: v.encode() for k, v in about.items()})
