"""Records that no map can place: they are counted and named, never dropped in silence.

A record is *unplaced* on a reading when its agency is in no tree, or was abolished (or is not yet open)
and no reorganisation says where it went. Such records are few or none, so this reads one column first
and looks closer only when an agency is in doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow.compute as pc

from kieng.measurement.closure import Maps, Variant
from kieng.measurement.frames import Frame, frame
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.request import Ask, Reading, Request
from kieng.plan.indicator import Membership
from kieng.plan.period import Grain, Period
from kieng.plan.recast import Obstacle
from kieng.records.batch import VersionedRecords
from kieng.records.reading import dataset_of

_LEDGER = ("_key", "_withdrawn", "_recorded_at", "_batch", "_row")


@dataclass(frozen=True)
class Unplaced:
    """``count`` records of ``agency`` that an indicator cannot place, and why (see Measurement.reason)."""

    ask: Ask
    reading: Reading
    agency: str
    period: Period
    count: int
    why: str


def unplaced(request: Request, records: VersionedRecords, maps: Maps) -> Iterator[Unplaced]:
    """What the engine's cells leave out, by indicator, reading, agency and period."""
    doubtful = _doubtful(request, records, maps)
    if not doubtful:
        return
    rows = _newest(_versions(records, doubtful, request), request.as_of)
    for ask in request.asks:
        for (agency, period), count in _counted(ask, rows, request).items():
            for reading in _maps_read(request):
                obstacle = maps.place(agency, period, reading, Variant.of(ask.rule)).obstacle
                if obstacle is not None:
                    yield Unplaced(ask, reading, agency, period, count, _why(obstacle))


def _maps_read(request: Request) -> list[Reading]:
    """The readings on which every record should have a place; a lineage is of some agencies only."""
    return [reading for reading in request.readings if reading.line is None]


def unplaced_in(request: Request, own: Mapping[tuple[str, Period], int], maps: Maps) -> Iterator[Measurement]:
    """:func:`unplaced` from how many records each agency has itself in each period of one pass."""
    by_period: dict[Period, list[str]] = {}
    for agency, period in own:
        by_period.setdefault(period, []).append(agency)
    for variant in dict.fromkeys(Variant.of(ask.rule) for ask in request.asks):
        asks = [ask for ask in request.asks if Variant.of(ask.rule) == variant]
        for reading in _maps_read(request):
            for period, agencies in by_period.items():
                ways_up = maps.ways_up(period, reading, variant)
                for agency in agencies:
                    if not ways_up[agency]:
                        count = own[agency, period]
                        yield from _left_out(request, maps, asks, (reading, agency, period), count)


def _left_out(
    request: Request,
    maps: Maps,
    asks: Sequence[Ask],
    where: tuple[Reading, str, Period],
    count: int,
) -> Iterator[Measurement]:
    """What is said of an agency's records that no map can place, for each ask that counts them."""
    reading, agency, period = where
    for ask in asks:
        if period.grain in ask.rule.counting.grains and ask.rule.holds_in(period):
            obstacle = maps.place(agency, period, reading, Variant.of(ask.rule)).obstacle
            if obstacle is not None:
                yield cannot_place(Unplaced(ask, reading, agency, period, count, _why(obstacle)), request)


def cannot_place(left_out: Unplaced, request: Request) -> Measurement:
    """The measurement that names records which are left out."""
    return Measurement(
        indicator=left_out.ask.indicator,
        rule=left_out.ask.rule_number,
        agency=left_out.agency,
        level="",
        period=left_out.period,
        reading=str(left_out.reading),
        breakdown=None,
        status=Status.CANNOT_RECAST,
        reason=left_out.why,
        value=None,
        parts=(),
        numerator=None,
        denominator=None,
        coverage=Coverage(0, 0, None),
        weighted=None,
        state=None,
        origins=(),
        used=0,
        records=left_out.count,
        as_of=request.as_of,
        cut_off=request.cut_off,
    )


def _why(obstacle: Obstacle) -> str:
    return f"{obstacle.code}: {obstacle.agency}, {obstacle.day}, {obstacle.basis}"


def _doubtful(request: Request, records: VersionedRecords, maps: Maps) -> list[str]:
    """Agencies with records that some map cannot place; only some periods may see that map."""
    variants = dict.fromkeys(Variant.of(ask.rule) for ask in request.asks)
    months = _months_of_change(request)

    def is_placed(agency: str, first: date) -> bool:
        return all(
            maps.agencies_above(agency, month, reading, variant)
            for month in months
            if month.last_day >= first
            for reading in _maps_read(request)
            for variant in variants
        )

    begun = _first_days(records, request)
    return sorted(agency for agency, first in begun.items() if not is_placed(agency, first))


def _months_of_change(request: Request) -> list[Period]:
    """Months that together see every map there is, up to the cut-off."""
    definitions = request.definitions
    days = {*definitions.tree.change_days, *(event.day for event in definitions.reorganisations)}
    months = {
        Period.containing(day, Grain.MONTH) for day in [*days, request.cut_off] if day <= request.cut_off
    }
    around = {month.shift(step) for month in months for step in (-1, 0, 1)}
    first = request.first or date.min
    return sorted(month for month in around if month.start <= request.cut_off and month.last_day >= first)


def _first_days(records: VersionedRecords, request: Request) -> Mapping[str, date]:
    """For each agency, the earliest day on which a record of it can count: before it no map matters."""
    name = records.record_type.agency_field
    starts = sorted({ask.rule.counting.start for ask in request.asks})
    rows = dataset_of(records).to_table([name, *starts])
    found: dict[str, date] = {}
    for row in rows.group_by(name).aggregate([(start, "min") for start in starts]).to_pylist():
        days = [_day(row[f"{start}_min"]) for start in starts]
        known = [day for day in days if day is not None]
        if row[name] is not None and known:
            found[row[name]] = min(known)
    return found


def _versions(records: VersionedRecords, agencies: Sequence[str], request: Request) -> list[dict[str, Any]]:
    """All versions of every record that had one of ``agencies`` in some version, as far as they matter."""
    name = records.record_type.agency_field
    ways = [(ask.rule.counting.start, ask.rule.counting.end) for ask in request.asks]
    columns = list(dict.fromkeys([*_LEDGER, name, *(field for way in ways for field in way if field)]))
    source = dataset_of(records)
    keys = source.to_table(["_key"], filter=pc.field(name).isin(list(agencies)))["_key"].unique()
    rows: list[dict[str, Any]] = source.to_table(columns, filter=pc.field("_key").isin(keys)).to_pylist()
    return rows


def _newest(versions: Sequence[Mapping[str, Any]], as_of: datetime) -> list[Mapping[str, Any]]:
    newest: dict[str, Mapping[str, Any]] = {}
    for version in sorted(versions, key=lambda v: (v["_recorded_at"], v["_batch"], v["_row"])):
        if version["_recorded_at"] <= as_of:
            newest[version["_key"]] = version
    return [version for version in newest.values() if not version["_withdrawn"]]


def _counted(
    ask: Ask, rows: Sequence[Mapping[str, Any]], request: Request
) -> Mapping[tuple[str, Period], int]:
    counting = ask.rule.counting
    name = request.definitions.record_types[ask.rule.record].agency_field
    spans = [
        (row[name], _day(row[counting.start]), _day(row[counting.end or counting.start])) for row in rows
    ]
    begun = [start for _, start, _ in spans if start is not None]
    periods = frame(request, counting.grains, min(begun, default=None))
    found: Counter[tuple[str, Period]] = Counter()
    for agency, start, end in spans:
        if agency is not None and start is not None:
            found.update((agency, p) for p in _periods(ask, start, end, periods) if ask.rule.holds_in(p))
    return found


def _periods(ask: Ask, start: date, end: date | None, periods: Frame) -> Iterator[Period]:
    for period in periods.periods:
        until = periods.read_on(period)
        match ask.rule.counting.membership:
            case Membership.BY:
                counts = period.start <= start <= until
            case Membership.OPEN:
                counts = start <= until and (end is None or end >= period.start)
            case Membership.IN_FORCE:
                counts = start <= until and (end is None or end > until)
        if counts:
            yield period


def _day(moment: date | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment
