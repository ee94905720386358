"""The board: every target of every plan with where it stands today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kieng.judgement.due import is_closed, period_for
from kieng.judgement.lineage import targets_for
from kieng.judgement.standing import Judgement, Standing, judge
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
    """A row for every target, by pillar, indicator and deadline as the text orders them."""
    pillars = list(definitions.pillars)
    rows = [
        row for plan in definitions.plans.values() for row in _rows(plan.targets, definitions, lookup, today)
    ]
    return sorted(rows, key=lambda row: pillars.index(row.indicator.pillar))


def line(definitions: Definitions, target: Target, agency: str, lookup: Lookup, today: date) -> Line:
    """Where ``agency`` stands against ``target`` today."""
    indicator = definitions.indicators[target.indicator]
    period = period_for(target, indicator, today)
    measurement = lookup(indicator.id, agency, period) if period else None
    judgement = judge(target, indicator, measurement, today)
    return Line(target, indicator, agency, period, measurement, judgement)


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
    levels = definitions.tree.on(day).level_of
    asked = [agency for agency, level in levels.items() if target.level in (None, level)]
    return sorted(a for a in asked if target in targets_for(definitions, target.indicator, a, day))
