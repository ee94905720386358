"""Agencies (cơ quan, đơn vị) through time: codes, names, levels, parents, heads and weights."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from kieng.plan.dated import Dated, on_day
from kieng.plan.period import Period
from kieng.problems import Place
from kieng.words import Name

#: From a day on and through a day of a period; None where it is its first or last day.
Part = tuple[date | None, date | None]


@dataclass(frozen=True)
class Level:
    """A level of the tree. Levels of one ``tier`` are counted together (a province and its departments)."""

    id: str
    name: Name
    tier: str
    rank: int  # 0 is the top


@dataclass(frozen=True)
class Weight:
    """How big an agency is on one basis (population, households, …), with year and source."""

    basis: str
    amount: Decimal
    year: int
    source: str


@dataclass(frozen=True)
class Post:
    """The head's post; ``holder`` is a pseudonym or the post itself, never a real person's name here."""

    title: Name
    holder: str


@dataclass(frozen=True)
class Agency:
    """A node of the tree. ``id`` never changes and never comes back; official codes may do both.

    ``opened``/``closed`` (exclusive) bound its life.
    """

    id: str
    opened: date | None
    closed: date | None
    names: tuple[Dated[Name], ...]
    levels: tuple[Dated[str], ...]
    parents: tuple[Dated[str], ...] = ()
    codes: tuple[Dated[str], ...] = ()
    heads: tuple[Dated[Post], ...] = ()
    weights: tuple[Weight, ...] = ()
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    place: Place = Place("")

    def exists_on(self, day: date) -> bool:
        return (self.opened is None or self.opened <= day) and (self.closed is None or day < self.closed)

    def last_day_in(self, period: Period, until: date | None = None) -> date | None:
        """The last day of ``period`` (no later than ``until``) on which the agency exists, or None."""
        last = period.last_day if until is None else min(period.last_day, until)
        if self.closed is not None and self.closed <= last:
            last = self.closed - timedelta(days=1)
        return last if last >= period.start and self.exists_on(last) else None

    def part_of(self, period: Period) -> Part:
        """Which part of ``period`` the agency is there for: from a day on where it does not begin with it,
        through a day where it does not last to its end. (None, None) of a whole period, and of one in
        which it is not there at all."""
        first = self.opened if self.opened is not None and self.opened > period.start else None
        last = self.last_day_in(period)
        if last is None or (first is not None and first > last):
            return None, None
        return first, None if last == period.last_day else last

    def weight(self, basis: str, day: date) -> Weight | None:
        """The newest weight on ``basis`` not after ``day``'s year, else the oldest there is."""
        known = sorted((w for w in self.weights if w.basis == basis), key=lambda w: w.year)
        before = [w for w in known if w.year <= day.year]
        return before[-1] if before else known[0] if known else None


@dataclass(frozen=True)
class TreeOnDay:
    """The tree as it stands on one day."""

    day: date
    parent_of: Mapping[str, str | None]
    level_of: Mapping[str, str]

    @cached_property
    def children_of(self) -> Mapping[str, tuple[str, ...]]:
        lists: dict[str, list[str]] = {agency: [] for agency in self.parent_of}
        for agency, parent in self.parent_of.items():
            if parent is not None:
                lists[parent].append(agency)
        return {agency: tuple(sorted(below)) for agency, below in lists.items()}

    def ancestors(self, agency: str) -> Iterator[str]:
        """``agency`` itself, then its parent, up to the root."""
        node: str | None = agency
        while node is not None:
            yield node
            node = self.parent_of[node]

    def subtree(self, agency: str) -> Iterator[str]:
        """``agency`` itself and everything below it."""
        yield agency
        for child in self.children_of[agency]:
            yield from self.subtree(child)

    def __contains__(self, agency: str) -> bool:
        return agency in self.parent_of


@dataclass(frozen=True)
class AgencyTree:
    """All agencies that ever were. Checked when loaded: no cycle, parents exist on every day."""

    agencies: Mapping[str, Agency]
    levels: Mapping[str, Level]
    _cache: dict[date, TreeOnDay] = field(default_factory=dict, compare=False, repr=False, hash=False)

    @cached_property
    def change_days(self) -> tuple[date, ...]:
        """Every day on which the tree differs from the day before, in order."""
        days: set[date] = set()
        for agency in self.agencies.values():
            days |= {d for d in (agency.opened, agency.closed) if d}
            for fact in (*agency.parents, *agency.levels):
                days |= {d for d in (fact.valid_from, fact.valid_to) if d}
        return tuple(sorted(days))

    def on(self, day: date) -> TreeOnDay:
        """The tree on ``day`` (one object for all days between two changes)."""
        since = bisect_right(self.change_days, day)
        version = self.change_days[since - 1] if since else date.min
        if version not in self._cache:
            self._cache[version] = self._build(day)
        return self._cache[version]

    def _build(self, day: date) -> TreeOnDay:
        alive = [a for a in self.agencies.values() if a.exists_on(day)]
        return TreeOnDay(
            day=day,
            parent_of={a.id: on_day(a.parents, day) for a in alive},
            level_of={a.id: on_day(a.levels, day) or "" for a in alive},
        )

    @cached_property
    def _by_code(self) -> Mapping[str, tuple[tuple[Dated[str], Agency], ...]]:
        index: dict[str, list[tuple[Dated[str], Agency]]] = {}
        for agency in self.agencies.values():
            for code in agency.codes:
                index.setdefault(code.value, []).append((code, agency))
        return {code: tuple(found) for code, found in index.items()}

    def by_code(self, code: str, day: date) -> Agency | None:
        """The agency that bears official ``code`` on ``day``: codes are joined with a date, never alone."""
        for dated, agency in self._by_code.get(code, ()):
            if dated.holds_on(day) and agency.exists_on(day):
                return agency
        return None

    def newest_with_code(self, code: str) -> Agency | None:
        """The agency that bears official ``code``, or bore it last."""
        bearers = self.ever_with_code(code)
        return max(bearers, key=lambda one: (one.closed is None, one.opened or date.min), default=None)

    def ever_with_code(self, code: str) -> tuple[Agency, ...]:
        return tuple(agency for _, agency in self._by_code.get(code, ()))

    def name(self, agency: str, day: date) -> Name:
        """The name on ``day``; outside its life, the nearest name it had."""
        names = self.agencies[agency].names
        return on_day(names, day) or names[-1].value

    def tier(self, level: str) -> str:
        return self.levels[level].tier
