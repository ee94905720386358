"""Rows of a large table of cells as Python tuples, each different value made into Python once.

Most of a million cells hold small numbers that come again and again; making a Decimal or a date of every
one of them would take longer than measuring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.types as kinds

_CHUNK = 50_000  # rows made at a time, so that memory does not grow with the table


def rows_of(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows of ``table``. Lists come as tuples, and equal tuples are one object."""
    yield from zip(*(_values(column) for column in table.columns), strict=True)


def _values(column: pa.ChunkedArray) -> Iterator[Any]:
    if kinds.is_list(column.type):
        return _tuples(column)
    if kinds.is_decimal(column.type) or kinds.is_date(column.type):
        return _looked_up(column)
    return (value for chunk in _slices(column) for value in chunk.to_pylist())


def _looked_up(column: pa.ChunkedArray) -> Iterator[Any]:
    different, numbers = _encoded(column)
    return (None if number is None else different[number] for number in numbers)


def _tuples(column: pa.ChunkedArray) -> Iterator[tuple[Any, ...]]:
    """Lists of one length, as all lists of parts of one rule are."""
    lists = column.combine_chunks()
    length = len(lists[0]) if len(lists) else 0
    if length == 0:
        return (() for _ in range(len(lists)))
    different, numbers = _encoded(pa.chunked_array([lists.flatten()]))
    known: dict[tuple[int | None, ...], tuple[Any, ...]] = {}

    def tuple_of(key: tuple[int | None, ...]) -> tuple[Any, ...]:
        if key not in known:
            known[key] = tuple(None if number is None else different[number] for number in key)
        return known[key]

    return map(tuple_of, zip(*[iter(numbers)] * length, strict=True))


def _encoded(column: pa.ChunkedArray) -> tuple[Sequence[Any], Iterable[int | None]]:
    """The different values, and for each row the number of its value among them."""
    encoded = column.combine_chunks().dictionary_encode()
    numbers = (n for chunk in _slices(pa.chunked_array([encoded.indices])) for n in chunk.to_pylist())
    return encoded.dictionary.to_pylist(), numbers


def _slices(column: pa.ChunkedArray) -> Iterator[pa.Array]:
    for chunk in column.chunks:
        for start in range(0, len(chunk), _CHUNK):
            yield chunk.slice(start, _CHUNK)
