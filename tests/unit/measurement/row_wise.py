"""The plain way from cells to figures, one row after another: what the way by columns is held against."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa

from kieng.measurement.closure import Variant
from kieng.measurement.coverage import Coverages, Expected, ReporterSet
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.request import Ask, Request
from kieng.measurement.spans import Spans
from kieng.measurement.value import BLOCKED, DECLARED, UNEQUAL_SPANS, Answer, Parts, Valuer
from kieng.plan.formula.nodes import EarlierUnit
from kieng.plan.period import Grain, Period
from kieng.plan.record_type import STATES
from kieng.records.batch import Origin

Cell = dict[str, Any]


def figures(request: Request, cells: pa.Table, coverages: Coverages) -> Iterator[Measurement]:
    """Every cell's figure, ask by ask, in the order of the cells."""
    rows = cells.to_pylist()
    for ask in request.asks:
        own = [c for c in rows if (c["indicator"], c["rule"]) == (ask.indicator, ask.rule_number)]
        lending = {_place(cell): cell for cell in own if not cell["blocked"]}
        for cell in own:
            yield _figure(request, ask, coverages, cell, lending)


def _figure(
    request: Request, ask: Ask, coverages: Coverages, cell: Cell, lending: dict[tuple[Any, ...], Cell]
) -> Measurement:
    definitions, period = request.definitions, Period(cell["start"], Grain(cell["grain"]))
    who = ReporterSet.of(ask.indicator, ask.rule, definitions)
    (reading,) = [one for one in request.readings if str(one) == cell["reading"]]
    declared = cell["agency"] in coverages.excepted(who, period)
    expected = coverages.expected(who, Variant.of(ask.rule), period, reading).get(cell["agency"])
    levels = coverages.levels_on(reading, who.at_end, period)
    answer = _answer(request, ask, cell, declared, lending)
    field = cell["breakdown_field"]
    units = ask.rule.formula.looks_back_by()
    met = [cell, *(one for unit in units if (one := lending.get(_earlier_place(cell, unit))))]
    states = [one["state"] for one in met if one["state"] is not None]
    return Measurement(
        indicator=ask.indicator,
        rule=ask.rule_number,
        agency=cell["agency"],
        level=levels.get(cell["agency"], ""),
        period=period,
        reading=cell["reading"],
        breakdown=None if field is None else (field, cell["breakdown_value"]),
        status=answer.status,
        reason=answer.reason,
        value=answer.value,
        parts=tuple(cell["parts"]),
        numerator=answer.numerator,
        denominator=answer.denominator,
        coverage=_coverage(expected or Expected(0, None), cell),
        weighted=ask.rule.recast_by if any(one["weighted"] for one in met) else None,
        state=STATES[min(states)] if states else None,
        origins=tuple(o for o in Origin if any(o.bit & one["origins"] for one in met)),
        used=cell["used"],
        records=cell["records"],
        as_of=request.as_of,
        cut_off=request.cut_off,
    )


def _answer(
    request: Request, ask: Ask, cell: Cell, declared: bool, lending: dict[tuple[Any, ...], Cell]
) -> Answer:
    if declared:
        return Answer(Status.NOT_APPLICABLE, DECLARED)
    if cell["blocked"]:
        return Answer(Status.CANNOT_RECAST, BLOCKED)

    def earlier(unit: EarlierUnit) -> Parts | None:
        lent = lending.get(_earlier_place(cell, unit))
        return None if lent is None else tuple(lent["parts"])

    valuer = Valuer(ask.rule.formula, request.definitions.indicators[ask.indicator].unit)
    answer = valuer.answer(tuple(cell["parts"]), earlier, cell["absence"])
    spans = Spans(ask.rule, request.definitions.tree, request.cut_off)
    period = Period(cell["start"], Grain(cell["grain"]))
    if answer.status is Status.VALUE and spans.differ(cell["reading"], cell["agency"], period):
        return Answer(Status.NO_DATA, UNEQUAL_SPANS)
    return answer


def _coverage(expected: Expected, cell: Cell) -> Coverage:
    share = None
    left = None if expected.people is None else expected.people - (cell["not_applicable_people"] or 0)
    if left:
        people = cell["reporting_people"] or Decimal(0)
        share = (people / left).quantize(Decimal("1e-9"))
    kinds = {name: cell[name] for name in ("no_data", "not_applicable", "nought", "inherited")}
    return Coverage(cell["reporting"], expected.reporters - cell["not_applicable"], share, **kinds)


def _earlier_place(cell: Cell, unit: EarlierUnit) -> tuple[Any, ...]:
    period = Period(cell["start"], Grain(cell["grain"]))
    other = period.shift(-1) if unit is EarlierUnit.PERIOD else period.years_before(1)
    return _place(cell | {"start": other.start})


def _place(cell: Cell) -> tuple[Any, ...]:
    names = ("reading", "agency", "grain", "start", "breakdown_field", "breakdown_value")
    return tuple(cell[name] for name in names)
