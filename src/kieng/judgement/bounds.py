"""What a figure could still become: what is missing of it, taken at its worst and at its best.

A share lies between the shares that it would have if those without a figure had 0 % and 100 %; how much of
the whole they are is told by how many they are and by their people, whichever is more. A count or a sum
can only grow. Of a mean or a median nothing can be said. What is kept as a register (what holds on a day)
has no missing part: an agency with nothing in it has no records.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kieng.judgement.aim import Aim
from kieng.judgement.kinds import adds_up
from kieng.judgement.parameters import Parameters
from kieng.measurement.measurement import Coverage, Measurement
from kieng.measurement.value import rounded
from kieng.plan.formula.nodes import Ratio
from kieng.plan.indicator import PERCENT, Indicator, Membership, Rule


@dataclass(frozen=True)
class Bounds:
    """The least and the most that a figure could be, in the indicator's unit; None is without limit."""

    low: Decimal | None
    high: Decimal | None

    def surely_holds(self, aim: Aim) -> bool:
        """Whether the figure fulfils ``aim`` whatever is missing."""
        ends = (self.low, aim.low), (self.high, aim.high)
        return all(limit is None or (end is not None and aim.holds(end)) for end, limit in ends)

    def surely_fails(self, aim: Aim) -> bool:
        """Whether the figure does not fulfil ``aim`` whatever is missing."""
        below = aim.low is not None and self.high is not None and _short(self.high, aim.low, aim.strict)
        above = aim.high is not None and self.low is not None and _short(-self.low, -aim.high, aim.strict)
        return below or above


def _short(end: Decimal, limit: Decimal, strict: bool) -> bool:
    return end < limit or (strict and end == limit)


def covered_share(coverage: Coverage) -> Fraction:
    """The smaller of the share of agencies and of people that are covered; 1 where none is expected."""
    agencies = Fraction(coverage.reporting, coverage.expected) if coverage.expected else Fraction(1)
    people = agencies if coverage.people_share is None else Fraction(coverage.people_share)
    return min(agencies, people)


def bounds_of(measurement: Measurement, indicator: Indicator) -> Bounds | None:
    """What ``measurement`` could be with what is missing; None when nothing is, or it has no value."""
    rule, value = indicator.rules[measurement.rule], measurement.value
    if value is None or covered_share(measurement.coverage) >= 1 or _is_register(rule):
        return None
    if indicator.unit == PERCENT and isinstance(rule.formula.root, Ratio):
        return _of_share(value, measurement.coverage)
    if adds_up(rule) and not isinstance(rule.formula.root, Ratio) and value >= 0:
        return Bounds(value, None)
    return Bounds(None, None)


def _is_register(rule: Rule) -> bool:
    return rule.counting.membership is Membership.IN_FORCE


def _of_share(value: Decimal, coverage: Coverage) -> Bounds:
    known = covered_share(coverage)
    low = Fraction(value) * known
    return Bounds(rounded(low), rounded(low + 100 * (1 - known)))


def is_thin(measurement: Measurement, thresholds: Parameters) -> bool:
    """Whether too few are in a figure to say anything by it."""
    least = thresholds.on("least_coverage", measurement.period.last_day)
    return covered_share(measurement.coverage) < least
