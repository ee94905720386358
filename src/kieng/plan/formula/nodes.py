"""What a formula means, in three storeys.

A *condition* or row expression is about one record. An *aggregate* turns many records into one
exact number. A *value* puts aggregates together into the indicator's number.

Nodes are frozen and compare by meaning, so equal aggregates of two indicators are counted once. Each finds
what stands inside it and refuses what it cannot be. Who takes nodes apart ends in ``assert_never``, so that
one that is forgotten is an error of types; that every kind is drawn and told is tested.
Truth is three-valued as in SQL: a record whose condition is unknown is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TypeVar, cast

from kieng.plan.formula.kinds import ADDITIVE as ADDITIVE
from kieng.plan.formula.kinds import RECOMPUTED as RECOMPUTED
from kieng.plan.formula.kinds import AggregateKind as AggregateKind
from kieng.plan.formula.kinds import Comparison as Comparison
from kieng.plan.formula.kinds import EarlierUnit as EarlierUnit
from kieng.plan.formula.kinds import Operation as Operation
from kieng.problems import Place

_NOWHERE = Place("")


class RowNode:
    """A node about one record. What stands inside it is found by its fields, so that none is forgotten."""

    @property
    def children(self) -> tuple[Row, ...]:
        """The row expressions directly inside, in the order of the fields."""
        return cast("tuple[Row, ...]", tuple(_inside(self, RowNode)))


class ValueNode:
    """A node about many records; see :class:`RowNode`."""

    @property
    def children(self) -> tuple[Value, ...]:
        """The values directly inside, in the order of the fields."""
        return cast("tuple[Value, ...]", tuple(_inside(self, ValueNode)))

    @property
    def rows(self) -> tuple[Row, ...]:
        """The row expressions directly inside: of an aggregate its argument and its condition."""
        return cast("tuple[Row, ...]", tuple(_inside(self, RowNode)))


Inner = TypeVar("Inner", RowNode, ValueNode)


def _inside(node: RowNode | ValueNode, kind: type[Inner]) -> Iterator[Inner]:
    for value in vars(node).values():
        parts = value if isinstance(value, tuple) else (value,)
        yield from (part for part in parts if isinstance(part, kind))


def _must(held: bool, said: str) -> None:
    """The reader refuses what does not hold, with its place; code that builds nodes is held to it here."""
    if not held:
        raise ValueError(said)


# --- about one record ---------------------------------------------------------------


@dataclass(frozen=True)
class FieldRef(RowNode):
    """A field of the record."""

    name: str
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Literal(RowNode):
    """A constant. Numbers are int or Decimal, never float."""

    value: str | int | Decimal | bool | date | datetime | None
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class CutOff(RowNode):
    """``cut_off``: the last day a measurement looks at, the earlier of period end and as_of."""

    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Compare(RowNode):
    op: Comparison
    left: Row
    right: Row
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class And(RowNode):
    parts: tuple[Row, ...]
    place: Place = field(default=_NOWHERE, compare=False)

    def __post_init__(self) -> None:
        _must(len(self.parts) >= 2, "And of fewer than two parts")


@dataclass(frozen=True)
class Or(RowNode):
    parts: tuple[Row, ...]
    place: Place = field(default=_NOWHERE, compare=False)

    def __post_init__(self) -> None:
        _must(len(self.parts) >= 2, "Or of fewer than two parts")


@dataclass(frozen=True)
class Not(RowNode):
    part: Row
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class IsNull(RowNode):
    part: Row
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class InList(RowNode):
    part: Row
    values: tuple[Literal, ...]
    place: Place = field(default=_NOWHERE, compare=False)

    def __post_init__(self) -> None:
        _must(bool(self.values), "a list of nothing")


@dataclass(frozen=True)
class Arithmetic(RowNode):
    """Exact arithmetic on integers and decimals (no division inside a record)."""

    op: Operation
    left: Row
    right: Row
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Coalesce(RowNode):
    parts: tuple[Row, ...]
    place: Place = field(default=_NOWHERE, compare=False)

    def __post_init__(self) -> None:
        _must(len(self.parts) >= 2, "Coalesce of fewer than two parts")


@dataclass(frozen=True)
class DaysBetween(RowNode):
    """``days(a, b)`` or ``working_days(a, b)``: days from ``a`` to ``b``, an integer.

    Working days are those d with a < d <= b on which offices work.
    """

    start: Row
    end: Row
    working: bool
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class OnTime(RowNode):
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


@dataclass(frozen=True)
class Aggregate(ValueNode):
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

    def __post_init__(self) -> None:
        counts = self.kind is AggregateKind.COUNT
        _must((self.argument is None) == counts, f"{self.kind} with too many or too few arguments")
        is_percentile = self.kind is AggregateKind.PERCENTILE
        _must((self.fraction is not None) == is_percentile, f"{self.kind} and a fraction")
        _must(self.fraction is None or 0 <= self.fraction <= 1, "a fraction beyond 0 to 1")


# --- the indicator's number ---------------------------------------------------------------


@dataclass(frozen=True)
class Constant(ValueNode):
    value: Decimal
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Combine(ValueNode):
    """Sum, difference or product of two values."""

    op: Operation
    left: Value
    right: Value
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Ratio(ValueNode):
    """``numerator / denominator``; neither may hold a ratio of its own."""

    numerator: Value
    denominator: Value
    place: Place = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Earlier(ValueNode):
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

    @cached_property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """Every different aggregate, in the order of the text."""
        return tuple(dict.fromkeys(one for one in walk_value(self.root) if isinstance(one, Aggregate)))

    def holds(self, kind: type[ValueNode]) -> bool:
        """Whether a node of ``kind`` stands anywhere in it."""
        return holds(self.root, kind)

    def looks_back_by(self) -> tuple[EarlierUnit, ...]:
        """How far it looks back, each way once."""
        return tuple(dict.fromkeys(one.unit for one in walk_value(self.root) if isinstance(one, Earlier)))

    def widest_conditions(self) -> tuple[Row | None, ...]:
        """The conditions of the aggregates, but for those that only narrow another's (``a and b`` beside
        ``a``); ``(None,)`` when some aggregate counts every record. What they count together is all that the
        formula counts."""
        conditions = tuple(dict.fromkeys(aggregate.where for aggregate in self.aggregates))
        if None in conditions or not conditions:
            return (None,)
        demands = {frozenset(_demands(one)): one for one in reversed(conditions) if one is not None}
        return tuple(
            one for own, one in reversed(demands.items()) if not any(other < own for other in demands)
        )

    def leading(self) -> tuple[Aggregate, ...]:
        """The aggregates that are all nought when what is counted is: of a ratio, those of its numerator."""
        over = self.root.numerator if isinstance(self.root, Ratio) else self.root
        return tuple(dict.fromkeys(one for one in walk_value(over) if isinstance(one, Aggregate)))

    def figure_of(self, stock: Aggregate) -> tuple[Row, ...]:
        """The arguments that a record must all have to be the figure of ``stock``: those of the stocks under
        its very condition, since a numerator and its denominator are one figure."""
        alike = (one for one in self.aggregates if (one.kind, one.where) == (stock.kind, stock.where))
        return tuple(dict.fromkeys(one.argument for one in alike if one.argument is not None))


def walk(row: Row) -> Iterator[Row]:
    """``row`` and everything inside it."""
    yield row
    for child in row.children:
        yield from walk(child)


def walk_value(value: Value) -> Iterator[Value]:
    """``value`` and everything inside it, in the order of the text."""
    yield value
    for child in value.children:
        yield from walk_value(child)


def holds(value: Value, kind: type[ValueNode]) -> bool:
    """Whether a node of ``kind`` stands anywhere in ``value``."""
    return any(isinstance(one, kind) for one in walk_value(value))


def _demands(condition: Row) -> Iterator[Row]:
    """What ``condition`` demands of a record: all of it must be true."""
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _demands(part)
    else:
        yield condition
