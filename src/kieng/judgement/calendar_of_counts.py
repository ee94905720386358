"""Which periods of a count add up to which others: the calendar side of disclosure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kieng.plan.indicator import Membership
from kieng.plan.period import Grain, Period

#: Siblings: the periods that one is made of; None: those that are part of none, each by itself.
Group = tuple[Period | None, Period]


@dataclass(frozen=True)
class CountCalendar:
    """The moments of a count, and the groups of siblings, each with the group its parent is in.

    What lies in a period by its date adds up: a year is its halves, its months. What is open within a period
    is counted anew in each, so nothing adds up. What holds at the end of a period is of its last day,
    whatever the period is called.
    """

    moments: tuple[Period, ...]
    above: Mapping[Group, Group | None]
    siblings: Mapping[Group, tuple[Period, ...]]
    columns: Mapping[Period, npt.NDArray[np.int64]]
    _group_of: Mapping[Period, Group]
    _end: Mapping[date, Period]

    def group_of(self, period: Period) -> Group | None:
        """The siblings of ``period``; None where nothing was counted."""
        return self._group_of.get(self._end.get(period.end, period))

    def moment_of(self, period: Period) -> Period:
        """The period whose counts are those of ``period``: another one where both end on one day."""
        return self._end.get(period.end, period)

    @cached_property
    def trees(self) -> Mapping[Group, list[Group]]:
        """By the one above all others the groups of periods that have to do with each other, it first."""
        found: dict[Group, list[Group]] = {}
        top: dict[Group, Group] = {}
        for group, parent in self.above.items():
            top[group] = group if parent is None else top[parent]
            found.setdefault(top[group], []).append(group)
        return found

    def tree_of(self, group: Group) -> list[Group]:
        """The groups that have to do with this one, those above first."""
        while (parent := self.above[group]) is not None:
            group = parent
        return self.trees[group]


def calendar_of(membership: Membership, periods: Collection[Period]) -> CountCalendar:
    """The calendar of what was counted in ``periods``."""
    match membership:
        case Membership.BY:
            return _adding_up(sorted(periods))
        case Membership.OPEN:
            return _each_by_itself(sorted(periods), {})
        case Membership.IN_FORCE:
            shortest = sorted(periods, key=lambda one: -one.grain.months)
            ends = {one.end: one for one in shortest}
            return _each_by_itself(sorted(ends.values()), ends)


def _each_by_itself(periods: list[Period], ends: Mapping[date, Period]) -> CountCalendar:
    groups: dict[Period, Group] = {one: (None, one) for one in periods}
    return CountCalendar(
        tuple(periods),
        dict.fromkeys(groups.values()),
        {group: (one,) for one, group in groups.items()},
        {one: np.array([at]) for at, one in enumerate(periods)},
        groups,
        ends,
    )


def _adding_up(periods: list[Period]) -> CountCalendar:
    # Grains between are there too, though nobody measures them: where one month must not be told alone, the
    # others of its quarter are enough beside it.
    told = sorted({one.grain.months for one in periods})
    grains = [
        one
        for one in sorted(Grain, key=lambda grain: -grain.months)
        if told and told[0] <= one.months <= told[-1]
    ]
    shortest = [one for one in periods if one.grain == grains[-1]] if grains else []
    within: dict[Period, list[int]] = {one: [at] for at, one in enumerate(shortest)}
    for grain in grains[:-1]:
        for at, one in enumerate(shortest):
            within.setdefault(Period.containing(one.start, grain), []).append(at)
    bare = [one for one in periods if one not in within]  # of no shorter period is anything known
    within |= {one: [len(shortest) + at] for at, one in enumerate(bare)}
    group_of = {one: _group(one, grains, within, bare) for one in within}
    siblings: dict[Group, tuple[Period, ...]] = {}
    for one in sorted(within, key=lambda one: (-one.grain.months, one.start)):
        siblings[group_of[one]] = (*siblings.get(group_of[one], ()), one)
    above = {group: None if group[0] is None else group_of[group[0]] for group in siblings}
    columns = {one: np.array(at) for one, at in within.items()}
    return CountCalendar((*shortest, *bare), above, siblings, columns, group_of, {})


def _group(
    one: Period, grains: list[Grain], within: Mapping[Period, object], bare: Collection[Period]
) -> Group:
    longer = [grain for grain in grains if grain.months > one.grain.months]
    if not longer or one in bare:
        return None, one
    parent = Period.containing(one.start, longer[-1])
    return parent, parent
