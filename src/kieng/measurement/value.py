"""Cells into numbers: the one place where a ratio is made.

Parts are exact and stay so (integers and fractions) until the very end, where the value is rounded once,
half to even, to :data:`VALUE_DIGITS` digits after the point.

``percent``: a formula that holds a ratio is shown times 100; one that holds none (a reported percentage)
is shown as it is. ``numerator`` and ``denominator`` are given when the formula is one ratio and nothing
else: in ``a / b - 1`` they would not lead to the value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from kieng.measurement.measurement import VALUE_DIGITS, Status
from kieng.plan.formula.nodes import (
    Aggregate,
    Combine,
    Constant,
    Earlier,
    EarlierUnit,
    Formula,
    Operation,
    Ratio,
    Value,
)
from kieng.plan.indicator import PERCENT

_VALUE_UNIT = 10**VALUE_DIGITS

Number = int | Fraction
Parts = tuple[Decimal | None, ...]
EarlierParts = Callable[[EarlierUnit], Parts | None]  # the parts of that earlier period


class ZeroDenominator(Exception):
    """A ratio's denominator is nought: there is no number, and that is not the same as no data."""


class NoEarlierParts(Exception):
    """The earlier period that the formula looks at has no cell."""


@dataclass(frozen=True)
class Answer:
    """A value, or the kind of "no number" it is; ``reason`` is the code of why, then."""

    status: Status
    reason: str | None = None
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True)
class Valuer:
    """Makes an indicator's numbers from cells. Made once per rule."""

    formula: Formula
    unit: str
    _index: dict[Aggregate, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index.update({aggregate: n for n, aggregate in enumerate(self.formula.aggregates)})

    @property
    def looks_back(self) -> bool:
        return bool(self.formula.looks_back_by())

    @property
    def factor(self) -> int:
        return 100 if self.unit == PERCENT and self.formula.holds(Ratio) else 1

    def answer(self, parts: Parts, earlier: EarlierParts, absence: str | None = None) -> Answer:
        """The number of a cell that is not blocked. ``absence`` says why a record has no figure."""
        root = self.formula.root
        over: Number | None = None
        under: Number | None = None
        try:
            if isinstance(root, Ratio):
                over = self._number(root.numerator, parts, earlier)
                under = self._number(root.denominator, parts, earlier)
                found: Number | None = _divided(over, under)
            else:
                found = self._number(root, parts, earlier)
        except ZeroDenominator:
            return Answer(Status.ZERO_DENOMINATOR, ZERO, None, _decimal(over), _decimal(under))
        except NoEarlierParts:
            return Answer(Status.NO_DATA, NO_EARLIER)
        if found is None:
            return _no_figure(absence)
        value = rounded(found * self.factor)
        return Answer(Status.VALUE, None, value, _decimal(over), _decimal(under))

    def _number(self, value: Value, parts: Parts, earlier: EarlierParts) -> Number | None:
        match value:
            case Aggregate():
                return _exact(parts[self._index[value]])
            case Constant(value=constant):
                return Fraction(constant)
            case Combine(op=operation, left=left, right=right):
                return _combined(
                    operation, self._number(left, parts, earlier), self._number(right, parts, earlier)
                )
            case Ratio(numerator=over, denominator=under):
                return _divided(self._number(over, parts, earlier), self._number(under, parts, earlier))
            case Earlier(part=part, unit=unit):
                before = earlier(unit)
                if before is None:
                    raise NoEarlierParts
                return self._number(part, before, nothing_earlier)


# Why there is no number: codes that never change; kieng.judgement.reasons has them in words.
ZERO = "zero_denominator"
NO_RECORDS = "no_records"
NO_FIGURE = "no_figure"
NO_EARLIER = "no_earlier"
UNEQUAL_SPANS = "unequal_spans"
NO_DELIVERY = "no_delivery"
BLOCKED = "blocked"
DECLARED = "declared"
REPORTED = "reported"

_ABSENT = {
    "no_data": Status.NO_DATA,
    "not_applicable": Status.NOT_APPLICABLE,
    "zero_denominator": Status.ZERO_DENOMINATOR,
}


def rounded(number: Number) -> Decimal:
    """``number`` with :data:`VALUE_DIGITS` digits after the point, half to even."""
    if number.denominator == 1:
        return Decimal(number.numerator)
    scaled, rest = divmod(number.numerator * _VALUE_UNIT, number.denominator)
    twice = 2 * rest
    if twice > number.denominator or (twice == number.denominator and scaled % 2):
        scaled += 1
    return Decimal(f"{scaled}E-{VALUE_DIGITS}")  # from text: no context can round it again


def _exact(part: Decimal | None) -> Number | None:
    if part is None:
        return None
    over, under = part.as_integer_ratio()
    return over if under == 1 else Fraction(over, under)


def _divided(over: Number | None, under: Number | None) -> Fraction | None:
    if under == 0:
        raise ZeroDenominator
    if isinstance(over, int) and isinstance(under, int):
        return Fraction(over, under)  # what most ratios are, and three times as quick
    return None if over is None or under is None else Fraction(over) / under


def _combined(operation: Operation, left: Number | None, right: Number | None) -> Number | None:
    if left is None or right is None:
        return None
    match operation:
        case Operation.ADD:
            return left + right
        case Operation.SUBTRACT:
            return left - right
        case Operation.MULTIPLY:
            return left * right


def _decimal(number: Number | None) -> Decimal | None:
    return None if number is None else rounded(number)


def _no_figure(absence: str | None) -> Answer:
    if absence is None:
        return Answer(Status.NO_DATA, NO_FIGURE)
    return Answer(_ABSENT[absence], REPORTED)


def nothing_earlier(_unit: EarlierUnit) -> Parts | None:
    """No earlier period is known: what a formula that never looks back needs."""
    return None
