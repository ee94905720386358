"""Record types read from text: the built-in ones beside this module, and a workspace's own."""

from __future__ import annotations

import re
from dataclasses import fields as dataclass_fields
from pathlib import Path

from kieng.plan.formula.grammar import RESERVED
from kieng.plan.record_type import ABSENCES, STATES, ClockFields, Field, FieldType, Quantity, RecordType
from kieng.plan.text_file import yaml_files
from kieng.plan.yaml_text import Section, read_yaml
from kieng.problems import Problems, near
from kieng.words import Name

_BUILT_IN = Path(__file__).parent / "record_types"
_WORD = re.compile(r"[a-z][a-z0-9_]*")

_DAYS = (FieldType.DATE, FieldType.DATETIME)
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)
_TEXTS = (FieldType.TEXT, FieldType.CODE)
_CLOCK_TYPES: dict[str, tuple[FieldType, ...]] = {
    "limit": (FieldType.INTEGER,),
    "limit_unit": (FieldType.CODE,),
    "supplement_count": (FieldType.INTEGER,),
}


def load_record_types(folder: Path | None, problems: Problems, root: Path) -> dict[str, RecordType]:
    """The built-in record types and those of ``folder`` (may be None or missing), by id.

    A workspace may add types but not redefine a built-in one: its meaning is the same everywhere.
    """
    package = Path(__file__).parents[2]
    found = {kind.id: kind for path in yaml_files(_BUILT_IN) for kind in _read(path, problems, package)}
    built_in = frozenset(found)
    for path in yaml_files(folder) if folder else ():
        for kind in _read(path, problems, root):
            if kind.id in built_in:
                remedy = "Give it another id."
                why = "This record type is built in and cannot be redefined."
                problems.add(kind.place, "built-in-record-type", why, remedy, kind.id)
            elif kind.id in found:
                why = f"This record type stands already at {found[kind.id].place}."
                problems.add(kind.place, "duplicate-id", why, "Keep one of the two.", kind.id)
            else:
                found[kind.id] = kind
    return found


def _read(path: Path, problems: Problems, root: Path) -> list[RecordType]:
    top = read_yaml(path, problems, root)
    kinds = [_record_type(section) for section in top.sections()] if top else []
    return [kind for kind in kinds if kind is not None]


def _record_type(section: Section) -> RecordType | None:
    before = len(section.problems)
    id_field = section.optional_text("id_field") or "id"
    agency_field = section.optional_text("agency_field") or "agency"
    kind = RecordType(
        id=_word(section, "id"),
        name=section.name("name"),
        fields={
            id_field: Field(id_field, FieldType.TEXT, Name("Mã số", "Id"), required=True),
            agency_field: Field(agency_field, FieldType.AGENCY, Name("Cơ quan", "Agency"), required=True),
            **_fields(section),
        },
        id_field=id_field,
        agency_field=agency_field,
        anchor=section.text("anchor"),
        placed_in=section.optional_text("placed_in"),
        state_field=section.optional_text("state"),
        absence_field=section.optional_text("absence"),
        clock=_clock(section),
        open_counts=section.boolean("open_counts", False),
        place=section.place,
    )
    section.no_other_keys()
    if len(section.problems) == before:
        _check_roles(section, kind)
    return kind if len(section.problems) == before else None


def _word(section: Section, key: str) -> str:
    word = section.text(key)
    if word and not _WORD.fullmatch(word):
        remedy = "Write small letters without diacritics, digits and _, a letter first."
        section.problem(key, "not-a-word", "This has to be one plain word.", remedy)
    return word


# --- fields --------------------------------------------------------------------------------


def _fields(section: Section) -> dict[str, Field]:
    section.need("fields")
    listed = section.section("fields")
    found = {}
    for name in listed.keys() if listed else ():
        assert listed is not None
        _check_field_name(listed, name)
        value = listed.get(name)
        inner = value.section() if value else None
        if inner is None:
            listed.need(name)
            continue
        found[name] = _field(inner, name)
    return found


def _check_field_name(listed: Section, name: str) -> None:
    place, remedy = listed.key_place(name), "Write small letters without diacritics, digits and _."
    if not _WORD.fullmatch(name):
        listed.problems.add(place, "not-a-word", "A field's name has to be one plain word.", remedy, name)
    elif name in RESERVED:
        why = "This word has a meaning of its own in formulas."
        listed.problems.add(place, "reserved-word", why, "Choose another name.", name)


def _field(section: Section, name: str) -> Field:
    field = Field(
        name=name,
        type=section.choice("type", FieldType),
        label=section.optional_name("label") or Name(name, name),
        required=section.boolean("required", default=False),
        quantity=section.choice("quantity", Quantity) if section.has("quantity") else None,
        values=section.texts("values"),
        value_names=_value_names(section),
        personal=section.optional_text("personal"),
    )
    section.no_other_keys()
    if section.sound:
        _check_field(section, field)
    return field


def _value_names(section: Section) -> dict[str, Name]:
    """``value_names: {viettel: {vi: Viettel, en: Viettel}}``: what codes are called."""
    inner = section.section("value_names")
    return {value: inner.words(value) for value in inner.keys()} if inner else {}  # noqa: SIM118


def _check_field(section: Section, field: Field) -> None:
    if field.quantity and field.type not in _NUMBERS:
        why = "Only numbers add up, or do not."
        section.problem("quantity", "quantity-without-number", why, "Delete `quantity`.")
    if field.values and field.type is not FieldType.CODE:
        remedy = "Write `type: code`, or delete `values`."
        section.problem("values", "values-without-code", "Only a code has a closed list of values.", remedy)
    if strange := [value for value in field.value_names if field.values and value not in field.values]:
        why = "It names a value that the field does not have."
        section.problem("value_names", "unknown-value", why, near(strange[0], field.values))
    if len(set(field.values)) < len(field.values):
        section.problem("values", "duplicate-value", "A value is listed twice.", "Keep one of the two.")
    if field.personal not in (None, "drop", "hash"):
        remedy = near(field.personal, ["drop", "hash"])
        section.problem("personal", "unknown-choice", "Personal data is dropped or hashed.", remedy)
    if field.personal and field.type not in _TEXTS:
        why = "Only a text can be kept as a hash."
        section.problem("personal", "personal-without-text", why, "Write `type: text`.")


# --- the part each field plays ---------------------------------------------------------------


def _clock(section: Section) -> ClockFields | None:
    inner = section.section("clock")
    if inner is None:
        return None
    others = {role.name: inner.optional_text(role.name) for role in dataclass_fields(ClockFields)[1:]}
    clock = ClockFields(inner.text("received"), **others)
    inner.no_other_keys()
    return clock


def _check_roles(section: Section, kind: RecordType) -> None:
    """Every field that has a part to play exists and is of the type that part needs."""
    _check_role(section, kind, "id_field", kind.id_field, _TEXTS)
    _check_role(section, kind, "agency_field", kind.agency_field, (FieldType.AGENCY,))
    _check_role(section, kind, "anchor", kind.anchor, _DAYS)
    _check_role(section, kind, "placed_in", kind.placed_in, (FieldType.AGENCY,))
    _check_role(section, kind, "state", kind.state_field, (FieldType.CODE,), STATES)
    _check_role(section, kind, "absence", kind.absence_field, (FieldType.CODE,), ABSENCES)
    inner = section.section("clock")
    for role in dataclass_fields(ClockFields) if inner and kind.clock else ():
        assert inner is not None
        types = _CLOCK_TYPES.get(role.name, _DAYS)
        _check_role(inner, kind, role.name, getattr(kind.clock, role.name), types)


def _check_role(
    section: Section,
    kind: RecordType,
    key: str,
    name: str | None,
    types: tuple[FieldType, ...],
    values: tuple[str, ...] = (),
) -> None:
    if name is None:
        return
    field = kind.fields.get(name)
    if field is None:
        remedy = near(name, kind.fields)
        section.problem(key, "unknown-field", f"`{kind.id}` has no field `{name}`.", remedy)
    elif field.type not in types:
        why = f"`{name}` is of type {field.type}."
        section.problem(key, "wrong-type", why, f"Here belongs a field of type {' or '.join(types)}.")
    elif values and field.values != values:
        why = f"`{name}` has to have just the values {', '.join(values)}."
        section.problem(key, "wrong-values", why, f"Write `values: [{', '.join(values)}]`.")
    elif field.personal and key in ("id_field", "agency_field"):
        why = "A personal field never enters the ledger as it is."
        section.problem(key, "personal-key", why, "Name another field, or drop `personal`.")
