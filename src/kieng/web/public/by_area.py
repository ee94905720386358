"""One figure by area type, as pages show it: rural beside urban, each with its coverage and origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kieng.judgement.by_area import WHY_NOT, AreaRow, ByArea, area_told
from kieng.measurement.measurement import Extent, Measurement
from kieng.measurement.request import Reading
from kieng.plan.indicator import Indicator, Source
from kieng.plan.period import Period
from kieng.web.door import State
from kieng.web.public.shown import disclosure
from kieng.words import Name
from kieng.workspace.by_area import area_figures


@dataclass(frozen=True)
class AreaLine:
    """One row of the table; of a hidden one only its name is told."""

    row: AreaRow
    told: Name | None
    hidden: bool

    @property
    def beside_mark(self) -> str:
        """What the figure it is held against is of, as its markup names it."""
        return self.row.area.against or f"!{self.row.area.id}"


@dataclass(frozen=True)
class AreaTable:
    """A figure by area. ``why_not`` says why there are no lines; ``sources``: who says which communes are
    of which area; ``running``: through which day the figures count, when the period is not over."""

    indicator: Indicator
    agency: str
    period: Period
    reading: str
    lines: tuple[AreaLine, ...]
    unclassified: int
    why_not: Name | None
    sources: tuple[tuple[Name, tuple[Source, ...]], ...]
    running: Extent | None

    @property
    def findings(self) -> tuple[Name, ...]:
        """Each pair once, in a sentence."""
        told, found = set[str](), []
        for line in self.lines:
            if line.told is not None and not line.hidden and line.row.area.against not in told:
                found.append(line.told)
            told.add(line.row.area.id)
        return tuple(found)


def area_table(
    state: State, indicator: Indicator, agency: str, period: Period, reading: Reading, public: bool = True
) -> AreaTable | None:
    """The figure of ``agency`` by area; None where nothing is below it that could be told by area.
    ``public``: small counts stay hidden."""

    def make() -> AreaTable | None:
        found, figures = areas_in(state, indicator, agency, period, reading)
        if not _is_asked_of(state, indicator, agency, period, found):
            return None
        hidden = rows_hidden(state, found, figures) if public else frozenset[str]()
        return _table(state, indicator, found, hidden)

    return state.once(("areas", indicator.id, agency, period, str(reading), public), make)


def areas_in(
    state: State, indicator: Indicator, agency: str, period: Period, reading: Reading
) -> tuple[ByArea, Sequence[Measurement]]:
    """The figure by area, and every agency's total that it was made from."""
    figures = list(state.of_period(indicator.id, period, reading).values())
    known = (state.definitions, indicator.id, agency, period, reading, figures, state.run.as_of)
    return area_figures(*known), figures


def rows_hidden(state: State, found: ByArea, figures: Sequence[Measurement]) -> frozenset[str]:
    """The area types whose row the public does not see: a row tells the sums of both its sides. ``figures``:
    every agency's total that they were made from."""
    of_agency, seen = {one.agency: one for one in figures}, disclosure(state)

    def is_hidden(row: AreaRow) -> bool:
        sides = (
            [of_agency[one] for one in side.agencies if one in of_agency] for side in (row.mine, row.other)
        )
        return any(seen.hides_sum(side) for side in sides)

    return frozenset(row.area.id for row in found.rows if is_hidden(row))


def _is_asked_of(state: State, indicator: Indicator, agency: str, period: Period, found: ByArea) -> bool:
    """Whether somebody may look for a figure by area here: it is told, or it is read at the communes' level
    and cannot be told, which is said."""
    level = state.definitions.areas.level
    if found.rows:
        return True
    above = state.definitions.tree.agencies[agency].levels[-1].value != level
    return above and bool(level) and level in {watch.level for watch in indicator.watch}


def _table(state: State, indicator: Indicator, found: ByArea, hidden: frozenset[str]) -> AreaTable:
    lines = tuple(AreaLine(row, area_told(row, indicator), row.area.id in hidden) for row in found.rows)
    areas = state.definitions.areas
    sources = tuple((row.area.name, areas.sources(row.area.id)) for row in found.rows)
    why_not = None if found.why_not is None else WHY_NOT[found.why_not]
    return AreaTable(
        *(indicator, found.agency, found.period, found.reading),
        lines=lines,
        unclassified=len(found.unclassified),
        why_not=why_not,
        sources=sources,
        running=state.run.extent(indicator.id, found.period),
    )
