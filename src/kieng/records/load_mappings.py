"""Mappings from ``mappings/*.yaml``, checked against the record type they fill."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kieng.plan.definitions import Definitions
from kieng.plan.record_type import ABSENCES, Field, FieldType, RecordType
from kieng.plan.text_file import yaml_files
from kieng.plan.yaml_text import Located, Section, read_yaml
from kieng.problems import Problems, near
from kieng.records.mapping import (
    AgencyBy,
    FieldMapping,
    FileFormat,
    FileType,
    Many,
    Mapping,
    NumberStyle,
    Withdrawal,
)
from kieng.records.moments import ambiguous_patterns, pattern_fault

_TRUTHS = ("true", "false")


@dataclass(frozen=True)
class _Defaults:
    """What fields take from the mapping as a whole."""

    dates: tuple[str, ...]
    time_zone: str
    numbers: NumberStyle


def load_mappings(root: Path, definitions: Definitions, problems: Problems) -> dict[str, Mapping]:
    """Every mapping in ``root/mappings``, by id; what is wrong with them is named in ``problems``."""
    found: dict[str, Mapping] = {}
    for path in yaml_files(root / "mappings"):
        top = read_yaml(path, problems, root)
        content_hash = hashlib.sha256(path.read_bytes()).hexdigest()
        for section in top.sections() if top else ():
            mapping = _mapping(section, definitions, content_hash)
            if mapping is None:
                continue
            if mapping.id in found:
                why = f"A mapping with this id stands in {found[mapping.id].place} already."
                section.problem("id", "duplicate-id", why, "Give each an id of its own.")
            else:
                found[mapping.id] = mapping
    return found


def _mapping(section: Section, definitions: Definitions, content_hash: str) -> Mapping | None:
    record_type = _record_type(section, definitions)
    defaults = _defaults(section, definitions.time_zone)
    fields = _fields(section, record_type, defaults) if record_type else {}
    mapping_id, source, format_ = section.text("id"), section.text("source"), _format(section)
    absent, other = _absent(section), section.optional_text("other_columns")
    absence_from, ignore = section.texts("absence_from"), section.texts("ignore")
    withdrawn = _withdrawn(section)
    if other not in (None, "ignore"):
        section.problem("other_columns", "not-a-choice", "Only `ignore` can stand here.", "Write ignore.")
    section.no_other_keys()
    if record_type is None:
        return None
    _check_absence(section, record_type, absence_from, fields)
    return Mapping(
        id=mapping_id,
        record_type=record_type,
        source=source,
        format=format_,
        absent=absent,
        absence_from=tuple(name for name in absence_from if name in fields),
        fields=fields,
        withdrawn=withdrawn,
        ignore=ignore,
        other_columns_ignored=other == "ignore",
        hash=content_hash,
        place=section.place,
    )


def _record_type(section: Section, definitions: Definitions) -> RecordType | None:
    name = section.text("record")
    found = definitions.record_types.get(name)
    if name and found is None:
        remedy = near(name, definitions.record_types)
        section.problem("record", "unknown-record-type", "There is no such record type.", remedy)
    return found


def _defaults(section: Section, home: str) -> _Defaults:
    return _Defaults(
        dates=_dates(section) or ("iso",),
        time_zone=_zone(section) or home,
        numbers=_numbers(section) or NumberStyle(),
    )


def _dates(section: Section) -> tuple[str, ...]:
    patterns = section.texts("dates")
    for pattern in patterns:
        wrong = pattern_fault(pattern)
        if wrong is not None:
            section.problem("dates", "bad-date-pattern", *wrong)
    if both := ambiguous_patterns(patterns):
        why = f"{both[0]} and {both[1]} read one text as two different days."
        section.problem("dates", "ambiguous-dates", why, "Keep the one that the source writes.")
    return patterns


def _zone(section: Section) -> str | None:
    name = section.optional_text("time_zone")
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        why = "There is no time zone of this name."
        section.problem("time_zone", "unknown-time-zone", why, "For Vietnam write Asia/Ho_Chi_Minh.")
        return None


def _numbers(section: Section) -> NumberStyle | None:
    given = section.section("numbers")
    if given is None:
        return None
    style = NumberStyle(given.optional_text("decimal") or ".", given.optional_text("group"), declared=True)
    if style.decimal == style.group:
        why = "Decimal and group separators are the same."
        given.problem("group", "ambiguous-numbers", why, 'Write for instance {decimal: ",", group: "."}.')
    given.no_other_keys()
    return style


def _format(section: Section) -> FileFormat:
    given = section.section("format")
    if given is None:
        section.need("format")
        return FileFormat(FileType.CSV)
    form = FileFormat(
        type=given.choice("type", FileType),
        encoding=given.optional_text("encoding") or "utf-8",
        delimiter=_delimiter(given),
        header_row=given.optional_integer("header_row") or 1,
        sheet=given.optional_text("sheet"),
    )
    try:
        codecs.lookup(form.encoding)
    except LookupError:
        given.problem("encoding", "unknown-encoding", "There is no such encoding.", "Write utf-8 or cp1258.")
    given.no_other_keys()
    return form


def _delimiter(given: Section) -> str:
    value = given.get("delimiter")
    text = value.scalar if value else None
    if text in ("\\t", "tab"):
        return "\t"
    if text is not None and len(text) != 1:
        given.problem("delimiter", "bad-delimiter", "A delimiter is one character.", 'Write ";" or tab.')
        return ","
    return text or ","


def _absent(section: Section) -> dict[str, str]:
    given = section.section("absent")
    reasons = {text: given.text(text) for text in given.keys()} if given else {}
    for text, reason in reasons.items():
        if given and reason and reason not in ABSENCES:
            given.problem(
                text, "not-a-choice", "This is no reason for a missing figure.", near(reason, ABSENCES)
            )
    return reasons


def _check_absence(
    section: Section, record_type: RecordType, names: tuple[str, ...], fields: Lookup[str, FieldMapping]
) -> None:
    if names and record_type.absence_field is None:
        why = f"{record_type.id} has no field that says why a figure is missing."
        section.problem("absence_from", "no-absence-field", why, "Leave `absence_from` out.")
    for name in names:
        if name not in fields:
            remedy = near(name, fields)
            section.problem("absence_from", "unknown-field", f"`{name}` is not mapped.", remedy)


def _withdrawn(section: Section) -> Withdrawal | None:
    given = section.section("withdrawn")
    if given is None:
        return None
    withdrawal = Withdrawal(given.text("from"), given.texts("values"))
    given.no_other_keys()
    return withdrawal


# --- fields -------------------------------------------------------------------------------


def _fields(section: Section, record_type: RecordType, defaults: _Defaults) -> dict[str, FieldMapping]:
    section.need("fields")
    given = section.section("fields")
    if given is None:
        return {}
    fields: dict[str, FieldMapping] = {}
    for name in given.keys():
        field, value = record_type.fields.get(name), given.get(name)
        if field is None:
            why = f"{record_type.id} has no field of this name."
            given.problem(name, "unknown-field", why, near(name, record_type.fields))
        elif value is not None:
            fields[name] = _field(field, value, given, record_type, defaults)
    needed = [f.name for f in record_type.fields.values() if f.required]
    for name in dict.fromkeys([record_type.id_field, record_type.agency_field, *needed]):
        if not given.has(name):
            why = f"Every {record_type.id} needs `{name}`."
            section.problem("fields", "field-not-mapped", why, f"Map a column: `{name}: Column`.")
    return fields


def _field(
    field: Field, value: Located, given: Section, record_type: RecordType, defaults: _Defaults
) -> FieldMapping:
    if not value.is_mapping:
        return _of_column(field, given.text(field.name), defaults, value)
    inner = given.section(field.name)
    assert inner is not None
    mapping = FieldMapping(
        field=field.name,
        source=inner.optional_text("from"),
        constant=inner.optional_text("value"),
        values=_values(inner, field),
        dates=_dates(inner) or defaults.dates,
        time_zone=_zone(inner) or defaults.time_zone,
        numbers=_numbers(inner) or defaults.numbers,
        by=inner.choice("by", AgencyBy, AgencyBy.CODE),
        on=_looked_up_on(inner, record_type),
        present=_present(inner, field),
        many=inner.choice("many", Many, Many.ONE),
        not_personal=inner.boolean("not_personal", False),
        place=inner.place,
    )
    _check_field(inner, field, mapping)
    inner.no_other_keys()
    return mapping


def _of_column(field: Field, column: str, defaults: _Defaults, value: Located) -> FieldMapping:
    return FieldMapping(
        field=field.name,
        source=column,
        dates=defaults.dates,
        time_zone=defaults.time_zone,
        numbers=defaults.numbers,
        place=value.place,
    )


def _values(inner: Section, field: Field) -> dict[str, str | None]:
    """The source's words for ours. An empty word of ours means "no value"."""
    given = inner.section("values")
    if given is None:
        return {}
    words: dict[str, str | None] = {}
    allowed = _TRUTHS if field.type is FieldType.BOOLEAN else field.values
    for text in given.keys():
        value = given.get(text)
        word = None if value is None or value.is_null else given.text(text)
        if word is not None and allowed and word not in allowed:
            why = f"`{field.name}` cannot be {word!r}."
            given.problem(text, "value-not-allowed", why, near(word, allowed))
        words[text] = word
    return words


def _looked_up_on(inner: Section, record_type: RecordType) -> str | None:
    on = inner.optional_text("on")
    if on is None or on in record_type.fields:
        return on
    try:
        return date.fromisoformat(on).isoformat()
    except ValueError:
        why = f"`on` names neither a field of {record_type.id} nor a day."
        inner.problem("on", "unknown-field", why, near(on, record_type.fields))
        return None


def _present(inner: Section, field: Field) -> bool:
    test = inner.optional_text("test")
    if test is not None and (test != "present" or field.type is not FieldType.BOOLEAN):
        why = "The one test is `present`, for a field that is true or false."
        inner.problem("test", "not-a-choice", why, "Write `test: present`, or leave it out.")
    return test == "present"


def _check_field(inner: Section, field: Field, mapping: FieldMapping) -> None:
    if (mapping.source is None) == (mapping.constant is None):
        why = "A field comes from one column or is one value."
        inner.problem("", "no-source", why, "Write either `from: Column` or `value: …`.")
    if mapping.constant is not None and field.values and mapping.constant not in field.values:
        why = f"`{field.name}` cannot be {mapping.constant!r}."
        inner.problem("value", "value-not-allowed", why, near(mapping.constant, field.values))
    if inner.has("by") and field.type is not FieldType.AGENCY:
        why = f"`{field.name}` is no agency."
        inner.problem("by", "not-an-agency", why, "Leave `by` out.")
