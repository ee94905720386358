"""Where a page's figures come from: the state as it is, or what was known on an earlier day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kieng.judgement.promise import Lookup
from kieng.measurement.measure import declared_figure
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Reading
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.web.door import State
from kieng.web.public.shown import Shown, shown, shown_then
from kieng.workspace.figures import Figures


@dataclass(frozen=True)
class Source:
    """The figures of one indicator. ``today_map`` is the reading on the newest map known."""

    definitions: Definitions
    today: date
    today_map: Reading
    of_agency: Callable[[str, Reading], Sequence[Measurement]]
    of_period: Callable[[Period, Reading], Mapping[str, Measurement]]
    figure: Callable[[str, Period, Reading], Measurement | None]  # or that there can be none
    shown: Callable[[Measurement | None], Shown]
    lookup: Lookup


def now(state: State, indicator: str) -> Source:
    """The state as it is."""
    return Source(
        state.definitions,
        state.today,
        state.today_map,
        lambda agency, reading: state.of_agency(indicator, agency, reading),
        lambda period, reading: state.of_period(indicator, period, reading),
        lambda agency, period, reading: state.lookup(indicator, agency, period, reading),
        lambda one: shown(state, one),
        state.lookup,
    )


def known(state: State, figures: Figures, indicator: str) -> Source:
    """What was known at a moment, as ``state`` lets it be seen. ``figures`` are those of ``indicator`` on the
    map of that day."""
    today_map = Reading(figures.today)
    restated: dict[Period, dict[str, Measurement]] = {}
    for one in figures.listed:
        restated.setdefault(one.period, {})[one.agency] = one
    others: dict[tuple[Period, Reading], dict[str, Measurement]] = {}
    periods = sorted(restated, key=lambda period: (period.start, period.grain.months))

    def of_period(period: Period, reading: Reading) -> Mapping[str, Measurement]:
        if reading.map_day is not None:
            return restated.get(period, {})
        key = (period, reading)
        if key not in others:
            others[key] = {one.agency: one for one in figures.of_period(indicator, *key)}
        return others[key]

    def figure(agency: str, period: Period, reading: Reading) -> Measurement | None:
        found = of_period(period, reading).get(agency)
        known = (figures.definitions, indicator, agency, period, reading, figures.as_of)
        return found or declared_figure(*known)

    def of_agency(agency: str, reading: Reading) -> list[Measurement]:
        found = [of_period(period, reading).get(agency) for period in periods]
        return [one for one in found if one is not None]

    return Source(
        figures.definitions,
        figures.today,
        today_map,
        of_agency,
        of_period,
        figure,
        lambda one: shown_then(state, one),
        figures.lookup,
    )
