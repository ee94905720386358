"""Agencies through time from ``agencies/*.csv``.

``agencies.csv`` has one row per agency, with values for its whole life; rows of ``names.csv``,
``levels.csv``, ``parents.csv`` and ``codes.csv`` replace that value, dated. What a single row cannot
show is checked in :mod:`kieng.plan.check_agencies`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from kieng.plan.agency import Agency, AgencyTree, Level, Post, Weight
from kieng.plan.check_agencies import Draft, Fact, check_drafts
from kieng.plan.csv_text import CsvRow, read_csv
from kieng.plan.dated import Dated
from kieng.problems import Problems, near
from kieng.words import Name

T = TypeVar("T")
_SPAN = ("valid_from", "valid_to")


def load_tree(root: Path, levels: Mapping[str, Level], problems: Problems) -> AgencyTree:
    """The tree in ``root/agencies``. Whatever is unsound is left out and named in ``problems``, so that
    the tree can be walked whatever was wrong."""
    folder = root / "agencies"
    drafts = _read_agencies(folder, root, problems)
    _read_names(folder, root, drafts, problems)
    _read_dated_texts(folder, root, drafts, problems)
    _read_heads(folder, root, drafts, problems)
    _read_weights(folder, root, drafts, problems)
    check_drafts(drafts, levels, problems)
    return AgencyTree({draft.id: _agency(draft) for draft in drafts.values()}, levels)


def _agency(draft: Draft) -> Agency:
    return Agency(
        id=draft.id,
        opened=draft.opened,
        closed=draft.closed,
        names=_ordered(draft.names),
        levels=_ordered(draft.levels),
        parents=_ordered(draft.parents),
        codes=_ordered(draft.codes),
        heads=_ordered(draft.heads),
        weights=tuple(draft.weights),
        latitude=draft.latitude,
        longitude=draft.longitude,
        place=draft.place,
    )


def _ordered(facts: Iterable[Fact[T]]) -> tuple[Dated[T], ...]:
    return tuple(fact.dated for fact in sorted(facts, key=Fact.begins))


# --- agencies.csv --------------------------------------------------------------------------


def _read_agencies(folder: Path, root: Path, problems: Problems) -> dict[str, Draft]:
    required = ("id", "opened", "closed", "name_vi", "name_en", "level", "parent")
    optional = ("code", "latitude", "longitude")
    drafts: dict[str, Draft] = {}
    for row in read_csv(folder / "agencies.csv", problems, root, required, optional):
        draft = _draft(row)
        if not draft.id:
            continue
        if draft.id in drafts:
            why = f"An agency with this id stands on line {drafts[draft.id].place.line} already."
            row.problem("id", "duplicate-id", why, "Give every agency an id of its own, for ever.")
        else:
            drafts[draft.id] = draft
    return drafts


def _draft(row: CsvRow) -> Draft:
    opened, closed = row.days("opened", "closed")
    draft = Draft(row.text("id"), opened, closed, row.place_of("id"))
    draft.latitude = _coordinate(row, "latitude", 90)
    draft.longitude = _coordinate(row, "longitude", 180)
    name_vi = row.optional("name_vi")
    if name_vi is not None:
        name = Name(name_vi, row.optional("name_en") or name_vi)
        draft.names.append(Fact(Dated(name), row.place_of("name_vi")))
    for column, facts in (("level", draft.levels), ("parent", draft.parents), ("code", draft.codes)):
        value = row.optional(column)
        if value is not None:
            facts.append(Fact(Dated(value), row.place_of(column)))
    return draft


def _coordinate(row: CsvRow, column: str, most: int) -> Decimal | None:
    degrees = row.decimal(column, thousands=False)
    if degrees is not None and abs(degrees) > most:
        why = f"There is no {column} beyond {most} degrees."
        row.problem(column, "no-such-place", why, "Write decimal degrees (WGS 84), as in 13.7829.")
        return None
    return degrees


# --- the files beside it -------------------------------------------------------------------


def _read_names(folder: Path, root: Path, drafts: Mapping[str, Draft], problems: Problems) -> None:
    def name(row: CsvRow) -> Name:
        vi = row.text("name_vi")
        return Name(vi, row.optional("name_en") or vi)

    columns = ("agency", "name_vi", "name_en")
    for agency, facts in _read_facts(folder / "names.csv", root, columns, name, drafts, problems).items():
        drafts[agency].names[:] = facts


def _read_dated_texts(folder: Path, root: Path, drafts: Mapping[str, Draft], problems: Problems) -> None:
    for column, kept in (("level", "levels"), ("parent", "parents"), ("code", "codes")):

        def value(row: CsvRow, column: str = column) -> str:
            return row.text(column)

        path = folder / f"{kept}.csv"
        for agency, facts in _read_facts(path, root, ("agency", column), value, drafts, problems).items():
            setattr(drafts[agency], kept, facts)


def _read_heads(folder: Path, root: Path, drafts: Mapping[str, Draft], problems: Problems) -> None:
    def post(row: CsvRow) -> Post:
        vi = row.text("title_vi")
        return Post(Name(vi, row.optional("title_en") or vi), row.optional("holder") or vi)

    columns = ("agency", "title_vi", "title_en", "holder")
    for agency, facts in _read_facts(folder / "heads.csv", root, columns, post, drafts, problems).items():
        drafts[agency].heads[:] = facts


def _read_facts(
    path: Path,
    root: Path,
    columns: tuple[str, ...],
    value: Callable[[CsvRow], T],
    drafts: Mapping[str, Draft],
    problems: Problems,
) -> Mapping[str, list[Fact[T]]]:
    """The dated facts of a file that may be missing, by agency."""
    found: dict[str, list[Fact[T]]] = defaultdict(list)
    rows = read_csv(path, problems, root, (*columns, *_SPAN)) if path.exists() else []
    for row in rows:
        agency = _known_agency(row, drafts)
        fact = Fact(Dated(value(row), *row.span()), row.place_of(columns[1]))
        if row.sound:
            found[agency].append(fact)
    return found


def _read_weights(folder: Path, root: Path, drafts: Mapping[str, Draft], problems: Problems) -> None:
    path = folder / "weights.csv"
    columns = ("agency", "basis", "amount", "year", "source")
    for row in read_csv(path, problems, root, columns) if path.exists() else []:
        agency, weight = _known_agency(row, drafts), _weight(row)
        if not row.sound:
            continue
        known = drafts[agency].weights
        if any((other.basis, other.year) == (weight.basis, weight.year) for other in known):
            why = f"{agency} has a second {weight.basis} for {weight.year}."
            row.problem("amount", "duplicate-weight", why, "Keep one; a newer figure gets its own year.")
        else:
            known.append(weight)


def _weight(row: CsvRow) -> Weight:
    for column in ("amount", "year"):
        row.text(column)
    amount, year = row.decimal("amount") or Decimal(0), row.decimal("year") or Decimal(0)
    if amount < 0:
        row.problem("amount", "negative-weight", "A weight cannot be negative.", "Correct the amount.")
    if year != int(year) or (row.sound and not 1900 <= year <= 2200):
        row.problem("year", "not-a-year", "Here a year is expected.", "Write four digits, as in 2019.")
    return Weight(row.text("basis"), amount, int(year), row.text("source"))


def _known_agency(row: CsvRow, drafts: Mapping[str, Draft]) -> str:
    agency = row.text("agency")
    if agency and agency not in drafts:
        why = "No agency in agencies.csv has this id."
        row.problem("agency", "unknown-agency", why, near(agency, drafts))
    return agency
