"""For which agencies a record counts, as a table the fused query joins: source → agency and weight.

The way from an agency to those that count it changes only when the tree or the map does. So periods
that see the same map share one *scope*, and the table grows with the number of maps, not of months.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

import pyarrow as pa

from kieng.measurement.lineage_ways import LineageWays
from kieng.measurement.request import Line, Reading
from kieng.plan.agency import Agency
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import RollUp, Rule, Within
from kieng.plan.lineage import Followed
from kieng.plan.period import Period
from kieng.plan.recast import WEIGHT_UNIT, Atlas, Placement
from kieng.plan.stock_succession import StockSuccession

CLOSURE = pa.schema(
    [
        ("variant", pa.int16()),  # number of the variant in the pass
        ("scope", pa.int16()),  # number of the map that the period sees
        ("reading", pa.int16()),  # number of the reading in the request
        ("source", pa.string()),
        ("agency", pa.string()),
        ("weight", pa.decimal128(10, 9)),  # part of one whole, as many digits as WEIGHT_UNIT has
    ]
)


_TABLES_KEPT = 16


@dataclass(frozen=True)
class Variant:
    """How records climb: the basis of split moves, and how far up the tree (None: nowhere).

    ``at_end``: what is counted is what stands on the period's reporting day, so it stands on the map of
    that day, also when its agency was there earlier in the period.
    """

    basis: str
    within: Within | None
    at_end: bool = False

    @staticmethod
    def of(rule: Rule) -> Variant:
        within = None if rule.roll_up is RollUp.NONE else rule.within
        return Variant(rule.recast_by, within, rule.at_end)


@dataclass(frozen=True)
class Scope:
    """Everything about a period that decides where its records count: the tree of its reporting day, and
    the agencies that stand on another day's, since they closed within it."""

    version: date | None
    events_before: int
    closing: frozenset[str]
    followed: frozenset[str]


class WaysUp(dict[str, Mapping[str, int]]):
    """The agencies above each agency; a way is found when it is first looked up."""

    def __init__(self, find: Callable[[str], Mapping[str, int]]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, agency: str) -> Mapping[str, int]:
        self[agency] = found = self._find(agency)
        return found


@dataclass
class Maps:
    """Where every agency's records count, for one set of definitions. Made once and kept: it remembers.

    ``cut_off``: nothing after it is looked at, be it written down already. A running period is read on it.
    """

    definitions: Definitions
    cut_off: date = date.max
    _scopes: dict[Period, Scope] = field(default_factory=dict)
    _above: dict[tuple[Scope, Reading, Variant], WaysUp] = field(default_factory=dict)
    tables: dict[object, pa.Table] = field(default_factory=dict)

    @cached_property
    def atlas(self) -> Atlas:
        return Atlas(self.definitions.tree, self.definitions.reorganisations)

    @cached_property
    def succession(self) -> StockSuccession:
        return StockSuccession(self.definitions.tree, self.definitions.reorganisations)

    def reporting_day(self, period: Period) -> date:
        """The day on which what stands at the end of ``period`` is read."""
        return min(period.last_day, self.cut_off)

    def followed(self, period: Period) -> Followed:
        """The agencies of which ``period`` has a figure of their lineage."""
        return self.definitions.lineages.followed(period, self.cut_off)

    def scope(self, period: Period) -> Scope:
        if period not in self._scopes:
            self._scopes[period] = self._scope(period)
        return self._scopes[period]

    def place(self, agency: str, period: Period, reading: Reading, variant: Variant) -> Placement:
        end = self.reporting_day(period)
        day = reading.map_day or (end if variant.at_end else None)
        return self.atlas.place(agency, period, day, variant.basis, end)

    def agencies_above(
        self, agency: str, period: Period, reading: Reading, variant: Variant
    ) -> Mapping[str, int]:
        """The agencies that count ``agency``'s records of ``period``, with weights out of ``WEIGHT_UNIT``.

        Pieces of a split that meet again under one agency add up to the whole there. Empty when the
        agency cannot be placed; :meth:`place` says why.
        """
        return self.ways_up(period, reading, variant)[agency]

    def ways_up(self, period: Period, reading: Reading, variant: Variant) -> Mapping[str, Mapping[str, int]]:
        """:meth:`agencies_above` for every agency, worked out as they are asked for."""
        key = (self.scope(period), reading, variant)
        if key not in self._above:
            self._above[key] = WaysUp(self._finder(period, reading, variant))
        return self._above[key]

    def _finder(
        self, period: Period, reading: Reading, variant: Variant
    ) -> Callable[[str], Mapping[str, int]]:
        if reading.line is not None:
            climb = partial(self.chain, variant=variant)
            until, lineages = self.reporting_day(period), self.definitions.lineages
            ways = LineageWays(
                self.atlas, lineages, period, until, variant.basis, at_end=variant.at_end, climb=climb
            )
            return ways.with_shared if reading.line is Line.SHARED else ways.own
        return lambda agency: self._climb(self.place(agency, period, reading, variant), variant)

    def displacing(self, agency: str, period: Period) -> Mapping[str, date]:
        """The agencies a figure of which takes the place of ``agency``'s stock in ``period``; see
        :meth:`StockSuccession.displacing <kieng.plan.stock_succession.StockSuccession.displacing>`."""
        return self.succession.displacing(agency, self.reporting_day(period))

    def displaced_by(self, agency: str, period: Period) -> frozenset[str]:
        """The agencies of whose stock in ``period`` a figure of ``agency`` takes the place."""
        return self.succession.displaced_by(agency, self.reporting_day(period))

    def chain(self, day: date, agency: str, variant: Variant) -> tuple[str, ...]:
        """The agencies that count what lands on ``agency``, itself first, on the tree of ``day``."""
        return (agency,) if variant.within is None else self.atlas.climb(day, agency, variant.within)

    @cached_property
    def _event_days(self) -> list[date]:
        return sorted({event.day for event in self.definitions.reorganisations})

    @cached_property
    def _closing(self) -> list[Agency]:
        return [agency for agency in self.definitions.tree.agencies.values() if agency.closed]

    def _scope(self, period: Period) -> Scope:
        days, last = self.definitions.tree.change_days, self.reporting_day(period)
        before = bisect_right(days, last)
        # Only an agency that closes within the period stands on another day's tree than the others.
        closing = frozenset(a.id for a in self._closing if a.closed and period.start < a.closed <= last)
        followed = self.followed(period).all
        version = days[before - 1] if before else None
        return Scope(version, bisect_right(self._event_days, last), closing, followed)

    def _climb(self, placement: Placement, variant: Variant) -> Mapping[str, int]:
        weights: dict[str, int] = {}
        for landing in placement.landings:
            for node in self.chain(placement.day, landing.agency, variant):
                weights[node] = weights.get(node, 0) + landing.weight
        return weights


def closure_table(
    maps: Maps, variants: Sequence[Variant], periods: Mapping[Scope, Period], readings: Sequence[Reading]
) -> pa.Table:
    """A table of CLOSURE: for each variant, map and reading, the agencies that count each agency.

    ``periods`` holds one period for each scope; scopes are numbered in its order. The last few are kept:
    passes of one measuring ask for the same.
    """
    key = (tuple(variants), tuple(periods), tuple(readings))
    if key not in maps.tables:
        if len(maps.tables) >= _TABLES_KEPT:
            maps.tables.clear()
        maps.tables[key] = _closure_of(maps, variants, periods, readings)
    return maps.tables[key]


def _closure_of(
    maps: Maps, variants: Sequence[Variant], periods: Mapping[Scope, Period], readings: Sequence[Reading]
) -> pa.Table:
    rows = _closure_rows(maps, variants, list(periods.values()), readings)
    columns = list(zip(*rows, strict=True)) or [()] * len(CLOSURE)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, CLOSURE, strict=True)], schema=CLOSURE)


def _closure_rows(
    maps: Maps, variants: Sequence[Variant], periods: Sequence[Period], readings: Sequence[Reading]
) -> Iterator[tuple[int, int, int, str, str, Decimal]]:
    part = {WEIGHT_UNIT: Decimal(1)}
    for v, variant in enumerate(variants):
        for s, period in enumerate(periods):
            for r, reading in enumerate(readings):
                ways_up = maps.ways_up(period, reading, variant)
                for source in maps.definitions.tree.agencies:
                    for agency, weight in ways_up[source].items():
                        share = part.get(weight) or Decimal(weight) / WEIGHT_UNIT
                        yield v, s, r, source, agency, share
