"""The figures somebody asks a workspace for: stored ones, or made anew as they stood at a moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from kieng.judgement.attention import by_pillar
from kieng.judgement.board import BoardRow, Line, board
from kieng.measurement.measure import cut_off_day, declared_figure, missing_figures
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, LINEAGE, LINEAGE_SHARED, Reading
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.problems import near, refuse
from kieng.workspace.folder import Workspace, agency_of, moment_asked

#: The readings that are measured beforehand, as people name them.
KEPT_MAPS = (str(AS_WAS), "today", str(LINEAGE), str(LINEAGE_SHARED))


@dataclass(frozen=True)
class Asked:
    """What to look for; None asks for all. ``map_`` is one of :data:`KEPT_MAPS` or an ISO day."""

    indicator: str | None = None
    agency: str | None = None
    period: Period | None = None
    map_: str = "as-was"
    as_of: datetime | None = None
    breakdowns: bool = False


@dataclass
class Figures:
    """``listed`` is what was asked for, read when it is first looked at. ``of_period`` gives the totals of an
    indicator, period and reading, which standings rest on."""

    definitions: Definitions
    as_of: datetime
    read: Callable[[], list[Measurement]]
    of_period: Callable[[str, Period, Reading], list[Measurement]]
    _known: dict[tuple[str, Period, Reading], dict[str, Measurement]] = field(default_factory=dict)
    _lines: dict[str, Mapping[Hashable, tuple[Line, ...]]] = field(default_factory=dict)

    @cached_property
    def listed(self) -> list[Measurement]:
        return sorted(self.read(), key=_order)

    @property
    def today(self) -> date:
        return cut_off_day(self.definitions, self.as_of)

    def lookup(
        self, indicator: str, agency: str, period: Period, reading: Reading = AS_WAS
    ) -> Measurement | None:
        key = (indicator, period, reading)
        if key not in self._known:
            self._known[key] = {one.agency: one for one in self.of_period(*key)}
        found = self._known[key].get(agency)
        return found or declared_figure(self.definitions, indicator, agency, period, reading, self.as_of)

    def rows(self, indicators: Collection[str] | None = None) -> list[BoardRow]:
        """The standing of every target (of these indicators), by pillar, the worst first."""
        known = self.definitions
        found = board(known, self.lookup, self.today, indicators)
        return by_pillar(found, known.pillars, known.tree)

    def lines(self, one: Measurement) -> tuple[Line, ...]:
        """Every target that is judged by ``one``, the next due first."""
        if one.indicator not in self._lines:
            rows = self.rows({one.indicator})
            self._lines[one.indicator] = by_figure(line for row in rows for line in row.lines)
        return self._lines[one.indicator].get(figure_key(one), ())


def figure_key(one: Measurement) -> Hashable:
    """What a figure is of; different for each that is measured at one moment."""
    return one.indicator, one.agency, one.period, one.reading, one.breakdown


def by_figure(lines: Iterable[Line]) -> Mapping[Hashable, tuple[Line, ...]]:
    """Lines by the figure they are judged by, the next due first."""
    found: dict[Hashable, list[Line]] = {}
    for line in sorted(lines, key=lambda line: (line.target.by, line.target.id)):
        if line.measurement is not None:
            found.setdefault(figure_key(line.measurement), []).append(line)
    return {key: tuple(some) for key, some in found.items()}


def figures(workspace: Workspace, asked: Asked) -> Figures:
    """Stored figures, or, with ``as_of``, figures made by the text and the records known then.

    Raises UserError for an unknown indicator, agency or map, and when nothing has been measured yet.
    """
    if asked.as_of is None and asked.map_ in KEPT_MAPS:
        return _stored(workspace, asked)
    return _made(workspace, asked)


def _stored(workspace: Workspace, asked: Asked) -> Figures:
    run = workspace.stored.run()
    if run is None:
        raise refuse(
            "", "not-measured", "Nothing has been measured yet.", "Load records, then run `kieng measure`."
        )
    definitions = workspace.definitions_as_of(run.as_of)
    _known_indicator(definitions, asked.indicator)
    agency = agency_of(definitions, asked.agency, asked.period) if asked.agency else None
    reading = reading_of(asked.map_, run.map_day)
    stored = workspace.stored

    def read() -> list[Measurement]:
        found = stored.read(asked.indicator, agency, asked.period, str(reading), asked.breakdowns)
        return found + _missing(definitions, asked, agency, reading, run.as_of, found)

    return Figures(
        definitions,
        run.as_of,
        read=read,
        of_period=lambda indicator, period, reading: stored.read(indicator, None, period, str(reading)),
    )


def _missing(
    definitions: Definitions,
    asked: Asked,
    agency: str | None,
    reading: Reading,
    as_of: datetime,
    found: list[Measurement],
) -> list[Measurement]:
    """Who should have a figure of one indicator and period and has none, of those asked about."""
    if asked.indicator is None or asked.period is None:
        return []
    present = {one.agency for one in found if one.breakdown is None}
    indicator = definitions.indicators[asked.indicator]
    missing = missing_figures(definitions, indicator, asked.period, reading, as_of, present)
    return [one for one in missing if agency in (None, one.agency)]


def _made(workspace: Workspace, asked: Asked) -> Figures:
    run = workspace.stored.run()
    as_of = moment_asked(workspace.definitions, asked.as_of) if asked.as_of else run.as_of if run else None
    if as_of is None:
        raise refuse("", "not-measured", "Nothing has been measured yet.", "Name a moment with --as-of.")
    definitions = workspace.definitions_as_of(as_of)
    indicator = _known_indicator(definitions, asked.indicator)
    agency = agency_of(definitions, asked.agency, asked.period) if asked.agency else None
    reading = reading_of(asked.map_, cut_off_day(definitions, as_of))
    readings = tuple(dict.fromkeys((AS_WAS, reading, LINEAGE, LINEAGE_SHARED)))
    wanted = [indicator] if indicator else None
    made = list(workspace.measurements(definitions, as_of, readings, wanted, name_missing=False))
    listed = [one for one in made if _is_asked(one, agency, reading, asked)]
    totals: dict[tuple[str, Period, str], list[Measurement]] = {}
    for one in made:
        if one.breakdown is None:
            totals.setdefault((one.indicator, one.period, one.reading), []).append(one)
    return Figures(
        definitions,
        as_of,
        read=lambda: listed + _missing(definitions, asked, agency, reading, as_of, listed),
        of_period=lambda indicator, period, reading: totals.get((indicator, period, str(reading)), []),
    )


def reading_of(map_: str, today: date) -> Reading:
    """One of :data:`KEPT_MAPS` or an ISO day; UserError otherwise."""
    if map_ == "today":
        return Reading(today)
    try:
        return Reading.of(map_)
    except ValueError:
        remedy = "Write as-was, today, lineage, lineage-shared or a day such as 2025-07-01."
        raise refuse("", "unknown-map", "This names no map.", remedy, map_) from None


def _known_indicator(definitions: Definitions, name: str | None) -> Indicator | None:
    if name is None:
        return None
    if name not in definitions.indicators:
        remedy = near(name, definitions.indicators)
        raise refuse("", "unknown-indicator", "No indicator has this id.", remedy, name)
    return definitions.indicators[name]


def _is_asked(one: Measurement, agency: str | None, reading: Reading, asked: Asked) -> bool:
    return (
        one.reading == str(reading)
        and agency in (None, one.agency)
        and asked.period in (None, one.period)
        and (asked.breakdowns or one.breakdown is None)
    )


def _order(one: Measurement) -> tuple[object, ...]:
    grain = -one.period.grain.months  # years first
    return (one.indicator, one.agency, grain, one.period.start, one.breakdown is not None, str(one.breakdown))
