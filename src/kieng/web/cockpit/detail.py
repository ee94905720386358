"""One figure of an agency: against its target and its way, in both readings, and which parts make the gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kieng.judgement.aim import aim_of, goal_of
from kieng.judgement.due import to_date
from kieng.judgement.phrases import difference
from kieng.judgement.trajectory import expected_on
from kieng.judgement.why import Contribution, Part, Why, held_against, why
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, Reading
from kieng.measurement.value import rounded
from kieng.plan.agency import Post
from kieng.plan.indicator import Better, Indicator, Rule, Within
from kieng.plan.lineage import predecessors
from kieng.plan.period import Period, periods_between
from kieng.plan.reorganisation import Reorganisation
from kieng.web.cockpit.heads import heads
from kieng.web.cockpit.reads import (
    Row,
    board_of,
    declared,
    level_kind,
    map_day,
    name_of,
    newest,
    series,
)
from kieng.web.door import State
from kieng.words import Name

_NONE = Decimal(0)
_SHOWN = 8


@dataclass(frozen=True)
class Asked:
    """Which figure a page is about. ``target`` is the target it is held against, "" for the worst off."""

    indicator: str
    agency: str
    period: Period | None = None
    today: bool = False
    target: str = ""


@dataclass(frozen=True)
class PartRow:
    """One part of the whole with what it makes of the gap, and who answered for it then and does now.

    ``agency`` is "" for a part that is none. ``bar``: how long its bar is, of 100.
    """

    contribution: Contribution
    name: Name
    agency: str
    head_then: Post | None
    head_today: Post | None
    heir: Name | None
    bar: int

    @property
    def measurement(self) -> Measurement | None:
        return self.contribution.part.measurement


@dataclass(frozen=True)
class Parts:
    """The parts of one kind (agencies below, channels, operators) and what each makes of the gap. ``order``:
    how they are ordered where there is no gap to share out."""

    kind: Name
    why: Why | None
    rows: tuple[PartRow, ...]
    beside: Decimal
    order: Name

    @property
    def first(self) -> tuple[PartRow, ...]:
        """Those that make most of the gap."""
        return self.rows[:_SHOWN]


@dataclass(frozen=True)
class Step:
    """One period in both readings; ``events`` are the reorganisations in it, after the first."""

    period: Period
    as_was: Measurement | None
    on_today: Measurement | None
    expected: Decimal | None
    events: tuple[Reorganisation, ...]


@dataclass(frozen=True)
class Detail:
    """All that the page of one figure shows. ``aim``: the figure it is held against, None without one;
    ``has_way``: a trajectory asks for it by now, else it is what the target asks for in the end."""

    indicator: Indicator
    agency: str
    name: Name
    reading: Reading
    period: Period | None
    measurement: Measurement | None
    row: Row | None
    rows: tuple[Row, ...]
    aim: Decimal | None
    has_way: bool
    distance: Decimal | None
    parts: tuple[Parts, ...]
    steps: tuple[Step, ...]
    periods: tuple[Period, ...]

    @property
    def judged(self) -> Measurement | None:
        """The figure that the verdict rests on, where it is of this period: of the whole lineage, then. None
        where the heir has a figure, and what promised has none of its own."""
        return self.row.measurement if self.row is not None and self.of_lineage else self.measurement

    @property
    def of_lineage(self) -> bool:
        return not self.on_today and is_of_lineage(self.row, self.period)

    @property
    def on_today(self) -> bool:
        return self.reading != AS_WAS

    @property
    def asked_for(self) -> bool:
        """Whether something is asked for in a period that is drawn."""
        return any(step.expected is not None for step in self.steps)

    @property
    def events(self) -> tuple[Reorganisation, ...]:
        return tuple(event for step in self.steps for event in step.events)

    @property
    def short_said(self) -> Name | None:
        if self.distance is None:
            return None
        return difference(abs(self.distance), self.indicator)


def detail(state: State, asked: Asked) -> Detail:
    """KeyError for an unknown indicator, agency or target."""
    return state.once(("cockpit-detail", asked), lambda: _detail(state, asked))


def _detail(state: State, asked: Asked) -> Detail:
    indicator = state.definitions.indicators[asked.indicator]
    rows = board_of(state, asked.agency).of(asked.indicator)
    row = {one.target.id: one for one in rows}[asked.target] if asked.target else _first(rows)
    reading = state.today_map if asked.today else AS_WAS
    period = asked.period or _period(state, asked, row)
    known = series(state, asked.indicator, asked.agency, reading)
    found = known.get(period) if period else None
    if found is None and period is not None:
        found = declared(state, asked.indicator, asked.agency, period, reading)
    held = held_against(row.target, indicator, to_date(period, state.today)) if row and period else None
    lineage = row if not asked.today and is_of_lineage(row, period) else None
    # What stands below has its part in the agency's own figure; no gap of a lineage is laid at its door.
    parts = tuple(_parts(state, indicator, found, None if lineage else held)) if found is not None else ()
    judged = found if lineage is None else lineage.measurement
    return Detail(
        indicator=indicator,
        agency=asked.agency,
        name=name_of(state, asked.agency, period.last_day if period and not asked.today else None),
        reading=reading,
        period=period,
        measurement=found,
        row=row,
        rows=rows,
        aim=rounded(held[0]) if held else None,
        has_way=row is not None
        and period is not None
        and _has_way(row, indicator, to_date(period, state.today)),
        distance=_distance(judged, held),
        parts=parts,
        steps=tuple(_steps(state, asked, period, row)) if period else (),
        periods=tuple(sorted(_known_periods(state, asked), key=lambda p: (p.end, p.grain.months)))[::-1],
    )


def is_of_lineage(row: Row | None, period: Period | None) -> bool:
    """Whether a target is judged by another figure of ``period`` than the agency's own, as it was."""
    return row is not None and row.line.period == period and row.of_lineage


def _first(rows: Sequence[Row]) -> Row | None:
    return rows[0] if rows else None


def _period(state: State, asked: Asked, row: Row | None) -> Period | None:
    if row is not None and row.measurement is not None and row.measurement.value is not None:
        return row.line.period
    found = newest(state, asked.indicator, asked.agency)
    return found.period if found else row.line.period if row else None


def _known_periods(state: State, asked: Asked) -> set[Period]:
    return set(series(state, asked.indicator, asked.agency)) | set(
        series(state, asked.indicator, asked.agency, state.today_map)
    )


def _has_way(row: Row, indicator: Indicator, day: date) -> bool:
    """Whether something is asked for on ``day`` itself: by the way to the target, or because it is due."""
    aim = aim_of(row.target, indicator)
    way = aim is not None and expected_on(row.target, goal_of(row.target, aim), day) is not None
    return way or day >= row.target.by


def _distance(found: Measurement | None, held: tuple[Fraction, bool] | None) -> Decimal | None:
    """From what is asked for, negative by how much it falls short."""
    if held is None or found is None or found.value is None:
        return None
    ahead = Fraction(found.value) - held[0]
    return rounded(ahead if held[1] else -ahead)


# --- both readings -----------------------------------------------------------------------


def _steps(state: State, asked: Asked, period: Period, row: Row | None) -> Iterator[Step]:
    """Every period of the same length, also those without a figure, from the first figure to the last that
    is over or is asked for."""
    as_was = series(state, asked.indicator, asked.agency)
    on_today = series(state, asked.indicator, asked.agency, state.today_map)
    indicator, events = state.definitions.indicators[asked.indicator], _events(state, asked.agency)
    shown = [p for p in {*as_was, *on_today} if p.grain is period.grain]
    shown = [p for p in shown if p.is_over(state.today) or p == period]
    if not shown:
        return
    first, last = min(shown), max(shown)
    for one in periods_between(first.start, last.last_day, period.grain):
        held = held_against(row.target, indicator, one.last_day) if row else None
        held = held if row and _has_way(row, indicator, one.last_day) else None
        new = tuple(e for e in events if one != first and one.start <= e.day < one.end)
        yield Step(one, as_was.get(one), on_today.get(one), rounded(held[0]) if held else None, new)


def _events(state: State, agency: str) -> tuple[Reorganisation, ...]:
    """The reorganisations that the agency, or what it was before, came out of or lost some of itself to."""
    known = state.definitions.reorganisations
    line = {agency} | predecessors(known, agency)
    touching = [e for e in known if any(move.source in line or move.target in line for move in e.moves)]
    return tuple(sorted(touching, key=lambda event: event.day))


# --- why ---------------------------------------------------------------------------------


def _parts(
    state: State, indicator: Indicator, whole: Measurement, held: tuple[Fraction, bool] | None
) -> Iterator[Parts]:
    below = _below(state, indicator, whole)
    if below:
        yield _made(state, indicator, whole, below, held, _kind(state, below, whole))
    yield from _breakdowns(state, indicator, whole, held)


def _made(
    state: State,
    indicator: Indicator,
    whole: Measurement,
    parts: Sequence[Part],
    held: tuple[Fraction, bool] | None,
    kind: Name,
) -> Parts:
    if held is None:
        ranked = sorted(parts, key=_ranked(indicator))
        rows = tuple(_rows(state, whole, [Contribution(p, None) for p in ranked]))
        return Parts(kind, None, rows, _NONE, _ORDERS[indicator.better])
    found = why(indicator, whole, parts, held[0], held[1], kind)
    rows = tuple(_rows(state, whole, found.contributions))
    return Parts(kind, found, rows, rounded(found.beside), found.shared_by.words)


#: Nothing is called the worst where nobody says what is better.
_ORDERS = {
    Better.HIGHER: Name("Xếp từ kém nhất (thấp nhất)", "The worst (lowest) first"),
    Better.LOWER: Name("Xếp từ kém nhất (cao nhất)", "The worst (highest) first"),
    None: Name("Xếp từ cao nhất", "The highest first"),
}


def _ranked(indicator: Indicator) -> Callable[[Part], tuple[bool, Decimal, str]]:
    """The worst first; the highest, where nothing is better. Those without a figure last."""
    sign = 1 if indicator.better is Better.HIGHER else -1

    def key(part: Part) -> tuple[bool, Decimal, str]:
        value = part.measurement.value if part.measurement else None
        return value is None, sign * (value or _NONE), part.id

    return key


def _below(state: State, indicator: Indicator, whole: Measurement) -> list[Part]:
    """The agencies right below that count in the figure: on the map it is read on."""
    day, tree = map_day(state, whole), state.definitions.tree.on(map_day(state, whole))
    rule = indicator.rules[whole.rule]
    if whole.agency not in tree:
        return []
    figures = state.of_period(indicator.id, whole.period, Reading.of(whole.reading))
    return [
        _part(state, indicator, rule, whole, agency, day)
        for agency in tree.children_of[whole.agency]
        if _counts_in(state, rule, whole, tree.level_of[agency])
        and (agency in figures or tree.level_of[agency] in rule.reporters)
    ]


def _counts_in(state: State, rule: Rule, whole: Measurement, level: str) -> bool:
    tiers = state.definitions.tree
    return rule.within is Within.ALL or tiers.tier(level) == tiers.tier(whole.level)


def _part(
    state: State,
    indicator: Indicator,
    rule: Rule,
    whole: Measurement,
    agency: str,
    day: date,
) -> Part:
    weight = state.definitions.tree.agencies[agency].weight(rule.recast_by, day)
    found = state.lookup(indicator.id, agency, whole.period, Reading.of(whole.reading))
    return Part(agency, name_of(state, agency, day), found, weight=weight.amount if weight else None)


def _breakdowns(
    state: State, indicator: Indicator, whole: Measurement, held: tuple[Fraction, bool] | None
) -> Iterator[Parts]:
    rule = indicator.rules[whole.rule]
    if not rule.breakdowns:
        return
    known = state.of_agency(indicator.id, whole.agency, Reading.of(whole.reading), breakdowns=True)
    record_type = state.definitions.record_types[rule.record]
    for field in rule.breakdowns:
        of_field = [m for m in known if m.period == whole.period and m.breakdown and m.breakdown[0] == field]
        named = record_type.fields[field]
        parts = [Part(str(m.breakdown), named.name_of(m.breakdown[1]), m) for m in of_field if m.breakdown]
        if parts:
            yield _made(state, indicator, whole, parts, held, named.label)


def _kind(state: State, parts: Sequence[Part], whole: Measurement) -> Name:
    tree = state.definitions.tree
    levels = {tree.on(map_day(state, whole)).level_of.get(part.id) for part in parts}
    if len(levels) == 1:
        return level_kind(state, levels.pop() or "")
    return Name("đơn vị", "agencies")


def _rows(state: State, whole: Measurement, found: Sequence[Contribution]) -> Iterator[PartRow]:
    most = max((abs(one.amount) for one in found if one.amount), default=Fraction(1))
    day = map_day(state, whole)
    for one in found:
        agency = one.part.id if one.part.id in state.definitions.tree.agencies else ""
        then, today, heir = heads(state, agency, min(whole.period.last_day, day)) if agency else (None,) * 3
        bar = int(abs(one.amount) / most * 100) if one.amount else 0
        yield PartRow(one, one.part.name, agency, then, today, heir, bar)
