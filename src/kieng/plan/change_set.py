"""A reorganisation as a change set: one file that says what ends, what opens and what becomes what.

From it comes the workspace's new text (agencies closed and opened, heads, weights, the event itself),
without touching a file: the text is checked first, shown, and only then written.

The file is an event as in ``agencies/reorganisations/*.yaml`` with ``opens:`` (new agencies),
``closes:`` (agencies that end; by default every source of a move unless the kind lets it live on) and
``changes:`` (agencies that live on under another name, code, level or parent)::

    id: nhap-xa-2027
    name: {vi: Nhập xã A và xã B, en: Communes A and B merge}
    day: 2027-01-01
    kind: merge
    basis: {document: NQ 1/NQ-UBTVQH16, date: 2026-12-01}
    opens:
      - {id: xa-moi, name: {vi: Xã Mới, en: Xã Mới}, level: commune, parent: gia-lai, code: "29999",
         head: {vi: Chủ tịch UBND xã Mới, en: Chair of Xã Mới}}
    changes: [{agency: xa-c, parent: gia-lai, name: {vi: Phường C, en: Ward C}}]
    moves: [{from: xa-a, to: xa-moi}, {from: xa-b, to: xa-moi}]
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kieng.plan.reorganisation import ReorganisationKind
from kieng.plan.yaml_text import Section, read_yaml
from kieng.problems import Problems, UserError
from kieng.words import Name

LIVE_ON = frozenset({ReorganisationKind.PART_MOVES, ReorganisationKind.RENAME, ReorganisationKind.NEW_PARENT})

Rows = list[dict[str, str]]
Change = Callable[[Rows], None]

_COLUMNS = {
    "agencies.csv": "id,opened,closed,name_vi,name_en,level,parent,code,latitude,longitude",
    "heads.csv": "agency,title_vi,title_en,holder,valid_from,valid_to",
    "weights.csv": "agency,basis,amount,year,source",
    "names.csv": "agency,name_vi,name_en,valid_from,valid_to",
    "levels.csv": "agency,level,valid_from,valid_to",
    "parents.csv": "agency,parent,valid_from,valid_to",
    "codes.csv": "agency,code,valid_from,valid_to",
}

# Facts that may change while an agency lives: the file that dates them, and its columns.
_FACTS = {
    "name": ("names.csv", ("name_vi", "name_en")),
    "level": ("levels.csv", ("level",)),
    "parent": ("parents.csv", ("parent",)),
    "code": ("codes.csv", ("code",)),
}


@dataclass(frozen=True)
class NewWeight:
    basis: str
    amount: str
    year: str
    source: str


@dataclass(frozen=True)
class NewAgency:
    """An agency that a change set opens."""

    id: str
    name: Name
    level: str
    parent: str | None
    code: str | None
    head: Name | None
    weights: tuple[NewWeight, ...]


@dataclass(frozen=True)
class NewFact:
    """What an agency that lives on has from the day on: ``values`` in the order of the fact's columns."""

    agency: str
    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ChangeSet:
    """``event`` is the text of the reorganisation's own file, as it will stand in the workspace."""

    id: str
    day: date
    opens: tuple[NewAgency, ...]
    closes: tuple[str, ...]
    changes: tuple[NewFact, ...]
    event: bytes


def read_change_set(path: Path) -> ChangeSet:
    """Raises :class:`~kieng.problems.UserError` with every problem of the file's own form. What the moves
    may say is checked when the new text is loaded as a whole."""
    problems = Problems()
    top = read_yaml(path, problems, path.parent)
    section = top.section() if top else None
    read = _change_set(section, path.read_bytes()) if section else None
    if problems or read is None:
        raise UserError(problems)
    return read


def new_text(files: Mapping[str, bytes], change: ChangeSet) -> dict[str, bytes]:
    """The workspace's text by path after ``change``; ``files`` is left as it is."""
    text = dict(files)
    day = change.day.isoformat()
    _edit(text, "agencies.csv", lambda rows: _end(rows, "id", "closed", change.closes, day))
    _edit(text, "heads.csv", lambda rows: _end(rows, "agency", "valid_to", change.closes, day))
    for name, _ in _FACTS.values():
        _edit(text, name, lambda rows: _end(rows, "agency", "valid_to", change.closes, day))
    for fact in change.changes:
        _follow(text, fact, day)
    _edit(text, "agencies.csv", lambda rows: rows.extend(_agency_row(one, day) for one in change.opens))
    _edit(
        text, "heads.csv", lambda rows: rows.extend(_head_row(one, day) for one in change.opens if one.head)
    )
    _edit(text, "weights.csv", lambda rows: rows.extend(_weight_rows(change.opens)))
    text[f"agencies/reorganisations/{change.id}.yaml"] = change.event
    return text


def _change_set(section: Section, content: bytes) -> ChangeSet | None:
    opens = tuple(_new_agency(inner) for inner in section.sections("opens"))
    kind = section.choice("kind", ReorganisationKind)
    sources = [inner.text("from") for inner in section.sections("moves")]
    lives_on = kind in LIVE_ON
    closes = section.texts("closes") or (() if lives_on else tuple(dict.fromkeys(sources)))
    changes = tuple(fact for inner in section.sections("changes") for fact in _new_facts(inner))
    event = _event_text(content, section)
    change = ChangeSet(section.text("id"), section.day("day"), opens, closes, changes, event)
    return change if section.sound else None


def _new_agency(section: Section) -> NewAgency:
    weights = tuple(
        NewWeight(one.text("basis"), one.text("amount"), one.text("year"), one.text("source"))
        for one in section.sections("weights")
    )
    agency = NewAgency(
        id=section.text("id"),
        name=section.name("name"),
        level=section.text("level"),
        parent=section.optional_text("parent"),
        code=section.optional_text("code"),
        head=section.optional_name("head"),
        weights=weights,
    )
    section.no_other_keys()
    return agency


def _new_facts(section: Section) -> list[NewFact]:
    agency, facts = section.text("agency"), []
    if name := section.optional_name("name"):
        facts.append(NewFact(agency, "name", (name.vi, name.en)))
    for key in ("level", "parent", "code"):
        if value := section.optional_text(key):
            facts.append(NewFact(agency, key, (value,)))
    section.no_other_keys()
    return facts


def _follow(text: dict[str, bytes], fact: NewFact, day: str) -> None:
    """Let a dated fact follow the one that held until ``day``: nothing is overwritten."""
    name, columns = _FACTS[fact.fact]
    whole_life = next(
        (row for row in _rows(text, "agencies.csv") if row["id"] == fact.agency), dict.fromkeys(columns, "")
    )

    def change(rows: Rows) -> None:
        if not any(row["agency"] == fact.agency for row in rows) and any(whole_life[c] for c in columns):
            rows.append({"agency": fact.agency, **{c: whole_life[c] for c in columns}})
        _end(rows, "agency", "valid_to", (fact.agency,), day)
        rows.append(
            {"agency": fact.agency, **dict(zip(columns, fact.values, strict=True)), "valid_from": day}
        )

    _edit(text, name, change)


def _event_text(content: bytes, section: Section) -> bytes:
    """The file without the keys that only a change set has, line by line as they were written."""
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    keys = section.keys()
    starts = sorted(section.key_place(key).line for key in keys)
    for key in ("changes", "closes", "opens"):
        if section.has(key):
            first = section.key_place(key).line
            after = next((line for line in starts if line > first), len(lines) + 1)
            lines[first - 1 : after - 1] = [""] * (after - first)
    return "".join(lines).encode()


def _edit(text: dict[str, bytes], name: str, change: Change) -> None:
    rows = _rows(text, name)
    before = [dict(row) for row in rows]
    change(rows)
    if rows != before:
        text[f"agencies/{name}"] = _written(rows, _columns(text, name))


def _rows(text: Mapping[str, bytes], name: str) -> Rows:
    return list(csv.DictReader(io.StringIO(_content(text, name))))


def _columns(text: Mapping[str, bytes], name: str) -> list[str]:
    return next(csv.reader(io.StringIO(_content(text, name))))


def _content(text: Mapping[str, bytes], name: str) -> str:
    given = text.get(f"agencies/{name}")
    return _COLUMNS[name] + "\n" if given is None else given.decode("utf-8-sig")


def _written(rows: Rows, columns: Sequence[str]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _end(rows: Rows, key: str, column: str, agencies: Sequence[str], day: str) -> None:
    """Write ``day`` as the end of whatever of these agencies has no end yet, or a later one."""
    for row in rows:
        begun = row.get("valid_from") or row.get("opened") or ""
        if row[key] in agencies and begun < day and (not row.get(column) or row[column] > day):
            row[column] = day


def _agency_row(agency: NewAgency, day: str) -> dict[str, str]:
    return {
        "id": agency.id,
        "opened": day,
        "name_vi": agency.name.vi,
        "name_en": agency.name.en,
        "level": agency.level,
        "parent": agency.parent or "",
        "code": agency.code or "",
    }


def _head_row(agency: NewAgency, day: str) -> dict[str, str]:
    title = agency.head or Name("", "")
    return {
        "agency": agency.id,
        "title_vi": title.vi,
        "title_en": title.en,
        "holder": title.vi,
        "valid_from": day,
    }


def _weight_rows(opens: Sequence[NewAgency]) -> Rows:
    return [
        {"agency": agency.id, "basis": w.basis, "amount": w.amount, "year": w.year, "source": w.source}
        for agency in opens
        for w in agency.weights
    ]
