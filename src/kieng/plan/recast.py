"""Where a record counts: agencies carried from the map of one day to the map of another.

A reorganisation says what its sources become. Going forwards in time a share of an agency follows
each move; going backwards an agency is divided among what it was made of, by how much each brought.
Parts are exact fractions until the end; then they are rounded once, so that they always add up to
:data:`WEIGHT_UNIT` and a total is the same to the last unit on every map.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import takewhile

from kieng.plan.agency import Agency, AgencyTree, TreeOnDay
from kieng.plan.indicator import Within
from kieng.plan.period import Period
from kieng.plan.reorganisation import Move, Reorganisation

#: Denominator of recast weights: a whole is 10**9 parts, so parts of a split add up exactly.
WEIGHT_UNIT = 10**9

_DAY = timedelta(days=1)
_WHOLE = Fraction(1)
_NOTHING = Fraction(0)
_Step = Callable[[str, str], Mapping[str, Fraction]]  # an agency and a basis in, its parts out


@dataclass(frozen=True)
class Landing:
    """One agency of the other map and the part of the carried agency it gets, out of ``WEIGHT_UNIT``.

    ``weighted``: it gets less than the whole, so a figure that lands here rests on a weight.
    """

    agency: str
    weight: int
    weighted: bool


@dataclass(frozen=True)
class Obstacle:
    """Why an agency cannot be carried. ``code`` is one of ``unknown-agency``, ``no-shares``,
    ``no-amounts``, ``no-predecessor`` and ``not-on-the-map``; ``agency`` is where the way ends."""

    code: str
    agency: str
    day: date
    basis: str

    def __str__(self) -> str:
        return f"{self.agency}, {self.day}: {_WHY[self.code].format(basis=self.basis)}"


_WHY = {
    "unknown-agency": "no agency has this id.",
    "no-shares": "it was split, and no shares by {basis} are given.",
    "no-amounts": "it was made from several agencies, and their {basis} is not known for all.",
    "no-predecessor": "it was opened on this day, and no move says what it was made of.",
    "not-on-the-map": "it does not exist on this day, and no move leads to one that does.",
}


@dataclass(frozen=True)
class Placement:
    """Where an agency's records of one period count.

    ``landings`` stand on the tree of ``day``; their weights add up to ``WEIGHT_UNIT``, and there are
    none when ``obstacle`` says why the records cannot be placed.
    """

    day: date
    landings: tuple[Landing, ...]
    obstacle: Obstacle | None = None


class _Blocked(Exception):
    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(str(obstacle))
        self.obstacle = obstacle


class Atlas:
    """The maps of all days and the ways between them. Make one per set of definitions and keep it:
    it remembers every way it has worked out."""

    def __init__(self, tree: AgencyTree, reorganisations: Iterable[Reorganisation]) -> None:
        self.tree = tree
        moves: dict[date, list[Move]] = defaultdict(list)
        for event in reorganisations:
            moves[event.day] += event.moves
        self._days = sorted(moves)
        self._events = [_Event(tree, day, moves[day]) for day in self._days]
        self._ways: dict[tuple[str, int, int, str], tuple[Landing, ...] | Obstacle] = {}

    def recast(self, agency: str, from_day: date, to_day: date, basis: str) -> tuple[Landing, ...]:
        """``agency`` of the map of ``from_day`` on the map of ``to_day``, by agency id; empty when it
        cannot be carried (:meth:`why_not` says why).

        Forwards by the moves with from_day < day <= to_day, backwards by their inverse. An agency that
        no move names as a source stays what it is. The weights add up to ``WEIGHT_UNIT``.
        """
        way = self._way(agency, from_day, to_day, basis)
        return () if isinstance(way, Obstacle) else way

    def why_not(self, agency: str, from_day: date, to_day: date, basis: str) -> Obstacle | None:
        """What keeps ``agency`` from being carried, or None when nothing does."""
        way = self._way(agency, from_day, to_day, basis)
        return way if isinstance(way, Obstacle) else None

    def place(
        self,
        agency: str,
        period: Period,
        reading_day: date | None,
        basis: str,
        until: date | None = None,
    ) -> Placement:
        """Where the records that ``agency`` has in ``period`` count; of a running period, in what has been of
        it ``until`` a day.

        As it was (``reading_day`` None): on the agency itself, on the tree of its last day in the
        period; an agency that does not exist in the period is carried to the map of the period's last
        day, forwards when it is gone, backwards when it is not yet open. On the map of
        ``reading_day``: carried to that map from its last day in the period, or failing that from the
        nearest day of its life.
        """
        known = self.tree.agencies.get(agency)
        end = period.last_day if until is None else min(period.last_day, until)
        to_day = reading_day or end
        if known is None:
            return Placement(to_day, (), Obstacle("unknown-agency", agency, to_day, basis))
        last = known.last_day_in(period, end)
        if reading_day is None and last is not None:
            return Placement(last, (Landing(agency, WEIGHT_UNIT, False),))
        way = self._way(agency, last or _nearest_day(known, end), to_day, basis)
        return Placement(to_day, (), way) if isinstance(way, Obstacle) else Placement(to_day, way)

    def climb(self, day: date, agency: str, within: Within) -> tuple[str, ...]:
        """:func:`climb` on the tree of ``day``."""
        return climb(self.tree.on(day), self.tree, agency, within)

    def parts(self, agency: str, from_day: date, to_day: date, basis: str) -> Mapping[str, Fraction]:
        """What :meth:`recast` rounds: the exact part each agency gets; empty when it cannot be carried."""
        try:
            start, stop = bisect_right(self._days, from_day), bisect_right(self._days, to_day)
            return self._carry(agency, start, stop, basis)
        except _Blocked:
            return {}

    def _way(self, agency: str, from_day: date, to_day: date, basis: str) -> tuple[Landing, ...] | Obstacle:
        start, stop = bisect_right(self._days, from_day), bisect_right(self._days, to_day)
        key = (agency, start, stop, basis)
        if key not in self._ways:
            self._ways[key] = self._work_out(*key)
        way = self._ways[key]
        if not isinstance(way, Obstacle):
            for landing in way:
                if not self.tree.agencies[landing.agency].exists_on(to_day):
                    return Obstacle("not-on-the-map", landing.agency, to_day, basis)
        return way

    def _work_out(self, agency: str, start: int, stop: int, basis: str) -> tuple[Landing, ...] | Obstacle:
        try:
            return _rounded(self._carry(agency, start, stop, basis))
        except _Blocked as blocked:
            return blocked.obstacle

    def _carry(self, agency: str, start: int, stop: int, basis: str) -> Mapping[str, Fraction]:
        """The parts of ``agency`` once the events between the two maps are done, or undone."""
        forwards = [event.forwards for event in self._events[start:stop]]
        backwards = [event.backwards for event in reversed(self._events[stop:start])]
        parts: Mapping[str, Fraction] = {agency: _WHOLE}
        for step in forwards or backwards:
            parts = _spread(parts, step, basis)
        return parts


class _Event:
    """All moves of one day together: an agency may be a source in one reorganisation only, but the
    merger of a province and of its communes fall on one day."""

    def __init__(self, tree: AgencyTree, day: date, moves: Sequence[Move]) -> None:
        self._tree = tree
        self._day = day
        self._from: dict[str, list[Move]] = defaultdict(list)
        self._to: dict[str, list[Move]] = defaultdict(list)
        for move in moves:
            self._from[move.source].append(move)
            self._to[move.target].append(move)

    def forwards(self, agency: str, basis: str) -> Mapping[str, Fraction]:
        """What ``agency`` becomes."""
        if agency not in self._from:
            return {agency: _WHOLE}
        return _added((move.target, self._share(move, basis)) for move in self._from[agency])

    def backwards(self, agency: str, basis: str) -> Mapping[str, Fraction]:
        """What ``agency`` was made of: each source by what it brought, its amount times its share."""
        origins = self._origins(agency)
        if not origins:
            raise _Blocked(Obstacle("no-predecessor", agency, self._day, basis))
        if len(origins) == 1:
            return {next(iter(origins)): _WHOLE}
        brought = {source: self._brought(source, move, agency, basis) for source, move in origins.items()}
        total = sum(brought.values())
        if total <= 0:
            raise _Blocked(Obstacle("no-amounts", agency, self._day, basis))
        return {source: amount / total for source, amount in brought.items()}

    def _origins(self, agency: str) -> Mapping[str, Move | None]:
        """The sources of ``agency``, itself (with no move) when it was there before and stayed."""
        origins: dict[str, Move | None] = {move.source: move for move in self._to.get(agency, ())}
        known = self._tree.agencies.get(agency)
        if known is not None and agency not in self._from and known.exists_on(self._day - _DAY):
            origins[agency] = None
        return origins

    def _brought(self, source: str, move: Move | None, agency: str, basis: str) -> Fraction:
        share = _WHOLE if move is None else self._share(move, basis)
        if share == 0:
            return _NOTHING
        weight = self._tree.agencies[source].weight(basis, self._day - _DAY)
        if weight is None:
            raise _Blocked(Obstacle("no-amounts", agency, self._day, basis))
        return Fraction(weight.amount) * share

    def _share(self, move: Move, basis: str) -> Fraction:
        if move.whole:
            return _WHOLE
        if basis not in move.shares:
            raise _Blocked(Obstacle("no-shares", move.source, self._day, basis))
        return Fraction(move.shares[basis])


def recast(
    tree: AgencyTree,
    reorganisations: Iterable[Reorganisation],
    agency: str,
    from_day: date,
    to_day: date,
    basis: str,
) -> tuple[Landing, ...]:
    """:meth:`Atlas.recast` for one question; whoever asks many keeps an :class:`Atlas`."""
    return Atlas(tree, reorganisations).recast(agency, from_day, to_day, basis)


def climb(tree_on_day: TreeOnDay, tree: AgencyTree, agency: str, within: Within) -> tuple[str, ...]:
    """``agency`` and the agencies above it whose figures count it: all of them, or (``tier``) those up
    the chain for as long as their tier is its own."""
    chain = tuple(tree_on_day.ancestors(agency))
    if within is Within.ALL:
        return chain
    tier = tree.tier(tree_on_day.level_of[agency])
    return tuple(takewhile(lambda node: tree.tier(tree_on_day.level_of[node]) == tier, chain))


def _spread(parts: Mapping[str, Fraction], step: _Step, basis: str) -> Mapping[str, Fraction]:
    """Each part divided by ``step``, and what arrives at one agency added up."""
    return _added(
        (node, part * share) for agency, part in parts.items() for node, share in step(agency, basis).items()
    )


def _added(parts: Iterable[tuple[str, Fraction]]) -> Mapping[str, Fraction]:
    total: dict[str, Fraction] = defaultdict(lambda: _NOTHING)
    for agency, part in parts:
        if part:
            total[agency] += part
    return dict(total)


def _rounded(parts: Mapping[str, Fraction]) -> tuple[Landing, ...]:
    """Parts out of ``WEIGHT_UNIT`` by largest remainder; of equal remainders the lower agency id wins.

    A part too small for one unit is left out: nothing would land there.
    """
    weights = {agency: int(part * WEIGHT_UNIT) for agency, part in parts.items()}
    missing = WEIGHT_UNIT - sum(weights.values())
    by_remainder = sorted(parts, key=lambda agency: (weights[agency] - parts[agency] * WEIGHT_UNIT, agency))
    for agency in by_remainder[:missing]:
        weights[agency] += 1
    return tuple(
        Landing(agency, weight, parts[agency] != 1) for agency, weight in sorted(weights.items()) if weight
    )


def _nearest_day(agency: Agency, end: date) -> date:
    """The day of the agency's life nearest to a period that ends on ``end`` and in which it is not there."""
    if agency.closed is not None and agency.closed <= end:
        return agency.closed - _DAY
    return agency.opened or end
