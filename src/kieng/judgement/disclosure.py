"""Disclosure: which figures the public does not see, because a small count could be told from them.

**Small.** A count of records one by one is small when it is above nought and below the threshold. A figure
tells its numerator and its denominator, or the number it is the mean of. What is *left* of a denominator is
guarded where ``least_rest_shown`` says so; 1 shows every rest, so that who is late can be seen. Then it is no
secret either where an indicator of its own counts it, nor is the side it is the rest of: such a pair of
sides is guarded by its denominator alone, in every indicator.

**Nothing follows.** Whatever else is shown must not tell a small count: not the year less its months, not the
district less its communes, not one map less another, not the count that another indicator shares. So counts
are shown by *blocks* (:mod:`kieng.judgement.blocks`, with the proof), made once for each count, whichever
indicators show it. Every figure is weighed by what it is a sum of: on any map, of a lineage, of an area.

There is one reason for all that is hidden: the public is not told which are small.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from threading import RLock
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kieng.judgement.blocks import (
    LEAST,
    Parted,
    Siblings,
    alone,
    enough_stand_together,
    part,
    together,
)
from kieng.judgement.calendar_of_counts import Group
from kieng.judgement.count_tables import CountTables, Rows
from kieng.judgement.counted import DENOMINATOR, NUMERATOR, Role, counts_of, earlier_periods
from kieng.judgement.parameters import Parameters, built_in
from kieng.judgement.shared_counts import Guarded, guarded_counts
from kieng.judgement.ways import Ways
from kieng.measurement.closure import Maps
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, LINEAGE, LINEAGE_SHARED, Reading
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.words import Name

HIDDEN = Name(
    "Ẩn để không lộ số nhỏ: chính số này nhỏ, hoặc từ số này tính ra được một số nhỏ",
    "Hidden to protect small counts: this one is small, or a small one could be told from it",
)

#: What stands in the place of a hidden figure: also of one that is large itself, so it says what for.
WITHHELD = Name("không công bố để không lộ số nhỏ", "not published, to protect small counts")

Numbers = npt.NDArray[Any]
#: An indicator's figures on one reading, breakdowns too: a table of FIGURES.
ReadCounts = Callable[[str, str], pa.Table]


@dataclass(frozen=True)
class Thresholds:
    """The least count, and the least rest of a denominator, that are shown."""

    count: float
    rest: float

    @property
    def guards_rests(self) -> bool:
        return self.rest > 1


def thresholds_on(day: date, parameters: Parameters | None = None) -> Thresholds:
    """The thresholds in force on ``day``."""
    known = parameters or built_in()
    return Thresholds(float(known.on("least_count_shown", day)), float(known.on("least_rest_shown", day)))


@dataclass(frozen=True)
class _Told:
    """A guarded count that a figure tells, and the number itself where it is of the figure's own period."""

    guarded: Guarded
    period: Period
    number: Decimal | None = None


@dataclass(frozen=True)
class _OfMaps:
    """What is known of some readings: the ways up, whose figures are shown, and what they would add up to."""

    ways: Ways
    shown: dict[object, Numbers] = field(default_factory=dict)
    sums: dict[object, Numbers] = field(default_factory=dict)


class Disclosure:
    """What the public sees of the figures of one moment. Figures of one record type are looked at when one
    of them is asked for."""

    def __init__(
        self,
        definitions: Definitions,
        today: date,
        read: ReadCounts,
        thresholds: Callable[[date], Thresholds] = thresholds_on,
    ) -> None:
        self._definitions, self._read, self._thresholds = definitions, read, thresholds
        self._day, self._today = today, Reading(today)
        self._ways = Ways(Maps(definitions, today))
        self._rooms: dict[str, Mapping[Hashable, Sequence[Guarded]]] = {}
        self._of_maps = _OfMaps(self._ways)
        self._of_another_day: tuple[Reading, _OfMaps] | None = None
        self._tables: dict[int, CountTables] = {}
        self._lineages: dict[object, Rows] = {}
        self._tops: dict[object, bool] = {}
        self._making = RLock()

    # --- questions -----------------------------------------------------------------------

    def hides(self, one: Measurement) -> bool:
        """Whether a total is not shown: of an agency, on any map, or of a lineage."""
        if self.is_small(one):
            return True
        told, agency = self._told(one), self._ways.number.get(one.agency)
        if not told or agency is None:
            return False
        reading = Reading.of(one.reading)
        return (
            not all(self._is_shown(each.guarded, each.period, reading, agency) for each in told)
            or any(self._differs_by_few(each, reading, agency) for each in told if one.weighted is None)
            or (reading == LINEAGE_SHARED and self._shares_few(one))
        )

    def hides_breakdown(self, total: Measurement, field_: str) -> bool:
        """Whether a total's parts by a field are not shown."""
        rule = self._definitions.indicators[total.indicator].rules[total.rule]
        agency, guarded = self._ways.number.get(total.agency), self._room(rule.record)
        key = (total.indicator, total.rule, field_)
        if agency is None or self.hides(total):
            return True
        reading = Reading.of(total.reading)
        return not all(bool(self._of_map(one, total.period, reading)[agency]) for one in guarded.get(key, ()))

    def hides_sum(self, parts: Iterable[Measurement]) -> bool:
        """Whether the sum of several totals of one indicator, period and reading is not shown."""
        held = list(parts)
        if not held:
            return False
        numbers = [at for one in held if (at := self._ways.number.get(one.agency)) is not None]
        reading = Reading.of(held[0].reading)
        sums = (
            (each, self._held(each.guarded, each.period, reading)[numbers]) for each in self._told(held[0])
        )
        return not all(bool(self._shows(each.guarded, each.period, rows.sum(axis=0))) for each, rows in sums)

    def is_small(self, one: Measurement) -> bool:
        """Whether a figure tells a small count by itself. What was shared out over a split counts nobody."""
        rule = self._definitions.indicators[one.indicator].rules[one.rule]
        if one.weighted is not None or self._definitions.record_types[rule.record].open_counts:
            return False
        limits = self._thresholds(one.period.last_day)
        known = {role: role.of(one) for role in self._guarded_roles(one)}
        share = known.pop(Role(NUMERATOR), None), known.pop(Role(DENOMINATOR), None)
        return is_small_share(*share, limits) or any(
            is_small_share(one, None, limits) for one in known.values()
        )

    def hides_then(self, then: Measurement, now: Measurement | None) -> bool:
        """Whether a figure as it was known earlier is not shown beside the one ``now`` in its place: it is
        hidden with that, and where the difference of both tells a small count. What an earlier text counted
        by another rule cannot be compared, and is hidden too."""
        if not self._may_tell_counts(then.indicator):
            return False
        if now is None or now.rule != then.rule or self.hides(now) or self.is_small(then):
            return True
        least = self._thresholds(then.period.last_day).count
        pairs = [(role.of(then), role.of(now)) for role in self._guarded_roles(now)]
        return any(a is not None and b is not None and _is_small(abs(float(b - a)), least) for a, b in pairs)

    def _may_tell_counts(self, indicator: str) -> bool:
        """Whether any rule of an indicator counts what is guarded; of one that is no more nobody knows."""
        known, kinds = self._definitions.indicators.get(indicator), self._definitions.record_types
        return known is None or any(
            counts_of(rule) and not kinds[rule.record].open_counts for rule in known.rules
        )

    # --- answers -------------------------------------------------------------------------

    def _guarded_roles(self, one: Measurement) -> Iterable[Role]:
        """The numbers of a figure that are guarded."""
        rule = self._definitions.indicators[one.indicator].rules[one.rule]
        if one.breakdown is not None:
            return counts_of(rule)
        guarded = self._room(rule.record)
        return [role for role in counts_of(rule) if guarded.get((one.indicator, one.rule, role))]

    def _told(self, one: Measurement) -> list[_Told]:
        """The guarded counts a total tells."""
        rule = self._definitions.indicators[one.indicator].rules[one.rule]
        room, earlier = self._room(rule.record), list(earlier_periods(rule, one.period))
        found = []
        for role in counts_of(rule):
            for guarded in room.get((one.indicator, one.rule, role), ()):
                found.append(_Told(guarded, one.period, role.of(one)))
                found += [_Told(guarded, period) for period in earlier]
        return found

    def _differs_by_few(self, told: _Told, reading: Reading, agency: int) -> bool:
        """Whether a figure is a few more or less than what it is the sum of, which tells those few: as of an
        agency that closed within the year, whose last records count in its year and in no month of its."""
        columns = told.guarded.calendar.columns.get(told.guarded.calendar.moment_of(told.period))
        if told.number is None or columns is None or len(told.guarded.counts) > 1:
            return False
        key, sums = (id(told.guarded), told.period, reading), self._on(reading).sums
        if key not in sums:
            own = self._counts(told.guarded).own[0][:, columns].sum(axis=1)
            sums[key] = self._held(told.guarded, told.period, reading) @ own
        difference = abs(float(told.number) - float(sums[key][agency]))
        return _is_small(difference, self._thresholds(told.period.last_day).count)

    def _shares_few(self, one: Measurement) -> bool:
        """Whether a lineage with all that is shared is a few more than without, which tells those few."""
        key = (one.indicator, "own lineages")
        if key not in self._lineages:
            self._lineages[key] = Rows.of(self._read(one.indicator, str(LINEAGE)), self._ways)
        agency, least = self._ways.number[one.agency], self._thresholds(one.period.last_day).count
        for role in self._guarded_roles(one):
            alone = self._lineages[key].cells(one.rule, role).get(one.period)
            number = role.of(one)
            if (
                alone is not None
                and number is not None
                and _is_small(abs(float(number) - alone[agency]), least)
            ):
                return True
        return False

    def _is_shown(self, guarded: Guarded, period: Period, reading: Reading, agency: int) -> bool:
        on_a_map = reading in (AS_WAS, self._today)
        if on_a_map and self._ways.tops[agency] and self._are_tops_shown(guarded, period):
            return True
        return bool(self._of_map(guarded, period, reading)[agency])

    def _are_tops_shown(self, guarded: Guarded, period: Period) -> bool:
        """Whether nothing can hide the agencies above all others, so that one who reads their series need not
        wait until every commune has been looked at."""
        group = guarded.calendar.group_of(period)
        if group is None:
            return True
        tree = guarded.calendar.tree_of(group)
        key = (id(guarded), tree[0], "tops")
        if key not in self._tops:
            self._tops[key] = self._enough_stand_together(guarded, tree)
        return self._tops[key]

    def _enough_stand_together(self, guarded: Guarded, tree: Sequence[Group]) -> bool:
        counts, periods = self._counts(guarded), [one for at in tree for one in guarded.calendar.siblings[at]]
        columns = np.unique(np.concatenate([guarded.calendar.columns[one] for one in periods]))
        live = [counts.live[:, guarded.calendar.columns[one]].any(1) for one in periods]
        alike = self._ways.alike(periods, live, guarded.frame.variant, self._today)
        limits = self._thresholds(max(one.last_day for one in periods))
        least = [limits.rest if one.is_rest else limits.count for one in guarded.counts]
        own = [one[:, columns] for one in counts.own]
        mine = enough_stand_together(own, counts.live[:, columns], least, alike)
        return mine and all(self._are_tops_shown(one, tree[0][1]) for one in guarded.after)

    def _of_map(self, guarded: Guarded, period: Period, reading: Reading) -> Numbers:
        """Of every agency whether its sum is shown."""
        key, shown = (id(guarded), period, reading), self._on(reading).shown
        if key not in shown:
            shown[key] = self._shows(guarded, period, self._held(guarded, period, reading))
        return shown[key]

    def _held(self, guarded: Guarded, period: Period, reading: Reading) -> Numbers:
        moment = guarded.calendar.moment_of(period)
        return self._on(reading).ways.table(moment, reading, guarded.frame.variant)

    def _on(self, reading: Reading) -> _OfMaps:
        """What is kept of a reading. Anybody may ask for the map of any day: only the last one is kept."""
        if reading.map_day in (None, self._day):
            return self._of_maps
        with self._making:
            if self._of_another_day is None or self._of_another_day[0] != reading:
                ways = Ways(Maps(self._definitions, self._day))
                self._of_another_day = reading, _OfMaps(ways)
            return self._of_another_day[1]

    @property
    def maps_kept(self) -> int:
        """How many tables of a map are in memory."""
        beside = self._of_another_day[1].ways.kept if self._of_another_day else 0
        return self._ways.kept + beside

    def _shows(self, guarded: Guarded, period: Period, held: Numbers) -> Numbers:
        columns = guarded.calendar.columns.get(guarded.calendar.moment_of(period))
        if columns is None:  # nothing was counted
            return np.ones(held.shape[:-1], bool)
        there = self._counts(guarded).live[:, columns].any(1)
        return self._blocks(guarded, period).shows(held, there)

    def _blocks(self, guarded: Guarded, period: Period) -> Parted:
        group = guarded.calendar.group_of(period)
        if group is None:
            return alone(len(self._ways.agencies))
        with self._making:
            if group not in guarded.parted:
                tree = guarded.calendar.tree_of(group)
                guarded.parted |= self._part(guarded, tree)
            return guarded.parted[group]

    def _part(self, guarded: Guarded, tree: list[Group]) -> Mapping[Group, Parted]:
        """The blocks of a year and all within it. Who needs others that are not to be found is put into a
        block of the longer period."""
        for one in guarded.after:
            self._blocks(one, tree[0][1])
        asked: dict[Group, Numbers] = {}
        while True:
            found: dict[Group, Parted] = {}
            for group in tree:
                found[group], helpless = self._part_one(guarded, group, found, asked)
                parent = guarded.calendar.above[group]
                known = asked.get(parent, np.zeros(len(helpless), bool)) if parent else helpless
                if parent is not None and (helpless & ~known).any():
                    asked[parent] = known | helpless
                    break
            else:
                return found

    def _counts(self, guarded: Guarded) -> CountTables:
        with self._making:
            if id(guarded) not in self._tables:
                known = (guarded.frame, guarded.calendar, guarded.counts)
                self._tables[id(guarded)] = CountTables(self._ways, *known)
            return self._tables[id(guarded)]

    def _part_one(
        self, guarded: Guarded, group: Group, found: Mapping[Group, Parted], asked: Mapping[Group, Numbers]
    ) -> tuple[Parted, Numbers]:
        size, counts = len(self._ways.agencies), self._counts(guarded)
        parent, periods = guarded.calendar.above[group], guarded.calendar.siblings[group]
        above = [found[parent]] if parent is not None else []
        begin = together([alone(size), *above, *(one.parted[group] for one in guarded.after)])
        limits = self._thresholds(periods[-1].last_day)
        least = [limits.rest if one.is_rest else limits.count for one in guarded.counts]
        maps, variant = (AS_WAS, self._today, LINEAGE, LINEAGE_SHARED), guarded.frame.variant
        sums = [self._ways.sums(one, maps, variant) for one in periods]
        columns = [guarded.calendar.columns[one] for one in periods]
        held, first = [rows for rows, _ in sums], [tops for _, tops in sums]
        siblings = Siblings(columns, held, first, parent is None)
        return part(counts.own, counts.live, siblings, least, begin, asked.get(group, np.zeros(size, bool)))

    def _as_was(self, indicator: str) -> pa.Table:
        return self._read(indicator, str(AS_WAS))

    # --- which counts are one ------------------------------------------------------------

    def _room(self, record: str) -> Mapping[Hashable, Sequence[Guarded]]:
        """By (indicator, rule, role) and (indicator, rule, field) what is guarded, of one record type."""
        with self._making:
            if record not in self._rooms:
                limits = self._thresholds(self._day)
                self._rooms[record] = guarded_counts(
                    self._definitions, record, self._ways, self._as_was, limits.guards_rests
                )
            return self._rooms[record]


def is_small_share(part: Decimal | None, whole: Decimal | None, limits: Thresholds) -> bool:
    """Whether a count, its whole or what is left of it is small."""
    known = [(float(one), limits.count) for one in (part, whole) if one is not None]
    if part is not None and whole is not None and limits.guards_rests:
        known.append((float(whole - part), limits.rest))
    return any(_is_small(*one) for one in known)


def _is_small(count: float, least: float) -> bool:
    return LEAST < count < least
