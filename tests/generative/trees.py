"""Random agency trees that go through random reorganisations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests.helpers.world import LEVELS, SOURCE, named

from kieng.plan.agency import Agency, AgencyTree, Weight
from kieng.plan.dated import Dated
from kieng.plan.reorganisation import Move, Reorganisation, ReorganisationKind

FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)

SPLITS = (("0.6", "0.4"), ("0.25", "0.75"), ("0.333333333333", "0.666666666667"), ("1", "0"))


@dataclass
class Life:
    """An agency while its history is being made up."""

    id: str
    level: str
    opened: date | None
    people: int | None
    parents: list[tuple[str | None, date | None]]  # each with the day from which it holds
    closed: date | None = None

    def agency(self) -> Agency:
        ends = [day for _, day in self.parents[1:]] + [None]
        return Agency(
            id=self.id,
            opened=self.opened,
            closed=self.closed,
            names=(Dated(named(self.id)),),
            levels=(Dated(self.level),),
            parents=tuple(
                Dated(p, day, end)
                for (p, day), end in zip(self.parents, ends, strict=True)
                if p is not None and day != end
            ),
            weights=() if self.people is None else (Weight("population", Decimal(self.people), 2019, "x"),),
        )


@dataclass
class History:
    """Draws events one after the other and keeps what exists."""

    draw: Any
    lives: dict[str, Life] = field(default_factory=dict)
    events: list[Reorganisation] = field(default_factory=list)

    def open(self, level: str, parent: str | None, day: date | None = None) -> str:
        people = self.draw(st.one_of(*[st.integers(1, 900)] * 4, st.none()))
        name = f"{level[0]}{len(self.lives)}"
        self.lives[name] = Life(name, level, day, people, [(parent, day)])
        return name

    def alive(self, level: str) -> list[str]:
        return [life.id for life in self.lives.values() if life.level == level and life.closed is None]

    def pick(self, level: str) -> str:
        return self.draw(st.sampled_from(self.alive(level)))

    def parent(self, agency: str) -> str | None:
        return self.lives[agency].parents[-1][0]

    def close(self, agency: str, day: date) -> None:
        self.lives[agency].closed = day

    def put_under(self, agency: str, parent: str, day: date) -> None:
        self.lives[agency].parents.append((parent, day))

    def record(self, kind: ReorganisationKind, day: date, moves: list[Move]) -> None:
        number = len(self.events)
        self.events.append(Reorganisation(f"e{number}", named("e"), day, kind, SOURCE, tuple(moves)))


def merge(history: History, day: date) -> None:
    """Two or three communes, perhaps of two districts, become a new one."""
    there = history.alive("commune")
    count = min(len(there), 3)
    sources = history.draw(st.lists(st.sampled_from(there), min_size=1, max_size=count, unique=True))
    new = history.open("commune", history.parent(sources[0]), day)
    for source in sources:
        history.close(source, day)
    history.record(ReorganisationKind.MERGE, day, [Move(source, new, {}) for source in sources])


def split(history: History, day: date) -> None:
    """A commune is divided among a new one and another that is already there."""
    source = history.pick("commune")
    others = [other for other in history.alive("commune") if other != source]
    new = history.open("commune", history.parent(source), day)
    other = history.draw(st.sampled_from(others)) if others else history.open("commune", "p0", day)
    history.close(source, day)
    shares = history.draw(st.sampled_from(SPLITS))
    moves = [Move(source, to, {"population": Decimal(s)}) for to, s in zip((new, other), shares, strict=True)]
    history.record(ReorganisationKind.SPLIT, day, moves)


def part_moves(history: History, day: date) -> None:
    """A commune stays and gives a part of itself away."""
    source, target = history.pick("commune"), history.pick("commune")
    if source == target:
        return
    shares = history.draw(st.sampled_from(SPLITS))
    moves = [
        Move(source, to, {"population": Decimal(s)}) for to, s in zip((source, target), shares, strict=True)
    ]
    history.record(ReorganisationKind.PART_MOVES, day, moves)


def new_parent(history: History, day: date) -> None:
    parents = [*history.alive("district"), *history.alive("province")]
    history.put_under(history.pick("commune"), history.draw(st.sampled_from(parents)), day)


def abolish_districts(history: History, day: date) -> None:
    """Their communes come under the province; the moves may be forgotten, so that nothing leads on."""
    districts = history.alive("district")
    for commune in history.alive("commune"):
        above = history.parent(commune)
        if above in districts:
            history.put_under(commune, str(history.parent(str(above))), day)
    moves = [Move(district, str(history.parent(district)), {}) for district in districts]
    for district in districts:
        history.close(district, day)
    if history.draw(st.booleans()):
        history.record(ReorganisationKind.ABOLISH_LEVEL, day, moves)


def merge_provinces(history: History, day: date) -> None:
    provinces = history.alive("province")
    if len(provinces) < 2:
        return
    kept, gone = provinces[0], provinces[1]
    for life in history.lives.values():
        if life.closed is None and life.parents[-1][0] == gone:
            history.put_under(life.id, kept, day)
    history.close(gone, day)
    history.record(ReorganisationKind.PROVINCE_MERGER, day, [Move(gone, kept, {})])


EVENTS = (split, part_moves, merge, split, part_moves, new_parent, abolish_districts, merge_provinces)


@st.composite
def worlds(draw: Any) -> tuple[AgencyTree, tuple[Reorganisation, ...]]:
    """A tree of two provinces, and up to three reorganisations on different days."""
    history = History(draw)
    for _ in range(draw(st.integers(1, 2))):
        province = history.open("province", None)
        history.open("department", province)
        for _ in range(draw(st.integers(1, 2))):
            district = history.open("district", province)
            for _ in range(draw(st.integers(1, 2))):
                history.open("commune", district)
    days = st.dates(date(2024, 2, 1), date(2025, 10, 31))
    for day in sorted(draw(st.lists(days, min_size=draw(st.integers(0, 3)), max_size=3, unique=True))):
        draw(st.sampled_from(EVENTS))(history, day)
    agencies = {life.id: life.agency() for life in history.lives.values()}
    return AgencyTree(agencies, LEVELS), tuple(history.events)
