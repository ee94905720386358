"""What kind of figure an indicator has: a share, a count, and whether it adds up over its parts."""

from __future__ import annotations

from typing import assert_never

from kieng.measurement.measurement import Measurement
from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    Combine,
    Constant,
    Earlier,
    Operation,
    Ratio,
    Value,
    walk_value,
)
from kieng.plan.indicator import PERCENT, Indicator, RollUp, Rule

COUNTED = (AggregateKind.COUNT, AggregateKind.COUNT_DISTINCT)


def is_no_share(indicator: Indicator, measurement: Measurement) -> bool:
    """Whether a figure in percent, of a whole and no growth, is one that no share can be."""
    value, root = measurement.value, indicator.rules[measurement.rule].formula.root
    grows = any(isinstance(node, Earlier) for node in walk_value(root))
    return indicator.unit == PERCENT and value is not None and not grows and not 0 <= value <= 100


def is_counted_share(indicator: Indicator, rule: Rule) -> bool:
    """Whether each figure is a percentage of things counted one by one, as chance deals with them."""
    root = rule.formula.root
    return (
        indicator.unit == PERCENT
        and isinstance(root, Ratio)
        and all(isinstance(p, Aggregate) and p.kind in COUNTED for p in (root.numerator, root.denominator))
    )


def is_count(rule: Rule) -> bool:
    """Whether each figure is a number of things counted one by one."""
    root = rule.formula.root
    return isinstance(root, Aggregate) and root.kind in COUNTED


def is_counted(value: Value) -> bool:
    """Whether a value is a number of things counted one by one, or a sum or difference of such numbers."""
    match value:
        case Aggregate(kind=kind):
            return kind in COUNTED
        case Combine(op=Operation.ADD | Operation.SUBTRACT, left=left, right=right):
            return is_counted(left) and is_counted(right)
        case Combine() | Constant() | Ratio() | Earlier():
            return False
        case _:
            assert_never(value)


def adds_up(rule: Rule) -> bool:
    """Whether the figure, or a ratio's numerator and denominator, is the sum of its parts' figures."""
    root = rule.formula.root
    if rule.roll_up is not RollUp.SUMS:
        return False
    if isinstance(root, Ratio):
        return _adds_up(root.numerator) and _adds_up(root.denominator)
    return _adds_up(root)


def _adds_up(value: Value) -> bool:
    match value:
        case Aggregate(kind=kind):
            return kind.adds_up
        case Combine(op=Operation.ADD | Operation.SUBTRACT, left=left, right=right):
            return _adds_up(left) and _adds_up(right)
        case Combine() | Constant() | Ratio() | Earlier():
            return False
        case _:
            assert_never(value)


def factor(indicator: Indicator, rule: Rule) -> int:
    """By what a ratio is multiplied to be shown: 100 for a percentage."""
    return 100 if indicator.unit == PERCENT and isinstance(rule.formula.root, Ratio) else 1
