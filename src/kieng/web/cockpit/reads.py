"""What an agency answers for and how it stands, made from one state and kept for as long as it lasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kieng.judgement.aim import Aim, aim_of
from kieng.judgement.attention import Call, Urgency, urgency
from kieng.judgement.board import Line, lines_of
from kieng.judgement.due import newest_over
from kieng.judgement.pace import Forecast
from kieng.judgement.phrases import difference, percent
from kieng.judgement.promise import Lookup
from kieng.judgement.promise_words import parts_text
from kieng.judgement.standing import Standing, Tally, tally
from kieng.judgement.target_words import target_text
from kieng.measurement.measure import declared_figure
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.target import Target
from kieng.web.accounts.models import Post, Role
from kieng.web.accounts.reads import Person
from kieng.web.door import State
from kieng.words import Name

#: As many are shown on the first screen.
FIRST = 5


@dataclass(frozen=True)
class Seat:
    """An agency that somebody answers for, with the posts by which they do."""

    agency: str
    name: Name
    posts: tuple[Post, ...]

    @property
    def acting(self) -> Post | None:
        """The post held on somebody else's behalf, where there is no other."""
        return self.posts[0] if self.posts and all(post.acting for post in self.posts) else None

    @property
    def roles(self) -> tuple[Name, ...]:
        return tuple(dict.fromkeys(Role(post.role).said for post in self.posts))


@dataclass(frozen=True)
class Row:
    """One target of an agency. ``short``: by how much it falls short of ``against``, which its way or its
    limit asks for now, above nought; ``share`` is that in parts of what is asked for. ``parts_said``: how
    each part of the period stood, where agencies followed each other within it. ``traceable``: whether the
    agency was there in the period, so that a figure of its own has a trail."""

    line: Line
    asks: Name
    against: Decimal | None
    short: Decimal | None
    share: Decimal | None
    urgency: Urgency
    parts_said: Name | None = None
    traceable: bool = True

    @property
    def indicator(self) -> Indicator:
        return self.line.indicator

    @property
    def target(self) -> Target:
        return self.line.target

    @property
    def measurement(self) -> Measurement | None:
        return self.line.measurement

    @property
    def standing(self) -> Standing:
        return self.line.judgement.standing

    @property
    def pace(self) -> Forecast | None:
        """Where the figures lead that the verdict looks at; None where that does not matter any more."""
        return self.line.judgement.pace

    @property
    def of_lineage(self) -> bool:
        """Whether it is judged by another figure than the agency's own, as it was."""
        one = self.measurement
        return self.line.node != self.line.agency or (one is not None and one.reading != str(AS_WAS))

    @property
    def call(self) -> Call:
        return self.urgency.call

    @property
    def off(self) -> bool:
        """Whether it is off and can still be saved."""
        return self.call is Call.SAVE

    @property
    def against_way(self) -> bool:
        """Whether it is the way that asks for ``against`` by now, and not the target itself."""
        return self.against is not None and self.against == self.line.judgement.expected

    @property
    def short_said(self) -> Name | None:
        return None if self.short is None else difference(self.short, self.indicator)

    @property
    def share_said(self) -> Name | None:
        return None if self.share is None else percent(self.share, 0)


@dataclass(frozen=True)
class Board:
    """Every target of an agency, the worst first. ``worst`` names each indicator once that is off and can
    still be saved; ``at_risk`` those whose pace is not enough; ``lost`` every target missed for good."""

    rows: tuple[Row, ...]
    worst: tuple[Row, ...]
    at_risk: tuple[Row, ...]
    lost: tuple[Row, ...]
    tally: Tally

    def of(self, indicator: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.indicator.id == indicator)


# --- who ---------------------------------------------------------------------------------


def seats_of(person: Person, state: State) -> tuple[Seat, ...]:
    """The agencies somebody answers for, each once; a post for the whole workspace is one for its roots."""
    found: dict[str, list[Post]] = {}
    for post in person.posts:
        for agency in [post.agency] if post.agency else roots(state):
            if agency in state.definitions.tree.agencies:
                found.setdefault(agency, []).append(post)
    return tuple(Seat(agency, name_of(state, agency), tuple(posts)) for agency, posts in found.items())


def roots(state: State) -> tuple[str, ...]:
    """The agencies with none above them today."""
    tree = state.definitions.tree.on(state.today)
    return tuple(sorted(agency for agency, parent in tree.parent_of.items() if parent is None))


def name_of(state: State, agency: str, day: date | None = None) -> Name:
    return state.definitions.tree.name(agency, day or state.today)


# --- figures -----------------------------------------------------------------------------


def series(
    state: State, indicator: str, agency: str, reading: Reading = AS_WAS
) -> Mapping[Period, Measurement]:
    """Every figure there is of an indicator and agency, in the order of time."""
    if reading == AS_WAS:
        return state.all_of_agency(agency).get(indicator, {})
    key = ("series", indicator, agency, str(reading))
    return state.once(key, lambda: {m.period: m for m in state.of_agency(indicator, agency, reading)})


def lookup(state: State, indicator: str, agency: str, period: Period) -> Measurement | None:
    """The figure as it was, or that the plan declares it not applicable; None without either."""
    return series(state, indicator, agency).get(period) or declared(state, indicator, agency, period)


def declared(
    state: State, indicator: str, agency: str, period: Period, reading: Reading = AS_WAS
) -> Measurement | None:
    return declared_figure(state.definitions, indicator, agency, period, reading, state.run.as_of)


def newest(state: State, indicator: str, agency: str) -> Measurement | None:
    """What there is of the newest period that is over, a figure or why there is none."""
    return newest_over(series(state, indicator, agency).values())


def watched(state: State, agency: str) -> tuple[Indicator, ...]:
    """The indicators that are read at the agency's level today."""
    level = state.definitions.tree.on(state.today).level_of.get(agency)
    return tuple(
        one
        for one in state.definitions.indicators.values()
        if any(w.level == level and (w.until is None or state.today < w.until) for w in one.watch)
    )


def map_day(state: State, found: Measurement) -> date:
    """The day on whose tree a figure stands."""
    if found.reading != str(AS_WAS):
        return date.fromisoformat(found.reading)
    agency = state.definitions.tree.agencies[found.agency]
    return agency.last_day_in(found.period) or found.period.last_day


def level_kind(state: State, level: str) -> Name:
    """What the agencies of a level are called, in the plural."""
    name = state.definitions.tree.levels[level].name
    return Name(name.vi.lower(), f"{name.en.lower()} agencies")


# --- targets -----------------------------------------------------------------------------


def board_of(state: State, agency: str) -> Board:
    """Where an agency stands today."""
    return state.once(("cockpit-board", agency), lambda: _board(state, agency))


def _board(state: State, agency: str) -> Board:
    rows = sorted(_rows(state, agency), key=how_bad)
    worst, at_risk = _first(rows, Call.SAVE), _first(rows, Call.AT_RISK)
    named = {row.indicator.id for row in worst}
    at_risk = tuple(row for row in at_risk if row.indicator.id not in named)
    lost = tuple(row for row in rows if row.call is Call.LOST)
    return Board(tuple(rows), worst[:FIRST], at_risk[:FIRST], lost, tally(row.standing for row in rows))


def _first(rows: Sequence[Row], call: Call) -> tuple[Row, ...]:
    """The first row of each indicator that asks for this."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.call is call:
            found.setdefault(row.indicator.id, row)
    return tuple(found.values())


def _rows(state: State, agency: str) -> Iterator[Row]:
    definitions, today = state.definitions, state.today
    for indicator in definitions.indicators:
        for found in lines_of(definitions, indicator, agency, lookup_of(state), today):
            yield row_of(state, found)


def lookup_of(state: State) -> Lookup:
    """Figures by reading. What is as it was is taken from all of an agency's at once: there is no quicker
    way."""

    def figure(indicator: str, of: str, period: Period, reading: Reading) -> Measurement | None:
        if reading == AS_WAS:
            return lookup(state, indicator, of, period)
        return state.lookup(indicator, of, period, reading)

    return figure


def row_of(state: State, found: Line) -> Row:
    """A line with how badly it falls short, and how its parts stood."""
    asks, aim = target_text(found.target, found.indicator), aim_of(found.target, found.indicator)
    against, short = _shortfall(found, aim)
    share = None
    if short is not None and against:
        share = short / abs(against)
    known = state.definitions
    parts = parts_text(known, found.indicator, found.parts)
    agency, period = known.tree.agencies[found.agency], found.period
    there = period is not None and agency.last_day_in(period) is not None
    return Row(found, asks, against, short, share, urgency([found], known.tree), parts, there)


def _shortfall(found: Line, aim: Aim | None) -> tuple[Decimal | None, Decimal | None]:
    judged = found.judgement
    limit = None if aim is None else aim.low if aim.low is not None else aim.high
    if judged.expected is not None and judged.distance is not None:
        return judged.expected, -judged.distance if judged.distance < 0 else None
    gap = judged.gap_to_target
    return limit, -gap if gap is not None and gap < 0 else None


def how_bad(row: Row) -> tuple[object, ...]:
    """The one order of attention; a head sees every figure."""
    return row.urgency.key
