"""Formulas that look back (``previous``, ``last_year``): what the earlier cell of the same place lends.

A figure rests on the earlier cell as much as on its own: it has the origins of both, the weaker state, and
is weighted when either is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.measurement import Status
from kieng.measurement.request import AS_WAS, Reading
from kieng.measurement.spans import Spans
from kieng.measurement.table_rows import rows_of
from kieng.measurement.value import UNEQUAL_SPANS, Answer, EarlierParts, Parts, Valuer
from kieng.plan.formula.nodes import EarlierUnit, Formula
from kieng.plan.lineage import Followed
from kieng.plan.period import Period

FollowedIn = Callable[[Period], Followed]

#: What a cell is about.
PLACE = ["reading", "agency", "grain", "start", "breakdown_field", "breakdown_value"]
_QUALITY = ["origins", "state", "weighted"]


def answers_looking_back(
    valuer: Valuer, cells: pa.Table, periods: Sequence[Period], followed: FollowedIn, spans: Spans
) -> list[Answer]:
    """The answer of each row of CELLS, which is about the period of the same number. What adds up over time
    is not set against a longer or shorter time."""
    before = _lent(cells, ["parts"])
    rows = rows_of(cells.select([*PLACE, "parts", "absence"]))

    def earlier(period: Period, place: Sequence[Any]) -> EarlierParts:
        def parts(unit: EarlierUnit) -> Parts | None:
            found = before.get(_at(place, unit.before(period), followed))
            return None if found is None else found[0]

        return parts

    def answer(period: Period, place: Sequence[Any], parts: Parts, absence: str | None) -> Answer:
        found = valuer.answer(parts, earlier(period, place), absence)
        if found.status is Status.VALUE and spans.differ(place[0], place[1], period):
            return Answer(Status.NO_DATA, UNEQUAL_SPANS)
        return found

    return [
        answer(period, place, parts, absence)
        for period, (*place, parts, absence) in zip(periods, rows, strict=True)
    ]


def with_quality_of_both(
    formula: Formula, cells: pa.Table, periods: Sequence[Period], followed: FollowedIn
) -> pa.Table:
    """``cells`` with what the earlier cells say of themselves put to what they say."""
    before, units = _lent(cells, _QUALITY), formula.looks_back_by()
    rows = rows_of(cells.select([*PLACE, *_QUALITY]))
    found = []
    for period, (*place, origins, state, weighted) in zip(periods, rows, strict=True):
        places = [_at(place, unit.before(period), followed) for unit in units]
        met = [(origins, state, weighted), *(before[one] for one in places if one in before)]
        known = [state for _, state, _ in met if state is not None]
        found.append(
            {
                "origins": reduce(or_, (origins for origins, _, _ in met)),
                "state": min(known, default=None),
                "weighted": any(weighted for _, _, weighted in met),
            }
        )
    for name in _QUALITY:
        at, kind = cells.schema.get_field_index(name), cells.schema.field(name).type
        cells = cells.set_column(at, name, pa.chunked_array([pa.array([one[name] for one in found], kind)]))
    return cells


def _lent(cells: pa.Table, names: Sequence[str]) -> Mapping[tuple[Any, ...], tuple[Any, ...]]:
    """What each cell lends to a later one: these columns, by its place. A blocked cell lends nothing."""
    lending = cells.filter(pc.invert(cells["blocked"])).select([*PLACE, *names])
    return {row[: len(PLACE)]: row[len(PLACE) :] for row in rows_of(lending)}


def _at(place: Sequence[Any], period: Period, followed: FollowedIn) -> tuple[Any, ...]:
    """The same place in another period; of a lineage that has no figure of its own there, as it was."""
    reading, agency, _, _, *breakdown = place
    if Reading.of(reading).line is not None and agency not in followed(period):
        reading = str(AS_WAS)
    return (reading, agency, period.grain.value, period.start, *breakdown)
