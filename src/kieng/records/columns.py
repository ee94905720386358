"""A file's columns held against a mapping's: what is missing, unknown or there twice."""

from __future__ import annotations

from collections import Counter

from kieng.problems import Place, Problems, near
from kieng.records.mapping import FileFormat, Mapping
from kieng.records.spelling import spelled
from kieng.words import composed, fold

#: Columns the file of refused rows adds; intake passes over them, so that the file can be sent again.
LINE, WHY_VI, WHY_EN, REMEDY_VI, REMEDY_EN = EXPLANATIONS = (
    "_dòng", "_vấn đề", "_problem", "_cách sửa", "_remedy",
)  # fmt: skip
#: In NDJSON, the text of a line that is no object.
ORIGINAL = "_nguyên văn"


def explains(name: str, form: FileFormat) -> bool:
    """Whether a file of refused rows calls one of its explaining columns ``name``."""
    return name in EXPLANATIONS or name in {composed(spelled(one, form.encoding)) for one in EXPLANATIONS}


def head_of(path: str, names: tuple[str, ...] = ()) -> str:
    """The column a path begins in (a name that itself holds dots is one column)."""
    return path if path in names else path.split(".")[0].removesuffix("[]")


def bind(mapping: Mapping, names: tuple[str, ...], file: str, problems: Problems) -> dict[str, str]:
    """What the file calls each column the mapping reads. Problems of the whole file are recorded.

    Names are equal as people read them: composed or decomposed, capitals, Hòa or Hoà.
    """
    folded: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        folded.setdefault(fold(name), []).append(name)
    bound: dict[str, str] = {}
    for path in sorted(mapping.columns_read()):
        head = head_of(path, names)
        found = [head] if head in names else folded.get(fold(head), [])
        if len(found) == 1:
            bound[path] = found[0] + path[len(head) :]
        else:
            why = f"The file has no column `{head}`, which mapping `{mapping.id}` reads."
            problems.add(Place(file), "missing-column", why, near(head, names), head)
    used = {head_of(called, names) for called in bound.values()}
    _unknown(mapping, names, used, file, problems)
    _twice(names, used, file, problems)
    return bound


def unknown_names(mapping: Mapping, names: set[str]) -> set[str]:
    """The names nobody has mapped or declared to be ignored."""
    if mapping.other_columns_ignored:
        return set()
    known = {fold(name) for name in mapping.ignore}
    known |= {fold(head_of(path, tuple(names))) for path in mapping.columns_read()}
    unknown = {name for name in names if name != ORIGINAL and fold(name) not in known}
    return {name for name in unknown if not explains(name, mapping.format)}


def unknown_column(mapping: Mapping, name: str, place: Place, problems: Problems) -> None:
    """Record that the file holds a column the mapping does not speak of."""
    why = f"Mapping `{mapping.id}` does not know this column."
    remedy = "Map it, or name it under `ignore`."
    problems.add(place, "unknown-column", why, remedy, name)


def _unknown(mapping: Mapping, names: tuple[str, ...], used: set[str], file: str, problems: Problems) -> None:
    unknown = unknown_names(mapping, set(names)) - used
    for position, name in enumerate(names, start=1):
        if name in unknown:
            place = Place(file, mapping.format.header_row, position)
            unknown_column(mapping, name or f"(column {position})", place, problems)


def _twice(names: tuple[str, ...], used: set[str], file: str, problems: Problems) -> None:
    for name, times in Counter(names).items():
        if times > 1 and name in used:
            why = f"The column `{name}` is there {times} times."
            problems.add(Place(file), "duplicate-column", why, "Rename or delete all but one.", name)
