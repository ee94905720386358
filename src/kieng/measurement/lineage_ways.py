"""Which lineages count an agency's records of one period (see :mod:`kieng.plan.lineage`).

*Of an agency that opened within the period*: what it counts on the map as it was, and what was there before
it, carried to the map of its first day.

*Of one that has ended*: what counted for it while it was there, and what came after, by where that came from.
An heir is its own when all that the heir was on its last day stood under it. It is *shared* when only some
did; so is an office in the same tier below a shared agency, for it serves that one's whole territory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, timedelta
from enum import Enum

from kieng.plan.agency import Agency
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import RollUp, Rule, Within
from kieng.plan.lineage import Followed, Lineages
from kieng.plan.period import Period
from kieng.plan.recast import WEIGHT_UNIT, Atlas

_DAY = timedelta(days=1)

Weights = Mapping[str, int]  # out of WEIGHT_UNIT, by the agency whose lineage counts


class _Belongs(Enum):
    WHOLLY = "wholly"
    IN_PART = "in part"
    NOT = "not"


@dataclass
class LineageWays:
    """The lineages above each agency in one period, as far as it is looked at (``until``). ``climb``: who
    counts what lands on an agency of the map of a day. ``at_end``: what is counted is what stands then."""

    atlas: Atlas
    lineages: Lineages
    period: Period
    until: date
    basis: str
    _: KW_ONLY
    at_end: bool
    climb: Callable[[date, str], tuple[str, ...]]
    _sharing: frozenset[str] | None = field(default=None, repr=False)

    def own(self, agency: str) -> Weights:
        """Without what is shared."""
        known = self.atlas.tree.agencies.get(agency)
        if known is None:
            return {}
        return {**self._above_opened(known), **self._above_ended(known, shared=False)}

    def with_shared(self, agency: str) -> Weights:
        """With all that is shared, for lineages that share something in this period; nothing for others."""
        known = self.atlas.tree.agencies.get(agency)
        if known is None:
            return {}
        found = self._above_ended(known, shared=True)
        return {node: weight for node, weight in found.items() if node in self._that_share()}

    @property
    def _followed(self) -> Followed:
        return self.lineages.followed(self.period, self.until)

    # --- that opened within the period ----------------------------------------------------------

    def _above_opened(self, agency: Agency) -> Weights:
        opened = self._followed.opened
        if not opened:
            return {}
        end = self.until if self.at_end else None
        placement = self.atlas.place(agency.id, self.period, end, self.basis, self.until)
        found: dict[str, int] = {}
        for landing in placement.landings:
            for first_day, nodes in opened.items():
                for there, part in self._carried(landing.agency, placement.day, first_day):
                    day = max(placement.day, first_day)
                    for node in nodes.intersection(self.climb(day, there)):
                        found[node] = found.get(node, 0) + landing.weight * part // WEIGHT_UNIT
        return found

    def _carried(self, agency: str, day: date, first_day: date) -> Iterator[tuple[str, int]]:
        """``agency`` of the map of ``day`` on that of ``first_day``, if that is later."""
        if day >= first_day:
            yield agency, WEIGHT_UNIT
            return
        for landing in self.atlas.recast(agency, day, first_day, self.basis):
            yield landing.agency, landing.weight

    # --- that have ended ------------------------------------------------------------------------

    def _above_ended(self, agency: Agency, *, shared: bool) -> Weights:
        found: dict[str, int] = {}
        day = self._last_day(agency)
        for node, closed in self._followed.ended.items():
            if day < closed:
                weight = self._while_there(agency, node, day, closed)
            else:
                belongs = self._belongs(agency.id, node, day, closed - _DAY)
                counts = belongs is _Belongs.WHOLLY or (shared and belongs is _Belongs.IN_PART)
                weight = WEIGHT_UNIT if counts else 0
            if weight:
                found[node] = weight
        return found

    def _while_there(self, agency: Agency, node: str, day: date, closed: date) -> int:
        """The part of ``agency`` that counted for ``node`` when both were there last; of what is counted at
        the end, on the node's last day."""
        on = self.atlas.tree.agencies[node].opened or day
        if self.at_end:
            on = max(on, closed - _DAY)
        at = max(day, on)
        return sum(part for there, part in self._carried(agency.id, day, on) if node in self.climb(at, there))

    def _belongs(self, agency: str, node: str, day: date, last: date) -> _Belongs:
        """Whether ``agency`` of the map of ``day`` continues ``node``, which ended with ``last``."""
        was = self.lineages.origins(agency, day, last)
        counted = any(node in self.climb(last, one) for one in was)
        offices = self.atlas.climb(day, agency, Within.TIER)  # itself first, then those of its tier above
        mixed = any(not self._all_under(node, office, day, last) for office in offices)
        if counted and not mixed:
            return _Belongs.WHOLLY
        # What is new, or is an office of a heir, counts for the heir, and so in part for the node.
        through = self.climb(day, agency) if not was else offices
        heirs = [one for one in through if node in self.lineages.origins(one, day, last)]
        reached = any(heir in self.climb(day, agency) for heir in heirs)
        return _Belongs.IN_PART if counted or reached else _Belongs.NOT

    def _all_under(self, node: str, agency: str, day: date, last: date) -> bool:
        was, then = self.lineages.origins(agency, day, last), self.atlas.tree.on(last)
        return bool(was) and all(node in then.ancestors(one) for one in was)

    def _last_day(self, agency: Agency) -> date:
        """The agency's last day in the period, or the nearest of its life."""
        last = agency.last_day_in(self.period, self.until)
        if last is not None:
            return last
        if agency.closed is not None and agency.closed <= self.until:
            return agency.closed - _DAY
        return agency.opened or self.until

    def _that_share(self) -> frozenset[str]:
        """The ended agencies some of whose heirs serve others too."""
        if self._sharing is None:
            self._sharing = frozenset(self._find_sharing())
        return self._sharing

    def _find_sharing(self) -> Iterator[str]:
        for node, closed in self._followed.ended.items():
            if any(self.is_shared(agency, node, closed) for agency in self.atlas.tree.agencies.values()):
                yield node

    def is_shared(self, agency: Agency, node: str, closed: date) -> bool:
        """Whether ``agency``, there in the period after ``node`` closed, serves others than its heirs too."""
        day = agency.last_day_in(self.period, self.until)
        if day is None or day < closed:
            return False
        return self._belongs(agency.id, node, day, closed - _DAY) is _Belongs.IN_PART


def shared_in(
    definitions: Definitions, rule: Rule, period: Period, node: str, until: date
) -> tuple[str, ...]:
    """The agencies whose part for ``node`` cannot be cut in ``period``: of those that report by ``rule``, and
    where none of them is, all."""
    closed, tree = definitions.lineages.followed(period, until).ended[node], definitions.tree
    atlas = Atlas(tree, definitions.reorganisations)

    def climbed(day: date, agency: str) -> tuple[str, ...]:
        return (agency,) if rule.roll_up is RollUp.NONE else atlas.climb(day, agency, rule.within)

    last = min(period.last_day, until)
    ways = LineageWays(
        atlas, definitions.lineages, period, last, rule.recast_by, at_end=rule.at_end, climb=climbed
    )
    found = [agency for agency in tree.agencies.values() if ways.is_shared(agency, node, closed)]
    reporting = [one.id for one in found if one.levels[-1].value in rule.reporters]
    return tuple(reporting or (one.id for one in found))
