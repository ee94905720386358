"""At this pace (theo tốc độ hiện nay): when a target will be met if it goes on as in the last periods.

The last figures are taken as a straight line with noise about it (``trend.py``), and the line goes on. That
is no promise and knows no season: it only says what "going on like this" comes to. What lies farther off than
a few years is called "not at this pace". Where the pace may as well be the other way there is no trend, and
nothing is foretold.

Two ranges of 80 %: of a **figure** to come, with the noise of the past figures and its own in it, and of the
**period** in which the level, not a lucky figure, reaches the target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kieng.judgement.aim import Aim, aim_of
from kieng.judgement.kinds import is_count, is_counted_share
from kieng.judgement.parameters import Parameters, built_in
from kieng.judgement.phrases import both, day, difference
from kieng.judgement.target_words import target_text
from kieng.judgement.trend import Trend, trend_of
from kieng.measurement.measurement import Measurement
from kieng.measurement.value import rounded
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain, Period
from kieng.plan.target import Target, TargetKind
from kieng.words import Name


class Outlook(StrEnum):
    """Whether the target will be met in time at this pace. ``uncertain``: the range of the pace holds
    both. ``no_trend``: the figures swing by more than they move. ``no_pace``: a range or "done" is not
    reached by going on."""

    MET = "met"
    IN_TIME = "in_time"
    UNCERTAIN = "uncertain"
    LATE = "late"
    NOT_AT_THIS_PACE = "not_at_this_pace"
    NO_TREND = "no_trend"
    TOO_FEW = "too_few"
    NO_PACE = "no_pace"

    @property
    def words(self) -> Name:
        return _WORDS[self]


_NEAR = 1e-9  # of the goal: far more than a float is wrong by
_WORDS = {
    Outlook.MET: Name("Các kỳ gần nhất đã ở mức mục tiêu", "The last periods are at the target"),
    Outlook.IN_TIME: Name("Kịp hạn với tốc độ này", "In time at this pace"),
    Outlook.UNCERTAIN: Name("Chưa chắc kịp hạn", "Not sure to be in time"),
    Outlook.LATE: Name("Trễ hạn với tốc độ này", "Too late at this pace"),
    Outlook.NOT_AT_THIS_PACE: Name("Không đạt với tốc độ này", "Not at this pace"),
    Outlook.NO_TREND: Name("Chưa rõ xu hướng", "No trend to be seen"),
    Outlook.TOO_FEW: Name("Còn quá ít kỳ để tính tốc độ", "Too few periods to tell the pace"),
    Outlook.NO_PACE: Name("Không tính theo tốc độ", "Not a matter of pace"),
}
_EVERY = {
    Grain.MONTH: Name("mỗi tháng", "a month"),
    Grain.QUARTER: Name("mỗi quý", "a quarter"),
    Grain.HALF: Name("mỗi nửa năm", "a half-year"),
    Grain.YEAR: Name("mỗi năm", "a year"),
}


#: So many periods in a row have to be at the target before it is said that they are.
_FIRM = 3


@dataclass(frozen=True)
class Range:
    """The slow end, the middle and the fast end, toward the target."""

    slow: Decimal
    middle: Decimal
    fast: Decimal


@dataclass(frozen=True)
class Forecast:
    """``per_period``: the pace, in the indicator's unit for each period, positive upward. ``met_in``, at the
    earliest in ``earliest``, at the latest in ``latest``; None: not within the horizon. ``at_deadline``: the
    figure this pace comes to. ``needed``: the pace that would be in time. Both None when the deadline is
    over."""

    outlook: Outlook
    finding: Name
    per_period: Range | None = None
    met_in: Period | None = None
    earliest: Period | None = None
    latest: Period | None = None
    at_deadline: Range | None = None
    needed: Decimal | None = None
    #: Of one that is there: whether each of the last periods is, not only the level about which they swing.
    firmly: bool = True


@dataclass(frozen=True)
class _Way:
    """What is left from the last figure. ``left`` is positive until the target is reached."""

    target: Target
    indicator: Indicator
    last: Measurement
    sign: int
    left: Fraction
    strict: bool
    trend: Trend
    horizon: int  # in periods
    today: date | None = None

    @property
    def periods_left(self) -> int:
        """How many periods after the last figure end at or before the deadline."""
        period, count = self.last.period.shift(1), 0
        while period.last_day <= self.target.by:
            period, count = period.shift(1), count + 1
        return count

    @property
    def needed(self) -> Decimal | None:
        """The pace that would be in time; None when the deadline is over."""
        count = self.periods_left
        return rounded(self.sign * self.left / count) if count else None

    def reached(self, end: int) -> Period | None:
        """The first period in which the level reaches the target: in the middle (0), at the slow end of its
        range (-1) or at the fast one (1), toward the target."""
        goal = self.left + self.sign * Fraction(self.last.value or 0)
        near = _NEAR * (1 + abs(float(goal)))
        for steps in range(1, self.horizon + 1):
            short = float(goal) - self.sign * self.trend.level_about(steps, self.sign * end)
            # Where it is not plain, exactly: to reckon exactly throughout takes twenty times as long.
            if short < -near or (short <= near and self._fulfils(self._level(steps, end), goal)):
                return self._not_before_today(self.last.period.shift(steps))
        return None

    def _level(self, steps: int, end: int) -> Fraction:
        return self.sign * self.trend.level(steps, self.sign * end)

    @property
    def is_there(self) -> bool:
        """Whether the level is at the target already: one figure alone may be luck."""
        goal = self.left + self.sign * Fraction(self.last.value or 0)
        return self._fulfils(self.sign * self.trend.at_last, goal)

    def _fulfils(self, at: Fraction, goal: Fraction) -> bool:
        return at > goal or (at == goal and not self.strict)

    def _not_before_today(self, found: Period) -> Period:
        """What is foretold is still to come, however long ago the last figure was."""
        if self.today is None or found.last_day >= self.today:
            return found
        return Period.containing(self.today, found.grain)


def forecast(
    target: Target,
    indicator: Indicator,
    measurements: Sequence[Measurement],
    parameters: Parameters | None = None,
    today: date | None = None,
) -> Forecast:
    """When ``target`` will be met, from ``today`` on, at the pace of the last ``measurements``: one agency's,
    on one reading, of one length of period that may be held against the target, oldest first. Periods
    without a figure and figures by another rule than the newest one's are passed over."""
    known, aim = parameters or built_in(), aim_of(target, indicator)
    told = [found for found in measurements if found.value is not None]
    told = [found for found in told if found.rule == told[-1].rule]
    if aim is None or target.kind is TargetKind.DONE or not (aim.is_floor or aim.is_ceiling):
        return _without(Outlook.NO_PACE)
    if not told:
        return _without(Outlook.TOO_FEW)
    last = told[-1]
    on = last.period.last_day
    recent = told[-int(known.on("pace_points", on)) :]
    firmly = len(told) >= _FIRM and all(aim.holds(one.value or Decimal(0)) for one in told[-_FIRM:])
    if len(recent) < known.on("pace_least_points", on):
        return _at_target(target, last, indicator, firmly) if firmly else _without(Outlook.TOO_FEW)
    way = replace(_way(target, indicator, aim, recent, known), today=today)
    if not way.is_there:
        return _forecast(way)
    return _at_target(target, last, indicator, firmly)


def _at_target(target: Target, last: Measurement, indicator: Indicator, firmly: bool) -> Forecast:
    vi, en = "Mức các kỳ gần nhất, đến kỳ {p}, đã ở {goal}", "The last periods, to {p}, are at {goal}"
    if not firmly:
        vi, en = "Các kỳ gần nhất, đến kỳ {p}, quanh mức {goal}", "The last periods, to {p}, are about {goal}"
    words = both(vi, en, p=last.period, goal=target_text(target, indicator))
    return Forecast(Outlook.MET, words, firmly=firmly)


def _without(outlook: Outlook) -> Forecast:
    return Forecast(outlook, outlook.words)


def _way(
    target: Target, indicator: Indicator, aim: Aim, recent: Sequence[Measurement], known: Parameters
) -> _Way:
    last, sign = recent[-1], 1 if aim.is_floor else -1
    on, months = last.period.last_day, last.period.grain.months
    limit = Fraction((aim.low if aim.is_floor else aim.high) or 0)
    horizon = int(known.on("pace_horizon_years", on)) * 12 // months
    left = sign * (limit - Fraction(last.value or 0))
    points = [(_apart(last.period, one.period), Fraction(one.value or 0)) for one in recent]
    trend = trend_of(points, float(known.on("pace_tail", on)))
    return _Way(target, indicator, last, sign, left, aim.strict, trend, horizon)


def _apart(last: Period, one: Period) -> int:
    """How many periods ``one`` lies after ``last``."""
    months = (one.start.year - last.start.year) * 12 + one.start.month - last.start.month
    return months // last.grain.months


# --- what it comes to --------------------------------------------------------------------


def _forecast(way: _Way) -> Forecast:
    if not way.trend.is_clear:
        return _without_trend(way)
    met_in, earliest, latest = way.reached(0), way.reached(1), way.reached(-1)
    outlook, left, needed = _outlook(way, met_in, earliest, latest), way.periods_left, way.needed
    ends = (-way.sign, 0, way.sign)
    return Forecast(
        outlook,
        _finding(way, outlook, met_in, earliest, latest, needed),
        Range(*(rounded(way.trend.pace(end)) for end in ends)),
        met_in,
        earliest,
        latest,
        Range(*(_possible(way, way.trend.figure(left, end)) for end in ends)) if left else None,
        needed,
    )


def _without_trend(way: _Way) -> Forecast:
    needed, finding = way.needed, Outlook.NO_TREND.words
    if needed is not None:
        finding = both(*_NEEDED, needed=_signed(needed, way.indicator), every=_EVERY[way.last.period.grain])
    return Forecast(Outlook.NO_TREND, finding, needed=needed)


def _outlook(way: _Way, met_in: Period | None, earliest: Period | None, latest: Period | None) -> Outlook:
    if met_in is None:
        return Outlook.NOT_AT_THIS_PACE
    in_time = [one is not None and one.last_day <= way.target.by for one in (earliest, met_in, latest)]
    if all(in_time):
        return Outlook.IN_TIME
    return Outlook.UNCERTAIN if any(in_time) else Outlook.LATE


def _possible(way: _Way, figure: Fraction) -> Decimal:
    """``figure``, but not beyond what it can be."""
    rule = way.indicator.rules[way.last.rule]
    if is_count(rule) or is_counted_share(way.indicator, rule):
        figure = max(figure, Fraction(0))
    return rounded(min(figure, Fraction(100)) if is_counted_share(way.indicator, rule) else figure)


def _finding(
    way: _Way,
    outlook: Outlook,
    met_in: Period | None,
    earliest: Period | None,
    latest: Period | None,
    needed: Decimal | None,
) -> Name:
    every = _EVERY[way.last.period.grain]
    said = {
        "n": way.trend.points,
        "pace": _signed(rounded(way.trend.pace(0)), way.indicator),
        "every": every,
        "goal": target_text(way.target, way.indicator),
        "by": day(way.target.by),
        "p": met_in or "",
        "range": _between(earliest, latest),
    }
    vi, en = _SENTENCES[outlook]
    sentence = both(
        "Theo tốc độ {n} kỳ gần nhất ({pace} {every}), " + vi,
        "At the pace of the last {n} periods ({pace} {every}) " + en,
        **said,
    )
    if needed is None or outlook is Outlook.IN_TIME:
        return sentence
    takes = both(*_NEEDED, needed=_signed(needed, way.indicator), every=every)
    return both("{s}. {takes}", "{s}. {takes}", s=sentence, takes=takes)


_NEEDED = ("Muốn kịp hạn cần {needed} {every}", "To be in time it takes {needed} {every}")
_SENTENCES = {
    Outlook.IN_TIME: (
        "đạt {goal} vào kỳ {p}{range}, kịp hạn {by}",
        "{goal} is met in {p}{range}, before the deadline {by}",
    ),
    Outlook.UNCERTAIN: (
        "đạt {goal} vào kỳ {p}{range}, chưa chắc kịp hạn {by}",
        "{goal} is met in {p}{range}; the deadline {by} is not sure to be kept",
    ),
    Outlook.LATE: (
        "đạt {goal} vào kỳ {p}{range}, trễ hạn {by}",
        "{goal} is met in {p}{range}, after the deadline {by}",
    ),
    Outlook.NOT_AT_THIS_PACE: (
        "không đạt được {goal}{range}",
        "{goal} is not met{range}",
    ),
}


def _between(earliest: Period | None, latest: Period | None) -> Name:
    """ " (sớm nhất 2025-03, muộn nhất 2025-10)"; nothing when not even the fast end gets there."""
    if earliest is None:
        return Name("", "")
    if latest is None:
        vi, en = " (sớm nhất {e}, cũng có thể không đạt)", " (at the earliest {e}, perhaps never)"
        return both(vi, en, e=earliest)
    if earliest == latest:
        return Name("", "")
    vi, en = " (sớm nhất {e}, muộn nhất {l})", " (at the earliest {e}, at the latest {l})"
    return both(vi, en, e=earliest, l=latest)


def _signed(value: Decimal, indicator: Indicator) -> Name:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return both("{s}{d}", "{s}{d}", s=sign, d=difference(abs(value), indicator))
