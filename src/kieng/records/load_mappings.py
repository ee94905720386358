"""``mappings/*.yaml`` read and held against the record types: every problem at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kieng.plan.definitions import Definitions
from kieng.plan.record_type import ABSENCES, RecordType
from kieng.plan.text_file import yaml_files
from kieng.plan.yaml_text import Located, Section, read_yaml
from kieng.problems import Place, Problems, near
from kieng.records.convert import listed_value
from kieng.records.load_fields import Defaults, read_fields
from kieng.records.load_parts import read_dates, read_format, read_numbers, read_zone
from kieng.records.mapping import FieldMapping, Mapping, Withdrawal
from kieng.records.moments import ISO
from kieng.words import Name, composed


def load_mappings(root: Path, definitions: Definitions, problems: Problems) -> dict[str, Mapping]:
    """Every mapping of the workspace by id. Those with problems are left out."""
    mappings: dict[str, Mapping] = {}
    for path in yaml_files(root / "mappings"):
        top = read_yaml(path, problems, root)
        section = top.section() if top else None
        if section is None:
            continue
        before = len(problems)
        mapping = _read(section, definitions, _hash(path))
        if mapping is not None and mapping.id in mappings:
            first = mappings[mapping.id].place
            section.problem("id", "duplicate-id", f"{first} has this id too.", "Choose another id.")
        elif mapping is not None and len(problems) == before:
            mappings[mapping.id] = mapping
    return mappings


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(section: Section, definitions: Definitions, text_hash: str) -> Mapping | None:
    record_type = _record_type(section, definitions)
    form = read_format(section)
    defaults = Defaults(
        file_type=form.type,
        dates=read_dates(section, form.type) or (ISO,),
        time_zone=read_zone(section, definitions.time_zone),
        numbers=read_numbers(section),
    )
    section.need("fields")
    fields = read_fields(section, record_type, defaults, definitions) if record_type else {}
    mapping = Mapping(
        id=section.text("id"),
        record_type=record_type or _NO_TYPE,
        source=section.text("source"),
        format=form,
        absent=_absent(section),
        absence_from=_absence_from(section, record_type, fields),
        fields=fields,
        withdrawn=_withdrawal(section),
        ignore=tuple(composed(name) for name in section.texts("ignore")),
        other_columns_ignored=_other_columns(section),
        hash=text_hash,
        place=section.place,
    )
    if record_type:
        _check_absent(section, mapping)
    section.no_other_keys()
    return mapping if record_type and section.sound else None


_NO_TYPE = RecordType("", Name("", ""), {}, "", "", "")


def _record_type(section: Section, definitions: Definitions) -> RecordType | None:
    name = section.text("record")
    known = definitions.record_types
    if name and name not in known:
        section.problem("record", "unknown-record-type", "No record type has this id.", near(name, known))
    return known.get(name)


def _absent(section: Section) -> dict[str, str]:
    """Texts that are no value, with the reason. An empty cell always is one."""
    absent = {"": ABSENCES[0]}
    value = section.get("absent")
    if value is None:
        return absent
    if value.is_list:
        return absent | {composed(t.scalar or ""): ABSENCES[0] for t in section.items("absent")}
    inner = section.section("absent")
    if inner is None:
        return absent
    for text in inner.keys():
        reason = inner.text(text)
        absent[text.strip()] = reason
        if reason not in ABSENCES:
            inner.problem(
                text, "unknown-absence", "This is not a reason for no value.", near(reason, ABSENCES)
            )
    return absent


def _check_absent(section: Section, mapping: Mapping) -> None:
    """A text that empties cells must be no value of a mapped field: it would be emptied there too, silently.
    A field whose own ``values`` say what its words mean has said so of this one."""
    for text, place in _absent_places(section):
        for name, field in mapping.fields.items():
            if field.source is None or field.present or field.values:
                continue
            value = listed_value(mapping.record_type.fields[name], text)
            if value is not None:
                why = (
                    f"`{text}` is the value `{value}` of the field `{name}`; it would be emptied everywhere."
                )
                remedy = (
                    f"Take it out of `absent`, or write at `{name}` what its words mean: `values: {{…}}`."
                )
                section.problems.add(place, "absent-is-a-value", why, remedy, text)


def _absent_places(section: Section) -> list[tuple[str, Place]]:
    value = section.get("absent")
    if value is None:
        return []
    if value.is_list:
        return [(composed(item.scalar or "").strip(), item.place) for item in section.items("absent")]
    inner = section.section("absent")
    return [] if inner is None else [(composed(key).strip(), inner.key_place(key)) for key in inner.keys()]


def _absence_from(
    section: Section, record_type: RecordType | None, fields: dict[str, FieldMapping]
) -> tuple[str, ...]:
    names = section.texts("absence_from")
    if record_type is None or not names:
        return names
    if record_type.absence_field is None:
        why = f"Record type `{record_type.id}` has no field that says why a figure is missing."
        section.problem("absence_from", "no-absence-field", why, "Leave `absence_from` out.")
    if record_type.absence_field in fields:
        why = f"`{record_type.absence_field}` is mapped from a column and from absent texts at once."
        section.problem("absence_from", "absence-twice", why, "Keep one of the two.")
    for item in section.items("absence_from"):
        if (item.scalar or "") not in fields:
            item.problem("unmapped-field", "No mapped field has this name.", near(item.scalar or "", fields))
    return tuple(name for name in names if name in fields)


def _withdrawal(section: Section) -> Withdrawal | None:
    inner = section.section("withdrawn")
    if inner is None:
        return None
    withdrawal = Withdrawal(composed(inner.text("from")), inner.texts("values"))
    if not withdrawal.values:
        inner.problem(
            "values", "no-values", "Nothing says which values mean `withdrawn`.", "Write `values: […]`."
        )
    inner.no_other_keys()
    return withdrawal


def _other_columns(section: Section) -> bool:
    value: Located | None = section.get("other_columns")
    if value is None:
        return False
    if (value.scalar or "") != "ignore":
        section.problem("other_columns", "unknown-choice", "Only `ignore` may stand here.", "Write ignore.")
    return True
