"""The picture of an indicator's course: its lines, targets and breaks, and what it shows in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kieng.judgement.aim import goal_of
from kieng.judgement.ends import course_in_words
from kieng.judgement.phrases import both, day, made_up
from kieng.judgement.trajectory import expected_on
from kieng.measurement.request import AS_WAS
from kieng.plan.agency import Agency
from kieng.plan.indicator import Indicator
from kieng.plan.lineage import predecessors
from kieng.plan.period import Grain, Period
from kieng.web.pictures.series import Break, Goal, Kind, Line, Point, Series, with_gaps
from kieng.web.public.indicator import Standpoint
from kieng.web.public.series import all_periods, course, is_part, part_in
from kieng.web.public.shown import Shown
from kieng.web.public.source import Source
from kieng.words import Name

_MOST_BEFORE = 4
_MOST_GOALS = 3
_AHEAD = timedelta(days=200)


@dataclass(frozen=True)
class Course:
    """The figures of one agency in both readings, of periods of one length; ``before`` are those of the
    agencies it was made of, as they were."""

    agency: str
    as_was: tuple[Shown, ...]
    today: tuple[Shown, ...]
    before: tuple[tuple[str, tuple[Shown, ...]], ...]

    def rows(
        self, agencies: Mapping[str, Agency]
    ) -> list[tuple[Period, Shown | None, Shown, tuple[Shown | None, ...]]]:
        """Every period, the newest first: as it was, on today's map, and before, by agency. None stands for
        an agency that did not exist in the period: no figure of it is missing."""
        as_was = [(self.agency, _by_period(self.as_was))]
        as_was += [(agency, _by_period(points)) for agency, points in self.before]
        today = _by_period(self.today)
        made = []
        for period in sorted(set().union(today, *(known for _, known in as_was)), key=_start, reverse=True):
            own, *before = (_as_was(agencies[agency], known, period) for agency, known in as_was)
            made.append((period, own, today.get(period, Shown(None)), tuple(before)))
        return made

    @property
    def figures(self) -> Iterator[Shown]:
        """All there is to draw."""
        yield from (*self.as_was, *self.today)
        for _, points in self.before:
            yield from points

    @property
    def readings_differ(self) -> bool:
        """Whether the past reads differently on today's map."""
        return _values(self.as_was) != _values(self.today)


def course_of(source: Source, agency: str, grain: Grain) -> Course:
    """Both readings of an agency, and the agencies of its level that it was made of."""
    tree = source.definitions.tree
    level = tree.agencies[agency].levels[-1].value
    came_from = sorted(predecessors(source.definitions.reorganisations, agency))
    peers = [a for a in came_from if tree.agencies[a].levels[-1].value == level]
    before = [(a, course(source, a, grain, AS_WAS)) for a in peers[:_MOST_BEFORE]]
    return Course(
        agency,
        course(source, agency, grain, AS_WAS),
        course(source, agency, grain, source.today_map),
        tuple((a, points) for a, points in before if any(one.has_figure for one in points)),
    )


def series_of(source: Source, indicator: Indicator, found: Course, targets: Sequence[Standpoint]) -> Series:
    """The picture of a course."""
    lines = tuple(line for line in _lines(source, found) if line.points)
    first = min((line.points[0].day for line in lines), default=source.today)
    name = source.definitions.tree.name(found.agency, source.today)
    title = both("{i}: {a}", "{i}: {a}", i=indicator.name, a=name)
    goals = tuple(_goals(source, targets, first))
    breaks = tuple(_breaks(source, found, first))
    said = finding(source, indicator, found, targets)
    mark = made_up(one.measurement for one in found.figures if one.has_figure)
    return Series(title, indicator.unit_name, lines, goals, breaks, said, mark)


def finding(source: Source, indicator: Indicator, found: Course, targets: Sequence[Standpoint]) -> Name:
    """What the picture shows, in words."""
    points = found.today if any(one.has_figure for one in found.today) else found.as_was
    known = [one.measurement for one in points if one.has_figure and one.measurement]
    said = course_in_words(source.definitions, indicator, known)
    if said is None:
        return Name("Chưa có số liệu nào", "There are no figures yet")
    said = Name(said.vi[:1].upper() + said.vi[1:], said.en[:1].upper() + said.en[1:])
    for one in targets[:2]:
        if one.standing is None:  # withheld, as it would tell of a hidden figure
            continue
        words = one.standing.words
        said = both(
            "{s}; mục tiêu {asks} đến {by}: {w}",
            "{s}; target {asks} by {by}: {w}",
            s=said,
            asks=one.asks,
            by=day(one.line.target.by),
            w=Name(words.vi.lower(), words.en.lower()),
        )
    return both("{s}.", "{s}.", s=said)


def _lines(source: Source, found: Course) -> Iterator[Line]:
    name = source.definitions.tree.name
    for agency, points in found.before:
        yield Line(
            both("{a} (trước sắp xếp)", "{a} (before)", a=name(agency, source.today)),
            Kind.BEFORE,
            _points(source, points),
        )
    own = name(found.agency, source.today)
    yield Line(
        both("{a}, theo địa giới tại thời điểm đó", "{a}, as it was", a=own),
        Kind.AS_WAS,
        _points(source, found.as_was),
    )
    if found.readings_differ:
        words = both("{a}, theo địa giới hiện nay", "{a}, on today's map", a=own)
        yield Line(words, Kind.TODAY, _points(source, found.today))


def _points(source: Source, shown: Sequence[Shown]) -> tuple[Point, ...]:
    points = [
        Point(
            part_in(source, m)[1] or m.measured_through or m.period.last_day,
            str(m.period),
            m.value if one.has_figure else None,
            m.state == "estimate",
            m.running,
            is_part(source, m),
            m.extent is not None and m.extent.delivered,
        )
        for one in shown
        if (m := one.measurement) is not None
    ]
    return with_gaps(points, [(period.last_day, str(period)) for period in all_periods(shown)])


def _goals(source: Source, targets: Sequence[Standpoint], first: date) -> Iterator[Goal]:
    end = source.today + _AHEAD
    seen: set[tuple[Decimal, date]] = set()
    for one in targets:
        target, limit = one.line.target, one.limit
        if limit is None or one.line.judgement.standing.is_closed or (limit, target.by) in seen:
            continue
        seen.add((limit, target.by))
        words = both("{asks} ({by})", "{asks} ({by})", asks=one.asks, by=day(target.by))
        yield Goal(words, tuple(_way(one, limit, max(first, one.plan.valid_from), end)))
        if len(seen) == _MOST_GOALS:
            return


def _way(one: Standpoint, limit: Decimal, since: date, end: date) -> Iterator[tuple[date, Decimal]]:
    """From the baseline over the milestones; flat where there is none. Cut off some time after today."""
    target = one.line.target
    last = max(min(target.by, end), since)
    goal = goal_of(target, one.aim) if one.aim else None
    if target.baseline is None or goal is None:
        yield since, limit
        yield last, limit
        return
    days = [target.baseline.on, *(m.by for m in target.milestones), last]
    for at in sorted({d for d in days if d <= last}):
        expected = expected_on(target, goal, at)
        if expected is not None:
            yield at, Decimal(expected.numerator) / expected.denominator


def _breaks(source: Source, found: Course, first: date) -> Iterator[Break]:
    """The days on which the agency, or one that it was made of, was touched by a reorganisation."""
    own = {found.agency, *(agency for agency, _ in found.before)}
    touching = [
        one
        for one in source.definitions.reorganisations
        if first < one.day <= source.today and any({move.source, move.target} & own for move in one.moves)
    ]
    named: dict[date, Name] = {}
    for one in sorted(touching, key=lambda one: len(one.moves)):  # of one day, the one that is most about it
        named.setdefault(one.day, one.name)
    yield from (Break(at, name) for at, name in sorted(named.items()))


def _as_was(agency: Agency, known: Mapping[Period, Shown], period: Period) -> Shown | None:
    if period in known:
        return known[period]
    return Shown(None) if agency.last_day_in(period) else None


def _start(period: Period) -> date:
    return period.start


def _by_period(points: Sequence[Shown]) -> dict[Period, Shown]:
    return {one.measurement.period: one for one in points if one.measurement}


def _values(points: Sequence[Shown]) -> dict[Period, Decimal]:
    return {
        p: m.value for p, one in _by_period(points).items() if (m := one.measurement) and m.value is not None
    }
