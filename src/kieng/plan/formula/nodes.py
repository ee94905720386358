"""What a formula means, in three storeys.

A *condition* or row expression is about one record. An *aggregate* turns many records into one
exact number. A *value* puts aggregates together into the indicator's number.

Nodes are frozen and compare by meaning, so equal aggregates of two indicators are counted once.
Truth is three-valued as in SQL: a record whose condition is unknown is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from kieng.plan.period import Period
from kieng.problems import Place

_NOWHERE = Place("")


# --- about one record ---------------------------------------------------------------


@dataclass(frozen=True)
class FieldRef:
    """A field of the record."""

    name: str
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Literal:
    """A constant. Numbers are int or Decimal, never float."""

    value: str | int | Decimal | bool | date | datetime | None
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class CutOff:
    """``cut_off``: the last day a measurement looks at, the earlier of period end and as_of."""

    place: Place = field(default=_NOWHERE, compare=False)


class Comparison(StrEnum):
    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


@dataclass(frozen=True)
class Compare:
    op: Comparison
    left: Row
    right: Row
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class And:
    parts: tuple[Row, ...]
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Or:
    parts: tuple[Row, ...]
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Not:
    part: Row
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class IsNull:
    part: Row
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class InList:
    part: Row
    values: tuple[Literal, ...]
    place: Place = field(default=_NOWHERE, compare=False)


class Operation(StrEnum):
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"


@dataclass(frozen=True)
class Arithmetic:
    """Exact arithmetic on integers and decimals (no division inside a record)."""

    op: Operation
    left: Row
    right: Row
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Coalesce:
    parts: tuple[Row, ...]
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class DaysBetween:
    """``days(a, b)`` or ``working_days(a, b)``: days from ``a`` to ``b``, an integer.

    Working days are those d with a < d <= b on which offices work.
    """

    start: Row
    end: Row
    working: bool
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class OnTime:
    """``on_time('qd766')``: whether the record keeps its time limit under a named clock.

    True, false (finished late, or open and overdue at the cut-off) or unknown (no limit known).
    """

    clock: str
    place: Place = field(default=_NOWHERE, compare=False)


Row = (
    FieldRef
    | Literal
    | CutOff
    | Compare
    | And
    | Or
    | Not
    | IsNull
    | InList
    | Arithmetic
    | Coalesce
    | DaysBetween
    | OnTime
)


# --- about many records ---------------------------------------------------------------


class AggregateKind(StrEnum):
    """``count``, ``sum``, ``min`` and ``max`` add up over agencies; ``latest`` adds up over agencies
    but not over time; ``count_distinct`` and ``percentile`` are made anew from records."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    LATEST = "latest"
    COUNT_DISTINCT = "count_distinct"
    PERCENTILE = "percentile"


ADDITIVE = frozenset({AggregateKind.COUNT, AggregateKind.SUM, AggregateKind.LATEST})
RECOMPUTED = frozenset(AggregateKind) - ADDITIVE


@dataclass(frozen=True)
class Aggregate:
    """One exact number from the records for which ``where`` is true (all when None).

    ``argument`` is None for ``count`` only. ``fraction`` is the percentile's (0 to 1; the median
    is 0.5, interpolated linearly between neighbours). ``latest`` takes, for each agency, the value of
    the record that is newest by (counting date, state, recorded_at, batch, row). On the map of one day, an
    agency that closed within the period lends no stock: its heirs' stock has taken its place.
    ``count``/``sum`` of nothing: count is 0, sum is null.
    """

    kind: AggregateKind
    argument: Row | None = None
    where: Row | None = None
    fraction: Decimal | None = None
    place: Place = field(default=_NOWHERE, compare=False)


# --- the indicator's number ---------------------------------------------------------------


@dataclass(frozen=True)
class Constant:
    value: Decimal
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Combine:
    """Sum, difference or product of two values."""

    op: Operation
    left: Value
    right: Value
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Ratio:
    """``numerator / denominator``; neither may hold a ratio of its own."""

    numerator: Value
    denominator: Value
    place: Place = field(default=_NOWHERE, compare=False)


class EarlierUnit(StrEnum):
    """How far a formula looks back."""

    PERIOD = "period"
    YEAR = "year"

    def before(self, period: Period) -> Period:
        """The period so much earlier."""
        match self:
            case EarlierUnit.PERIOD:
                return period.shift(-1)
            case EarlierUnit.YEAR:
                return period.years_before(1)


@dataclass(frozen=True)
class Earlier:
    """``previous(x)`` (one period earlier) or ``last_year(x)`` (the same period a year earlier).

    Growth is written ``sum(x) / last_year(sum(x)) - 1``.
    """

    part: Value
    unit: EarlierUnit
    place: Place = field(default=_NOWHERE, compare=False)


Value = Aggregate | Constant | Combine | Ratio | Earlier


@dataclass(frozen=True)
class Formula:
    """A formula's text as it was written, and what it means."""

    text: str
    root: Value
    place: Place = field(default=_NOWHERE, compare=False)

    def aggregates(self) -> tuple[Aggregate, ...]:
        """Every different aggregate, in the order of the text."""
        return tuple(dict.fromkeys(_aggregates(self.root)))

    def looks_back_by(self) -> tuple[EarlierUnit, ...]:
        """How far it looks back, each way once."""
        return tuple(dict.fromkeys(_looks_back_by(self.root)))

    def widest_conditions(self) -> tuple[Row | None, ...]:
        """The conditions of the aggregates, but for those that only narrow another's (``a and b`` beside
        ``a``); ``(None,)`` when some aggregate counts every record. What they count together is all that the
        formula counts."""
        conditions = tuple(dict.fromkeys(aggregate.where for aggregate in self.aggregates()))
        if None in conditions or not conditions:
            return (None,)
        demands = {frozenset(_demands(one)): one for one in reversed(conditions) if one is not None}
        return tuple(
            one for own, one in reversed(demands.items()) if not any(other < own for other in demands)
        )

    def figure_of(self, stock: Aggregate) -> tuple[Row, ...]:
        """The arguments that a record must all have to be the figure of ``stock``: those of the stocks under
        its very condition, since a numerator and its denominator are one figure."""
        alike = (one for one in self.aggregates() if (one.kind, one.where) == (stock.kind, stock.where))
        return tuple(dict.fromkeys(one.argument for one in alike if one.argument is not None))


def _aggregates(value: Value) -> Iterator[Aggregate]:
    match value:
        case Aggregate():
            yield value
        case Combine(left=first, right=second) | Ratio(numerator=first, denominator=second):
            yield from _aggregates(first)
            yield from _aggregates(second)
        case Earlier(part=part):
            yield from _aggregates(part)


def _looks_back_by(value: Value) -> Iterator[EarlierUnit]:
    match value:
        case Earlier(part=part, unit=unit):
            yield unit
            yield from _looks_back_by(part)
        case Combine(left=first, right=second) | Ratio(numerator=first, denominator=second):
            yield from _looks_back_by(first)
            yield from _looks_back_by(second)
        case Aggregate() | Constant():
            return


def _demands(condition: Row) -> Iterator[Row]:
    """What ``condition`` demands of a record: all of it must be true."""
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _demands(part)
    else:
        yield condition


def children(row: Row) -> tuple[Row, ...]:
    """The row expressions directly inside ``row``."""
    match row:
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case And(parts=parts) | Or(parts=parts) | Coalesce(parts=parts):
            return parts
        case Not(part=part) | IsNull(part=part):
            return (part,)
        case InList(part=part, values=values):
            return (part, *values)
        case DaysBetween(start=start, end=end):
            return (start, end)
        case _:
            return ()


def walk(row: Row) -> Iterator[Row]:
    """``row`` and everything inside it."""
    yield row
    for child in children(row):
        yield from walk(child)
