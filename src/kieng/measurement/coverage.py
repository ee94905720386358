"""Coverage: which agencies should have records, how many have, and which are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from kieng.measurement.closure import Maps, Variant
from kieng.measurement.request import AS_WAS, LINEAGE_SHARED, Reading
from kieng.plan.dated import Dated, on_day
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Membership, NotApplicable, Rule
from kieng.plan.period import Period

_DAY = timedelta(days=1)

PEOPLE = "population"  # the weight basis that says how many people an agency serves


@dataclass(frozen=True)
class ReporterSet:
    """Who is expected to have records: agencies of ``levels`` but for the declared exceptions; of what
    stands ``at_end`` of a period, those that exist on its reporting day. ``lasting``: a record goes on
    counting when its agency is gone, so that its heir has reported. ``inheriting``: what an agency that is
    gone has reported stands for its heir until that one reports, and is no report of the heir's."""

    levels: tuple[str, ...]
    exceptions: tuple[NotApplicable, ...]
    at_end: bool = False
    lasting: bool = False
    inheriting: bool = False

    @staticmethod
    def of(indicator: str, rule: Rule, definitions: Definitions) -> ReporterSet:
        exceptions = tuple(d for d in definitions.not_applicable if d.indicator == indicator)
        lasting = rule.counting.membership is not Membership.BY
        return ReporterSet(rule.reporters, exceptions, rule.at_end, lasting, rule.is_stock)


@dataclass(frozen=True)
class Expected:
    """How many reporters there should be, and the people they serve (None where they are not known of each
    that has some)."""

    reporters: int
    people: Decimal | None


@dataclass
class Coverages:
    """Who is expected where, for one set of definitions. Made once and kept: it remembers."""

    maps: Maps
    _levels: dict[Period, Mapping[str, str]] = field(default_factory=dict)
    _reporters: dict[tuple[ReporterSet, Period], Mapping[str, Decimal | None]] = field(default_factory=dict)
    _lineages: dict[tuple[Period, Reading], Mapping[str, str]] = field(default_factory=dict)
    _expected: dict[tuple[ReporterSet, Variant, Period, Reading], Mapping[str, Expected]] = field(
        default_factory=dict
    )
    _sums: dict[tuple[object, ...], Mapping[str, Expected]] = field(default_factory=dict)

    def level_of(self, period: Period) -> Mapping[str, str]:
        """The level of every agency on its last day in ``period``."""
        if period not in self._levels:
            self._levels[period] = dict(self._levels_in(period))
        return self._levels[period]

    def reporters(self, who: ReporterSet, period: Period) -> Mapping[str, Decimal | None]:
        """The expected reporters of ``period``, with the people of each."""
        key = (who, period)
        if key not in self._reporters:
            excepted = self.excepted(who, period)
            self._reporters[key] = {
                agency: self._people(agency, period)
                for agency, level in self.levels_for(who.at_end, period).items()
                if level in who.levels and agency not in excepted
            }
        return self._reporters[key]

    def levels_on(self, reading: Reading, at_end: bool, period: Period) -> Mapping[str, str]:
        """The agencies that have figures of ``period`` on a reading, with their levels."""
        if reading.map_day is not None:
            return self.maps.definitions.tree.on(reading.map_day).level_of
        if reading.line is not None:
            return self._levels_of_lineages(period, reading)
        return self.levels_for(at_end, period)

    def _levels_of_lineages(self, period: Period, reading: Reading) -> Mapping[str, str]:
        """Each with the level of its last day, up to the period's. Only what has ended shares anything."""
        key = (period, reading)
        if key not in self._lineages:
            followed = self.maps.followed(period)
            agencies = followed.ended if reading == LINEAGE_SHARED else followed.all
            self._lineages[key] = {agency: self._last_level(agency, period) for agency in agencies}
        return self._lineages[key]

    def _last_level(self, agency: str, period: Period) -> str:
        known = self.maps.definitions.tree.agencies[agency]
        last = self.maps.reporting_day(period)
        last = last if known.closed is None else min(last, known.closed - _DAY)
        return on_day(known.levels, last) or ""

    def levels_for(self, at_end: bool, period: Period) -> Mapping[str, str]:
        """The agencies that are on the map as it was in ``period``, with their levels."""
        if at_end:
            return self.maps.definitions.tree.on(self.maps.reporting_day(period)).level_of
        return self.level_of(period)

    def reports(self, who: ReporterSet, period: Period) -> Mapping[str, str]:
        """For whom the records of an agency speak in ``period``: an expected reporter for itself; an agency
        that is gone, of what lasts or is inherited, for the one it became whole."""
        reporters, there = self.reporters(who, period), self.levels_for(who.at_end, period)
        found = {reporter: reporter for reporter in reporters}
        if not (who.lasting or who.inheriting):
            return found
        ways_up = self.maps.ways_up(period, AS_WAS, Variant(PEOPLE, None, who.at_end))
        for source in self.maps.definitions.tree.agencies.keys() - there.keys():
            heirs = ways_up[source]
            if len(heirs) == 1 and (heir := next(iter(heirs))) in reporters:
                found[source] = heir
        return found

    def excepted(self, who: ReporterSet, period: Period) -> frozenset[str]:
        """The agencies for which the indicator is declared to have no meaning in ``period``."""
        return frozenset(e.agency for e in who.exceptions if self._is_excepted(e, period))

    def expected(
        self, who: ReporterSet, variant: Variant, period: Period, reading: Reading
    ) -> Mapping[str, Expected]:
        """For each agency, what is expected of the reporters whose records it counts."""
        key = (who, variant, period, reading)
        if key not in self._expected:
            reporters, uncounted = self.reporters(who, period), self._uncounted(who, period)
            # The same of many periods: maps, reporters and their people change on few days.
            alike = (self.maps.scope(period), variant, reading, tuple(reporters.items()), uncounted)
            if alike not in self._sums:
                ways_up = self.maps.ways_up(period, reading, variant)
                self._sums[alike] = _sum_up(ways_up, reporters, uncounted)
            self._expected[key] = self._sums[alike]
        return self._expected[key]

    def _uncounted(self, who: ReporterSet, period: Period) -> frozenset[str]:
        """The reporters whose people nobody has told, while those of others of their level are known: no
        share of people can be told where they are. (A department has no people of its own.)"""
        reporters, level_of = self.reporters(who, period), self.levels_for(who.at_end, period)
        counted = {level_of[agency] for agency, people in reporters.items() if people is not None}
        return frozenset(a for a, people in reporters.items() if people is None and level_of[a] in counted)

    def _levels_in(self, period: Period) -> list[tuple[str, str]]:
        found, end = [], self.maps.reporting_day(period)
        for agency in self.maps.definitions.tree.agencies.values():
            day = agency.last_day_in(period, end)
            level = None if day is None else on_day(agency.levels, day)
            if level is not None:
                found.append((agency.id, level))
        return found

    def _people(self, agency: str, period: Period) -> Decimal | None:
        weight = self.maps.definitions.tree.agencies[agency].weight(PEOPLE, period.last_day)
        return None if weight is None else weight.amount

    def _is_excepted(self, exception: NotApplicable, period: Period) -> bool:
        agency = self.maps.definitions.tree.agencies.get(exception.agency)
        day = None if agency is None else agency.last_day_in(period, self.maps.reporting_day(period))
        return day is not None and Dated(None, exception.valid_from, exception.valid_to).holds_on(day)


def _sum_up(
    ways_up: Mapping[str, Mapping[str, int]],
    reporters: Mapping[str, Decimal | None],
    uncounted: frozenset[str] = frozenset(),
) -> Mapping[str, Expected]:
    """What is expected of each agency that counts the records of ``reporters``, who have so many people; of
    those ``uncounted`` nobody knows how many, but by reporters below them."""
    count: dict[str, int] = {}
    people: dict[str, Decimal] = {}
    untold: set[str] = set()
    for reporter, amount in reporters.items():
        if amount is not None:  # what its district has too would count with each of them
            above = [a for a in ways_up[reporter] if a != reporter and reporters.get(a) is not None]
            untold |= {agency for one in above for agency in ways_up[one]}
        for agency in ways_up[reporter]:
            count[agency] = count.get(agency, 0) + 1
            if amount is not None:
                people[agency] = people.get(agency, Decimal(0)) + amount
    untold |= {agency for one in uncounted - people.keys() for agency in ways_up[one]}
    told = {agency: amount for agency, amount in people.items() if agency not in untold}
    return {agency: Expected(number, told.get(agency)) for agency, number in count.items()}


def missing(
    coverages: Coverages,
    who: ReporterSet,
    variant: Variant,
    period: Period,
    reading: Reading,
    agency: str,
    reporting: frozenset[str],
) -> tuple[str, ...]:
    """The reporters that ``agency`` counts and that are not among ``reporting``, by id."""
    return tuple(
        sorted(
            reporter
            for reporter in coverages.reporters(who, period)
            if reporter not in reporting
            and agency in coverages.maps.agencies_above(reporter, period, reading, variant)
        )
    )
