"""Lineage (dòng kế thừa): an agency with its forebears and heirs, for whom one promise holds.

A promise is made for a territory and its agencies. When an agency ends, what it was lives on in its heirs;
when it begins within a period, the period's first part is its forebears'. :class:`Lineages` says of which
agencies a period has such a figure of its own, beside the one on the map of that time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from kieng.plan.agency import AgencyTree
from kieng.plan.period import Period
from kieng.plan.reorganisation import Reorganisation
from kieng.plan.target import Plan, Target

_DAY = timedelta(days=1)


def predecessors(reorganisations: Iterable[Reorganisation], agency: str) -> set[str]:
    """Every agency that some of ``agency`` came from, however far back; never itself."""
    return _reached(agency, [event.sources_of for event in reorganisations])


def successors(reorganisations: Iterable[Reorganisation], agency: str) -> set[str]:
    """Every agency that some of ``agency`` went to, however far on; never itself."""
    return _reached(agency, [event.targets_of for event in reorganisations])


def _reached(start: str, steps: Sequence[Mapping[str, frozenset[str]]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        new = {there for step in steps for there in step.get(at, ())} - found
        found |= new
        waiting += new
    return found - {start}


def origins(
    tree: AgencyTree, reorganisations: Sequence[Reorganisation], agency: str, day: date, back_to: date
) -> set[str]:
    """What ``agency`` of the map of ``day`` was on the map of ``back_to``: itself if nothing happened to
    it, its predecessors if it was made of others; empty if it was opened later out of nothing."""
    return _walked_back(tree, reorganisations, agency, day, back_to, lambda event: event.sources_of)


def forebears(
    tree: AgencyTree, reorganisations: Sequence[Reorganisation], agency: str, day: date, back_to: date
) -> set[str]:
    """Of the :func:`origins` those whom ``agency`` stands for: itself, and what ended in it. Who gave a part
    away and lives on answers for itself, and nobody beside it."""
    return _walked_back(tree, reorganisations, agency, day, back_to, lambda event: _ended_in(tree, event))


def _ended_in(tree: AgencyTree, event: Reorganisation) -> Mapping[str, frozenset[str]]:
    """What of each target's sources is gone with the day."""
    return {
        target: frozenset(one for one in sources if not tree.agencies[one].exists_on(event.day))
        for target, sources in event.sources_of.items()
    }


def _walked_back(
    tree: AgencyTree,
    reorganisations: Sequence[Reorganisation],
    agency: str,
    day: date,
    back_to: date,
    step: Callable[[Reorganisation], Mapping[str, frozenset[str]]],
) -> set[str]:
    now = {agency}
    events = [r for r in reorganisations if back_to < r.day <= day]
    for moved_on in sorted({r.day for r in events}, reverse=True):
        steps = [step(event) for event in events if event.day == moved_on]
        # An agency may pass through another on one day (communes merge within the province that ends).
        before = set().union(*({one} | _reached(one, steps) for one in now))
        now = {one for one in before if tree.agencies[one].exists_on(moved_on - _DAY)}
    return {one for one in now if tree.agencies[one].exists_on(back_to)}


def made_on(plan: Plan, tree: AgencyTree) -> date:
    """The day on which the plan began to bind; of a scope opened later, that agency's first day."""
    opened = tree.agencies[plan.scope].opened
    return max(plan.valid_from, opened) if opened else plan.valid_from


def promised_by(target: Target, plan: Plan, tree: AgencyTree) -> str | None:
    """The one agency a target was made for: that it names, or the plan's scope when it is put to the scope's
    own level. None for a target of a level below: each agency of that level has its own."""
    if target.agency is not None:
        return target.agency
    on_scope = tree.on(made_on(plan, tree)).level_of.get(plan.scope)
    return plan.scope if target.level == on_scope else None


@dataclass(frozen=True)
class Followed:
    """The agencies that have a figure of their lineage in a period. ``opened``, by the day on which they
    opened within it; ``ended``, with the day on which they ended, then or before."""

    opened: Mapping[date, frozenset[str]]
    ended: Mapping[str, date]

    @cached_property
    def all(self) -> frozenset[str]:
        return frozenset(self.ended).union(*self.opened.values())

    def __contains__(self, agency: str) -> bool:
        return agency in self.all


@dataclass(frozen=True)
class Lineages:
    """Who is followed in which period, for one text. Made once and kept: it remembers."""

    tree: AgencyTree
    reorganisations: tuple[Reorganisation, ...]
    plans: Mapping[str, Plan]
    _followed: dict[tuple[Period, date], Followed] = field(default_factory=dict, compare=False, repr=False)
    _origins: dict[tuple[str, date, date], frozenset[str]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _forebears: dict[tuple[str, date, date], frozenset[str]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def followed(self, period: Period, until: date = date.max) -> Followed:
        """Those that opened within ``period``, after its first day, and those that ended by its last day
        and for whom a promise holds that is not over before it begins. ``until``: the last day that is
        looked at, of a running period; what a text says of later days has not happened yet."""
        key = (period, min(period.last_day, until))
        if key not in self._followed:
            self._followed[key] = self._find(*key)
        return self._followed[key]

    def origins(self, agency: str, day: date, back_to: date) -> frozenset[str]:
        """:func:`origins`, remembered."""
        key = (agency, day, back_to)
        if key not in self._origins:
            self._origins[key] = frozenset(origins(self.tree, self.reorganisations, *key))
        return self._origins[key]

    def forebears(self, agency: str, day: date, back_to: date) -> frozenset[str]:
        """:func:`forebears`, remembered."""
        key = (agency, day, back_to)
        if key not in self._forebears:
            self._forebears[key] = frozenset(forebears(self.tree, self.reorganisations, *key))
        return self._forebears[key]

    def stands_for(self, agency: str, promised: str, since: date, day: date) -> bool:
        """Whether ``agency`` is on ``day`` what ``promised`` was on ``since`` or, where that opened later, on
        its first day."""
        known = self.tree.agencies.get(promised)  # checks ask of texts that name one nobody knows
        first = max(since, known.opened) if known and known.opened else since
        return promised in self.forebears(agency, day, first)

    @cached_property
    def promised(self) -> Mapping[str, date]:
        """The agencies that ended and had a promise of their own, with the last deadline of theirs."""
        found: dict[str, date] = {}
        for plan in self.plans.values():
            for target in plan.targets:
                agency = promised_by(target, plan, self.tree)
                if agency is not None and self.tree.agencies[agency].closed is not None:
                    found[agency] = max(target.by, found.get(agency, target.by))
        return found

    @cached_property
    def _openings(self) -> Mapping[date, frozenset[str]]:
        found: dict[date, set[str]] = {}
        for agency in self.tree.agencies.values():
            if agency.opened is not None:
                found.setdefault(agency.opened, set()).add(agency.id)
        return {day: frozenset(found[day]) for day in sorted(found)}

    def _find(self, period: Period, last: date) -> Followed:
        ended: dict[str, date] = {}
        for agency, until in self.promised.items():
            closed = self.tree.agencies[agency].closed
            if closed is not None and closed <= last and period.start <= until:
                ended[agency] = closed
        opened = {
            day: agencies - ended.keys()
            for day, agencies in self._openings.items()
            if period.start < day <= last
        }
        return Followed({day: some for day, some in opened.items() if some}, ended)
