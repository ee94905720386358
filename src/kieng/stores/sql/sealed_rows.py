"""What is kept of measured figures, under seals: by which columns it is found, and what is damaged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kieng.measurement.packs import Place
from kieng.records.seal import Damaged, is_whole, row_seal
from kieng.records.verify import Finding
from kieng.stores.sql.database import Session

_PLACE = ", ".join(Place._fields)
#: What a pack's parts are sealed with, in this order.
KEY = f"{_PLACE}, first_agency, last_agency, figures"
IN_SERIES, IN_REST, IN_BASES = "measurements.series", "measurements.rest", "bases.content"
RUN = "run, as_of, plan_fingerprint, through_batch, map_day, ground, indicators, known, seal"
PART = "record_type, way, month, key, cut_off, through"
STALE = "record_type, way, period, agency"
Row = tuple[object, ...]


def with_seal(*row: object) -> Row:
    """The values of a row, with their seal in its last column."""
    return (*row, row_seal(*row))


def is_sealed(row: Iterable[object]) -> bool:
    """Whether a row is as :func:`with_seal` made it."""
    *values, seal = row
    return seal == row_seal(*values)


def checked(table: str, row: Iterable[object]) -> list[Any]:
    """The values of a row without its seal. Raises Damaged when it is not as it was written."""
    *values, seal = row
    if seal != row_seal(*values):
        raise Damaged(_named(table, values))
    return values


#: By so many of its first columns a row is found.
_FOUND_BY = {"measurements": len(Place._fields) + 3, "bases": 3, "measure_runs": 2, "stale_periods": 4}


def _named(table: str, row: Iterable[object]) -> str:
    """A row as findings name it: its table and the values by which it is found."""
    values = list(row)[: _FOUND_BY[table]]
    told = (value.decode(errors="replace") if isinstance(value, bytes) else str(value) for value in values)
    return f"{table} row {' '.join(told)}"


_AT_ONCE = 500  # packs or bases in memory while all are looked at
_WHY = "the row is not what was written; `kieng measure --full` makes it again"


def damage_in(connection: Session) -> Iterator[Finding]:
    """Every row of stored figures and what they are made of that is not as it was written."""
    for _, rows in connection.stream(f"SELECT {KEY}, series, rest FROM measurements", _AT_ONCE):
        for row in rows:
            *key, series, rest = row
            if not (is_whole(series, IN_SERIES, *key) and is_whole(rest, IN_REST, *key)):
                yield Finding("changed-kept", None, _named("measurements", key), _WHY)
    for _, rows in connection.stream(f"SELECT {PART}, seal, content FROM bases", _AT_ONCE):
        for row in rows:
            *part, content = row
            if not (is_sealed(part) and is_whole(content, IN_BASES, *part[:3])):
                yield Finding("changed-kept", None, _named("bases", part), _WHY)
    for table, columns in (("measure_runs", RUN), ("stale_periods", f"{STALE}, seal")):
        for _, rows in connection.stream(f"SELECT {columns} FROM {table}", _AT_ONCE):
            for row in rows:
                if not is_sealed(row):
                    yield Finding("changed-kept", None, _named(table, row), _WHY)
