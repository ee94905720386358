"""Compare fairly: an agency among those of its level, its newest figure among its own, and its pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kieng.judgement.control_chart import Chart, control_chart, signals_now
from kieng.judgement.disclosure import HIDDEN
from kieng.judgement.funnel import Funnel, counted
from kieng.judgement.phrases import made_up
from kieng.judgement.position import Counted, Placed, Position
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Reading
from kieng.plan.agency import TreeOnDay
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain
from kieng.web.accounts.reads import Person
from kieng.web.cockpit.families import chosen_of, series_family
from kieng.web.cockpit.kept import eyes
from kieng.web.cockpit.reads import (
    board_of,
    level_kind,
    map_day,
    name_of,
    newest,
    series,
    watched,
)
from kieng.web.door import State
from kieng.web.public.below import family
from kieng.web.public.shown import hidden_agencies
from kieng.web.public.source import now
from kieng.words import Name

_FEWEST = 3
_MOST_ROWS = 300
_ORDER = (
    Position.SIGNAL_LOW,
    Position.SIGNAL_HIGH,
    Position.NEAR_LOW,
    Position.NEAR_HIGH,
    Position.ORDINARY,
    Position.NOT_JUDGED,
)


@dataclass(frozen=True)
class Among:
    """The funnel of the agencies of a level, by ``key`` in its state. ``mine`` is where the page's own agency
    lies, None when it is above them; ``placed`` has signals first, and of a nation's agencies no more than a
    page can hold. ``running``: the period is not over."""

    key: tuple[object, ...]
    kind: Name
    funnel: Funnel
    placed: tuple[Placed, ...]
    mark: Name  # the word for made-up figures where there are some
    running: bool = False
    mine: Placed | None = None

    @property
    def more(self) -> int:
        """How many of the funnel are left to the downloads."""
        return len(self.funnel.placed) - len(self.placed)

    @property
    def weight(self) -> int:
        return len(self.funnel.placed)


# --- among others ------------------------------------------------------------------------


def among(state: State, whole: Measurement | None, person: Person) -> Among | None:
    """An agency among those of its level, or, where it is alone there, those below it among one another.
    None where no count underlies the figure. Small counts of others' agencies stay hidden, as in public."""
    if whole is None or whole.value is None:
        return None
    indicator = state.definitions.indicators[whole.indicator]
    level = _level(state, whole)
    if level is None:
        return None

    key = ("funnel", whole.indicator, whole.period, whole.reading, level, eyes(person))

    def make() -> Among | None:
        source, reading = now(state, whole.indicator), Reading.of(whole.reading)
        together = family(source, indicator, level, whole.period, reading)
        if together is None:
            return None
        kind = level_kind(state, level)
        found = together.of(_counted(state, whole, level, person), kind)
        placed = sorted(found.placed, key=lambda one: (_ORDER.index(one.position), one.agency.id))
        figures = _figures(state, whole)
        mark = made_up(figures.get(one.agency.id) for one in found.placed)
        return Among(key, kind, found, tuple(placed[:_MOST_ROWS]), mark, whole.running)

    found = state.once(key, make)
    if found is None:
        return None
    return replace(found, mine=next((one for one in found.placed if one.agency.id == whole.agency), None))


def _tree(state: State, whole: Measurement) -> TreeOnDay:
    return state.definitions.tree.on(map_day(state, whole))


def _figures(state: State, whole: Measurement) -> Mapping[str, Measurement]:
    return state.of_period(whole.indicator, whole.period, Reading.of(whole.reading))


def _level(state: State, whole: Measurement) -> str | None:
    """The agency's own level where there are enough to compare with; else the one most frequent below."""
    tree, figures = _tree(state, whole), _figures(state, whole)
    if whole.agency not in tree:
        return None
    at = Counter(level for agency, level in tree.level_of.items() if agency in figures)
    own = tree.level_of[whole.agency]
    if at[own] >= _FEWEST:
        return own
    below = Counter(tree.level_of[one] for one in tree.children_of[whole.agency] if one in figures)
    return max(below, key=lambda level: (below[level], level), default=None)


def _counted(state: State, whole: Measurement, level: str, person: Person) -> list[Counted]:
    tree, figures = _tree(state, whole), _figures(state, whole)
    reading, day = Reading.of(whole.reading), map_day(state, whole)
    hidden = hidden_agencies(state, whole.indicator, whole.period, reading)
    found = []
    for agency in sorted(one for one, at in tree.level_of.items() if at == level):
        name = name_of(state, agency, day)
        if agency in hidden and not person.sees_figure(whole.indicator, agency, state.definitions):
            found.append(Counted(agency, name, None, None, HIDDEN))
        else:
            found.append(counted(figures.get(agency), agency, name))
    return found


# --- among its own -----------------------------------------------------------------------


def chart_of(state: State, whole: Measurement | None) -> Chart | None:
    """Signal or ordinary variation: the agency's figures of the shortest period its rule counts."""
    found = _charted(state, whole) if whole else []
    if whole is None or not found:
        return None
    indicator = state.definitions.indicators[whole.indicator]
    key = ("control", whole.indicator, whole.agency, found[0].period.grain, whole.reading)
    last = _last(found)
    if last is None:
        return control_chart(indicator, found)
    return state.once(
        key, lambda: control_chart(indicator, found, chosen_of(state, last), series_family(state, last))
    )


def _signals(state: State, indicator: Indicator, newest: Measurement) -> bool:
    """Whether its chart finds a signal, for a part of the work."""
    found = _charted(state, newest)
    last = _last(found)
    if last is None:
        return False
    return signals_now(indicator, found, chosen_of(state, last), lambda: series_family(state, last))


def _last(found: Sequence[Measurement]) -> Measurement | None:
    return next((one for one in reversed(found) if one.value is not None), None)


def _charted(state: State, whole: Measurement) -> list[Measurement]:
    indicator = state.definitions.indicators[whole.indicator]
    shortest = min(indicator.rules[whole.rule].counting.grains, key=lambda grain: grain.months)
    return _over(state, indicator, whole.agency, shortest, whole.reading)


@dataclass(frozen=True)
class Moved:
    """An indicator without a target whose newest figure is a signal. ``bad``: it went the wrong way."""

    indicator: Indicator
    newest: Measurement
    chart: Chart
    bad: bool


def moved(state: State, agency: str) -> tuple[Moved, ...]:
    """What moved more than it always does among the indicators without a target, the wrong way first."""
    return state.once(("cockpit-moved", agency), lambda: tuple(_moved(state, agency)))


def _moved(state: State, agency: str) -> list[Moved]:
    aimed = {row.indicator.id for row in board_of(state, agency).rows}
    found = []
    for indicator in watched(state, agency):
        last = newest(state, indicator.id, agency) if indicator.id not in aimed else None
        if last is None or not _signals(state, indicator, last):
            continue
        chart = chart_of(state, last)
        if chart is not None:
            found.append(Moved(indicator, last, chart, chart.bad))
    return sorted(found, key=lambda one: (not one.bad, one.indicator.id))


def _over(state: State, indicator: Indicator, agency: str, grain: Grain, reading: str) -> list[Measurement]:
    """The figures of periods that are over, oldest first."""
    chosen = state.today_map if reading != "as-was" else None
    known = series(state, indicator.id, agency, chosen) if chosen else series(state, indicator.id, agency)
    return [one for period, one in known.items() if period.grain is grain and not one.running]
