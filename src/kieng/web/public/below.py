"""The agencies below one, compared fairly: what chance explains is no rank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kieng.judgement.funnel import Funnel, Law, counted, funnel, law_of
from kieng.judgement.kinds import factor
from kieng.judgement.phrases import both
from kieng.judgement.position import Placed, Position
from kieng.measurement.request import Reading
from kieng.measurement.spans import part_of
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Better, Indicator
from kieng.plan.period import Period
from kieng.web.public.shown import Shown
from kieng.web.public.source import Source
from kieng.words import Name

_UNNAMED = Name("", "")
_LOW_FIRST = (
    Position.SIGNAL_LOW,
    Position.NEAR_LOW,
    Position.ORDINARY,
    Position.NEAR_HIGH,
    Position.SIGNAL_HIGH,
    Position.NOT_JUDGED,
)


@dataclass(frozen=True)
class Below:
    """One agency below; ``position`` where it can be compared."""

    agency: str
    name: Name
    figure: Shown
    placed: Placed | None = None

    @property
    def position(self) -> Position:
        return self.placed.position if self.placed else Position.NOT_JUDGED


@dataclass(frozen=True)
class LevelBelow:
    """The agencies of one level directly below. ``finding`` says what differences are more than chance."""

    level: Name
    agencies: tuple[Below, ...]
    finding: Name | None


def agencies_below(
    source: Source, indicator: Indicator, agency: str, period: Period, reading: Reading
) -> tuple[LevelBelow, ...]:
    """What stands directly below ``agency`` on the map that is read, by level, what is off first."""
    tree = source.definitions.tree
    day = reading.map_day or tree.agencies[agency].last_day_in(period)
    if day is None or agency not in tree.on(day):
        return ()
    figures, on = source.of_period(period, reading), tree.on(day)
    watched = {watch.level for watch in indicator.watch if watch.until is None or day < watch.until}
    by_level: dict[str, list[Below]] = {}
    for one in on.children_of[agency]:
        level = on.level_of[one]
        if level in watched or one in figures:
            below = Below(one, tree.name(one, day), source.shown(source.figure(one, period, reading)))
            by_level.setdefault(level, []).append(below)
    order = sorted(by_level, key=lambda level: tree.levels[level].rank)
    return tuple(
        _level(
            source,
            indicator,
            tree.levels[level].name,
            by_level[level],
            family(source, indicator, level, period, reading),
        )
        for level in order
    )


def _level(
    source: Source, indicator: Indicator, level: Name, found: Sequence[Below], together: Funnel | None
) -> LevelBelow:
    figures = {(one.agency, one.name): one.figure for one in found}
    made = among_family(together, figures, level)
    if made is None:
        return LevelBelow(level, tuple(_in_order(found, indicator)), None)
    placed = {one.agency.id: one for one in made.placed}
    known = [Below(one.agency, one.name, one.figure, placed.get(one.agency)) for one in found]
    finding, partly = made.finding, partly_there(source.definitions, indicator, figures.values())
    if partly is not None:
        finding = both("{f}; {p}", "{f}; {p}", f=finding, p=partly)
    return LevelBelow(level, tuple(_in_order(known, indicator)), finding)


def partly_there(definitions: Definitions, indicator: Indicator, figures: Iterable[Shown]) -> Name | None:
    """How many of the agencies that are compared were there for a part of the period: theirs are figures of
    another time. None where none was."""
    told = [one.measurement for one in figures if one.has_figure and one.measurement is not None]
    partly = [one for one in told if any(part_of(definitions, indicator, one))]
    if not partly:
        return None
    vi = "{k}/{n} đơn vị có số chỉ hoạt động trong một phần của kỳ"
    en = "{k} of {n} agencies with a figure were there for a part of the period only"
    return both(vi, en, k=len(partly), n=len(told))


def family(
    source: Source, indicator: Indicator, level: str, period: Period, reading: Reading
) -> Funnel | None:
    """Every agency of a level that has a figure in the period, held against one another, those hidden from
    the public left out whoever looks: so each has one place on every page, and none tells of a hidden one.
    None where no law says what chance does."""
    rule = indicator.rule_for(period)
    law = law_of(indicator, rule) if rule else None
    if rule is None or law is None:
        return None
    figures = [one for one in source.of_period(period, reading).values() if one.level == level]
    told = [one for one in figures if source.shown(one).has_figure]
    counts = [counted(one, one.agency, _UNNAMED) for one in told]
    return funnel(counts, law, period.last_day, factor(indicator, rule)) if counts else None


def among_family(
    together: Funnel | None, figures: Mapping[tuple[str, Name], Shown], kind: Name
) -> Funnel | None:
    """The agencies of a page, by id and name, in their family. None where there is nothing to compare."""
    told = {agency: one.measurement for agency, one in figures.items() if one.has_figure}
    if together is None or together.law is not Law.BINOMIAL or not told:
        return None
    return together.of((counted(measurement, *agency) for agency, measurement in told.items()), kind)


def _in_order(found: Sequence[Below], indicator: Indicator) -> Iterator[Below]:
    """What differs more than chance explains first, on the worse side; within, by name, for there is no
    rank among what chance explains."""
    order = _LOW_FIRST if indicator.better is Better.HIGHER else (*_LOW_FIRST[-2::-1], Position.NOT_JUDGED)
    yield from sorted(
        found, key=lambda one: (not one.figure.has_figure, order.index(one.position), one.name.vi)
    )
