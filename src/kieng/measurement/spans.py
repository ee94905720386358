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
from kieng.plan.period import Period

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


def part_of(tree: AgencyTree, indicator: Indicator, measurement: Measurement) -> Part:
    """Which part of its period a figure is about, as the agency was there for that part only. A stock stands
    on one day, and on another map an agency carries what its forebears had."""
    rule, agency = indicator.rules[measurement.rule], tree.agencies.get(measurement.agency)
    in_force = rule.counting.membership is Membership.IN_FORCE
    if agency is None or in_force or measurement.reading != str(AS_WAS):
        return None, None
    return agency.part_of(measurement.period)


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
