"""One cell at a time: a raw value becomes ours, or a fault. Nothing is guessed, nothing rounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kieng.plan.record_type import Field, FieldType
from kieng.problems import near
from kieng.records.faults import Fault, fault
from kieng.records.mapping import FieldMapping, Many, NumberStyle
from kieng.records.moments import MomentReader
from kieng.records.numbers import as_decimal, as_integer, number_reader
from kieng.records.personal import looks_personal, pseudonym
from kieng.records.plain_text import odd_character
from kieng.words import composed, fold

#: Converted texts remembered per column. Columns of codes repeat, columns of ids do not.
MEMO_LIMIT = 50_000
EXCEL_ERRORS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)
PLAIN_NUMBERS = NumberStyle(".", None, declared=True)
_YES = frozenset(("1", "true", "yes", "có", "đúng"))
_NO = frozenset(("0", "false", "no", "không", "sai"))
_EXACT_DIGITS = 1e15  # beyond it a binary fraction no longer holds every whole number


class Memo(dict[str, Any]):
    """Texts already converted."""

    def __init__(self, convert: Callable[[str], Any]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, text: str) -> Any:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        value = self[text] = self._convert(text)
        return value


@dataclass(frozen=True)
class Door:
    """What conversion needs to know beside the column: the workspace's zone and secret, the texts that
    are no value, and which field is the id."""

    home: ZoneInfo
    secret: bytes
    absent: Mapping[str, str]
    id_field: str


def listed_value(field: Field, text: str) -> str | None:
    """The value that ``text`` is of a field whose values can be listed (a list of codes, yes or no)."""
    word = fold(text)
    if field.type is FieldType.BOOLEAN:
        return "true" if word in _YES else "false" if word in _NO else None
    return next((value for value in field.values if fold(value) == word), None)


class CellReader:
    """Converts the cells of one mapped column."""

    def __init__(self, mapping: FieldMapping, field: Field, door: Door) -> None:
        self.mapping, self.field = mapping, field
        self.absent = door.absent
        self.absent_beside_empty = any(text for text in door.absent)
        self.words = {fold(text): value for text, value in mapping.values.items()}
        self.plain = not (self.words or mapping.present)
        errors = dict.fromkeys(EXCEL_ERRORS, fault("excel-error"))
        self.special: dict[str, Fault | None] = errors | dict.fromkeys(self.absent)
        self.native = Native(mapping, field, door)
        self._ours = Native(replace(mapping, dates=("iso",), numbers=PLAIN_NUMBERS), field, door)
        self._memo = Memo(self._from_text)

    def column(self, raws: Sequence[Any]) -> list[Any]:
        """The values of a column, each a value, None or a Fault."""
        memo, other = self._memo, self._from_other
        return [memo[raw] if type(raw) is str else other(raw) for raw in raws]

    def _from_text(self, raw: str) -> Any:
        text = raw.strip()
        if not text.isascii():
            text = composed(text)
        if self.plain and text not in self.special:
            return self.native.from_text(text)
        return self._from_special(text)

    def _from_special(self, text: str) -> Any:
        if self.mapping.present:
            return text not in self.absent
        if self.words and (word := fold(text)) in self.words:
            return self.constant(self.words[word])
        if text in self.special:
            return self.special[text]
        if self.words:
            return fault("unknown-value", hint=near(text, [word for word in self.mapping.values if word]))
        return self.native.from_text(text)

    def constant(self, value: str | None) -> Any:
        """A value the mapping itself states, written our way (2024-03-05, 1234.5)."""
        return None if value is None else self._ours.from_text(value)

    def _from_other(self, raw: Any) -> Any:
        if raw is None:
            return self._memo[""]
        if isinstance(raw, list):
            return self._from_list(raw)
        if isinstance(raw, dict):
            return bool(raw) if self.mapping.present else fault("not-one-value")
        if self.words or self.mapping.present or self.absent_beside_empty:
            text = as_text(raw)
            if isinstance(text, str) and (self.words or self.mapping.present or text in self.absent):
                return self._memo[text]
        return self.native.from_other(raw)

    def _from_list(self, raws: list[Any]) -> Any:
        if self.mapping.present:
            return any(raw not in (None, "", [], {}) for raw in raws)
        if self.mapping.many is Many.COUNT:
            return len(raws)
        values = self.column(raws)
        wrong = next((value for value in values if isinstance(value, Fault)), None)
        return wrong or self._gathered([value for value in values if value is not None])

    def _gathered(self, values: list[Any]) -> Any:
        if not values:
            return None
        if self.mapping.many is Many.SUM:
            total = sum(values)
            return as_decimal(total) if isinstance(total, Decimal) else as_integer(Decimal(total))
        if self.mapping.many is Many.ONE and any(value != values[0] for value in values):
            return fault("not-one-value")
        return values[-1] if self.mapping.many is Many.LAST else values[0]


def as_text(raw: Any) -> str | Fault:
    """A typed value as the text a person would have written."""
    if isinstance(raw, str):
        return composed(raw.strip())
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        return _digits(raw)
    if isinstance(raw, float):
        return _float_text(raw)
    if isinstance(raw, Decimal):
        return format(raw, "f") if raw.is_finite() and abs(raw.adjusted()) < 60 else str(raw)
    if isinstance(raw, (date, time)):
        return raw.isoformat()
    return fault("not-one-value")


def _digits(number: int) -> str | Fault:
    return str(number) if number.bit_length() < 2_000 else fault("number-too-large")


def _float_text(number: float) -> str | Fault:
    if number.is_integer():
        return str(int(number)) if abs(number) < _EXACT_DIGITS else fault("digits-lost")
    return str(Decimal(repr(number)))


class Native:
    """Conversion to one field's type, from a text or from a value a typed file carries."""

    def __init__(self, mapping: FieldMapping, field: Field, door: Door) -> None:
        self._field = field
        self._secret = door.secret
        self.vouched = mapping.not_personal or bool(field.values)
        self.is_id = field.name == door.id_field
        self.free_text = field.type is FieldType.TEXT and not self.is_id
        self.codes = {fold(value): value for value in field.values}
        self._number = number_reader(mapping.numbers)
        self._decimal_sign = mapping.numbers.decimal
        self.moments = MomentReader(mapping.dates, ZoneInfo(mapping.time_zone), door.home)
        self._moment = self.moments.cell_reader(to_day=field.type is FieldType.DATE)
        self.from_text: Callable[[str], Any] = {
            FieldType.TEXT: self._text,
            FieldType.CODE: self._code,
            FieldType.AGENCY: self._plain,
            FieldType.BOOLEAN: self._boolean,
            FieldType.INTEGER: self._numeric,
            FieldType.DECIMAL: self._numeric,
            FieldType.DATE: self._moment,
            FieldType.DATETIME: self._moment,
        }[field.type]

    def from_other(self, raw: Any) -> Any:
        """``raw`` is a bool, int, float, Decimal, date, datetime, or something no field can hold."""
        kind = self._field.type
        if kind in (FieldType.INTEGER, FieldType.DECIMAL) and not isinstance(raw, bool):
            return self._from_number(raw)
        if kind is FieldType.BOOLEAN and isinstance(raw, bool):
            return raw
        if kind in (FieldType.DATE, FieldType.DATETIME):
            return self._from_moment(raw)
        text = as_text(raw)
        return text if isinstance(text, Fault) else self.from_text(text)

    def _plain(self, text: str) -> str:
        return text

    def _text(self, text: str) -> Any:
        if self._field.personal == "drop":
            return None
        if self._field.personal == "hash":
            return pseudonym(text, self._secret)
        odd = odd_character(text, lines=not self.is_id)
        if odd is not None:
            return fault("control-character", character=odd)
        personal = None if self.vouched else looks_personal(text, free_text=self.free_text)
        return personal or text

    def _code(self, text: str) -> Any:
        if not self.codes:
            return self._text(text)
        value = self.codes.get(fold(text))
        return value if value is not None else fault("unknown-value", hint=near(text, self._field.values))

    def _boolean(self, text: str) -> Any:
        word = fold(text)
        if word in _YES:
            return True
        return False if word in _NO else fault("not-true-or-false")

    def _numeric(self, text: str) -> Any:
        number = self._number(text)
        return number if isinstance(number, Fault) else self._checked(number)

    def _checked(self, number: Decimal) -> Any:
        return as_integer(number) if self._field.type is FieldType.INTEGER else as_decimal(number)

    def _from_number(self, raw: Any) -> Any:
        if isinstance(raw, int):
            text = _digits(raw)
            return text if isinstance(text, Fault) else self._checked(Decimal(raw))
        if isinstance(raw, float):
            return self._checked(Decimal(repr(raw)))
        if isinstance(raw, Decimal):
            return self._checked(raw)
        return fault("not-a-number", decimal=self._decimal_sign)

    def _placed(self, moment: date | datetime) -> Any:
        as_day = self._field.type is FieldType.DATE
        return self.moments.day(moment) if as_day else self.moments.wall(moment)

    def _from_moment(self, raw: Any) -> Any:
        if isinstance(raw, date):
            return self._placed(raw)
        text = as_text(raw)
        if isinstance(text, Fault):
            return text
        value = self._moment(text)
        bare = (
            isinstance(value, Fault) and value.code == "not-a-date" and isinstance(raw, (int, float, Decimal))
        )
        return fault("date-as-number") if bare and not isinstance(raw, bool) else value
