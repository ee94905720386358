"""What columns hold as bytes that depend on their values alone, however Arrow has them in memory.

For telling whether two tables hold the same, and which batch's rows of a file were changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types as kinds

#: Hexadecimal digits kept of each batch's digest: enough to find a change, not to prove there is none.
_DIGITS = 16


def contents(column: pa.ChunkedArray) -> list[bytes]:
    """Which values are null, then the values."""
    known = pc.is_valid(column).cast(pa.uint8()).to_numpy().tobytes()
    if kinds.is_string(column.type):
        filled = pc.fill_null(column, "").combine_chunks()
        lengths = pc.binary_length(filled).to_numpy().astype("<i4").tobytes()
        _, offsets, data = filled.buffers()
        ends = np.frombuffer(offsets, np.int32)[filled.offset : filled.offset + len(filled) + 1]
        return [known, lengths, b"" if data is None else bytes(data[int(ends[0]) : int(ends[-1])])]
    if kinds.is_decimal(column.type):
        array = column.combine_chunks()
        filled = pc.fill_null(array, pa.scalar(Decimal(0), column.type))
        start = filled.offset * 16
        return [known, bytes(filled.buffers()[1][start : start + len(filled) * 16])]
    numbers = column.cast(pa.uint8()) if kinds.is_boolean(column.type) else _as_whole(column)
    return [known, pc.fill_null(numbers, 0).to_numpy().tobytes()]


def _as_whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if kinds.is_date32(column.type):
        return column.cast(pa.int32())
    return column.cast(pa.int64())


def batch_digests(table: pa.Table) -> dict[str, str]:
    """A short SHA-256 of each batch's rows, by batch number, in the order in which the rows lie."""
    ordered = table.take(pc.sort_indices(table["_batch"]))
    batches = ordered["_batch"].to_numpy()
    starts = np.flatnonzero(np.diff(batches, prepend=-1))
    digests = [hashlib.sha256() for _ in starts]
    edges = np.append(starts, len(batches))
    for column in ordered.columns:
        for part, ends in _parts(column):
            places = ends[edges].tolist()
            for digest, start, end in zip(digests, places, places[1:], strict=False):
                digest.update(part[start:end])
    found = zip(batches[starts].tolist(), digests, strict=True)
    return {str(batch): digest.hexdigest()[:_DIGITS] for batch, digest in found}


def _parts(column: pa.ChunkedArray) -> Iterator[tuple[memoryview, np.ndarray]]:
    """The contents, each with the place where every row of it starts, and where the last one ends."""
    known, values, *texts = contents(column)
    rows = np.arange(len(column) + 1)
    yield memoryview(known), rows
    yield memoryview(values), rows * (len(values) // max(len(column), 1))
    for text in texts:
        yield memoryview(text), np.append(0, np.cumsum(np.frombuffer(values, "<i4")))
