"""What the map shows: one indicator, one period, every agency of a level."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from kieng.judgement import phrases
from kieng.judgement.funnel import Funnel
from kieng.measurement.measurement import Extent
from kieng.measurement.request import Reading
from kieng.plan.dated import on_day
from kieng.plan.indicator import Better, Indicator
from kieng.plan.period import Grain, Period
from kieng.web.door import State
from kieng.web.maps import boundaries, hexagons
from kieng.web.public.below import among_family, family, partly_there
from kieng.web.public.shown import Shown, shown
from kieng.web.public.source import now
from kieng.words import Name

#: Shades, from worst to best.
CLASSES = 5
_SIDE = 24.0  # of a hexagon, in the picture's units
_WIDTH = 760.0  # of a map of polygons
_LETTERS = 9  # as many fit on a line in a hexagon
_LINES = 3

Points = str
#: Where a line of a label stands, as an SVG writes numbers, and its words.
Letters = tuple[str, str, str]


@dataclass(frozen=True)
class Area:
    """One agency on the map. ``shade`` is 1 (worst) to 5 (best); 0 without a figure that may be shown."""

    agency: str
    name: Name
    figure: Shown
    shade: int
    path: Points
    label: tuple[Letters, ...]


@dataclass(frozen=True)
class Step:
    """A shade and the figures that have it."""

    shade: int
    low: Decimal
    high: Decimal
    count: int


@dataclass(frozen=True)
class Map:
    indicator: Indicator
    level: Name
    period: Period
    day: date  # on whose tree the agencies stand
    areas: tuple[Area, ...]
    missing: tuple[Area, ...]  # agencies with no place on the map
    steps: tuple[Step, ...]
    width: float
    height: float
    hexagonal: bool
    finding: Name
    running: Extent | None  # how far the figures go, when the period is not whole

    @property
    def mark(self) -> Name:
        """The word for made-up figures where there are some."""
        areas = (*self.areas, *self.missing)
        return phrases.made_up(area.figure.measurement for area in areas if area.figure.has_figure)

    @property
    def view_box(self) -> str:
        """With a margin for the outlines."""
        return f"-4 -4 {self.width + 8:.0f} {self.height + 8:.0f}"

    @property
    def rows(self) -> tuple[Area, ...]:
        """Every agency by name, those without a figure last: the bare figure makes no rank."""
        named = (*self.areas, *self.missing)
        return tuple(sorted(named, key=lambda area: (not area.figure.has_figure, area.name.vi)))


def levels_with_map(state: State) -> dict[str, Name]:
    """The levels most of whose agencies have coordinates, the lowest first."""
    known: dict[str, list[bool]] = {}
    for agency in state.definitions.tree.agencies.values():
        for level in {fact.value for fact in agency.levels}:
            known.setdefault(level, []).append(agency.latitude is not None)
    levels = state.definitions.tree.levels
    found = [level for level, has in known.items() if 2 * sum(has) > len(has) > 1]
    return {level: levels[level].name for level in sorted(found, key=lambda one: -levels[one].rank)}


def indicators_with_map(state: State, level: str) -> tuple[Indicator, ...]:
    """The indicators watched at a level, in the order of the pillars."""
    pillars = list(state.definitions.pillars)
    found = [
        one
        for one in state.definitions.indicators.values()
        if any(watch.level == level for watch in one.watch)
    ]
    return tuple(sorted(found, key=lambda one: (pillars.index(one.pillar), one.name.vi)))


def newest_period(state: State, indicator: Indicator, level: str) -> Period | None:
    """The newest period that is over and has a figure of the level."""
    grain = min((g for rule in indicator.rules for g in rule.counting.grains), key=lambda g: g.months)

    def look() -> Period | None:
        period = _newest_whole(state, indicator, grain)
        for _ in range(36 // grain.months + 1):
            if any(
                one.level == level and one.value is not None
                for one in state.read_period(indicator.id, period)
            ):
                return period
            period = period.shift(-1)
        return None

    return state.once(("map-newest", indicator.id, level), look)


def _newest_whole(state: State, indicator: Indicator, grain: Grain) -> Period:
    """The newest period that is over and delivered."""
    period = Period.containing(state.today, grain)
    while state.run.extent(indicator.id, period) is not None:
        period = period.shift(-1)
    return period


def periods_of(state: State, indicator: Indicator, chosen: Period) -> tuple[Period, ...]:
    """Periods to choose from: those of the same length up to today, the newest first."""
    newest = _newest_whole(state, indicator, chosen.grain)
    count = 24 if chosen.grain is Grain.MONTH else 8
    found = [newest.shift(-n) for n in range(count)]
    return tuple(dict.fromkeys((*found, chosen)))


def map_of(state: State, indicator: Indicator, level: str, period: Period, reading: Reading) -> Map:
    """The map of one indicator and period; ``reading`` says on which day's agencies."""
    key = ("map", indicator.id, level, period, str(reading))
    return state.once(key, lambda: _map(state, indicator, level, period, reading))


def _map(state: State, indicator: Indicator, level: str, period: Period, reading: Reading) -> Map:
    day = reading.map_day or min(period.last_day, state.today)
    tree = state.definitions.tree
    agencies = [agency for agency, its in tree.on(day).level_of.items() if its == level]
    figures = {
        agency: shown(state, state.lookup(indicator.id, agency, period, reading)) for agency in agencies
    }
    steps = _steps([_value(one) for one in figures.values() if one.has_figure], indicator)
    outline = _outline(state, agencies, day)
    areas = [
        Area(
            agency,
            tree.name(agency, day),
            figures[agency],
            _shade(figures[agency], steps),
            outline.paths.get(agency, ""),
            outline.labels.get(agency, ()),
        )
        for agency in agencies
    ]
    together = family(now(state, indicator.id), indicator, level, period, reading)
    finding = _finding(areas, indicator, tree.levels[level].name, together)
    partly = partly_there(state.definitions, indicator, figures.values())
    if partly is not None:
        finding = phrases.both("{f} {p}.", "{f} {p}.", f=finding, p=partly)
    return Map(
        indicator,
        tree.levels[level].name,
        period,
        day,
        tuple(area for area in areas if area.path),
        tuple(area for area in areas if not area.path),
        steps,
        outline.width,
        outline.height,
        outline.hexagonal,
        finding,
        state.run.extent(indicator.id, period),
    )


# --- shades -------------------------------------------------------------------------------------


def _value(one: Shown) -> Decimal:
    if one.measurement is None or one.measurement.value is None:
        raise ValueError("only a figure has a shade")
    return one.measurement.value


def _steps(values: Sequence[Decimal], indicator: Indicator) -> tuple[Step, ...]:
    """Shades with about equally many agencies each; equal figures have one shade."""
    ordered = sorted(values)
    if not ordered:
        return ()
    ends = sorted({ordered[-1], *_cuts(ordered)})
    groups: list[list[Decimal]] = [[] for _ in ends]
    for value in ordered:
        groups[bisect_left(ends, value)].append(value)
    shades = _spread(len(groups))
    if indicator.better is Better.LOWER:
        shades = [CLASSES + 1 - shade for shade in shades]
    return tuple(
        Step(shade, group[0], group[-1], len(group)) for shade, group in zip(shades, groups, strict=True)
    )


def _cuts(ordered: Sequence[Decimal]) -> Iterator[Decimal]:
    """Where a shade ends so that each has its share; before equal figures that would be cut apart."""
    for n in range(1, CLASSES):
        at = len(ordered) * n // CLASSES
        before = bisect_left(ordered, ordered[at]) if at and ordered[at] == ordered[at - 1] else at
        if before:
            yield ordered[before - 1]


def _spread(count: int) -> list[int]:
    """``count`` shades spread over all there are."""
    return [3] if count == 1 else [1 + round(n * (CLASSES - 1) / (count - 1)) for n in range(count)]


def _shade(one: Shown, steps: Sequence[Step]) -> int:
    if not one.has_figure:
        return 0
    return next(step.shade for step in steps if _value(one) <= step.high)


def _finding(areas: Sequence[Area], indicator: Indicator, level: Name, together: Funnel | None) -> Name:
    """What the map shows: how far the figures lie apart, and which stand apart from the others."""
    known = sorted(_value(area.figure) for area in areas if area.figure.has_figure)
    if not known:
        return Name("Chưa đơn vị nào có số của kỳ này.", "No agency has a figure for this period.")
    hidden = sum(1 for area in areas if area.figure.hidden)
    unseen = phrases.both(
        " ({k} không công bố để không lộ số nhỏ)", " ({k} not published, to protect small counts)", k=hidden
    )
    apart = phrases.both(
        "{n}/{all} đơn vị có số{unseen}, từ {low} đến {high}.",
        "{n} of {all} agencies have a figure{unseen}, from {low} to {high}.",
        n=len(known) + hidden,
        unseen=unseen if hidden else Name("", ""),
        all=len(areas),
        low=phrases.figure(known[0], indicator),
        high=phrases.figure(known[-1], indicator),
    )
    made = among_family(together, {(area.agency, area.name): area.figure for area in areas}, level)
    return phrases.both("{a} {f}.", "{a} {f}.", a=apart, f=made.finding) if made else apart


# --- shapes -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Outline:
    paths: Mapping[str, Points]
    labels: Mapping[str, tuple[Letters, ...]]
    width: float
    height: float
    hexagonal: bool


def _outline(state: State, agencies: Sequence[str], day: date) -> _Outline:
    """The shapes of agencies: polygons when the workspace brings them for most, else hexagons."""
    key = ("outline", frozenset(agencies))
    return state.once(key, lambda: _polygons(state, agencies, day) or _hexagons(state, agencies, day))


def _polygons(state: State, agencies: Sequence[str], day: date) -> _Outline | None:
    brought = state.once("boundaries", lambda: boundaries.read_boundaries(Path(settings.WORKSPACE)))
    tree = state.definitions.tree
    shapes = {}
    for agency in agencies:
        code = on_day(tree.agencies[agency].codes, day)
        shape = brought.get(agency) or brought.get(code or "")
        if shape is not None:
            shapes[agency] = shape
    if 2 * len(shapes) <= len(agencies):
        return None
    drawn, height = boundaries.on_plane(shapes, _WIDTH)
    return _Outline({agency: _path(rings) for agency, rings in drawn.items()}, {}, _WIDTH, height, False)


def _hexagons(state: State, agencies: Sequence[str], day: date) -> _Outline:
    tree = state.definitions.tree
    places = {
        agency: (float(found.latitude), float(found.longitude))
        for agency in agencies
        if (found := tree.agencies[agency]).latitude is not None and found.longitude is not None
    }
    cells = hexagons.layout(places)
    corners = {agency: cell.corners for agency, cell in cells.items()}
    everything = [point for points in corners.values() for point in points] or [(0.0, 0.0)]
    left, top = min(x for x, _ in everything), min(y for _, y in everything)
    moved = {
        agency: tuple(((x - left) * _SIDE, (y - top) * _SIDE) for x, y in points)
        for agency, points in corners.items()
    }
    width = (max(x for x, _ in everything) - left) * _SIDE
    height = (max(y for _, y in everything) - top) * _SIDE
    labels = {
        agency: tuple(_label(tree.name(agency, day).vi, (cell.x - left) * _SIDE, (cell.y - top) * _SIDE))
        for agency, cell in cells.items()
    }
    return _Outline({a: _path((points,)) for a, points in moved.items()}, labels, width, height, True)


def _path(rings: Sequence[Sequence[tuple[float, float]]]) -> Points:
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)


def _label(name: str, x: float, y: float) -> Iterator[Letters]:
    """The name without its kind, on at most three short lines around a point."""
    lines: list[str] = []
    for word in name.replace("Phường ", "").replace("Xã ", "").replace("Thị trấn ", "").split():
        if lines and len(lines[-1]) + 1 + len(word) <= _LETTERS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    lines = lines[:_LINES]
    for n, line in enumerate(lines):
        yield f"{x:.1f}", f"{y + 9 * (n - (len(lines) - 1) / 2) + 3:.1f}", line
