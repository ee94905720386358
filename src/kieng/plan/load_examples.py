"""The worked examples inside a definition: records with typed values, and the answer people expect."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from kieng.plan.dated import year_is_known
from kieng.plan.indicator import Example
from kieng.plan.record_type import Field, FieldType, RecordType
from kieng.plan.yaml_text import Located, Section
from kieng.problems import near

_EXPECT = re.compile(
    r"-?\d+(\.\d+)?( \(-?\d+(\.\d+)? / -?\d+(\.\d+)?\))?|no data|zero denominator|not applicable"
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?")


def load_examples(texts: list[Section], record_type: RecordType) -> tuple[Example, ...]:
    """The examples, values typed as the fields of ``record_type`` are; what is wrong is a problem."""
    return tuple(_example(text, record_type) for text in texts)


def _example(text: Section, record_type: RecordType) -> Example:
    text.need("records")
    example = Example(
        records=tuple(_record(record, record_type) for record in text.sections("records")),
        expect=_expect(text),
        place=text.place,
        cut_off=text.optional_day("cut_off"),
    )
    text.no_other_keys()
    return example


def _expect(text: Section) -> str:
    expect = text.text("expect")
    if expect and not _EXPECT.fullmatch(expect):
        remedy = 'Write "66.67 (2 / 3)", "12", "no data", "zero denominator" or "not applicable".'
        text.problem("expect", "unreadable-answer", "This is no answer an indicator gives.", remedy)
    return expect


def _record(record: Section, record_type: RecordType) -> Mapping[str, object]:
    values: dict[str, object] = {}
    names = record.keys()
    for name in names:
        field, value = record_type.fields.get(name), record.get(name)
        if field is None:
            why = f"A record of type `{record_type.id}` has no field `{name}`."
            remedy = near(name, record_type.fields)
            record.problems.add(record.key_place(name), "unknown-field", why, remedy, name)
        else:
            values[name] = None if value is None else _value(value, field)
    return values


def _value(value: Located, field: Field) -> object:
    if field.values and value.scalar not in field.values:
        why = f"`{field.name}` never has this value."
        value.problem("unknown-value", why, near(value.scalar or "", field.values))
        return None
    return _READERS[field.type](value)


def _moment(value: Located) -> datetime | None:
    text = (value.scalar or "").strip()
    try:
        if _MOMENT.fullmatch(text):
            found = datetime.fromisoformat(text)
            return found if year_is_known(found, value.problem) else None
    except ValueError:
        pass  # the same problem as a text of another form
    remedy = "Write 2024-03-05T14:30:00, or only the day."
    value.problem("not-a-moment", "Here a day and a time are expected.", remedy)
    return None


_READERS: dict[FieldType, Callable[[Located], object]] = {
    FieldType.TEXT: Located.text,
    FieldType.CODE: Located.text,
    FieldType.AGENCY: Located.text,
    FieldType.BOOLEAN: Located.boolean,
    FieldType.INTEGER: Located.integer,
    FieldType.DECIMAL: Located.decimal,
    FieldType.DATE: Located.day,
    FieldType.DATETIME: _moment,
}
