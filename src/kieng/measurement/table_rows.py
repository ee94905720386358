"""Large tables of cells in Python, each different value made into Python once.

Most of a million cells hold small numbers that come again and again; making a Decimal or a date of every
one of them would take longer than measuring.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

Numbers = npt.NDArray[Any]

_CHUNK = 50_000  # rows made at a time, so that memory does not grow with the table


def rows_of(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows of ``table``. Lists come as tuples, and equal tuples are one object."""
    yield from zip(*(_values(column) for column in table.columns), strict=True)


def numbered(column: pa.ChunkedArray) -> tuple[list[Any], Numbers]:
    """The different values of a column, None last, and for each row the number of its value among them."""
    encoded = column.combine_chunks()
    if not kinds.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    different = [*encoded.dictionary.to_pylist(), None]
    numbers = pc.fill_null(encoded.indices.cast(pa.int64()), len(different) - 1)
    return different, numbers.to_numpy(zero_copy_only=False)


def tuples_of(column: pa.ChunkedArray) -> tuple[list[tuple[Any, ...]], Numbers]:
    """The different lists of a column as tuples, and for each row the number of its own. All lists are of
    one length, as all lists of parts of one rule are."""
    lists = column.combine_chunks()
    length = len(lists[0]) if len(lists) else 0
    if length == 0:
        return [()], np.zeros(len(lists), np.int64)
    different, codes = numbered(pa.chunked_array([lists.flatten()]))
    by_row = codes.reshape(-1, length)
    numbers, first = distinct(list(by_row.T))
    return [tuple(different[code] for code in row) for row in by_row[first].tolist()], numbers


def distinct(columns: Sequence[Numbers]) -> tuple[Numbers, Numbers]:
    """For each row, the number of its combination of numbers (none below 0); and for each combination, a
    row that has it."""
    numbers = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        combined = numbers * (int(column.max(initial=0)) + 1) + column
        numbers = pa.array(combined).dictionary_encode().indices.to_numpy().astype(np.int64)
    first = np.zeros(int(numbers.max(initial=-1)) + 1, np.int64)
    first[numbers] = np.arange(len(numbers))
    return numbers, first


def _values(column: pa.ChunkedArray) -> Iterator[Any]:
    if kinds.is_list(column.type):
        return _looked_up(*tuples_of(column))
    if kinds.is_decimal(column.type) or kinds.is_date(column.type):
        return _looked_up(*numbered(column))
    return (value for chunk in _slices(column) for value in chunk.to_pylist())


def _looked_up(different: Sequence[Any], numbers: Numbers) -> Iterator[Any]:
    for start in range(0, len(numbers), _CHUNK):
        yield from map(different.__getitem__, numbers[start : start + _CHUNK].tolist())


def _slices(column: pa.ChunkedArray) -> Iterator[pa.Array]:
    for chunk in column.chunks:
        for start in range(0, len(chunk), _CHUNK):
            yield chunk.slice(start, _CHUNK)
