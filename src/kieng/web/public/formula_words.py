"""A formula in words, for readers who do not read formulas."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from kieng.judgement.phrases import both, number
from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    And,
    Arithmetic,
    Coalesce,
    Combine,
    Compare,
    Comparison,
    Constant,
    CutOff,
    DaysBetween,
    Earlier,
    EarlierUnit,
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
)
from kieng.plan.record_type import RecordType
from kieng.web.public.words import AGGREGATES
from kieng.words import Name

_COMPARED = {
    Comparison.EQ: Name("là", "is"),
    Comparison.NE: Name("khác", "is not"),
    Comparison.LT: Name("nhỏ hơn", "is less than"),
    Comparison.LE: Name("không quá", "is at most"),
    Comparison.GT: Name("lớn hơn", "is more than"),
    Comparison.GE: Name("ít nhất là", "is at least"),
}
_OPERATIONS = {
    Operation.ADD: Name("cộng", "plus"),
    Operation.SUBTRACT: Name("trừ", "minus"),
    Operation.MULTIPLY: Name("nhân", "times"),
}
_EARLIER = {
    EarlierUnit.PERIOD: Name("kỳ trước", "one period earlier"),
    EarlierUnit.YEAR: Name("cùng kỳ năm trước", "a year earlier"),
}
_AND, _OR = Name(" và ", " and "), Name(" hoặc ", " or ")


def in_words(formula: Formula, record: RecordType) -> Name:
    """ "số hồ sơ mà kênh là online, chia cho số hồ sơ"."""
    return _value(formula.root, record)


def _value(value: Value, record: RecordType) -> Name:
    match value:
        case Aggregate():
            return _aggregate(value, record)
        case Constant(value=constant):
            return number(constant)
        case Ratio(numerator=over, denominator=under):
            return both(
                "{a}, chia cho {b}", "{a}, divided by {b}", a=_value(over, record), b=_value(under, record)
            )
        case Combine(op=op, left=left, right=right):
            return _joined((_value(left, record), _value(right, record)), _spaced(_OPERATIONS[op]))
        case Earlier(part=part, unit=unit):
            return both("{a} ({then})", "{a} ({then})", a=_value(part, record), then=_EARLIER[unit])
        case _:
            assert_never(value)


def _aggregate(one: Aggregate, record: RecordType) -> Name:
    what = _lowered(record.name)
    if one.where is not None:
        what = both("{w} mà {c}", "{w} where {c}", w=what, c=_row(one.where, record))
    words = AGGREGATES[one.kind]
    if one.kind is AggregateKind.PERCENTILE and one.fraction is not None and one.fraction * 2 == 1:
        words = Name("trung vị {of} của {what}", "the median {of} of {what}")
    of = _row(one.argument, record) if one.argument is not None else Name("", "")
    return both(words.vi, words.en, what=what, of=of, fraction=number(one.fraction or Decimal(0)))


def _row(row: Row, record: RecordType) -> Name:
    match row:
        case FieldRef(name=name):
            return _lowered(record.fields[name].label) if name in record.fields else Name(name, name)
        case Literal(value=value):
            return _literal(value)
        case CutOff():
            return Name("ngày chốt số", "the cut-off day")
        case Compare(op=op, left=left, right=right):
            return _joined((_row(left, record), _row(right, record)), _spaced(_COMPARED[op]))
        case And(parts=parts):
            return _joined([_row(part, record) for part in parts], _AND)
        case Or(parts=parts):
            inside = _joined([_row(part, record) for part in parts], _OR)
            return both("({a})", "({a})", a=inside)
        case Not(part=IsNull(part=part)):
            return both("{a} đã có", "{a} is known", a=_row(part, record))
        case Not(part=part):
            return both("không {a}", "not {a}", a=_row(part, record))
        case IsNull(part=part):
            return both("{a} chưa có", "{a} is not known", a=_row(part, record))
        case InList() | Arithmetic() | Coalesce() | DaysBetween() | OnTime():
            return _longer(row, record)
        case _:
            assert_never(row)


def _longer(row: InList | Arithmetic | Coalesce | DaysBetween | OnTime, record: RecordType) -> Name:
    match row:
        case InList(part=part, values=values):
            listed = _joined([_literal(one.value) for one in values], Name(", ", ", "))
            return both("{a} thuộc {b}", "{a} is one of {b}", a=_row(part, record), b=listed)
        case Arithmetic(op=op, left=left, right=right):
            return _joined((_row(left, record), _row(right, record)), _spaced(_OPERATIONS[op]))
        case Coalesce(parts=parts):
            return _joined([_row(part, record) for part in parts], Name(" (nếu thiếu thì) ", " (or else) "))
        case DaysBetween(start=start, end=end, working=working):
            vi, en = ("số ngày làm việc từ {a} đến {b}", "working days from {a} to {b}")
            if not working:
                vi, en = ("số ngày từ {a} đến {b}", "days from {a} to {b}")
            return both(vi, en, a=_row(start, record), b=_row(end, record))
        case OnTime(clock=clock):
            return both("đúng hạn theo quy tắc {c}", "on time by the rule {c}", c=clock)
        case _:
            assert_never(row)


def _literal(value: object) -> Name:
    if value is True:
        return Name("có", "true")
    if value is False:
        return Name("không", "false")
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return Name(text, text)


def _joined(parts: tuple[Name, ...] | list[Name], between: Name) -> Name:
    return Name(between.vi.join(p.vi for p in parts), between.en.join(p.en for p in parts))


def _spaced(name: Name) -> Name:
    return Name(f" {name.vi} ", f" {name.en} ")


def _lowered(name: Name) -> Name:
    """As it stands within a sentence; what begins with two capitals is an abbreviation and stays."""

    def low(text: str) -> str:
        return text if text[1:2].isupper() else text[:1].lower() + text[1:]

    return Name(low(name.vi), low(name.en))
