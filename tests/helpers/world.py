"""Definitions from a few lines of text, without a workspace's files.

A tree is written one agency a line, children indented under their parent::

    tinh           province
      huyen        district  ..2025-07-01
        xa-a       commune   population=1000 ; under tinh from 2025-07-01

The life of an agency is ``from..to`` (``to`` exclusive). After each ``;`` comes a change: ``under P from
D``, ``level L from D`` or ``code C from D``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kieng.plan.agency import Agency, AgencyTree, Level, Weight
from kieng.plan.calendar import WorkingCalendar
from kieng.plan.clock import ClockRule
from kieng.plan.dated import Dated
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator, NotApplicable, Source
from kieng.plan.record_type import ClockFields, Field, FieldType, Quantity, RecordType
from kieng.plan.reorganisation import Move, Reorganisation, ReorganisationKind
from kieng.plan.target import Plan, Target, TargetKind
from kieng.words import Name

SOURCE = Source("made up for a test")
LEVELS = {
    level: Level(level, Name(vi, level), tier, rank)
    for rank, (level, vi, tier) in enumerate(
        [
            ("province", "Tỉnh", "province"),
            ("department", "Sở, ngành", "province"),
            ("district", "Huyện", "district"),
            ("commune", "Xã", "commune"),
        ]
    )
}


def named(text: str) -> Name:
    return Name(text, text)


def tree_from(text: str) -> AgencyTree:
    """The tree that ``text`` draws."""
    agencies: dict[str, Agency] = {}
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        while above and above[-1][0] >= depth:
            above.pop()
        agency = agency_from(line, above[-1][1] if above else None)
        agencies[agency.id] = agency
        above.append((depth, agency.id))
    return AgencyTree(agencies, LEVELS)


def agency_from(line: str, parent: str | None) -> Agency:
    """The agency on one line of a tree; ``parent`` stands above it in the drawing."""
    facts, *changes = line.split(";")
    identity, level, *rest = facts.split()
    opened, closed = _life(next((word for word in rest if ".." in word), ".."))
    attributes = dict(word.split("=") for word in rest if "=" in word)
    code = attributes.pop("code", None)
    changed = [change.split() for change in changes]

    def dated(first: str | None, word: str) -> tuple[Dated[str], ...]:
        return _dated(first, [(c[1], date.fromisoformat(c[3])) for c in changed if c[0] == word])

    return Agency(
        id=identity,
        opened=opened,
        closed=closed,
        names=(Dated(named(identity)),),
        levels=dated(level, "level"),
        parents=dated(parent, "under"),
        codes=dated(code, "code"),
        weights=tuple(Weight(basis, Decimal(n), 2019, "test") for basis, n in attributes.items()),
    )


def _life(text: str) -> tuple[date | None, date | None]:
    opened, closed = (date.fromisoformat(part) if part else None for part in text.split(".."))
    return opened, closed


def _dated(first: str | None, changes: Sequence[tuple[str, date]]) -> tuple[Dated[str], ...]:
    """Values one after the other: each holds until the next begins; ``-`` is no value."""
    values = [(first, None), *changes]
    ends = [day for _, day in changes] + [None]
    return tuple(
        Dated(value, start, end)
        for (value, start), end in zip(values, ends, strict=True)
        if value is not None and value != "-"
    )


def reorganisation(day: date, kind: str, moves: str) -> Reorganisation:
    """Moves, one a line: ``a -> b`` whole, or ``a -> b population=0.6 households=0.58``."""
    return Reorganisation(
        id=f"{kind}-{day}",
        name=named(kind),
        day=day,
        kind=ReorganisationKind(kind),
        basis=SOURCE,
        moves=tuple(_move(line) for line in moves.splitlines() if line.strip()),
    )


def _move(line: str) -> Move:
    source, _, target, *shares = line.split()
    pairs = (share.split("=") for share in shares)
    return Move(source, target, {basis: Decimal(part) for basis, part in pairs})


def record_type_from(definition: Mapping[str, Any]) -> RecordType:
    """A record type as record_types/*.yaml writes it, labels left out; ``id`` and ``agency`` are added."""
    fields = {"id": {"type": "text"}, "agency": {"type": "agency"}, **definition["fields"]}
    clock = definition.get("clock")
    return RecordType(
        id=definition["id"],
        name=named(definition["id"]),
        fields={name: _field(name, about) for name, about in fields.items()},
        id_field="id",
        agency_field="agency",
        anchor=definition["anchor"],
        placed_in=definition.get("placed_in"),
        state_field=definition.get("state"),
        absence_field=definition.get("absence"),
        clock=ClockFields(**clock) if clock else None,
    )


def _field(name: str, about: Mapping[str, Any]) -> Field:
    quantity = about.get("quantity")
    return Field(
        name=name,
        type=FieldType(about["type"]),
        label=named(name),
        quantity=Quantity(quantity) if quantity else None,
        values=tuple(about.get("values", ())),
    )


@lru_cache
def calendar_of(
    first: date = date(2019, 1, 1),
    last: date = date(2030, 12, 31),
    off: tuple[date, ...] = (),
    on: tuple[date, ...] = (),
) -> WorkingCalendar:
    """A calendar kept for all tests: one of twelve years takes a few milliseconds to make."""
    return WorkingCalendar.of(first, last, off, on)


def days_from(texts: Iterable[str | date]) -> tuple[date, ...]:
    """Days, and spans of days ``from..to`` (both inclusive)."""
    days: list[date] = []
    for text in texts:
        first, _, last = str(text).partition("..")
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        days += [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return tuple(days)


def definitions(
    tree: AgencyTree,
    record_types: Iterable[RecordType],
    *,
    reorganisations: Iterable[Reorganisation] = (),
    indicators: Iterable[Indicator] = (),
    calendar: WorkingCalendar | None = None,
    clocks: Mapping[str, tuple[ClockRule, ...]] | None = None,
    not_applicable: Iterable[NotApplicable] = (),
    promised: Iterable[str] = (),
) -> Definitions:
    """A world in which measuring works: what is not given is empty. ``promised``: the agencies that one
    plan's targets name."""
    return Definitions(
        name=named("Tỉnh thử"),
        time_zone="Asia/Ho_Chi_Minh",
        pillars={"government": named("government")},
        record_types={kind.id: kind for kind in record_types},
        tree=tree,
        reorganisations=tuple(reorganisations),
        calendar=calendar or calendar_of(),
        clocks=clocks or {},
        indicators={indicator.id: indicator for indicator in indicators},
        plans=_promises(promised),
        not_applicable=tuple(not_applicable),
        fingerprint="test",
    )


def _promises(agencies: Iterable[str]) -> dict[str, Plan]:
    """A plan with one target for each of ``agencies``, due in 2030."""
    targets = tuple(
        Target(
            f"plan/{one}",
            "plan",
            "indicator",
            TargetKind.AT_LEAST,
            date(2030, 12, 31),
            Decimal(1),
            agency=one,
        )
        for one in agencies
    )
    if not targets:
        return {}
    scope = targets[0].agency or ""
    return {"plan": Plan("plan", named("plan"), scope, SOURCE, date(2020, 1, 1), None, targets)}
