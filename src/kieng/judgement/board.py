"""The board: every target of every plan with where it stands today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kieng.judgement.due import is_closed, periods_for
from kieng.judgement.judge import Judgement, judge
from kieng.judgement.lineage import targets_for
from kieng.judgement.standing import Standing
from kieng.measurement.measurement import Measurement
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.target import Target

Lookup = Callable[[str, str, Period], Measurement | None]
"""The figure of (indicator, agency, period) as it was, or None."""


@dataclass(frozen=True)
class Line:
    """One target for one agency that answers for it."""

    target: Target
    indicator: Indicator
    agency: str
    period: Period | None
    measurement: Measurement | None
    judgement: Judgement


@dataclass(frozen=True)
class BoardRow:
    """One target with a line for each agency it is put to."""

    target: Target
    indicator: Indicator
    day: date  # the day on whose tree the agencies were looked up
    lines: tuple[Line, ...]

    @property
    def standings(self) -> Mapping[Standing, int]:
        return Counter(line.judgement.standing for line in self.lines)


def board(definitions: Definitions, lookup: Lookup, today: date) -> list[BoardRow]:
    """A row for every target: by pillar, then the older plan first, then as the text orders them."""
    pillars = list(definitions.pillars)
    plans = sorted(definitions.plans.values(), key=lambda plan: plan.valid_from)
    rows = [row for plan in plans for row in _rows(plan.targets, definitions, lookup, today)]
    return sorted(rows, key=lambda row: pillars.index(row.indicator.pillar))


def line(definitions: Definitions, target: Target, agency: str, lookup: Lookup, today: date) -> Line:
    """Where ``agency`` stands against ``target`` today."""
    indicator = definitions.indicators[target.indicator]
    period, measurement = _newest(definitions, target, agency, lookup, today)
    judgement = judge(target, indicator, measurement, today)
    return Line(target, indicator, agency, period, measurement, judgement)


def _newest(
    definitions: Definitions, target: Target, agency: str, lookup: Lookup, today: date
) -> tuple[Period | None, Measurement | None]:
    """The newest period that may tell the standing and has a figure; else the first one looked for."""
    indicator = definitions.indicators[target.indicator]
    since = target.baseline.on if target.baseline else definitions.plans[target.plan].valid_from
    first = None
    for period in periods_for(target, indicator, today, since):
        first = first or period
        measurement = lookup(indicator.id, agency, period)
        if measurement is not None and measurement.value is not None:
            return period, measurement
    return first, lookup(indicator.id, agency, first) if first else None


def standing_day(target: Target, today: date) -> date:
    """The day on which a target's agencies are looked up: today, or its last day once it is over."""
    if target.closes is not None and is_closed(target, today):
        return target.closes - timedelta(days=1)
    return min(today, target.by)


def _rows(
    targets: tuple[Target, ...], definitions: Definitions, lookup: Lookup, today: date
) -> Iterator[BoardRow]:
    for target in targets:
        day = standing_day(target, today)
        lines = tuple(
            line(definitions, target, agency, lookup, today)
            for agency in agencies_for(definitions, target, day)
        )
        yield BoardRow(target, definitions.indicators[target.indicator], day, lines)


def agencies_for(definitions: Definitions, target: Target, day: date) -> list[str]:
    """The agencies that answer for ``target`` on ``day``: its own agency or that agency's heirs, or those
    of its level that the plan binds."""
    return sorted(a for a in definitions.tree.on(day).level_of if answers_for(definitions, target, a, day))


def answers_for(definitions: Definitions, target: Target, agency: str, day: date) -> bool:
    """Whether ``agency`` answers for ``target`` on ``day``."""
    level = definitions.tree.on(day).level_of.get(agency)
    if level is None or target.level not in (None, level):
        return False
    return target in targets_for(definitions, target.indicator, agency, day)
