"""One aggregate over the records of a cell, in exact fractions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_never

from kieng.measurement.request import WEIGHT_UNIT, Unsupported
from kieng.plan.formula.nodes import Aggregate, AggregateKind, Formula
from kieng.plan.indicator import Counting
from kieng.plan.record_type import STATES, RecordType
from kieng.stores.reference.known import recording
from kieng.stores.reference.rows import Context, Record, day_of, evaluate, truth

PART_DIGITS = 15  # after the point, as in measurement.request.PART


@dataclass(frozen=True)
class Share:
    """A record as it counts for one agency: whole, or by the weight of a split."""

    record: Record
    weight: int  # of WEIGHT_UNIT

    @property
    def whole(self) -> bool:
        return self.weight == WEIGHT_UNIT


def counts(aggregate: Aggregate, record: Record, context: Context) -> bool:
    """Whether the aggregate's condition is true for ``record`` (unknown is not true)."""
    return aggregate.where is None or truth(aggregate.where, record, context) is True


def gives(aggregate: Aggregate, formula: Formula, record: Record, context: Context) -> bool:
    """Whether ``record`` is one that ``aggregate`` is made from: of a stock one with a figure, not a blank.

    Stocks under one condition are of one figure (its numerator and its denominator): it has all or none.
    """
    if not counts(aggregate, record, context):
        return False
    figure = formula.figure_of(aggregate) if aggregate.kind is AggregateKind.LATEST else ()
    return all(evaluate(argument, record, context) is not None for argument in figure)


def is_blocked(aggregate: Aggregate, used: Sequence[Share]) -> bool:
    """Whether ``aggregate`` would have to be made from a piece of a record."""
    return not aggregate.kind.adds_up and not all(share.whole for share in used)


def part(aggregate: Aggregate, used: Sequence[Share], context: Context) -> Fraction | None:
    """The number ``aggregate`` makes of the records it uses; None when there is none.

    For ``latest``, ``used`` holds the newest record of each agency and no other.
    """
    if aggregate.kind is AggregateKind.COUNT:
        return sum((Fraction(share.weight, WEIGHT_UNIT) for share in used), Fraction(0))
    if is_blocked(aggregate, used):
        return None
    assert aggregate.argument is not None
    found = [(evaluate(aggregate.argument, share.record, context), share) for share in used]
    known: list[tuple[Any, Share]] = [(value, share) for value, share in found if value is not None]
    values = [value for value, _ in known]
    if aggregate.kind is AggregateKind.COUNT_DISTINCT:
        return Fraction(len(set(values)))
    if not known:
        return None
    match aggregate.kind:
        case AggregateKind.MIN:
            return Fraction(min(values))
        case AggregateKind.MAX:
            return Fraction(max(values))
        case AggregateKind.PERCENTILE:
            assert aggregate.fraction is not None
            return percentile([Fraction(value) for value in values], Fraction(aggregate.fraction))
        case AggregateKind.SUM | AggregateKind.LATEST:
            return sum((Fraction(v) * Fraction(s.weight, WEIGHT_UNIT) for v, s in known), Fraction(0))
        case _:
            assert_never(aggregate.kind)


def percentile(values: Iterable[Fraction], fraction: Fraction) -> Fraction:
    """The value below which ``fraction`` of ``values`` lie, interpolated between neighbours."""
    ordered = sorted(values)
    position = fraction * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def newest_per_agency(records: Iterable[Record], counting: Counting, kind: RecordType) -> dict[str, Record]:
    """For each agency, its newest record: what a stock stands at."""
    newest: dict[str, Record] = {}
    for record in records:
        agency = record[kind.agency_field]
        if agency not in newest or is_newer(record, newest[agency], counting, kind):
            newest[agency] = record
    return newest


def is_newer(record: Record, other: Record, counting: Counting, kind: RecordType) -> bool:
    return newness(record, counting, kind) > newness(other, counting, kind)


def newness(record: Record, counting: Counting, kind: RecordType) -> tuple[Any, ...]:
    """Orders records by counting date, then state, then when the ledger learnt them."""
    return (day_of(record[counting.start]), state_of(record, kind), *recording(record))


def state_of(record: Record, kind: RecordType) -> int:
    """Estimate 0, provisional 1, confirmed 2; -1 for none."""
    state = record[kind.state_field] if kind.state_field else None
    return -1 if state is None else STATES.index(state)


def exact_decimal(number: Fraction | None) -> Decimal | None:
    """``number`` with exactly PART_DIGITS digits after the point.

    Raises :class:`Unsupported` for a number that has more: a part is never rounded.
    """
    if number is None:
        return None
    scaled = number * 10**PART_DIGITS
    if scaled.denominator != 1:
        raise Unsupported(f"a part with more than {PART_DIGITS} digits after the point: {number}")
    digits = tuple(int(digit) for digit in str(abs(scaled.numerator)))
    return Decimal((int(scaled < 0), digits, -PART_DIGITS))
