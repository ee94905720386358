"""Row expressions of a formula as relational expressions, typed as exactly as the ledger keeps them.

Integers stay integers and decimals stay DECIMAL with the scale their arithmetic needs; there is no float.
A moment beside a date counts by its date, as :mod:`kieng.plan.formula` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import assert_never

from sqlglot import exp

from kieng.measurement.lookups import Lookups
from kieng.measurement.on_time import CaseClock
from kieng.measurement.sql import Sql, call, cast, column, is_null, literal, paren, subtract
from kieng.measurement.storeys import Storey
from kieng.plan.clock import ClockRule
from kieng.plan.formula.nodes import (
    And,
    Arithmetic,
    Coalesce,
    Compare,
    Comparison,
    CutOff,
    DaysBetween,
    FieldRef,
    InList,
    IsNull,
    Literal,
    Not,
    OnTime,
    Operation,
    Or,
    Row,
)
from kieng.plan.record_type import DECIMAL_SCALE, FieldType, RecordType

_COMPARE: dict[Comparison, type[exp.Binary]] = {
    Comparison.EQ: exp.EQ,
    Comparison.NE: exp.NEQ,
    Comparison.LT: exp.LT,
    Comparison.LE: exp.LTE,
    Comparison.GT: exp.GT,
    Comparison.GE: exp.GTE,
}
_CALCULATE: dict[Operation, type[exp.Binary]] = {
    Operation.ADD: exp.Add,
    Operation.SUBTRACT: exp.Sub,
    Operation.MULTIPLY: exp.Mul,
}


@dataclass(frozen=True)
class Typed:
    """A relational expression with its type; ``scale`` is the number of digits after the point."""

    sql: Sql
    type: FieldType
    scale: int = 0


@dataclass
class RowCompiler:
    """Turns row expressions into relational ones over one row of the query's ``facts``.

    ``cut_off`` is the column with the day a period is read on. What does not depend on it but needs the
    working calendar is worked out ``once`` per record, before records meet periods: ``lookups`` collects
    what that asks of the calendar, ``late_lookups`` the rest.
    """

    record_type: RecordType
    clocks: Mapping[str, tuple[ClockRule, ...]]
    cut_off: exp.Column
    once: Storey = field(default_factory=lambda: Storey("record", "k"))
    lookups: Lookups = field(default_factory=Lookups)
    late_lookups: Lookups = field(default_factory=lambda: Lookups("late"))
    _known: dict[Row, Typed] = field(default_factory=dict)

    def condition(self, node: Row) -> Sql:
        return self.typed(node).sql

    def typed(self, node: Row) -> Typed:
        """``node`` with its type. Equal nodes give one and the same expression."""
        if isinstance(node, Literal):  # true and 1 are equal to Python
            return _literal(node.value)
        if node not in self._known:
            self._known[node] = self._compile(node)
        return self._known[node]

    def _compile(self, node: Row) -> Typed:
        match node:
            case FieldRef(name=name):
                return self.field(name)
            case CutOff():
                return Typed(self.cut_off.copy(), FieldType.DATE)
            case Arithmetic(op=operation, left=left, right=right):
                return _calculate(operation, self.typed(left), self.typed(right))
            case Coalesce(parts=parts):
                return _coalesce([self.typed(part) for part in parts])
            case DaysBetween(start=start, end=end, working=working):
                return self._days(self.typed(start), self.typed(end), working)
            case Literal():
                return _literal(node.value)
            case Compare() | And() | Or() | Not() | IsNull() | InList() | OnTime():
                return Typed(self._truth(node), FieldType.BOOLEAN)
            case _:
                assert_never(node)

    def field(self, name: str) -> Typed:
        kind = self.record_type.fields[name].type
        return Typed(column(name, self.once.name), kind, DECIMAL_SCALE if kind is FieldType.DECIMAL else 0)

    def _truth(self, node: Compare | And | Or | Not | IsNull | InList | OnTime) -> Sql:
        match node:
            case Compare(op=op, left=left, right=right):
                return compare(op, self.typed(left), self.typed(right))
            case And(parts=parts):
                return exp.and_(*(self.condition(part) for part in parts), copy=False)
            case Or(parts=parts):
                return exp.or_(*(self.condition(part) for part in parts), copy=False)
            case Not(part=part):
                return exp.not_(self.condition(part), copy=False)
            case IsNull(part=part):
                return is_null(self.condition(part))
            case InList(part=part, values=values):
                return self._in_list(self.typed(part), values)
            case OnTime(clock=clock):
                return self._on_time(clock)
            case _:
                assert_never(node)

    def _in_list(self, part: Typed, values: Sequence[Literal]) -> Sql:
        return exp.or_(*(compare(Comparison.EQ, part, _literal(v.value)) for v in values), copy=False)

    def _days(self, start: Typed, end: Typed, working: bool) -> Typed:
        first, last = day_of(start), day_of(end)
        if not working:
            return Typed(subtract(last, first), FieldType.INTEGER)
        late = any(c.table == self.cut_off.table for day in (first, last) for c in day.find_all(exp.Column))
        asked = self.late_lookups if late else self.lookups
        days = subtract(asked.day(last).number, asked.day(first).number)
        return Typed(days if late else self.once.column(days), FieldType.INTEGER)

    def _on_time(self, clock: str) -> Sql:
        if self.record_type.clock is None:
            raise TypeError(f"{self.record_type.id} has no clock; checked when the plan is loaded")
        case = CaseClock(self.record_type.clock, self.once, self.cut_off, self.lookups)
        return case.on_time(self.clocks[clock])


def compare(op: Comparison, left: Typed, right: Typed) -> Sql:
    """A comparison; a moment beside a date counts by its date."""
    first, second = left.sql.copy(), right.sql.copy()
    if FieldType.DATE in (left.type, right.type):
        first, second = day_of(left), day_of(right)
    return _COMPARE[op](this=paren(first), expression=paren(second))


def day_of(value: Typed) -> Sql:
    """The date of a moment; a date as it is."""
    return cast(value.sql.copy(), "DATE") if value.type is FieldType.DATETIME else value.sql.copy()


def _literal(value: str | int | Decimal | bool | date | datetime | None) -> Typed:
    sql = literal(value)
    match value:
        case bool():
            return Typed(sql, FieldType.BOOLEAN)
        case int():
            return Typed(sql, FieldType.INTEGER)
        case Decimal():
            return Typed(sql, FieldType.DECIMAL, max(0, -int(value.as_tuple().exponent)))
        case datetime():
            return Typed(sql, FieldType.DATETIME)
        case date():
            return Typed(sql, FieldType.DATE)
        case _:
            return Typed(sql, FieldType.TEXT)


def _calculate(operation: Operation, left: Typed, right: Typed) -> Typed:
    if operation is Operation.MULTIPLY:
        scale = left.scale + right.scale
    else:
        scale = max(left.scale, right.scale)
    kind = FieldType.DECIMAL if FieldType.DECIMAL in (left.type, right.type) else FieldType.INTEGER
    # 64 bits are too few for a product of two integers; a decimal is wide enough as it is.
    first = cast(left.sql.copy(), "INT128") if kind is FieldType.INTEGER else left.sql.copy()
    node = _CALCULATE[operation](this=paren(first), expression=paren(right.sql.copy()))
    return Typed(paren(node), kind, scale)


def _coalesce(parts: Sequence[Typed]) -> Typed:
    """The parts brought to one type: moments beside dates to dates, integers beside decimals to decimals."""
    kinds = {part.type for part in parts}
    if FieldType.DATE in kinds:
        return Typed(call("COALESCE", *(day_of(part) for part in parts)), FieldType.DATE)
    widest = reduce(lambda a, b: b if b.type is FieldType.DECIMAL else a, parts)
    scale = max(part.scale for part in parts)
    return Typed(call("COALESCE", *(part.sql.copy() for part in parts)), widest.type, scale)
