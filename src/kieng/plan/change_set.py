"""A reorganisation as a change set: one file that says what ends, what opens and what becomes what.

From it comes the workspace's new text (agencies closed and opened, heads, weights, the event itself),
without touching a file: the text is checked first, shown, and only then written.

The file is an event as in ``agencies/reorganisations/*.yaml`` with three keys more: ``opens:`` (new
agencies), ``closes:`` (agencies that end; by default every source of a move that is not among its own
targets) and ``changes:`` (agencies that live on under another name, level, parent, code or head)::

    id: nhap-xa-2027
    name: {vi: Nhập xã A và xã B, en: Communes A and B merge}
    day: 2027-01-01
    kind: merge
    basis: {document: NQ 1/NQ-UBTVQH16, date: 2026-12-01}
    opens:
      - {id: xa-moi, name: {vi: Xã Mới, en: Xã Mới}, level: commune, parent: gia-lai, code: "29999",
         head: {vi: Chủ tịch UBND xã Mới, en: Chair of Xã Mới},
         weights: [{basis: population, amount: 21500, year: 2026, source: Đề án sắp xếp}]}
    changes: [{agency: xa-c, parent: gia-lai, name: {vi: Phường C, en: Ward C}}]
    moves: [{from: xa-a, to: xa-moi}, {from: xa-b, to: xa-moi}]

An event that moves nothing (a name changes) says ``moves: []``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from kieng.plan.agency import AgencyTree
from kieng.plan.csv_sheet import CsvSheet
from kieng.plan.csv_text import read_csv
from kieng.plan.reorganisation import ReorganisationKind
from kieng.plan.yaml_text import Section, read_yaml
from kieng.problems import Place, Problem, Problems, UserError, near
from kieng.words import Name

EVENTS = "agencies/reorganisations"
_OWN_KEYS = ("opens", "closes", "changes")
_EVENT_KEYS = ("name", "basis", "moves", "moves_file")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")

# Facts that may change while an agency lives: the file that dates them, and its columns.
_FACTS = {
    "name": ("names.csv", ("name_vi", "name_en")),
    "level": ("levels.csv", ("level",)),
    "parent": ("parents.csv", ("parent",)),
    "code": ("codes.csv", ("code",)),
    "head": ("heads.csv", ("title_vi", "title_en", "holder")),
}
_DATED = ("valid_from", "valid_to")
_COLUMNS = {
    "agencies.csv": ("id", "opened", "closed", "name_vi", "name_en", "level", "parent", "code"),
    "weights.csv": ("agency", "basis", "amount", "year", "source"),
} | {name: ("agency", *columns, *_DATED) for name, columns in _FACTS.values()}


@dataclass(frozen=True)
class NewAgency:
    """An agency that a change set opens: its cells in ``agencies.csv`` and ``weights.csv``, and its head."""

    id: str
    cells: Mapping[str, str]
    weights: tuple[Mapping[str, str], ...]
    head: Name | None
    place: Place


@dataclass(frozen=True)
class NewFact:
    """What an agency that lives on has from the day on: ``values`` in the order of the fact's columns."""

    agency: str
    fact: str
    values: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class ChangeSet:
    """``closes`` says where each agency's end is written. ``files`` are the texts that come into the
    workspace by their path there, and ``written_in`` the file each of them is, line by line."""

    id: str
    name: Name
    day: date
    opens: tuple[NewAgency, ...]
    closes: Mapping[str, Place]
    changes: tuple[NewFact, ...]
    files: Mapping[str, bytes]
    written_in: Mapping[str, str]
    place: Place


@dataclass(frozen=True)
class NewText:
    """The workspace's text after a change set, by path."""

    files: Mapping[str, bytes]
    _places: Mapping[tuple[str, int], Place]
    _written_in: Mapping[str, str]

    def placed(self, problem: Problem) -> Problem:
        """``problem`` of the new text at the place in the change set that it comes from, if it does."""
        place = problem.place
        if place.file in self._written_in:
            place = Place(self._written_in[place.file], place.line, place.column)
        return replace(problem, place=self._places.get((place.file, place.line), place))


# --- read -----------------------------------------------------------------------------------


def read_change_set(path: Path) -> ChangeSet:
    """Raises :class:`~kieng.problems.UserError` with every problem of the file's own form. What the moves
    may say is checked when the new text is loaded as a whole."""
    problems = Problems()
    top = read_yaml(path, problems, Path())
    section = top.section() if top else None
    change = _change_set(section, path) if section else None
    if problems or change is None:
        raise UserError(problems.sorted())
    return change


def _change_set(section: Section, path: Path) -> ChangeSet:
    section.choice("kind", ReorganisationKind)
    for key in _EVENT_KEYS:
        section.get(key)
    opens = tuple(_new_agency(inner) for inner in section.sections("opens"))
    changes = tuple(fact for inner in section.sections("changes") for fact in _new_facts(inner))
    beside = _moves_file(section, path)
    closes = _closes(section, beside)
    id_ = section.text("id")
    if id_ and not _ID.fullmatch(id_):
        why = "The id names a file, and this is no name for one."
        section.problem(
            "id", "unusable-id", why, "Use small letters a to z, digits and `-`, as in nhap-xa-2027."
        )
    change = ChangeSet(
        id=id_,
        name=section.name("name"),
        day=section.day("day"),
        opens=opens,
        closes=closes,
        changes=changes,
        files={},
        written_in={},
        place=section.place_of("id"),
    )
    section.no_other_keys()
    origins = {f"{EVENTS}/{id_}.yaml": path} | ({f"{EVENTS}/{beside.name}": beside} if beside else {})
    files = {there: here.read_bytes() for there, here in origins.items()}
    files[f"{EVENTS}/{id_}.yaml"] = _event_text(path.read_bytes(), section)
    return replace(change, files=files, written_in={there: str(here) for there, here in origins.items()})


def _moves_file(section: Section, path: Path) -> Path | None:
    name = section.optional_text("moves_file")
    if name is None:
        return None
    beside = path.parent / name
    if PurePosixPath(name).name != name or beside.suffix != ".csv" or not beside.is_file():
        why = "There is no such CSV file beside this one."
        section.problem("moves_file", "no-such-file", why, "Put it into the folder of the change set.")
        return None
    return beside


def _closes(section: Section, moves_file: Path | None) -> dict[str, Place]:
    """The agencies that end: those named, else every source that no move of its own leaves in place."""
    if section.has("closes"):
        located = section.items("closes")
        return {text: item.place for item in located if (text := item.text())}
    moves = list(_moves(section, moves_file))
    stays = {source for source, target, _ in moves if source == target}
    closes: dict[str, Place] = {}
    for source, _, place in moves:
        if source and source not in stays:
            closes.setdefault(source, place)
    return closes


def _moves(section: Section, moves_file: Path | None) -> Iterator[tuple[str, str, Place]]:
    for inner in section.sections("moves"):
        yield inner.text("from"), inner.text("to"), inner.place
    rows = read_csv(moves_file, section.problems, Path(), ("from", "to"), None) if moves_file else []
    for row in rows:
        yield row.text("from"), row.text("to"), row.place_of("from")


def _new_agency(section: Section) -> NewAgency:
    id_, name = section.text("id"), section.name("name")
    cells = {"id": id_, "name_vi": name.vi, "name_en": name.en, "level": section.text("level")}
    for key in ("parent", "code", "latitude", "longitude"):
        cells[key] = section.optional_text(key) or ""
    weights = tuple(
        {"agency": id_} | {key: inner.text(key) for key in ("basis", "amount", "year", "source")}
        for inner in section.sections("weights")
    )
    agency = NewAgency(id_, cells, weights, section.optional_name("head"), section.place)
    section.no_other_keys()
    return agency


def _new_facts(section: Section) -> list[NewFact]:
    agency, values = section.text("agency"), dict[str, tuple[str, ...]]()
    if name := section.optional_name("name"):
        values["name"] = (name.vi, name.en)
    for key in ("level", "parent", "code"):
        if text := section.optional_text(key):
            values[key] = (text,)
    if head := section.optional_name("head"):
        values["head"] = _post(head)
    section.no_other_keys()
    if not values and section.sound:
        why = "Nothing of this agency changes."
        section.problem("agency", "no-change", why, f"Add what it has from the day on: {', '.join(_FACTS)}.")
    return [NewFact(agency, fact, value, section.place) for fact, value in values.items()]


def _post(title: Name) -> tuple[str, str, str]:
    """A post is held by the post itself: no person's name stands in a workspace."""
    return title.vi, title.en, title.vi


def _event_text(content: bytes, section: Section) -> bytes:
    """The file with the keys that only a change set has made into comments: what was asked for can still
    be read there, and every line keeps its number."""
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    starts = sorted(section.key_place(key).line for key in section.keys())
    for key in _OWN_KEYS:
        if not section.has(key):
            continue
        place = section.key_place(key)
        if starts.count(place.line) > 1 or lines[place.line - 1][: place.column - 1].strip():
            why = f"`{key}` has to begin a line."
            section.problem(key, "not-its-own-line", why, "Write every key of the file on a line of its own.")
        end = next((line for line in starts if line > place.line), len(lines) + 1)
        lines[place.line - 1 : end - 1] = map(_comment, lines[place.line - 1 : end - 1])
    return "".join(lines).encode()


def _comment(line: str) -> str:
    return line if not line.strip() or line.startswith("#") else f"# {line}"


# --- the new text -----------------------------------------------------------------------------


def check_change(change: ChangeSet, files: Iterable[str], tree: AgencyTree, problems: Problems) -> None:
    """What the new text as a whole would not show: ends and changes of agencies that are not there, and
    files that are there already. ``files`` and ``tree`` are of the workspace as it stands."""
    before = change.day - timedelta(days=1)
    for agency, place in change.closes.items():
        _check_there(agency, before, "end", place, tree, problems)
    for fact in change.changes:
        _check_there(fact.agency, before, "change", fact.place, tree, problems)
        if fact.agency in change.closes:
            why = f"{fact.agency} ends on the day on which it is to change."
            remedy = "Leave the change out, or the end (`closes:` names exactly those that end)."
            problems.add(fact.place, "changes-and-ends", why, remedy, fact.agency)
    for there in sorted(change.files.keys() & set(files)):
        why = f"{there} is there already."
        problems.add(
            change.place, "file-exists", why, "Give this change set, and its moves file, another name."
        )


def _check_there(
    agency: str, before: date, what: str, place: Place, tree: AgencyTree, problems: Problems
) -> None:
    known = tree.agencies.get(agency)
    if known is None:
        why = "No agency in agencies.csv has this id."
        problems.add(place, "unknown-agency", why, near(agency, tree.agencies), agency)
    elif not known.exists_on(before):
        why = f"{agency} cannot {what}: it does not exist on {before}, the day before the reorganisation."
        remedy = "Correct the day, or `opened` and `closed` in agencies.csv."
        problems.add(place, "not-there", why, remedy, agency)


def new_text(files: Mapping[str, bytes], change: ChangeSet) -> NewText:
    """The workspace's text after ``change``; ``files``, the text as it stands, is left as it is."""
    folder = _Agencies(files, change.day)
    folder.end("agencies.csv", "id", "closed", change.closes)
    folder.end("heads.csv", "agency", "valid_to", change.closes)
    for fact in change.changes:
        folder.follow(fact)
    for agency in change.opens:
        folder.open(agency)
    return NewText({**files, **folder.changed(), **change.files}, folder.places, change.written_in)


@dataclass
class _Agencies:
    """The CSV files of ``agencies/`` while a change set is drawn up."""

    files: Mapping[str, bytes]
    day: date
    places: dict[tuple[str, int], Place] = field(default_factory=dict)
    _sheets: dict[str, CsvSheet] = field(default_factory=dict)

    def changed(self) -> dict[str, bytes]:
        contents = {f"agencies/{name}": sheet.content() for name, sheet in self._sheets.items()}
        return {path: content for path, content in contents.items() if self._differs(path, content)}

    def _differs(self, path: str, content: bytes) -> bool:
        """A file that is not there is not made for its header alone."""
        was = self.files.get(path)
        return content != was if was is not None else content.count(b"\n") > 1

    def _sheet(self, name: str) -> CsvSheet:
        if name not in self._sheets:
            path = f"agencies/{name}"
            self._sheets[name] = CsvSheet(path, self.files.get(path), _COLUMNS[name])
        return self._sheets[name]

    def _add(self, name: str, cells: Mapping[str, str], place: Place) -> None:
        for line in self._sheet(name).add(cells):
            self.places[(f"agencies/{name}", line)] = place

    def end(self, name: str, key: str, column: str, agencies: Iterable[str]) -> None:
        """End on the day whatever of ``agencies`` has begun before it and would go on beyond it."""
        day, ending = self.day.isoformat(), set(agencies)

        def goes_on(row: Mapping[str, str]) -> bool:
            begun = row.get("valid_from") or row.get("opened") or ""
            return row[key] in ending and begun < day and (not row[column] or row[column] > day)

        self._sheet(name).put(goes_on, column, day)

    def follow(self, fact: NewFact) -> None:
        """Let a fact follow the one that held until the day: nothing is overwritten."""
        name, columns = _FACTS[fact.fact]
        if not any(row.cells["agency"] == fact.agency for row in self._sheet(name).rows):
            self._date_whole_life(name, columns, fact)
        self.end(name, "agency", "valid_to", (fact.agency,))
        values = dict(zip(columns, fact.values, strict=True))
        self._add(name, {"agency": fact.agency, **values, "valid_from": self.day.isoformat()}, fact.place)

    def _date_whole_life(self, name: str, columns: Iterable[str], fact: NewFact) -> None:
        """What agencies.csv says of its whole life becomes a row of its own, to be followed."""
        agencies = self._sheet("agencies.csv").rows
        life = next((row.cells for row in agencies if row.cells["id"] == fact.agency), {})
        values = {column: life.get(column, "") for column in columns}
        if any(values.values()):
            self._add(name, {"agency": fact.agency, **values}, fact.place)

    def open(self, agency: NewAgency) -> None:
        day = self.day.isoformat()
        self._add("agencies.csv", {**agency.cells, "opened": day}, agency.place)
        if agency.head:
            values = dict(zip(_FACTS["head"][1], _post(agency.head), strict=True))
            self._add("heads.csv", {"agency": agency.id, **values, "valid_from": day}, agency.place)
        for weight in agency.weights:
            self._add("weights.csv", weight, agency.place)
