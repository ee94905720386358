"""Signal or ordinary variation (biểu đồ kiểm soát): whether a figure moved more than it always does.

What it always does is told by a baseline: the first figures, or the periods that an office chose
(``phases.py``). From these comes the ordinary range of later figures, by the law of their kind
(``usual.py``); the rules and what each may cost stand in ``signals.py``; where the newest figure stands, in
``course.py``. Limits never move by themselves: limits that follow the figures would swallow the very change
they are to show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kieng.judgement.chart_words import finding_of, notes_of, signal_words, too_few_words
from kieng.judgement.course import ChartKind, Course, Now, Verdict, course_of, now, usual_of
from kieng.judgement.family import ALONE, NARROWEST, Family
from kieng.judgement.kinds import is_count, is_counted_share
from kieng.judgement.parameters import Parameters, built_in
from kieng.judgement.phases import Phase
from kieng.judgement.signals import Seen, Signal, SignalRule, beyond, trials_on
from kieng.judgement.usual import Range
from kieng.measurement.measurement import VALUE_DIGITS, Measurement
from kieng.measurement.value import rounded
from kieng.plan.baseline_periods import BaselinePeriods
from kieng.plan.indicator import Better, Indicator
from kieng.plan.period import Period
from kieng.words import Name

_PLACES = Decimal(1).scaleb(-VALUE_DIGITS)


@dataclass(frozen=True)
class ChartPoint:
    """A period in the chart, all in the indicator's unit to nine places; None where there is no figure.

    ``low``, ``high`` and ``centre`` are those of its ``phase``, which counts the baselines; the limits are
    cut off where no figure can be. ``rules`` are the rules this period has a part in.
    """

    period: Period
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    centre: Decimal | None
    phase: int
    rules: tuple[SignalRule, ...]


@dataclass(frozen=True)
class Chart:
    """``signals`` are all there are, ``now`` those that end with the newest figure. ``centre`` and
    ``baseline`` are those that hold now, None where there are too few periods. ``bad``: it goes the wrong way
    now. ``baseline_chosen``: somebody chose it."""

    kind: ChartKind
    verdict: Verdict
    points: tuple[ChartPoint, ...]
    centre: Decimal | None
    baseline: tuple[Period, Period] | None
    baseline_chosen: bool
    signals: tuple[Signal, ...]
    bad: bool
    finding: Name
    notes: tuple[Name, ...] = ()

    @property
    def now(self) -> tuple[Signal, ...]:
        newest = [point.period for point in self.points if point.value is not None][-1:]
        return tuple(signal for signal in self.signals if signal.periods[-1:] == tuple(newest))


def control_chart(
    indicator: Indicator,
    measurements: Sequence[Measurement],
    chosen: Sequence[BaselinePeriods] = (),
    family: Family = ALONE,
    kind: ChartKind | None = None,
    parameters: Parameters | None = None,
) -> Chart:
    """``measurements``: one agency's, on one reading, of one length of period, oldest first, also those
    without a figure. Only figures by the newest one's rule are looked at, for a new rule is another
    figure. ``chosen``: the baselines chosen for this series, oldest first. ``family``: what is looked at
    together with it.

    ValueError when the periods are not in order."""
    periods = [found.period for found in measurements]
    if periods != sorted(set(periods), key=lambda p: p.start) or len({p.grain for p in periods}) > 1:
        raise ValueError("a chart needs periods of one length, each once, oldest first")
    known = parameters or built_in()
    course = course_of(indicator, measurements, chosen, family, kind, known)
    if not course.spots:
        return _too_few(course, (), (), known)
    points, found = _through_time(course, known)
    standing = now(course, known)
    if standing is None:
        return _too_few(course, points, found, known)
    phase = course.phases[-1]
    return Chart(
        kind=course.kind,
        verdict=standing.verdict,
        points=points,
        centre=_last(points).centre,
        baseline=(phase.base[0], phase.base[-1]),
        baseline_chosen=phase.chosen is not None,
        signals=found,
        bad=_is_bad(indicator, standing),
        finding=finding_of(course, standing, _newest_range(course, known)),
        notes=tuple(notes_of(course, [s for s in found if s.periods[-1] != course.newest], known)),
    )


def signals_now(
    indicator: Indicator,
    measurements: Sequence[Measurement],
    chosen: Sequence[BaselinePeriods],
    family: Callable[[], Family],
) -> bool:
    """Whether :func:`control_chart` calls the newest figure a signal, for a part of the work: ``family`` is
    only asked for where the narrowest limits leave it open."""
    known = built_in()
    course = course_of(indicator, measurements, chosen, NARROWEST, None, known)
    first = now(course, known) if course.spots else None
    if first is None or first.verdict is Verdict.ORDINARY:
        return False
    found = now(replace(course, family=family()), known)
    return found is not None and found.verdict is Verdict.SIGNAL


def _is_bad(indicator: Indicator, standing: Now) -> bool:
    return standing.way == (-1 if indicator.better is Better.HIGHER else 1)


def _last(points: Sequence[ChartPoint]) -> ChartPoint:
    return next(point for point in reversed(points) if point.value is not None)


# --- through time -------------------------------------------------------------------------


def _through_time(course: Course, known: Parameters) -> tuple[tuple[ChartPoint, ...], tuple[Signal, ...]]:
    """Every period between the limits of its baseline, and every signal there ever was."""
    day = course.newest.last_day
    trials = trials_on(day, course.family.size, known)
    least = int(known.on("chart_least_points", day))
    limits: dict[Period, tuple[int, Range | None]] = {}
    found: list[Signal] = []
    for number, phase in enumerate(course.phases):
        usual = usual_of(course, phase, least)
        for period in phase.periods:
            seen = usual.range_of([course.spots[period]], trials[0].tail) if usual else None
            limits[period] = (number, seen)
        if usual is not None:
            after = course.of(phase.after)
            seen_all = [s for end in range(1, len(after) + 1) for s in beyond(after[:end], usual, trials)]
            found += _rows(course, seen_all)
    found.sort(key=lambda signal: (signal.periods[-1].start, list(SignalRule).index(signal.rule)))
    points = tuple(_point(course, period, limits.get(period), found) for period in course.periods)
    return points, tuple(found)


def _rows(course: Course, found: Sequence[Seen]) -> list[Signal]:
    """What a rule says of one period after another, toward one side, is one signal; told as it ended."""
    rows: dict[tuple[SignalRule, bool], list[list[Seen]]] = {}
    for seen in found:
        lines = rows.setdefault((seen.rule, seen.up), [])
        if lines and lines[-1][-1].spots[-1].period.shift(1) == seen.spots[-1].period:
            lines[-1].append(seen)
        else:
            lines.append([seen])
    signals = []
    for (rule, up), lines in rows.items():
        for line in lines:
            periods = tuple(dict.fromkeys(spot.period for seen in line for spot in seen.spots))
            signals.append(Signal(rule, periods, up, signal_words(course, line)))
    return signals


def _point(
    course: Course, period: Period, limits: tuple[int, Range | None] | None, found: Sequence[Signal]
) -> ChartPoint:
    if limits is None:
        return ChartPoint(period, None, None, None, None, 0, ())
    number, seen = limits
    value = rounded(course.spots[period].value)
    if seen is None:
        return ChartPoint(period, value, None, None, None, number, ())
    rules = tuple(dict.fromkeys(signal.rule for signal in found if period in signal.periods))
    low, high = _cut(course, seen)
    return ChartPoint(period, value, low, high, _decimal(seen.centre), number, rules)


def _cut(course: Course, seen: Range) -> tuple[Decimal, Decimal]:
    """The limits, but not beyond what the figure can be."""
    low, high = _decimal(seen.low), _decimal(seen.high)
    rule = course.indicator.rules[-1]
    if is_count(rule) or is_counted_share(course.indicator, rule):
        low = max(low, Decimal(0))
    if is_counted_share(course.indicator, rule):
        high = min(high, Decimal(100))
    return low, high


def _newest_range(course: Course, known: Parameters) -> tuple[Decimal, Decimal]:
    day = course.newest.last_day
    usual = usual_of(course, course.phases[-1], int(known.on("chart_least_points", day)))
    if usual is None:
        raise ValueError("only a judged course has a range")
    trial = trials_on(day, course.family.size, known)[0]
    return _cut(course, usual.range_of([course.spots[course.newest]], trial.tail))


def _decimal(value: float) -> Decimal:
    return Decimal(value).quantize(_PLACES)


# --- too few ------------------------------------------------------------------------------


def _too_few(
    course: Course, points: tuple[ChartPoint, ...], found: tuple[Signal, ...], known: Parameters
) -> Chart:
    phase = course.phases[-1] if course.phases else Phase((), ())
    shown = points or tuple(ChartPoint(p, None, None, None, None, 0, ()) for p in course.periods)
    last = course.newest.last_day if course.spots else None
    least = int(known.on("chart_least_points", last)) if last else 1
    words = too_few_words(course, phase, least)
    chosen = phase.chosen is not None
    return Chart(course.kind, Verdict.TOO_FEW, shown, None, None, chosen, found, False, words)
