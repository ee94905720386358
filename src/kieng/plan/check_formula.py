"""What a formula may say about a record type, and what would make nonsense of its number.

A ratio adds over nothing, a stock does not add over time: a formula that does it all the same is
refused here, before there is any number to be believed.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import assert_never

from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    And,
    Arithmetic,
    Coalesce,
    Combine,
    Compare,
    Constant,
    CutOff,
    DaysBetween,
    Earlier,
    FieldRef,
    Formula,
    InList,
    IsNull,
    Literal,
    Not,
    OnTime,
    Operation,
    Or,
    Ratio,
    Row,
    Value,
    holds,
    walk_value,
)
from kieng.plan.indicator import PERCENT, Counting, Membership, RollUp
from kieng.plan.record_type import FieldType, Quantity, RecordType
from kieng.plan.row_types import RowTypes
from kieng.problems import Place, Problem, Problems, near

_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)
_DAYS = (FieldType.DATE, FieldType.DATETIME)
_BREAKDOWNS = (FieldType.CODE, FieldType.BOOLEAN, FieldType.AGENCY)
#: A percentage in words of one's own: 120 of 180 would stand as "0,67 %". A reported percentage may bear it.
_PERCENT_BY_HAND = (
    "%",
    "phần trăm",
    "tỷ lệ %",
    "tỉ lệ %",
    "tỷ lệ phần trăm",
    "per cent",
    "percentage",
    "pct",
)
_SUMS = "Add first and divide then: sum(numerator) / sum(denominator)."


def check(
    formula: Formula,
    record_type: RecordType,
    counting: Counting,
    roll_up: RollUp,
    unit: str,
    clocks: Collection[str],
) -> list[Problem]:
    """Every problem of ``formula`` for records of ``record_type``; ``clocks`` are the known clock ids."""
    checker = _Checker(record_type, counting, roll_up, clocks)
    for aggregate in formula.aggregates:
        checker.aggregate(aggregate)
    if not formula.aggregates:
        why = "This number does not depend on any record."
        checker.add(formula.place, "no-aggregate", why, "Count or sum something.")
    checker.value(formula.root)
    if unit == PERCENT:
        checker.percent(formula)
    elif " ".join(unit.lower().split()) in _PERCENT_BY_HAND:
        checker.percent_by_hand(formula, unit)
    return checker.problems.sorted()


def check_counting(counting: Counting, record_type: RecordType, place: Place) -> list[Problem]:
    """The dates that put a record into a period exist and are dates."""
    problems = Problems()
    for name in (counting.start, counting.end):
        if name is not None:
            _check_field(name, record_type, _DAYS, "not-a-date-field", place, problems)
    return list(problems)


def check_breakdown(name: str, record_type: RecordType, place: Place) -> list[Problem]:
    """A breakdown is by a field with few values."""
    problems = Problems()
    _check_field(name, record_type, _BREAKDOWNS, "not-a-breakdown", place, problems)
    return list(problems)


def _check_field(
    name: str,
    record_type: RecordType,
    types: tuple[FieldType, ...],
    code: str,
    place: Place,
    problems: Problems,
) -> None:
    fitting = [f.name for f in record_type.fields.values() if f.type in types]
    found = record_type.fields.get(name)
    if found is None:
        why = f"A record of type `{record_type.id}` has no field `{name}`."
        problems.add(place, "unknown-field", why, near(name, fitting), name)
    elif found.type not in types:
        why = f"`{name}` is of type {found.type}; here belongs {' or '.join(types)}."
        problems.add(place, code, why, f"There are: {', '.join(fitting)}.", name)


class _Checker:
    def __init__(
        self, record_type: RecordType, counting: Counting, roll_up: RollUp, clocks: Collection[str]
    ) -> None:
        self.record_type = record_type
        self.counting = counting
        self.roll_up = roll_up
        self.types = RowTypes(record_type, clocks)
        self.problems = self.types.problems

    def add(self, place: Place, code: str, why: str, remedy: str, value: str | None = None) -> None:
        self.problems.add(place, code, why, remedy, value)

    # --- aggregates ---------------------------------------------------------------------

    def aggregate(self, aggregate: Aggregate) -> None:
        before = len(self.problems)
        if aggregate.where is not None:
            self.types.condition(aggregate.where)
        if aggregate.argument is None:
            return
        if aggregate.kind is AggregateKind.COUNT_DISTINCT:
            self.types.of(aggregate.argument)
        else:
            remedy = (
                f"`{aggregate.kind}` works on number fields: {self._number_fields()}. Use count for others."
            )
            self.types.number(aggregate.argument, remedy)
        if len(self.problems) == before:
            self._adds_up(aggregate, aggregate.argument)

    def _number_fields(self) -> str:
        names = [f.name for f in self.record_type.fields.values() if f.type in _NUMBERS]
        return ", ".join(names) or "there is none here"

    def _adds_up(self, aggregate: Aggregate, argument: Row) -> None:
        """A flow adds over agencies and time, a stock over agencies only, a ratio over nothing."""
        match aggregate.kind, self._quantity(argument):
            case AggregateKind.SUM, Quantity.RATIO:
                why = "A sum or mean of ratios is no ratio: small and large would count alike."
                self.add(aggregate.place, "sum-of-ratios", why, _SUMS)
            case AggregateKind.SUM, Quantity.STOCK if self.counting.membership is not Membership.IN_FORCE:
                why = "A stock does not add up over time: the same things would be counted again and again."
                remedy = "Use latest(x), or `period: …, in force from … to …`."
                self.add(aggregate.place, "sum-of-a-stock", why, remedy)
            case AggregateKind.SUM, None:
                why = "It is not said how this number adds up."
                remedy = "Write `quantity: flow`, `stock` or `ratio` at the field in the record type."
                self.add(aggregate.place, "quantity-unknown", why, remedy)
            case AggregateKind.LATEST, Quantity.RATIO if self.roll_up is RollUp.SUMS:
                why = "The agencies' ratios would be added together."
                remedy = "Write `roll_up: none`, or latest(numerator) / latest(denominator)."
                self.add(aggregate.place, "sum-of-ratios", why, remedy)

    def _quantity(self, row: Row) -> Quantity | None:
        """How ``row`` adds up: as the most stubborn of its parts; a ratio times a quantity is a quantity."""
        match row:
            case FieldRef(name=name):
                found = self.record_type.fields[name]
                return found.quantity if found.type in _NUMBERS else Quantity.FLOW
            case Arithmetic() | Coalesce():
                return self._quantity_of_parts(row)
            case Literal() | CutOff() | DaysBetween():
                return Quantity.FLOW  # each record's own
            case Compare() | And() | Or() | Not() | IsNull() | InList() | OnTime():
                return Quantity.FLOW  # no number; said elsewhere
            case _:
                assert_never(row)

    def _quantity_of_parts(self, row: Arithmetic | Coalesce) -> Quantity | None:
        inside = {self._quantity(part) for part in row.children if not isinstance(part, Literal)}
        if isinstance(row, Arithmetic) and row.op is Operation.MULTIPLY and len(inside) > 1:
            inside.discard(Quantity.RATIO)
        stubborn = (None, Quantity.RATIO, Quantity.STOCK)
        return next((quantity for quantity in stubborn if quantity in inside), Quantity.FLOW)

    # --- the number -----------------------------------------------------------------------

    def value(self, value: Value) -> None:
        match value:
            case Ratio():
                self._ratio(value)
            case Combine():
                self._combine(value)
            case Earlier(part=part):
                if holds(part, Earlier):
                    why = "A look back cannot itself look back."
                    self.add(value.place, "earlier-twice", why, "Write previous(x) or last_year(x) once.")
            case Aggregate() | Constant():
                pass
            case _:
                assert_never(value)
        for part in value.children:
            self.value(part)

    def _ratio(self, ratio: Ratio) -> None:
        for part in (ratio.numerator, ratio.denominator):
            if holds(part, Ratio):
                why = "A ratio cannot be divided, nor divide."
                self.add(part.place, "ratio-of-ratios", why, "Write one fraction of counts or sums: a / b.")
            elif self._holds_percentage(part):
                why = "A ratio of percentages means nothing."
                self.add(part.place, "ratio-of-percentages", why, _SUMS)
        if ratio.denominator == Constant(Decimal(0)):
            self.add(ratio.denominator.place, "zero-denominator", "This divides by 0.", "Divide by a count.")

    def _combine(self, combined: Combine) -> None:
        both = all(holds(p, Ratio) or self._holds_percentage(p) for p in (combined.left, combined.right))
        if both and combined.op is not Operation.SUBTRACT:
            why = "Ratios are neither added nor multiplied: their mean would be no ratio of anything."
            self.add(combined.place, "sum-of-ratios", why, _SUMS)

    def _holds_percentage(self, value: Value) -> bool:
        return any(
            part.argument is not None
            and part.kind is not AggregateKind.COUNT_DISTINCT
            and self._known_quantity(part.argument) is Quantity.RATIO
            for part in Formula("", value).aggregates
        )

    def _known_quantity(self, row: Row) -> Quantity | None:
        """The quantity, or None while a field in ``row`` is unknown (which is said elsewhere)."""
        quiet = RowTypes(self.record_type, self.types.clocks)
        quiet.of(row)
        return None if quiet.problems else self._quantity(row)

    def percent(self, formula: Formula) -> None:
        """In percent there is a ratio to show; the times 100 is done for it."""
        if not formula.holds(Ratio) and not self._holds_percentage(formula.root):
            why = "The unit is percent, and this is no ratio."
            remedy = "Write count(where …) / count(*), or another unit."
            self.add(formula.place, "percent-without-ratio", why, remedy)
        if formula.holds(Ratio) and self._holds_percentage(formula.root):
            why = "A ratio (0 to 1) is put together with a reported percentage (0 to 100)."
            self.add(formula.place, "ratio-with-percentage", why, "Report numerator and denominator instead.")
        hundred = _hundred(formula)
        if hundred is not None and formula.holds(Ratio):
            why = "With `unit: percent` the ratio is already shown times 100."
            self.add(hundred.place, "percent-twice", why, "Leave out the 100.", "100")

    def percent_by_hand(self, formula: Formula, unit: str) -> None:
        """A ratio is shown times 100 where its unit is ``percent``, and in no other."""
        if formula.holds(Ratio) and _hundred(formula) is None:
            why = "This ratio would be shown as it is, 120 of 180 as 0.67: only `unit: percent` is times 100."
            self.add(formula.place, "percent-by-hand", why, "Write `unit: percent`; it is shown as %.", unit)


def _hundred(formula: Formula) -> Constant | None:
    constants = (one for one in walk_value(formula.root) if isinstance(one, Constant))
    return next((constant for constant in constants if constant.value == 100), None)
