"""Figures in packs: some hundreds of figures of one place together as bytes, as a database keeps them.

A database hands over a few packs far quicker than the thousands of rows in them, and Arrow makes columns of
one in the time in which a few rows are fetched. In a pack the figures are in the order of their agencies,
and all figures of a place and agency are in one pack: an agency's are found by the first and last of each.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.figures_table import FIGURES, TEXT, text_column
from kieng.measurement.store import SERIES
from kieng.measurement.table_rows import distinct, numbered

Numbers = npt.NDArray[Any]

#: A pack is full with so many figures: fewer make the series of a level slower (more packs), more make one
#: agency's figures slower (more is unpacked for one row).
FULL = 512

_FEW = 20  # agencies: so many are looked up one by one
_SIZE = 8  # bytes that say how many the others become
_CODEC = "lz4"


class Place(NamedTuple):
    """What all figures of a pack share. ``start`` is an ISO day; ``breakdown`` is "" for the totals."""

    indicator: str
    reading: str
    grain: str
    start: str
    breakdown: str
    level: str


@dataclass(frozen=True)
class Pack:
    """``count`` figures of the agencies from ``first`` to ``last``. These are in UTF-8, since databases
    have many orders for text and one for bytes. ``series``: what a series is made of; ``rest``: the rest."""

    first: bytes
    last: bytes
    count: int
    series: bytes
    rest: bytes


def _of_row(field: pa.Field) -> pa.Field:
    return pa.field(field.name, pa.string() if field.type == TEXT else field.type)


_SHARED = ("indicator", "reading", "grain", "start", "breakdown_field", "level")  # as Place has them
_OWN = [field for field in FIGURES if field.name not in _SHARED]
_IN_SERIES = pa.schema([_of_row(field) for field in _OWN if field.name in SERIES.names])
_IN_REST = pa.schema([_of_row(field) for field in _OWN if field.name not in SERIES.names])
#: What a pack holds of each of its figures.
ROWS = pa.schema([*_IN_SERIES, *_IN_REST])


def packs_of(table: pa.Table) -> Iterator[tuple[Place, Pack]]:
    """The figures of a table of FIGURES in packs."""
    values, numbers = zip(*(numbered(table[name]) for name in _SHARED), strict=True)
    place_of, first = distinct(numbers)
    columns = [[values[n][i] for i in numbers[n][first].tolist()] for n in range(len(_SHARED))]
    places = [_place(*each) for each in zip(*columns, strict=True)]
    for number, pack in _packs(table.select(ROWS.names).cast(ROWS), place_of):
        yield places[number], pack


def unpacked(series: bytes, rest: bytes) -> pa.RecordBatch:
    """The rows of a pack, of :data:`ROWS`."""
    columns = [*_batch(series, _IN_SERIES).columns, *_batch(rest, _IN_REST).columns]
    return pa.RecordBatch.from_arrays(columns, schema=ROWS)


def of_agency(rows: pa.RecordBatch, agency: str) -> pa.RecordBatch:
    """The rows of one agency, of the rows of a pack."""
    start, end = _span(rows, agency)
    return rows.slice(start, end - start)


def _span(rows: pa.RecordBatch, agency: str) -> tuple[int, int]:
    column = rows["agency"]
    start = bisect_left(column, agency, key=pa.StringScalar.as_py)
    return start, bisect_right(column, agency, lo=start, key=pa.StringScalar.as_py)


def exchanged(
    old: Sequence[pa.RecordBatch], agencies: Collection[str], new: Sequence[pa.RecordBatch]
) -> Iterator[Pack]:
    """The rows of packs of one place with those of some agencies in the place of what there was of them."""
    if len(old) == 1 and len(new) <= 1 and len(agencies) <= _FEW:
        rows = _put_in(old[0], agencies, new[0] if new else old[0].slice(0, 0))
        if rows.num_rows < 2 * FULL:  # nearly always: the packs beside it stay as they are
            if rows.num_rows:
                yield _pack(rows)
            return
        kept = [rows]
    else:
        gone = pa.array(sorted(agencies), pa.string())
        kept = [rows.filter(pc.invert(pc.is_in(rows["agency"], value_set=gone))) for rows in old] + [*new]
    table = pa.Table.from_batches(kept, ROWS)
    yield from (pack for _, pack in _packs(table, np.zeros(table.num_rows, np.int64)))


def _put_in(old: pa.RecordBatch, agencies: Collection[str], new: pa.RecordBatch) -> pa.RecordBatch:
    """Both are in the order of agencies, and so is what comes of them."""
    parts, at = [], 0
    for agency in sorted({*agencies, *new["agency"].to_pylist()}):
        start, end = _span(old, agency)
        parts += [old.slice(at, start - at), of_agency(new, agency)]
        at = end
    return pa.concat_batches([part for part in (*parts, old.slice(at)) if part.num_rows] or [old.slice(0, 0)])


def figures_in(unpacked_: Sequence[tuple[Place, pa.RecordBatch]]) -> pa.Table:
    """A table with the columns of FIGURES, text as plain text where packs have it so."""
    places, batches = [place for place, _ in unpacked_], [batch for _, batch in unpacked_]
    rows, number = pa.Table.from_batches(batches, ROWS), _numbers(batches)
    columns = {name: rows[name] for name in ROWS.names}
    for name in ("indicator", "reading", "grain", "level"):
        columns[name] = text_column([getattr(place, name) for place in places], number)
    columns["start"] = _days(places).take(number)
    columns["breakdown_field"] = text_column([place.breakdown or None for place in places], number)
    return pa.table({name: columns[name] for name in FIGURES.names}).combine_chunks()


def series_in(packs: Sequence[tuple[str, bytes]]) -> pa.Table:
    """A table of :data:`~kieng.measurement.store.SERIES` of the ``series`` of packs, with the start of each,
    in the order that is given."""
    batches = [_batch(content, _IN_SERIES) for _, content in packs]
    rows = pa.Table.from_batches(batches, _IN_SERIES)
    starts = pa.array([start for start, _ in packs], pa.string()).take(_numbers(batches))
    return pa.table([starts if n == "start" else rows[n] for n in SERIES.names], schema=SERIES)


def _numbers(batches: Sequence[pa.RecordBatch]) -> Numbers:
    """For each row of all batches, the number of its batch."""
    return np.repeat(np.arange(len(batches)), [batch.num_rows for batch in batches])


def _days(places: Sequence[Place]) -> pa.Array:
    return pa.array([date.fromisoformat(place.start) for place in places], pa.date32())


def _place(indicator: str, reading: str, grain: str, start: date, breakdown: str | None, level: str) -> Place:
    return Place(indicator, reading, grain, start.isoformat(), breakdown or "", level)


def _packs(rows: pa.Table, place_of: Numbers) -> Iterator[tuple[int, Pack]]:
    """Rows in packs, each with the number of its place."""
    if not rows.num_rows:
        return
    words, number_of = numbered(rows["agency"])
    agency_of = pc.rank(pa.array(words[:-1], pa.string())).to_numpy()[number_of]
    order = np.lexsort((agency_of, place_of))
    place_of, agency_of = place_of[order], agency_of[order]
    (batch,) = rows.take(order).combine_chunks().to_batches()
    for start, end in _spans(place_of, agency_of):
        yield int(place_of[start]), _pack(batch.slice(start, end - start))


def _spans(place_of: Numbers, agency_of: Numbers) -> Iterator[tuple[int, int]]:
    """Where packs begin and end in sorted rows: no two places in one, and no agency of a place in two."""
    place_begins = _begins(np.diff(place_of) != 0)
    agency_begins = _begins((np.diff(place_of) != 0) | (np.diff(agency_of) != 0))
    number = (agency_begins - place_begins) // FULL
    begins = np.flatnonzero((np.diff(place_of, prepend=-1) != 0) | (np.diff(number, prepend=-1) != 0))
    yield from zip(begins.tolist(), [*begins[1:].tolist(), len(number)], strict=True)


def _begins(changes: Numbers) -> Numbers:
    """For each row, the row with which its run begins; ``changes``: whether the next row begins one."""
    rows = np.arange(len(changes) + 1)
    return np.maximum.accumulate(np.where(np.append(True, changes), rows, 0))


def _pack(rows: pa.RecordBatch) -> Pack:
    agencies = rows["agency"]
    parts = (_bytes(rows.select(schema.names)) for schema in (_IN_SERIES, _IN_REST))
    return Pack(_utf8(agencies[0]), _utf8(agencies[-1]), rows.num_rows, *parts)


def _bytes(rows: pa.RecordBatch) -> bytes:
    """Without their schema, which would be most of a small pack, and compressed as one: the fewer parts the
    quicker."""
    raw = rows.serialize()
    content: bytes = raw.size.to_bytes(_SIZE, "little") + pa.compress(raw, codec=_CODEC, asbytes=True)
    return content


def _batch(content: bytes, schema: pa.Schema) -> pa.RecordBatch:
    size = int.from_bytes(content[:_SIZE], "little")
    raw = pa.decompress(pa.py_buffer(content).slice(_SIZE), decompressed_size=size, codec=_CODEC)
    return pa.ipc.read_record_batch(raw, schema)


def _utf8(agency: pa.StringScalar) -> bytes:
    text: str = agency.as_py()
    return text.encode()
