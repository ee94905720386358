"""A series as a control chart sees it, and where its newest figure stands.

``left``: where a figure has lain beyond its baseline for as many periods as a baseline takes, it is no news
any more, every month anew, that it does. The chart then says that the baseline should be chosen again, and
what counts as a signal is whether it moves against the periods just before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from kieng.judgement.family import NARROWEST, Family, spread_of
from kieng.judgement.kinds import factor, is_count, is_counted_share
from kieng.judgement.parameters import Parameters
from kieng.judgement.phases import Phase, phases
from kieng.judgement.signals import Seen, SignalRule, Trial, beyond, last_together, trials_on
from kieng.judgement.usual import Spot, Usual, counts, deviation_of, deviation_of_logarithms, figures, shares
from kieng.measurement.measurement import Measurement
from kieng.plan.baseline_periods import BaselinePeriods
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.words import Name


class ChartKind(StrEnum):
    """By which law figures vary: shares made by counting, counts, or any other figure."""

    P = "p"
    C = "c"
    XMR = "xmr"


class Verdict(StrEnum):
    """Whether the newest figure is part of a signal. ``left``: it has long been at another level than its
    baseline, and moves no more than usual there."""

    SIGNAL = "signal"
    ORDINARY = "ordinary"
    LEFT = "left"
    TOO_FEW = "too_few"

    @property
    def words(self) -> Name:
        return _WORDS[self]


_WORDS = {
    Verdict.SIGNAL: Name("Tín hiệu", "Signal"),
    Verdict.ORDINARY: Name("Dao động thông thường", "Ordinary variation"),
    Verdict.LEFT: Name("Đã sang mức khác kỳ gốc", "At another level than its baseline"),
    Verdict.TOO_FEW: Name("Còn quá ít kỳ để phân biệt", "Too few periods to judge"),
}


@dataclass(frozen=True)
class Course:
    """One agency's figures of one length of period by the newest one's rule. ``periods``: also those without
    a figure; ``dropped``: how many were left out for another rule."""

    indicator: Indicator
    kind: ChartKind
    spots: Mapping[Period, Spot]
    periods: tuple[Period, ...]
    phases: tuple[Phase, ...]
    family: Family
    restless: float  # φ so many times the family's is the series' own
    dropped: int

    @property
    def newest(self) -> Period:
        return self.phases[-1].periods[-1]

    def of(self, periods: Sequence[Period]) -> list[Spot]:
        return [self.spots[period] for period in periods]


@dataclass(frozen=True)
class Now:
    """Where the newest figure stands. ``broken``: the rules it breaks against its baseline. ``left``: the
    periods that have lain on one side of it. ``moving``: how it moves against the periods just before, and
    which these are; None where no more than usual."""

    broken: tuple[Seen, ...]
    left: tuple[Period, ...] = ()
    moving: Seen | None = None
    before: tuple[Spot, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if self.left:
            return Verdict.SIGNAL if self.moving else Verdict.LEFT
        return Verdict.SIGNAL if self.broken else Verdict.ORDINARY

    @property
    def way(self) -> int:
        """Where it goes now: 1 up, -1 down, 0 nowhere. What happens now comes before what was."""
        if self.verdict is not Verdict.SIGNAL:
            return 0
        return self.moving.range.side if self.moving else self.broken[0].range.side


def course_of(
    indicator: Indicator,
    measurements: Sequence[Measurement],
    chosen: Sequence[BaselinePeriods],
    family: Family,
    kind: ChartKind | None,
    known: Parameters,
) -> Course:
    """See :func:`kieng.judgement.control_chart.control_chart`."""
    told = [found for found in measurements if found.value is not None]
    rule = told[-1].rule if told else 0
    kept = [found for found in measurements if found.value is None or found.rule == rule]
    shown = kind or _kind(indicator, [found for found in told if found.rule == rule])
    spots = {m.period: _spot(indicator, m) for m in kept if m.value is not None}
    periods = tuple(found.period for found in kept)
    day = day_of(spots)
    found = phases(list(spots), chosen, int(known.on("chart_baseline_points", day)))
    restless = float(known.on("chart_restless", day))
    return Course(indicator, shown, spots, periods, found, family, restless, len(measurements) - len(kept))


def day_of(spots: Mapping[Period, Spot]) -> date:
    """The day whose thresholds hold: the last of the newest figure."""
    return max(spots).last_day if spots else date.max


def _kind(indicator: Indicator, told: Sequence[Measurement]) -> ChartKind:
    rule = indicator.rules[told[-1].rule if told else 0]
    if is_counted_share(indicator, rule) and all(_is_share(found) for found in told):
        return ChartKind.P
    if is_count(rule) and all(not found.weighted and (found.value or 0) % 1 == 0 for found in told):
        return ChartKind.C
    return ChartKind.XMR


def _is_share(found: Measurement) -> bool:
    part, whole = found.numerator, found.denominator
    return not found.weighted and part is not None and whole is not None and 0 <= part <= whole and whole > 0


def _spot(indicator: Indicator, found: Measurement) -> Spot:
    if found.numerator is None or not found.denominator:
        return Spot(found.period, Fraction(found.value or 0))
    times = factor(indicator, indicator.rules[found.rule])
    value = Fraction(found.numerator) / Fraction(found.denominator) * times
    return Spot(found.period, value, int(found.numerator), int(found.denominator))


# --- judging ------------------------------------------------------------------------------


def usual_of(course: Course, phase: Phase, least: int) -> Usual | None:
    """The ordinary range that the baseline of ``phase`` tells; None where it tells too little."""
    base = course.of(phase.base)
    if len(base) < max(2, least):
        return None
    return _usual(course, base, base)


def _usual(course: Course, base: Sequence[Spot], told: Sequence[Spot]) -> Usual | None:
    """The range about the level of ``told``, as wide as the figures of ``base`` move."""
    freedom = len(base) - 1
    match course.kind:
        case ChartKind.P:
            return shares(told, *spread_used(course, base))
        case ChartKind.C:
            return counts(told, deviation_of(base), freedom)
        case ChartKind.XMR:
            deviation, leaning = deviation_of(base), deviation_of_logarithms(base)
            return figures(told, deviation, freedom, leaning) if deviation else None


def spread_used(course: Course, base: Sequence[Spot]) -> tuple[float, int]:
    """φ and its degrees of freedom: the family's, or the series' own where nothing else is known or where it
    is much more restless than its family."""
    family = course.family
    if family is NARROWEST:
        return 0.0, 1
    own, freedom = spread_of([(spot.part, spot.whole) for spot in base])
    if family.freedom <= freedom or own > course.restless * family.spread:
        return own, max(1, len(base) - 1)
    return family.spread, family.freedom


def now(course: Course, known: Parameters) -> Now | None:
    """Where the newest figure stands; None where its baseline tells too little, or holds it."""
    phase, day = course.phases[-1], course.newest.last_day
    usual = usual_of(course, phase, int(known.on("chart_least_points", day)))
    if usual is None or not phase.after:
        return None
    trials = trials_on(day, course.family.size, known)
    after = course.of(phase.after)
    broken = tuple(beyond(after, usual, trials))
    left = _left(after, usual, trials[0], int(known.on("chart_left_periods", day)))
    if not broken and not left:
        return Now(())
    moving, before = _moving(course, phase, after, trials, int(known.on("chart_few_periods", day)))
    return Now(broken, left, moving, before)


def _left(after: Sequence[Spot], usual: Usual, trial: Trial, least: int) -> tuple[Period, ...]:
    """The newest periods in a row on one side of the centre, if they are enough, and together beyond."""
    last = last_together(after, least)
    if last is None:
        return ()
    seen = usual.range_of(last, trial.tail)
    if not seen.side or not all(seen.side * (float(spot.value) - seen.centre) > 0 for spot in last):
        return ()
    row = list(last)
    for spot in after[-least - 1 :: -1]:
        on_that_side = seen.side * (float(spot.value) - seen.centre) > 0
        if not on_that_side or spot.period.shift(1) != row[0].period:
            break
        row.insert(0, spot)
    return tuple(spot.period for spot in row)


def _moving(
    course: Course, phase: Phase, after: Sequence[Spot], trials: Sequence[Trial], before: int
) -> tuple[Seen | None, tuple[Spot, ...]]:
    """The newest figure, or a few together, against as many periods just before."""
    base = course.of(phase.base)
    for trial in trials:
        together = last_together(after, trial.periods + before)
        if trial.rule is SignalRule.MANY or together is None:
            continue
        told = tuple(together[:before])
        usual = _usual(course, base, told)
        found = list(beyond(together, usual, [trial])) if usual else []
        if found:
            return found[0], told
    return None, ()
