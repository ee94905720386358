"""Signal or ordinary variation (biểu đồ kiểm soát): whether a figure moved more than it always does.

**XmR** (individuals and moving range, Wheeler): the mean of the baseline, and limits of 2.66 mean moving
ranges. It asks nothing of how the figure is made, so it serves every indicator.

**p-chart**: for shares made by counting, whose denominators differ from period to period. Limits of 3
binomial standard deviations about the baseline's common share; where the baseline itself moves more than
the binomial law allows, they are widened by how much (Laney's p′, 2002), and the result says so.

**Limits stay.** They come from a baseline (the first periods, or the one that is named) and never move
by themselves: limits that follow the figures would swallow the very change they are to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

from kieng.judgement.kinds import factor, is_count, is_counted_share
from kieng.judgement.parameters import Parameters, built_in
from kieng.judgement.phrases import both, figure, number
from kieng.judgement.signals import Numbers, Signal, SignalRule, Spot, numbers_on, signals
from kieng.measurement.measurement import Measurement
from kieng.measurement.value import rounded
from kieng.plan.indicator import Better, Indicator
from kieng.plan.period import Period
from kieng.words import Name

_DIGITS = 40
_TOLD = 2  # as many signals are said in one sentence; the chart has all


class ChartKind(StrEnum):
    XMR = "xmr"
    P = "p"


class Verdict(StrEnum):
    """Whether the newest figure is part of a signal."""

    SIGNAL = "signal"
    ORDINARY = "ordinary"
    TOO_FEW = "too_few"

    @property
    def words(self) -> Name:
        return _WORDS[self]


_WORDS = {
    Verdict.SIGNAL: Name("Tín hiệu", "Signal"),
    Verdict.ORDINARY: Name("Dao động thường", "Ordinary variation"),
    Verdict.TOO_FEW: Name("Còn quá ít kỳ để phân biệt", "Too few periods to judge"),
}


@dataclass(frozen=True)
class ChartPoint:
    """A period in the chart, all in the indicator's unit to nine places; None where there is no figure.

    ``low`` and ``high`` are the limits at this period, cut off where no figure can be. ``moving_range``
    is the distance to the period just before. ``rules`` are the rules this period has a part in.
    """

    period: Period
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    moving_range: Decimal | None
    rules: tuple[SignalRule, ...]


@dataclass(frozen=True)
class Chart:
    """``signals`` are all there are, ``now`` those that the newest figure is part of: they make the
    verdict. ``centre``, ``baseline`` and ``range_limit`` are None where there are too few periods."""

    kind: ChartKind
    verdict: Verdict
    points: tuple[ChartPoint, ...]
    centre: Decimal | None
    range_limit: Decimal | None
    baseline: tuple[Period, Period] | None
    signals: tuple[Signal, ...]
    finding: Name
    notes: tuple[Name, ...] = ()

    @property
    def now(self) -> tuple[Signal, ...]:
        newest = [point.period for point in self.points if point.value is not None][-1:]
        return tuple(signal for signal in self.signals if signal.periods[-1:] == tuple(newest))


@dataclass(frozen=True)
class _Limits:
    """Exact. ``widths``: from the mean to the limit, by period. ``wider``: Laney's factor, at least 1."""

    centre: Fraction
    widths: dict[Period, Fraction]
    range_limit: Fraction | None
    wider: Fraction = Fraction(1)


@dataclass(frozen=True)
class _Series:
    indicator: Indicator
    kind: ChartKind
    figures: dict[Period, Measurement]  # those with a figure by the newest rule
    periods: tuple[Period, ...]

    @property
    def values(self) -> dict[Period, Fraction]:
        return {period: self.value(found) for period, found in self.figures.items()}

    def value(self, found: Measurement) -> Fraction:
        if found.numerator is None or not found.denominator:
            return Fraction(found.value or 0)
        times = factor(self.indicator, self.indicator.rules[found.rule])
        return Fraction(found.numerator) / Fraction(found.denominator) * times


def control_chart(
    indicator: Indicator,
    measurements: Sequence[Measurement],
    baseline: tuple[Period, Period] | None = None,
    kind: ChartKind | None = None,
    parameters: Parameters | None = None,
) -> Chart:
    """``measurements``: one agency's, on one reading, of one length of period, oldest first, also those
    without a figure. Only figures by the newest one's rule are looked at, for a new rule is another
    figure. ``baseline`` names its first and last period; else the first periods are it. Shares made by
    counting have a p-chart unless ``kind`` is XmR, all else has XmR.

    ValueError when the periods are not in order."""
    periods = [found.period for found in measurements]
    if periods != sorted(set(periods), key=lambda p: p.start) or len({p.grain for p in periods}) > 1:
        raise ValueError("a chart needs periods of one length, each once, oldest first")
    known, series = parameters or built_in(), _series(indicator, measurements, kind)
    if not series.figures:
        return _too_few(series, 0, 1)
    day = max(series.figures).last_day
    base = _baseline(series, baseline, int(known.on("chart_baseline_points", day)))
    least = int(known.on("chart_least_points", day))
    limits = _limits(series, base, known) if len(base) >= least else None
    if limits is None:
        return _too_few(series, len(base), least)
    return _judged(series, base, limits, numbers_on(day, known), len(measurements) - len(series.periods))


def signals_now(indicator: Indicator, measurements: Sequence[Measurement]) -> bool:
    """Whether :func:`control_chart` finds a signal in the newest figure, for a part of the work: no rule
    looks further back from it than over the points of the longest."""
    known, series = built_in(), _series(indicator, measurements, None)
    if not series.figures:
        return False
    day = max(series.figures).last_day
    base = list(series.figures)[: int(known.on("chart_baseline_points", day))]
    numbers = numbers_on(day, known)
    near = list(series.figures)[-max(numbers.run, numbers.trend, numbers.window) :]
    if len(base) < int(known.on("chart_least_points", day)):
        return False
    part = replace(series, figures={period: series.figures[period] for period in dict.fromkeys(base + near)})
    limits = _limits(part, base, known)
    found = signals(_spots(part, limits)[-len(near) :], numbers, limits.range_limit) if limits else ()
    return any(signal.periods[-1] == near[-1] for signal in found)


def _series(indicator: Indicator, measurements: Sequence[Measurement], kind: ChartKind | None) -> _Series:
    told = [found for found in measurements if found.value is not None]
    rule = told[-1].rule if told else 0
    counted = is_counted_share(indicator, indicator.rules[rule]) and all(
        _is_counted(found) for found in told if found.rule == rule
    )
    chosen = (kind or ChartKind.P) if counted else ChartKind.XMR
    kept = [found for found in measurements if found.value is None or found.rule == rule]
    figures = {found.period: found for found in kept if found.value is not None}
    return _Series(indicator, chosen, figures, tuple(found.period for found in kept))


def _is_counted(found: Measurement) -> bool:
    part, whole = found.numerator, found.denominator
    return not found.weighted and part is not None and whole is not None and 0 <= part <= whole and whole > 0


def _baseline(series: _Series, named: tuple[Period, Period] | None, points: int) -> list[Period]:
    if named is None:
        return list(series.figures)[:points]
    return [period for period in series.figures if named[0].start <= period.start <= named[1].start]


# --- limits ------------------------------------------------------------------------------


def _limits(series: _Series, base: Sequence[Period], known: Parameters) -> _Limits | None:
    return (_p_limits if series.kind is ChartKind.P else _xmr_limits)(series, base, known)


def _xmr_limits(series: _Series, base: Sequence[Period], known: Parameters) -> _Limits | None:
    values, day = series.values, base[-1].last_day
    ranges = _moving_ranges({period: values[period] for period in base})
    if not ranges:
        return None
    centre, moved = _mean([values[period] for period in base]), _mean(list(ranges.values()))
    width = moved * Fraction(known.on("xmr_limit", day))
    widths = dict.fromkeys(values, width)
    return _Limits(centre, widths, moved * Fraction(known.on("xmr_range_limit", day)))


def _p_limits(series: _Series, base: Sequence[Period], known: Parameters) -> _Limits:
    values, day = series.values, base[-1].last_day
    wholes = {period: Fraction(found.denominator or 1) for period, found in series.figures.items()}
    parts = sum((values[p] * wholes[p] for p in base), Fraction(0))
    centre = parts / sum((wholes[p] for p in base), Fraction(0))
    share = centre / 100
    deviations = {p: 100 * _root(share * (1 - share) / whole) for p, whole in wholes.items()}
    wider = Fraction(1)
    if share * (1 - share) > 0:
        standardised = {p: (values[p] - centre) / deviations[p] for p in base}
        moved = list(_moving_ranges(standardised).values())
        wider = max(wider, _mean(moved) * Fraction(known.on("xmr_limit", day)) / 3 if moved else wider)
    sigmas = Fraction(known.on("p_chart_sigmas", day)) * wider
    return _Limits(centre, {p: sigmas * deviation for p, deviation in deviations.items()}, None, wider)


def _moving_ranges(values: dict[Period, Fraction]) -> dict[Period, Fraction]:
    """By later period, how far each figure lies from the one of the period just before."""
    return {p: abs(x - values[p.shift(-1)]) for p, x in values.items() if p.shift(-1) in values}


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _root(value: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


# --- the judged chart --------------------------------------------------------------------


def _judged(
    series: _Series, base: Sequence[Period], limits: _Limits, numbers: Numbers, dropped: int
) -> Chart:
    spots = _spots(series, limits)
    found = signals(spots, numbers, limits.range_limit)
    newest = spots[-1]
    now = [signal for signal in found if signal.periods[-1] == newest.period]
    return Chart(
        kind=series.kind,
        verdict=Verdict.SIGNAL if now else Verdict.ORDINARY,
        points=_points(series, limits, found),
        centre=rounded(limits.centre),
        range_limit=None if limits.range_limit is None else rounded(limits.range_limit),
        baseline=(base[0], base[-1]),
        signals=found,
        finding=_finding(series, now, limits, newest),
        notes=tuple(_notes(base, limits, [s for s in found if s not in now], dropped)),
    )


def _spots(series: _Series, limits: _Limits) -> list[Spot]:
    return [
        Spot(period, value, value - limits.centre, limits.widths[period])
        for period, value in series.values.items()
    ]


def _points(series: _Series, limits: _Limits, found: Sequence[Signal]) -> tuple[ChartPoint, ...]:
    values = series.values
    ranges = _moving_ranges(values)
    points = []
    for period in series.periods:
        if period not in values:
            points.append(ChartPoint(period, None, None, None, None, ()))
            continue
        low, high = _cut(series, limits.centre, limits.widths[period])
        moved = rounded(ranges[period]) if period in ranges else None
        rules = tuple(dict.fromkeys(s.rule for s in found if period in s.periods))
        points.append(ChartPoint(period, rounded(values[period]), low, high, moved, rules))
    return tuple(points)


def _cut(series: _Series, centre: Fraction, width: Fraction) -> tuple[Decimal, Decimal]:
    """The limits, but not beyond what the figure can be."""
    low, high = centre - width, centre + width
    rule = series.indicator.rules[next(reversed(series.figures.values())).rule]
    if is_count(rule) or is_counted_share(series.indicator, rule):
        low = max(low, Fraction(0))
    if is_counted_share(series.indicator, rule):
        high = min(high, Fraction(100))
    return rounded(low), rounded(high)


def _too_few(series: _Series, have: int, least: int) -> Chart:
    values = series.values
    points = tuple(
        ChartPoint(p, rounded(values[p]) if p in values else None, None, None, None, ())
        for p in series.periods
    )
    if have < least:
        vi = "Mới có {have} kỳ gốc có số, cần ít nhất {least}: còn quá ít để phân biệt tín hiệu với dao động"
        en = "Only {have} periods of the baseline have a figure, {least} are needed: too few to judge"
    else:
        vi = "Không có hai kỳ gốc liền nhau nào có số, nên chưa biết mức dao động thường"
        en = "No two neighbouring periods of the baseline have a figure, so its usual movement is not known"
    finding = both(vi, en, have=have, least=least)
    return Chart(series.kind, Verdict.TOO_FEW, points, None, None, None, (), finding)


# --- words -------------------------------------------------------------------------------


def _finding(series: _Series, now: Sequence[Signal], limits: _Limits, newest: Spot) -> Name:
    low, high = _cut(series, limits.centre, limits.widths[newest.period])
    between = {"low": figure(low, series.indicator), "high": figure(high, series.indicator)}
    if not now:
        vi = "Dao động thường: kỳ {p} nằm trong khoảng vẫn thấy, {low} đến {high}"
        en = "Ordinary variation: {p} lies within what is always seen, {low} to {high}"
        return both(vi, en, p=newest.period, **between)
    told = now[:_TOLD]
    said = Name("; ".join(s.words.vi for s in told), "; ".join(s.words.en for s in told))
    vi, en = (
        "Tín hiệu{way}: {said} (vẫn thấy: {low} đến {high})",
        "Signal{way}: {said} (always seen: {low} to {high})",
    )
    return both(vi, en, way=_way(series.indicator, now), said=said, **between)


def _way(indicator: Indicator, now: Sequence[Signal]) -> Name:
    """Better or worse, where all signals point one way."""
    ups = {signal.up for signal in now}
    if len(ups) > 1:
        return Name("", "")
    better = ups == {indicator.better is Better.HIGHER}
    return Name(" tốt lên", " for the better") if better else Name(" xấu đi", " for the worse")


def _notes(base: Sequence[Period], limits: _Limits, earlier: Sequence[Signal], dropped: int) -> list[Name]:
    vi = "Giới hạn tính từ {n} kỳ {first} đến {last} và giữ nguyên"
    en = "The limits come from the {n} periods {first} to {last} and stay"
    notes = [both(vi, en, n=len(base), first=base[0], last=base[-1])]
    if limits.wider > 1:
        vi = "Các kỳ gốc dao động hơn mức ngẫu nhiên của phép đếm, nên giới hạn nới rộng {w} lần"
        en = "The baseline moves more than counting by chance does, so the limits are {w} times as wide"
        notes.append(both(vi, en, w=number(rounded(limits.wider), 1)))
    if earlier:
        vi, en = (
            "Trước đó đã có {n} tín hiệu, gần nhất: {last}",
            "There were {n} signals before, the last: {last}",
        )
        notes.append(both(vi, en, n=len(earlier), last=earlier[-1].words))
    if dropped:
        vi, en = "{n} kỳ tính theo cách khác không đưa vào", "{n} periods by another rule are left out"
        notes.append(both(vi, en, n=dropped))
    return notes
