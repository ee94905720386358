"""One row expression on one record, in three-valued logic: None means "unknown", as in SQL."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kieng.plan.calendar import WorkingCalendar
from kieng.plan.clock import ClockRule, ClockValues, on_time
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
from kieng.plan.record_type import ClockFields

Cell = str | int | Decimal | bool | date | datetime | None
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """What a row expression may look at besides the record: the day it is read on, and the calendar."""

    cut_off: date
    calendar: WorkingCalendar
    clocks: Mapping[str, tuple[ClockRule, ...]]
    clock_fields: ClockFields | None


def evaluate(node: Row, record: Record, context: Context) -> Cell:
    """The value of ``node`` for ``record``; None when it cannot be known."""
    match node:
        case FieldRef(name=name):
            return record[name]  # type: ignore[no-any-return]
        case Literal(value=value):
            return value
        case CutOff():
            return context.cut_off
        case And() | Or() | Not():
            return truth(node, record, context)
        case IsNull(part=part):
            return evaluate(part, record, context) is None
        case OnTime(clock=clock):
            return _on_time(clock, record, context)
        case Coalesce(parts=parts):
            values = (evaluate(part, record, context) for part in parts)
            return next((value for value in values if value is not None), None)
        case Compare(op=op, left=left, right=right):
            return _compare(op, evaluate(left, record, context), evaluate(right, record, context))
        case InList(part=part, values=literals):
            wanted = evaluate(part, record, context)
            return _any([_compare(Comparison.EQ, wanted, literal.value) for literal in literals])
        case Arithmetic(op=operation, left=left, right=right):
            return _calculate(operation, evaluate(left, record, context), evaluate(right, record, context))
        case DaysBetween(start=start, end=end, working=working):
            days = evaluate(start, record, context), evaluate(end, record, context)
            return _days(*days, context.calendar if working else None)


def truth(node: Row, record: Record, context: Context) -> bool | None:
    """``node`` as a condition: true, false or unknown."""
    match node:
        case And(parts=parts):
            return _all([truth(part, record, context) for part in parts])
        case Or(parts=parts):
            return _any([truth(part, record, context) for part in parts])
        case Not(part=part):
            inner = truth(part, record, context)
            return None if inner is None else not inner
        case _:
            value = evaluate(node, record, context)
            return None if value is None else bool(value)


def _all(truths: list[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def _any(truths: list[bool | None]) -> bool | None:
    if True in truths:
        return True
    return None if None in truths else False


_COMPARE: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.EQ: operator.eq,
    Comparison.NE: operator.ne,
    Comparison.LT: operator.lt,
    Comparison.LE: operator.le,
    Comparison.GT: operator.gt,
    Comparison.GE: operator.ge,
}
_CALCULATE: dict[Operation, Callable[[Any, Any], Any]] = {
    Operation.ADD: operator.add,
    Operation.SUBTRACT: operator.sub,
    Operation.MULTIPLY: operator.mul,
}


def _compare(op: Comparison, left: Cell, right: Cell) -> bool | None:
    if left is None or right is None:
        return None
    if type(left) is date or type(right) is date:  # a moment counts by its date beside a date
        left, right = day_of(left), day_of(right)
    return _COMPARE[op](left, right)


def _calculate(operation: Operation, left: Any, right: Any) -> Cell:
    if left is None or right is None:
        return None
    return _CALCULATE[operation](left, right)  # type: ignore[no-any-return]


def day_of(value: Any) -> Any:
    """The date of a moment; anything else as it is."""
    return value.date() if isinstance(value, datetime) else value


def _days(start: Any, end: Any, calendar: WorkingCalendar | None) -> int | None:
    """Days from ``start`` to ``end``; working days when a calendar is given."""
    if start is None or end is None:
        return None
    first, last = day_of(start), day_of(end)
    if calendar is not None:
        return calendar.between(first, last)
    return (last - first).days  # type: ignore[no-any-return]


def _on_time(clock: str, record: Record, context: Context) -> bool | None:
    assert context.clock_fields is not None, "checked when the plan is loaded"
    values = ClockValues.of(context.clock_fields, record)
    return on_time(context.clocks[clock], context.calendar, values, context.cut_off)
