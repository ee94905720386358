"""The ``fields`` of a mapping: where each field of a record type comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from kieng.plan.definitions import Definitions
from kieng.plan.record_type import Field, FieldType, RecordType
from kieng.plan.yaml_text import Located, Section
from kieng.problems import near
from kieng.records.convert import CellReader, Door
from kieng.records.faults import Fault
from kieng.records.load_parts import read_dates, read_zone
from kieng.records.mapping import AgencyBy, FieldMapping, FileType, Many, NumberStyle
from kieng.words import composed, fold

_MOMENTS = (FieldType.DATE, FieldType.DATETIME)
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)


@dataclass(frozen=True)
class Defaults:
    """What a mapping says for all its fields."""

    file_type: FileType
    dates: tuple[str, ...]
    time_zone: str
    numbers: NumberStyle


def read_fields(
    section: Section, record_type: RecordType, defaults: Defaults, definitions: Definitions
) -> dict[str, FieldMapping]:
    """Field name → mapping, of the fields that are sound."""
    inner = section.section("fields")
    if inner is None:
        return {}
    reading = _FieldReading(record_type, defaults, definitions)
    fields: dict[str, FieldMapping] = {}
    for name in inner.keys():
        if name not in record_type.fields:
            why = f"Record type `{record_type.id}` has no field of this name."
            section.problems.add(
                inner.key_place(name), "unknown-field", why, near(name, record_type.fields), name
            )
            continue
        found = reading.read(inner, name)
        if found is not None:
            fields[name] = found
    _require(inner, record_type)
    _check_days(inner, fields, record_type)
    return fields


def _require(inner: Section, record_type: RecordType) -> None:
    always = {record_type.id_field, record_type.agency_field}
    for name, field in record_type.fields.items():
        if (field.required or name in always) and name not in inner.keys():
            why = f"The field `{name}` of record type `{record_type.id}` is required."
            inner.problem("", "required-field-not-mapped", why, f"Add a line `{name}: <column>`.")


def _check_days(inner: Section, fields: dict[str, FieldMapping], record_type: RecordType) -> None:
    """Agencies are looked up on a day: a mapped date, or one written out."""
    for name, mapping in fields.items():
        if record_type.fields[name].type is not FieldType.AGENCY or mapping.on is None:
            continue
        target = record_type.fields.get(mapping.on)
        fine = target.type in _MOMENTS and mapping.on in fields if target else _is_day(mapping.on)
        if not fine:
            dates = [f.name for f in record_type.fields.values() if f.type in _MOMENTS and f.name in fields]
            why = f"`{mapping.on}` is neither a mapped date of this record type nor a day."
            inner.problem(name, "bad-agency-day", why, near(mapping.on, dates))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class _FieldReading:
    def __init__(self, record_type: RecordType, defaults: Defaults, definitions: Definitions) -> None:
        self._type, self._defaults = record_type, defaults
        # Constants are converted as cells will be, only to see that they can be.
        self._door = Door(ZoneInfo(definitions.time_zone), b"", {"": "no_data"}, record_type.id_field)

    def read(self, fields: Section, name: str) -> FieldMapping | None:
        field, value = self._type.fields[name], fields.get(name)
        if value is None:
            fields.problem(
                name, "empty-mapping", "Nothing says where this field comes from.", "Name a column."
            )
            return None
        if not value.is_mapping:
            text = value.text()
            return None if text is None else self._short(field, composed(text), value)
        inner = fields.section(name)
        return None if inner is None else self._long(field, inner)

    def _short(self, field: Field, column: str, value: Located) -> FieldMapping:
        return FieldMapping(
            field=field.name,
            source=column,
            dates=self._defaults.dates,
            time_zone=self._defaults.time_zone,
            numbers=self._defaults.numbers,
            on=self._type.anchor if field.type is FieldType.AGENCY else None,
            place=value.place,
        )

    def _long(self, field: Field, inner: Section) -> FieldMapping | None:
        mapping = FieldMapping(
            field=field.name,
            source=_column(inner),
            constant=inner.optional_text("value"),
            values=_values(inner),
            dates=read_dates(inner, self._defaults.file_type) or self._defaults.dates,
            time_zone=read_zone(inner, self._defaults.time_zone),
            numbers=self._defaults.numbers,
            by=inner.choice("by", AgencyBy, AgencyBy.CODE),
            on=inner.optional_text("on") or self._default_day(field),
            present=_present(inner),
            many=inner.choice("many", Many, Many.ONE),
            not_personal=inner.boolean("not_personal", False),
            place=inner.place,
        )
        inner.no_other_keys()
        self._check(field, inner, mapping)
        return mapping if inner.sound else None

    def _default_day(self, field: Field) -> str | None:
        return self._type.anchor if field.type is FieldType.AGENCY else None

    def _check(self, field: Field, inner: Section, mapping: FieldMapping) -> None:
        if (mapping.source is None) == (mapping.constant is None):
            why = "A field comes either from a column or is one value for all."
            inner.problem("", "no-source", why, "Write `from: <column>` or `value: <text>`.")
        self._check_options(field, inner, mapping)
        if not inner.sound:
            return
        reader = CellReader(mapping, field, self._door)
        if mapping.constant is not None:
            self._check_value("value", mapping.constant, reader, inner)
        for value in mapping.values.values():
            if value is not None:
                self._check_value("values", value, reader, inner)

    def _check_options(self, field: Field, inner: Section, mapping: FieldMapping) -> None:
        only = {
            "dates": (_MOMENTS, "dates"),
            "time_zone": (_MOMENTS, "dates"),
            "by": ((FieldType.AGENCY,), "agencies"),
            "on": ((FieldType.AGENCY,), "agencies"),
            "test": ((FieldType.BOOLEAN,), "yes/no fields"),
        }
        for key, (types, words) in only.items():
            if inner.has(key) and field.type not in types:
                why = f"`{key}` is for {words}; `{field.name}` is of type {field.type.value}."
                inner.problem(key, "wrong-option", why, f"Delete `{key}`.")
        if inner.has("values") and inner.has("test"):
            inner.problem("test", "wrong-option", "`test` looks at no value.", "Delete `test` or `values`.")
        summing = mapping.many is Many.SUM and field.type not in _NUMBERS
        if summing or (mapping.many is Many.COUNT and field.type is not FieldType.INTEGER):
            why = f"`{mapping.many.value}` makes a number; `{field.name}` is of type {field.type.value}."
            inner.problem("many", "wrong-option", why, "Use one, first or last.")

    def _check_value(self, key: str, value: str, reader: CellReader, inner: Section) -> None:
        found = reader.constant(value)
        if isinstance(found, Fault):
            known = reader.field.values
            remedy = near(value, known) if known else found.remedy.en
            inner.problem(
                key,
                "bad-target-value",
                f"`{value}` is no {reader.field.type.value} here: {found.why.en}",
                remedy,
            )


def _column(inner: Section) -> str | None:
    column = inner.optional_text("from")
    return None if column is None else composed(column)


def _present(inner: Section) -> bool:
    test = inner.get("test")
    if test is not None and test.scalar != "present":
        inner.problem("test", "unknown-choice", "Only `present` may stand here.", "Write present.")
    return test is not None


def _values(inner: Section) -> dict[str, str | None]:
    """The source's words → ours (None: no value). Two writings of one word must not differ."""
    section = inner.section("values")
    if section is None:
        return {}
    values: dict[str, str | None] = {}
    seen: dict[str, str | None] = {}
    for word in section.keys():
        value = section.get(word)
        target = None if value is None else value.scalar
        if value is not None and target is None:
            section.problem(
                word, "not-a-text", "Here one word is expected.", "Write one of the field's values."
            )
        if seen.setdefault(fold(word), target) != target:
            why = "Another writing of this word means something else here."
            section.problem(word, "ambiguous-values", why, "Keep one of the two.")
        values[word] = target
    if not section.sound:
        inner.problem(
            "values", "bad-values", "Something in this table is wrong.", "See the problems beside this one."
        )
    return values
