"""Figures as the public may see them. Every answer of the API and every file takes them from here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock

from kieng.judgement.attention import worst_first
from kieng.judgement.board import Line
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS
from kieng.plan.definitions import Definitions
from kieng.plan.period import Grain, Period
from kieng.web.door import State
from kieng.web.public.shown import disclosure, line_shown, shown, shown_then
from kieng.workspace.figures import Asked, Figures, by_figure, figure_key
from kieng.workspace.json_format import Json, measurement_json
from kieng.workspace.standing_json import without_numbers

#: Figures kept over questions, of all lists together; a list longer than half of it is not kept.
_KEPT = 60_000


@dataclass(frozen=True)
class Question:
    """Which figures of one indicator. ``first``/``last`` bound the periods; ``map_`` as ``kieng show``."""

    indicator: str
    agency: str | None = None
    level: str | None = None
    period: Period | None = None
    first: Period | None = None
    last: Period | None = None
    grain: Grain | None = None
    map_: str = str(AS_WAS)
    as_of: datetime | None = None
    breakdowns: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether the answer was measured beforehand; else it is made from records and takes seconds."""
        return self.as_of is None and self.map_ in (str(AS_WAS), "today")

    def fits(self, one: Measurement) -> bool:
        return (
            self.agency in (None, one.agency)
            and self.level in (None, one.level)
            and self.grain in (None, one.period.grain)
            and (self.first is None or self.first.start <= one.period.start)
            and (self.last is None or one.period.end <= self.last.end)
        )


@dataclass(frozen=True)
class Figure:
    """A measurement, and whether the public is not to see it."""

    measurement: Measurement
    hidden: bool


@dataclass(frozen=True)
class Answer:
    """Figures by agency, grain, period and breakdown, with the definitions they were made by."""

    definitions: Definitions
    as_of: datetime
    figures: Sequence[Figure]
    lines: Callable[[Measurement], Sequence[Line]]

    def json(self, one: Figure) -> Json:
        """As ``kieng show --format json`` has it; a hidden figure without its numbers and its standing."""
        return figure_json(one, self.definitions, () if one.hidden else self.lines(one.measurement))


def figure_json(one: Figure, definitions: Definitions, lines: Sequence[Line]) -> Json:
    """One figure; hidden: status ``hidden``, reason ``small_count`` and nothing that tells a number."""
    found = measurement_json(one.measurement, definitions, lines)
    return without_numbers(found) if one.hidden else found


def published(state: State, asked: Question) -> Answer:
    """The figures asked for. UserError for an unknown indicator, map or moment; Busy, StateMoved."""
    whole = _kept(state, asked)
    found = [one for one in whole.figures if asked.fits(one.measurement)]
    return Answer(whole.definitions, whole.as_of, found, whole.lines)


# --- whole lists, kept -------------------------------------------------------------------

_lists: OrderedDict[object, Answer] = OrderedDict()
_lock = Lock()


def _kept(state: State, asked: Question) -> Answer:
    """Every agency's figures of the indicator: what is hidden of one rests on all."""
    key = (state.version, asked.indicator, asked.period, asked.map_, asked.as_of, asked.breakdowns)
    with _lock:
        if key in _lists:
            _lists.move_to_end(key)
            return _lists[key]
    made = _made(state, asked)
    if len(made.figures) <= _KEPT // 2:
        with _lock:
            _lists[key] = made
            while sum(len(one.figures) for one in _lists.values()) > _KEPT:
                _lists.popitem(last=False)
    return made


def _made(state: State, asked: Question) -> Answer:
    whole = Asked(asked.indicator, None, asked.period, asked.map_, asked.as_of, asked.breakdowns)
    found = state.figures(whole)
    told = [Figure(one, hidden) for one, hidden in _looked_at(state, found.listed, asked)]
    # That a value occurs at all tells that its count is not nought: a hidden breakdown is not listed.
    figures = tuple(one for one in told if one.measurement.breakdown is None or not one.hidden)
    stored = asked.is_stored
    return Answer(found.definitions, found.as_of, figures, lines_in(state) if stored else found.lines)


def _looked_at(
    state: State, listed: Sequence[Measurement], asked: Question
) -> Iterator[tuple[Measurement, bool]]:
    """Each figure, and whether the public is not to see it: the parts of a total with all others by the same
    field, or none. Of an earlier moment, and on the map of another day, no parts are told."""
    as_seen = shown if asked.as_of is None else shown_then
    seen, totals = disclosure(state), {_place(one): one for one in listed if one.breakdown is None}
    by_field: dict[object, bool] = {}
    for one in listed:
        if one.breakdown is None:
            yield one, as_seen(state, one).hidden is not None
            continue
        key, total = (_place(one), one.breakdown[0]), totals.get(_place(one))
        if key not in by_field:
            by_field[key] = (
                total is None or not asked.is_stored or seen.hides_breakdown(total, one.breakdown[0])
            )
        yield one, by_field[key]


def _place(one: Measurement) -> tuple[object, ...]:
    return one.agency, one.period, one.reading


def lines_in(state: State) -> Callable[[Measurement], Sequence[Line]]:
    """The targets that are judged by a stored figure, as ``kieng show`` finds them."""
    lines = state.once("open-lines", lambda: by_figure(standing_lines(state)))
    return lambda one: lines.get(figure_key(one), ())


def standing_lines(state: State) -> Sequence[Line]:
    """Every target for every agency that answers for it, the worst first."""

    def make() -> tuple[Line, ...]:
        found = Figures(
            state.definitions,
            state.run.as_of,
            read=list,
            of_period=state.read_period,
        )
        rows = worst_first(found.rows(), state.definitions.tree, lambda line: _is_seen(state, line))
        return tuple(line for row in rows for line in row.lines)

    return state.once("open-standings", make)


def _is_seen(state: State, line: Line) -> bool:
    return line_shown(line, partial(shown, state)).hidden is None
