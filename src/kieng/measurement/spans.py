"""Whether two periods can be set against each other: what adds up over time is more in a longer time.

A count of eleven months beside one of twelve, or of an agency's first half year, is no growth. A share, a
median and a stock do not grow with the time they are taken over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS
from kieng.plan.agency import AgencyTree, Part
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    Earlier,
    EarlierUnit,
    Formula,
    Ratio,
    Value,
    walk_value,
)
from kieng.plan.indicator import Indicator, Membership, Rule
from kieng.plan.period import Grain, Period

_ADDS_UP = (AggregateKind.COUNT, AggregateKind.COUNT_DISTINCT, AggregateKind.SUM)


@dataclass(frozen=True)
class Spans:
    """What is known of the time that figures of one rule are taken over, up to ``cut_off``."""

    rule: Rule
    tree: AgencyTree
    cut_off: date
    _known: dict[tuple[str, str, Period], bool] = field(default_factory=dict)

    def differ(self, reading: str, agency: str, period: Period) -> bool:
        """Whether ``period`` or one that the formula looks back to, for what adds up over time, is no whole
        one: it is still running, or the agency is there for a part of it only."""
        periods = {period, *(unit.before(period) for unit in self._units)}
        return bool(self._units) and not all(self._is_whole(reading, agency, one) for one in periods)

    @property
    def _units(self) -> Collection[EarlierUnit]:
        if self.rule.counting.membership is Membership.IN_FORCE:
            return ()
        return units_of_flows(self.rule.formula)

    def _is_whole(self, reading: str, agency: str, period: Period) -> bool:
        key = (reading, agency, period)
        if key not in self._known:
            self._known[key] = period.last_day <= self.cut_off and (
                reading != str(AS_WAS) or self._is_there_throughout(agency, period)
            )
        return self._known[key]

    def _is_there_throughout(self, agency: str, period: Period) -> bool:
        known = self.tree.agencies.get(agency)
        return known is None or (known.exists_on(period.start) and known.exists_on(period.last_day))


def part_of(definitions: Definitions, indicator: Indicator, measurement: Measurement) -> Part:
    """Which part of a figure's period its agency was there for, where the figure is of less for it. On
    another map an agency carries what its forebears had."""
    if measurement.reading != str(AS_WAS):
        return None, None
    return part_there(definitions, indicator.rules[measurement.rule], measurement.agency, measurement.period)


def part_there(definitions: Definitions, rule: Rule, agency: str, period: Period) -> Part:
    """Which part of ``period`` ``agency`` is there for as it was, by a rule that counts what happens over
    time; (None, None) of a whole period and by every other rule."""
    known = definitions.tree.agencies.get(agency)
    if known is None or not _is_cut(definitions, rule, period):
        return None, None
    return known.part_of(period)


def _is_cut(definitions: Definitions, rule: Rule, period: Period) -> bool:
    """Whether a figure is of less where its agency is there for a part of the period: what happens day by day
    is. What stands on one day is not, nor a figure that somebody reports of the period as a whole; only where
    the reports of shorter periods are added up does one of a part lack some."""
    if not definitions.record_types[rule.record].carries_figures:
        return not rule.at_end
    every = (
        rule.reports.every if rule.reports and rule.reports.every else min(rule.counting.grains, key=_long)
    )
    return _long(every) < _long(period.grain) and _adds_up(rule.formula.root)


def _long(grain: Grain) -> int:
    return grain.months


def units_of_flows(formula: Formula) -> frozenset[EarlierUnit]:
    """How far a formula looks back to what adds up over time."""
    back = (node for node in walk_value(formula.root) if isinstance(node, Earlier))
    return frozenset(node.unit for node in back if _adds_up(node.part))


def _adds_up(value: Value) -> bool:
    """A share does not, whatever it is made of."""
    if isinstance(value, Ratio):
        return False
    if isinstance(value, Aggregate):
        return value.kind in _ADDS_UP
    return any(_adds_up(child) for child in value.children)
