"""The type of every expression about one record, and every way in which types can disagree."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

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
    Or,
    Row,
)
from kieng.plan.record_type import Field, FieldType, RecordType
from kieng.problems import Place, Problems, near

_NUMBER, _TEXT, _DAY, _BOOLEAN = "a number", "a text", "a date", "true or false"
_FAMILIES = {
    FieldType.INTEGER: _NUMBER,
    FieldType.DECIMAL: _NUMBER,
    FieldType.TEXT: _TEXT,
    FieldType.CODE: _TEXT,
    FieldType.AGENCY: _TEXT,
    FieldType.DATE: _DAY,
    FieldType.DATETIME: _DAY,
    FieldType.BOOLEAN: _BOOLEAN,
}
# bool before int and datetime before date: each is also the other.
_LITERALS: tuple[tuple[type, FieldType], ...] = (
    (bool, FieldType.BOOLEAN),
    (int, FieldType.INTEGER),
    (Decimal, FieldType.DECIMAL),
    (datetime, FieldType.DATETIME),
    (date, FieldType.DATE),
    (str, FieldType.TEXT),
)


@dataclass
class RowTypes:
    """Finds types and records problems. None stands for "null, or already complained about"."""

    record_type: RecordType
    clocks: Collection[str]
    problems: Problems = field(default_factory=Problems)

    def of(self, row: Row) -> FieldType | None:
        match row:
            case FieldRef():
                return self._field(row)
            case Literal():
                return literal_type(row)
            case CutOff():
                return FieldType.DATE
            case And() | Or() | Not():
                return self._conditions(*row.children)
            case IsNull(part=part):
                self.of(part)
                return FieldType.BOOLEAN
            case Compare():
                return self._compare(row)
            case InList():
                return self._in_list(row)
            case Arithmetic():
                return self._arithmetic(row)
            case Coalesce():
                return self._coalesce(row)
            case DaysBetween(start=start, end=end):
                self._days(start)
                self._days(end)
                return FieldType.INTEGER
            case OnTime():
                return self._on_time(row)

    def condition(self, row: Row) -> None:
        """``row`` has to be true, false or unknown."""
        self._want(row, (FieldType.BOOLEAN,), "condition-expected", _condition_remedy(row))

    def number(self, row: Row, remedy: str) -> None:
        """``row`` has to be a number."""
        self._want(row, (FieldType.INTEGER, FieldType.DECIMAL), "number-expected", remedy)

    # --- one kind each ------------------------------------------------------------------

    def _field(self, row: FieldRef) -> FieldType | None:
        found = self.record_type.fields.get(row.name)
        if found is None:
            why = f"A record of type `{self.record_type.id}` has no field `{row.name}`."
            remedy = near(row.name, self.record_type.fields)
            self.problems.add(row.place, "unknown-field", why, remedy, row.name)
            return None
        if found.personal == "drop":
            why = "This field is personal and never enters the ledger."
            self.problems.add(row.place, "personal-field", why, "Count by another field.", row.name)
            return None
        return found.type

    def _conditions(self, *parts: Row) -> FieldType:
        for part in parts:
            self.condition(part)
        return FieldType.BOOLEAN

    def _days(self, row: Row) -> None:
        remedy = "Give it date fields, cut_off or date '2024-12-31'."
        self._want(row, (FieldType.DATE, FieldType.DATETIME), "date-expected", remedy)

    def _compare(self, row: Compare) -> FieldType:
        left, right = self.of(row.left), self.of(row.right)
        if left and right and not self._same_family(row.place, left, right, row.left, row.right):
            return FieldType.BOOLEAN
        family = _FAMILIES[left] if left else None
        if row.op not in (Comparison.EQ, Comparison.NE) and family in (_TEXT, _BOOLEAN):
            why = f"`{row.op}` needs an order, and {family} has none."
            remedy = "Use = or <>, or name the values: x in ('a', 'b')."
            self.problems.add(row.place, "no-order", why, remedy)
        for one, other in ((row.left, row.right), (row.right, row.left)):
            if isinstance(other, Literal):
                self._listed_value(one, other)
        return FieldType.BOOLEAN

    def _in_list(self, row: InList) -> FieldType:
        wanted = self.of(row.part)
        for value in row.values:
            kind = literal_type(value)
            if wanted and kind and self._same_family(value.place, wanted, kind, row.part, value):
                self._listed_value(row.part, value)
        return FieldType.BOOLEAN

    def _arithmetic(self, row: Arithmetic) -> FieldType | None:
        kinds = [self.of(row.left), self.of(row.right)]
        if any(kind and _FAMILIES[kind] == _DAY for kind in kinds):
            remedy = "Write days(a, b) or working_days(a, b), and compare that with a number."
            why = "Dates are not added or subtracted with signs."
            self.problems.add(row.place, "date-arithmetic", why, remedy)
            return None
        for side, kind in zip((row.left, row.right), kinds, strict=True):
            if kind and _FAMILIES[kind] != _NUMBER:
                why = f"Here a number is needed, and this is {_FAMILIES[kind]}."
                remedy = "Calculate with number fields only."
                self.problems.add(side.place, "number-expected", why, remedy, _shown(side))
        return FieldType.DECIMAL if FieldType.DECIMAL in kinds else FieldType.INTEGER

    def _coalesce(self, row: Coalesce) -> FieldType | None:
        first: Row | None = None
        first_kind: FieldType | None = None
        for part in row.parts:
            kind = self.of(part)
            if first is None or first_kind is None:
                first, first_kind = part, kind
            elif kind:
                self._same_family(part.place, first_kind, kind, first, part)
                first_kind = FieldType.DECIMAL if kind is FieldType.DECIMAL else first_kind
        return first_kind

    def _on_time(self, row: OnTime) -> FieldType:
        if self.record_type.clock is None:
            why = f"A record of type `{self.record_type.id}` has no clock."
            remedy = "Compare its dates, as in finished_on <= due_on, or declare a `clock` for the type."
            self.problems.add(row.place, "no-clock", why, remedy, row.clock)
        elif row.clock not in self.clocks:
            why = "There is no clock with this id."
            self.problems.add(row.place, "unknown-clock", why, near(row.clock, self.clocks), row.clock)
        return FieldType.BOOLEAN

    # --- agreements ---------------------------------------------------------------------

    def _want(self, row: Row, kinds: tuple[FieldType, ...], code: str, remedy: str) -> None:
        kind = self.of(row)
        if kind is not None and kind not in kinds:
            why = f"Here {_FAMILIES[kinds[0]]} is needed, and this is {_FAMILIES[kind]}."
            self.problems.add(row.place, code, why, remedy, _shown(row))

    def _same_family(self, place: Place, left: FieldType, right: FieldType, one: Row, other: Row) -> bool:
        if _FAMILIES[left] == _FAMILIES[right]:
            return True
        why = f"{_FAMILIES[left].capitalize()} is compared with {_FAMILIES[right]}."
        remedy = "Compare things of one kind."
        literal = next((part for part in (other, one) if isinstance(part, Literal)), None)
        if _DAY in (_FAMILIES[left], _FAMILIES[right]) and literal is not None:
            remedy = (
                f"Write a day as date '{literal.value if isinstance(literal.value, str) else '2024-12-31'}'."
            )
        elif literal is not None and _NUMBER in (_FAMILIES[left], _FAMILIES[right]):
            remedy = "Write numbers without quotes and texts with them."
        elif _BOOLEAN in (_FAMILIES[left], _FAMILIES[right]):
            remedy = "Write the field alone, or `not` and the field."
        self.problems.add(place, "types-differ", why, remedy)
        return False

    def _listed_value(self, part: Row, literal: Literal) -> None:
        """A code is compared only with one of its values: a misspelt one would count nothing."""
        found: Field | None = self.record_type.fields.get(part.name) if isinstance(part, FieldRef) else None
        if found is None or not found.values or not isinstance(literal.value, str):
            return
        if literal.value not in found.values:
            why = f"`{found.name}` never has this value."
            remedy = near(literal.value, found.values)
            self.problems.add(literal.place, "unknown-value", why, remedy, literal.value)


def literal_type(literal: Literal) -> FieldType | None:
    return next((kind for python, kind in _LITERALS if isinstance(literal.value, python)), None)


def _shown(row: Row) -> str | None:
    match row:
        case FieldRef(name=name):
            return name
        case Literal(value=value):
            return str(value)
        case _:
            return None


def _condition_remedy(row: Row) -> str:
    if isinstance(row, FieldRef):
        return f"Say what about it: {row.name} is not null, {row.name} = …, {row.name} > …."
    return "Write a comparison or a field that is true or false."
