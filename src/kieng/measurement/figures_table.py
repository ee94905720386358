"""Figures as columns: the shape in which they go from cells to the store, and the way to objects and back.

Words come again and again in figures, so every column of text is dictionary-coded. Decimals are text, exact
and just as they are stored; ``parts`` are one text with a space between and ``-`` for a part that is null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.plan.period import Grain, Period
from kieng.records.batch import origins_of

Numbers = npt.NDArray[Any]

TEXT = pa.dictionary(pa.int32(), pa.string())

#: One row per figure. ``reading`` is as-was or the ISO day of the map; ``origins`` are Origin bits.
FIGURES = pa.schema(
    [
        ("indicator", TEXT),
        ("agency", TEXT),
        ("reading", TEXT),
        ("start", pa.date32()),
        ("grain", TEXT),
        ("breakdown_field", TEXT),  # null: the total over all
        ("breakdown_value", TEXT),  # null with a field: the records where it is null
        ("rule", pa.int64()),
        ("level", TEXT),
        ("status", TEXT),
        ("reason", TEXT),
        ("value", TEXT),
        ("parts", TEXT),
        ("numerator", TEXT),
        ("denominator", TEXT),
        ("reporting", pa.int64()),
        ("expected", pa.int64()),
        ("people_share", TEXT),
        ("no_data", pa.int64()),
        ("not_applicable", pa.int64()),
        ("nought", pa.int64()),
        ("inherited", pa.int64()),
        ("weighted", TEXT),
        ("state", TEXT),
        ("origins", pa.int64()),
        ("used", pa.int64()),
        ("records", pa.int64()),
    ]
)

_NONE = "-"  # a part that is null
_CHUNK = 50_000  # rows made into Python at a time, so that memory does not grow with the table


# --- columns --------------------------------------------------------------------------------


def text_column(words: Sequence[str | None], numbers: Numbers) -> pa.Array:
    """A column of ``TEXT`` that has, in each row, the word of this number. Words may come twice."""
    known: dict[str, int] = {}
    codes = [-1 if word is None else known.setdefault(word, len(known)) for word in words]
    taken = np.array([*codes, -1], np.int32)[numbers]
    return pa.DictionaryArray.from_arrays(pa.array(taken, mask=taken < 0), pa.array(list(known), pa.string()))


def one_text(word: str | None, count: int) -> pa.Array:
    """A column of ``TEXT`` with one word in every row."""
    return text_column([word], np.zeros(count, np.int32))


def coded(column: pa.ChunkedArray) -> pa.Array:
    """A column of text as ``TEXT``."""
    whole = column.combine_chunks()
    return whole if kinds.is_dictionary(whole.type) else whole.dictionary_encode()


def python_rows(table: pa.Table, convert: Mapping[str, Callable[[Any], Any]]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table. Each different value of a column in ``convert`` is converted once, nulls aside."""
    for batch in table.to_batches(max_chunksize=_CHUNK):
        names = batch.schema.names
        yield from zip(*(_values(batch[name], convert.get(name)) for name in names), strict=True)


def _values(column: pa.Array, convert: Callable[[Any], Any] | None) -> list[Any]:
    if not kinds.is_dictionary(column.type):
        if convert is None:
            listed: list[Any] = column.to_pylist()
            return listed
        column = column.dictionary_encode()
    words = column.dictionary.to_pylist()
    different = np.empty(len(words) + 1, object)  # the last one is None
    different[:-1] = words if convert is None else [None if w is None else convert(w) for w in words]
    indices = pc.fill_null(column.indices, len(words)).to_numpy(zero_copy_only=False)
    found: list[Any] = different[indices].tolist()
    return found


# --- figures as objects, and back -----------------------------------------------------------


#: All is known through the day of the measuring.
NOTHING_SOONER: Mapping[str, date] = MappingProxyType({})


def measurements_of(
    table: pa.Table, as_of: datetime, cut_off: date, known: Mapping[str, date] = NOTHING_SOONER
) -> Iterator[Measurement]:
    """The figures of a table of :data:`FIGURES`, made one after another as they are asked for. ``known``:
    through which day what an indicator counts was delivered."""
    for row in python_rows(table, _READERS):
        yield _measurement(as_of, cut_off, known, *row)


def table_of(measurements: Iterable[Measurement]) -> pa.Table:
    """Figures that were made one by one as a table of :data:`FIGURES`."""
    columns = list(zip(*(_row(one) for one in measurements), strict=True)) or [()] * len(FIGURES)
    made = [
        pa.array(column, pa.string()).dictionary_encode()
        if field.type == TEXT
        else pa.array(column, field.type)
        for column, field in zip(columns, FIGURES, strict=True)
    ]
    return pa.Table.from_arrays(made, schema=FIGURES)


def text_of_number(value: Decimal | None) -> str | None:
    """A decimal as it is stored."""
    return None if value is None else str(value)


def text_of_parts(parts: Iterable[Decimal | None]) -> str:
    """The parts of a figure as they are stored."""
    return " ".join([_NONE if part is None else str(part) for part in parts])


def parts_of_text(text: str) -> tuple[Decimal | None, ...]:
    """What :func:`text_of_parts` made a text of."""
    return tuple(None if part == _NONE else Decimal(part) for part in text.split())


def _as_it_is(value: Any) -> Any:
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "grain": Grain,
    "status": Status,
    "value": Decimal,
    "parts": parts_of_text,
    "numerator": Decimal,
    "denominator": Decimal,
    "people_share": Decimal,
    "origins": origins_of,
    "start": _as_it_is,  # named, so that each different day is made once
}


def _measurement(
    as_of: datetime,
    cut_off: date,
    known: Mapping[str, date],
    indicator: str,
    agency: str,
    reading: str,
    start: Any,
    grain: Grain,
    breakdown_field: str | None,
    breakdown_value: str | None,
    rule: int,
    level: str,
    status: Status,
    reason: str | None,
    value: Decimal | None,
    parts: tuple[Decimal | None, ...],
    numerator: Decimal | None,
    denominator: Decimal | None,
    reporting: int,
    expected: int,
    people_share: Decimal | None,
    no_data: int,
    not_applicable: int,
    nought: int,
    inherited: int,
    weighted: str | None,
    state: str | None,
    origins: Any,
    used: int,
    records: int,
) -> Measurement:
    return Measurement(
        indicator=indicator,
        rule=rule,
        agency=agency,
        level=level,
        period=Period(start, grain),
        reading=reading,
        breakdown=None if breakdown_field is None else (breakdown_field, breakdown_value),
        status=status,
        reason=reason,
        value=value,
        parts=parts,
        numerator=numerator,
        denominator=denominator,
        coverage=Coverage(reporting, expected, people_share, no_data, not_applicable, nought, inherited),
        weighted=weighted,
        state=state,
        origins=origins,
        used=used,
        records=records,
        as_of=as_of,
        cut_off=cut_off,
        known_through=known.get(indicator),
    )


def _row(one: Measurement) -> tuple[object, ...]:
    field, value = one.breakdown or (None, None)
    return (
        one.indicator,
        one.agency,
        one.reading,
        one.period.start,
        one.period.grain.value,
        field,
        value,
        one.rule,
        one.level,
        one.status.value,
        one.reason,
        text_of_number(one.value),
        text_of_parts(one.parts),
        text_of_number(one.numerator),
        text_of_number(one.denominator),
        one.coverage.reporting,
        one.coverage.expected,
        text_of_number(one.coverage.people_share),
        one.coverage.no_data,
        one.coverage.not_applicable,
        one.coverage.nought,
        one.coverage.inherited,
        one.weighted,
        one.state,
        sum(origin.bit for origin in one.origins),
        one.used,
        one.records,
    )
