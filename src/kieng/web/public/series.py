"""The course of one indicator at one agency, as sparklines and pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kieng.judgement.due import newest_over
from kieng.judgement.ends import course_in_words
from kieng.judgement.phrases import made_up
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, LINEAGE, Reading
from kieng.measurement.spans import part_of
from kieng.plan.agency import Part
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain, Period, periods_between
from kieng.web.pictures.spark import Dot
from kieng.web.public.shown import Shown
from kieng.web.public.source import Source
from kieng.words import Name

#: As many periods as a sparkline has room for.
FEW = 13


@dataclass(frozen=True)
class Spark:
    """What a sparkline shows, in words too."""

    dots: tuple[Dot, ...]
    target: Decimal | None
    title: Name
    finding: Name
    mark: Name


def newest(source: Source, agency: str, reading: Reading = AS_WAS) -> Measurement | None:
    """The newest figure of a period that is over."""
    return newest_over(one for one in source.of_agency(agency, reading) if one.value is not None)


def course(
    source: Source, agency: str, grain: Grain, reading: Reading, last: int | None = None
) -> tuple[Shown, ...]:
    """The agency's figures in periods of one length, oldest first; only the ``last`` so many."""
    found = [one for one in source.of_agency(agency, reading) if one.period.grain is grain]
    return tuple(source.shown(one) for one in (found[-last:] if last else found))


def all_periods(points: Sequence[Shown]) -> list[Period]:
    """Every period from the first to the last of ``points``, also those without a measurement."""
    periods = [one.measurement.period for one in points if one.measurement]
    if not periods:
        return []
    return periods_between(periods[0].start, periods[-1].start, periods[0].grain)


def spark_of(source: Source, indicator: Indicator, one: Measurement, target: Decimal | None) -> Spark | None:
    """The way to ``one`` and no farther, on today's map so that it goes on across reorganisations; None for
    one point."""
    points = [p for p in _way_to(source, one) if p.measurement and p.measurement.period <= one.period][-FEW:]
    known = {point.measurement.period: point for point in points if point.measurement}
    dots = tuple(_dot(source, known.get(period)) for period in all_periods(points))
    told = [point.measurement for point in points if point.has_figure and point.measurement]
    if len(told) < 2:
        return None
    said = course_in_words(source.definitions, indicator, told) or Name("", "")
    return Spark(dots, target, indicator.name, said, made_up(told))


def _way_to(source: Source, one: Measurement) -> tuple[Shown, ...]:
    """Of an agency that is gone, its lineage: as it was, and from its end on with its heirs."""
    if one.agency in source.definitions.tree.on(source.today):
        return course(source, one.agency, one.period.grain, source.today_map)
    found: dict[Period, Shown] = {}
    for reading in dict.fromkeys((AS_WAS, LINEAGE, Reading.of(one.reading))):
        points = course(source, one.agency, one.period.grain, reading)
        found |= {point.measurement.period: point for point in points if point.measurement}
    return tuple(found[period] for period in sorted(found))


def _dot(source: Source, point: Shown | None) -> Dot:
    if point is None or not point.has_figure or point.measurement is None:
        return Dot(None)
    one = point.measurement
    return Dot(one.value, one.state == "estimate", one.running or is_part(source, one))


def is_part(source: Source, one: Measurement) -> bool:
    """Whether its agency was there for a part of the figure's period only."""
    return any(part_in(source, one))


def part_in(source: Source, one: Measurement) -> Part:
    """The part of the figure's period that its agency was there for."""
    return part_of(source.definitions, source.definitions.indicators[one.indicator], one)
