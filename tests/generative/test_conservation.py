"""Totals are the same on every map, and what stands above is the sum of what stands below.

Shown on the reference engine, which the others equal (``test_engines_agree``).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.generative.formulas import additive, called, flows
from tests.generative.requests import Case, cases, rules
from tests.helpers.cells import ENGINES, rows_of

from kieng.plan.indicator import RollUp, Within
from kieng.plan.period import Grain, Period
from kieng.plan.recast import Atlas

PLACE = ("indicator", "grain", "start", "breakdown_field", "breakdown_value")

# Not stocks: on a map, an agency that closed within the period lends none, or it would count twice.
alone = called("alone", rules(flows, roll_up=st.just(RollUp.NONE)))
added_up = called("added_up", rules(additive, roll_up=st.just(RollUp.SUMS), within=st.just(Within.ALL)))


def cells_of(case: Case) -> list[dict[str, Any]]:
    return rows_of(ENGINES["reference"].cells(case.request, case.records))


def can_always_be_placed(case: Case) -> Case:
    """``case`` without the records of agencies that some map has no place for, in some period."""
    request = case.request
    atlas = Atlas(request.definitions.tree, request.definitions.reorganisations)
    months = [Period.containing(request.cut_off, Grain.MONTH).shift(-n) for n in range(30)]
    periods = [Period.containing(m.start, grain) for m in months for grain in Grain]

    def placed(agency: str) -> bool:
        return all(
            atlas.place(agency, period, reading.map_day, "population").landings
            for period in periods
            for reading in request.readings
        )

    good = {agency for agency in request.definitions.tree.agencies if placed(agency)}
    return Case(request, case.kind, tuple(v for v in case.versions if v["agency"] in good))


@given(case=cases(alone))
def test_every_map_has_the_same_total(case: Case) -> None:
    case = can_always_be_placed(case)
    totals: dict[str, dict[tuple[Any, ...], Decimal]] = {
        str(reading): {} for reading in case.request.readings
    }
    for row in cells_of(case):
        total = totals[row["reading"]]
        for number, part in enumerate(row["parts"]):
            place = (number, *(row[name] for name in PLACE))
            total[place] = total.get(place, Decimal(0)) + (part or Decimal(0))
    as_was, on_a_map = (totals[str(reading)] for reading in case.request.readings if reading.line is None)
    assert as_was == on_a_map


@given(case=cases(added_up))
def test_an_agency_is_its_own_and_what_stands_below(case: Case) -> None:
    """On the map of one day a cell is the sum of the cells below it and of its own records."""
    day = case.request.readings[1].map_day
    assert day is not None
    children_of = case.request.definitions.tree.on(day).children_of
    cells, own = _on_the_map(case), _on_the_map(_without_roll_up(case))
    for (agency, *rest), parts in cells.items():
        made = [own.get((agency, *rest)), *(cells.get((child, *rest)) for child in children_of[agency])]
        known = [found for found in made if found is not None]
        assert parts == tuple(sum(numbers, Decimal(0)) for numbers in zip(*known, strict=True))


def _without_roll_up(case: Case) -> Case:
    asks = tuple(replace(ask, rule=replace(ask.rule, roll_up=RollUp.NONE)) for ask in case.request.asks)
    return replace(case, request=replace(case.request, asks=asks))


def _on_the_map(case: Case) -> dict[tuple[Any, ...], tuple[Decimal, ...]]:
    """Additive parts (null as nothing) by agency and whatever else a cell is about."""
    reading = str(case.request.readings[1])
    return {
        (row["agency"], *(row[name] for name in PLACE)): tuple(part or Decimal(0) for part in row["parts"])
        for row in cells_of(case)
        if row["reading"] == reading
    }
