"""Which numbers of a figure are counts of records one by one, so that a small one could tell of somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kieng.judgement.kinds import COUNTED, is_counted
from kieng.measurement.measurement import Measurement
from kieng.plan.formula.nodes import Aggregate, Earlier, Not, Ratio, Row, Value, walk_value
from kieng.plan.indicator import Rule
from kieng.plan.period import Period

VALUE, NUMERATOR, DENOMINATOR = "value", "numerator", "denominator"


@dataclass(frozen=True)
class Role:
    """A number of a figure: its ``value``, ``numerator`` or ``denominator``, or one of its parts."""

    name: str
    part: int | None = None

    def of(self, one: Measurement) -> Decimal | None:
        if self.part is not None:
            return one.parts[self.part] if self.part < len(one.parts) else None
        return {VALUE: one.value, NUMERATOR: one.numerator, DENOMINATOR: one.denominator}[self.name]


def counts_of(rule: Rule) -> Mapping[Role, Value]:
    """The numbers of each figure that are counts, and what they count. An amount or a figure that an agency
    reports as a whole is none. Counts inside something else, as in a growth, are told by their parts."""
    root = rule.formula.root
    named = {NUMERATOR: root.numerator, DENOMINATOR: root.denominator} if isinstance(root, Ratio) else {}
    found = {Role(name): value for name, value in (named or {VALUE: root}).items() if is_counted(value)}
    told = {one for value in found.values() for one in walk_value(value)}
    for at, one in enumerate(rule.formula.aggregates):
        if one.kind in COUNTED and one not in told:
            found[Role("part", at)] = one
    return found


def earlier_periods(rule: Rule, period: Period) -> Iterator[Period]:
    """The earlier periods whose counts a figure of ``period`` tells besides its own."""
    for one in walk_value(rule.formula.root):
        if isinstance(one, Earlier):
            yield one.unit.before(period)


def is_other_side(one: Value, other: Value) -> bool:
    """Whether a count is of the records for which the other's condition is false: who is late, of those on
    time. Such a pair is published on purpose."""
    if not (isinstance(one, Aggregate) and isinstance(other, Aggregate)):
        return False
    return _denies(one.where, other.where) or _denies(other.where, one.where)


def _denies(one: Row | None, other: Row | None) -> bool:
    return isinstance(one, Not) and one.part == other
