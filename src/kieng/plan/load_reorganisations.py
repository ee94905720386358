"""Reorganisations from ``agencies/reorganisations/*.yaml``, with moves inline or in a CSV beside.

What a move may say is checked in :mod:`kieng.plan.check_moves`; here the text is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from kieng.plan.agency import AgencyTree
from kieng.plan.check_moves import check_reorganisations
from kieng.plan.citation import citation
from kieng.plan.csv_text import CsvRow, read_csv
from kieng.plan.indicator import Source
from kieng.plan.reorganisation import Move, Reorganisation, ReorganisationKind
from kieng.plan.text_file import yaml_files
from kieng.plan.yaml_text import Section, read_yaml
from kieng.problems import Problems

_MOVE_COLUMNS = ("from", "to", "source")
_UNKNOWN_BASIS = Source("")  # stands in for a basis that was not given, which is a problem already


def load_reorganisations(
    root: Path, tree: AgencyTree, sources: Mapping[str, Source], problems: Problems
) -> tuple[Reorganisation, ...]:
    """Every reorganisation, by day and id. What is wrong with them, or with agencies of ``tree`` that
    end without one, is named in ``problems``; an unsound move is left out."""
    events: dict[str, Reorganisation] = {}
    for path in yaml_files(root / "agencies" / "reorganisations"):
        top = read_yaml(path, problems, root)
        for section in top.sections() if top else ():
            event = _reorganisation(section, path, root, sources)
            if event is None:
                continue
            if event.id in events:
                why = f"A reorganisation with this id stands in {events[event.id].place} already."
                section.problem("id", "duplicate-id", why, "Give each an id of its own.")
            else:
                events[event.id] = event
    ordered = sorted(events.values(), key=lambda event: (event.day, event.id))
    return check_reorganisations(ordered, tree, problems)


def _reorganisation(
    section: Section, path: Path, root: Path, sources: Mapping[str, Source]
) -> Reorganisation | None:
    section.need("basis")
    event = Reorganisation(
        id=section.text("id"),
        name=section.name("name"),
        day=section.day("day"),
        kind=section.choice("kind", ReorganisationKind),
        basis=citation(section, sources, "basis") or _UNKNOWN_BASIS,
        moves=(*_inline_moves(section, sources), *_moves_beside(section, path, root, sources)),
        place=section.place,
    )
    if not section.has("moves") and not section.has("moves_file"):
        why = "It says what changes, but moves nothing."
        section.problem("", "no-moves", why, "Add `moves: [{from: …, to: …}]` or a `moves_file`.")
    section.no_other_keys()
    return event if section.sound else None


def _inline_moves(section: Section, sources: Mapping[str, Source]) -> list[Move]:
    moves = (_inline_move(inner, sources) for inner in section.sections("moves"))
    return [move for move in moves if move is not None]


def _inline_move(section: Section, sources: Mapping[str, Source]) -> Move | None:
    shares = _shares(section)
    cited = _cited(section.optional_text("source"), sources)
    move = Move(section.text("from"), section.text("to"), shares or {}, cited, section.place)
    section.no_other_keys()
    return move if section.sound and shares is not None else None


def _shares(section: Section) -> dict[str, Decimal] | None:
    """The shares by basis, none for a whole move; None when they cannot be read."""
    given = section.section("shares")
    if given is None:
        return {}
    bases = given.keys()
    if not bases:
        section.problem("shares", "no-shares", "`shares` is empty.", "Name a basis, or leave `shares` out.")
    shares = {basis: given.decimal(basis) for basis in bases}
    return shares if given.sound else None


def _moves_beside(section: Section, path: Path, root: Path, sources: Mapping[str, Source]) -> list[Move]:
    file = section.optional_text("moves_file")
    if file is None:
        return []
    beside = path.parent / file
    if beside.parent != path.parent or not beside.is_file():
        why = "There is no such file beside this one."
        section.problem("moves_file", "no-such-file", why, "Put the CSV into agencies/reorganisations.")
        return []
    rows = read_csv(beside, section.problems, root, ("from", "to"), optional=None)
    moves = [(row, _move(row, sources)) for row in rows]
    return [move for row, move in moves if row.sound]


def _move(row: CsvRow, sources: Mapping[str, Source]) -> Move:
    shares: dict[str, Decimal] = {}
    for basis in row.cells:
        share = None if basis in _MOVE_COLUMNS else row.decimal(basis)
        if share is not None:
            shares[basis] = share
    cited = _cited(row.optional("source"), sources)
    return Move(row.text("from"), row.text("to"), shares, cited, row.place_of("from"))


def _cited(text: str | None, sources: Mapping[str, Source]) -> str | None:
    """A citation: the document of a source known by its key, else the words themselves."""
    return sources[text].document if text is not None and text in sources else text
