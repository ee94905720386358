"""The published rules by which a control chart tells a signal from ordinary variation.

Every rule looks at points that follow one another without a gap: a period without a figure ends a run.
How many points each rule takes stands, with its source, in ``parameters.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from kieng.judgement.parameters import Parameters
from kieng.judgement.phrases import both
from kieng.plan.period import Period
from kieng.words import Name


class SignalRule(StrEnum):
    """``outside``: beyond a limit. ``run``: many in a row on one side of the mean. ``trend``: many in a
    row, each higher or each lower. ``zone``: several of a few in the outer third. ``jump``: from one
    period to the next farther than the moving range's limit."""

    OUTSIDE = "outside"
    RUN = "run"
    TREND = "trend"
    ZONE = "zone"
    JUMP = "jump"

    @property
    def parameter(self) -> str:
        """The parameter that holds this rule's number and its source."""
        return _PARAMETERS[self]


_PARAMETERS = {
    SignalRule.OUTSIDE: "xmr_limit",
    SignalRule.RUN: "chart_run_points",
    SignalRule.TREND: "chart_trend_points",
    SignalRule.ZONE: "chart_zone_points",
    SignalRule.JUMP: "xmr_range_limit",
}


@dataclass(frozen=True)
class Signal:
    """A rule that was broken, by which periods. ``up``: toward higher figures."""

    rule: SignalRule
    periods: tuple[Period, ...]
    up: bool

    @property
    def words(self) -> Name:
        vi, en = _WORDS[self.rule, self.up]
        first, last = self.periods[0], self.periods[-1]
        if self.rule is SignalRule.OUTSIDE and first != last:
            vi, en = _MANY_OUTSIDE[self.up]
        return both(vi, en, n=len(self.periods), p=last, first=first, last=last)


_WORDS = {
    (SignalRule.OUTSIDE, True): ("kỳ {p} cao hơn giới hạn trên", "{p} is above the upper limit"),
    (SignalRule.OUTSIDE, False): ("kỳ {p} thấp hơn giới hạn dưới", "{p} is below the lower limit"),
    (SignalRule.RUN, True): (
        "{n} kỳ liền ({first} đến {last}) cùng cao hơn mức trung bình",
        "{n} periods in a row ({first} to {last}) are above the mean",
    ),
    (SignalRule.RUN, False): (
        "{n} kỳ liền ({first} đến {last}) cùng thấp hơn mức trung bình",
        "{n} periods in a row ({first} to {last}) are below the mean",
    ),
    (SignalRule.TREND, True): (
        "{n} kỳ liền ({first} đến {last}) kỳ sau cao hơn kỳ trước",
        "{n} periods in a row ({first} to {last}), each higher than the one before",
    ),
    (SignalRule.TREND, False): (
        "{n} kỳ liền ({first} đến {last}) kỳ sau thấp hơn kỳ trước",
        "{n} periods in a row ({first} to {last}), each lower than the one before",
    ),
    (SignalRule.ZONE, True): (
        "{n} kỳ gần nhau ({first} đến {last}) đều sát giới hạn trên",
        "{n} periods close together ({first} to {last}) are near the upper limit",
    ),
    (SignalRule.ZONE, False): (
        "{n} kỳ gần nhau ({first} đến {last}) đều sát giới hạn dưới",
        "{n} periods close together ({first} to {last}) are near the lower limit",
    ),
    (SignalRule.JUMP, True): (
        "từ kỳ {first} đến {last} tăng đột ngột hơn mức thường",
        "from {first} to {last} it rises more than it usually moves",
    ),
    (SignalRule.JUMP, False): (
        "từ kỳ {first} đến {last} giảm đột ngột hơn mức thường",
        "from {first} to {last} it falls more than it usually moves",
    ),
}

_MANY_OUTSIDE = {
    True: (
        "{n} kỳ liền ({first} đến {last}) cao hơn giới hạn trên",
        "{n} periods in a row ({first} to {last}) are above the upper limit",
    ),
    False: (
        "{n} kỳ liền ({first} đến {last}) thấp hơn giới hạn dưới",
        "{n} periods in a row ({first} to {last}) are below the lower limit",
    ),
}


@dataclass(frozen=True)
class Spot:
    """A point as the rules see it: ``distance`` from the mean, ``width`` from the mean to its limit."""

    period: Period
    value: Fraction
    distance: Fraction
    width: Fraction


@dataclass(frozen=True)
class Numbers:
    """How many points each rule takes."""

    run: int
    trend: int
    zone: int
    window: int


def numbers_on(day: date, parameters: Parameters) -> Numbers:
    """The numbers of the rules in force on ``day``."""
    names = ("chart_run_points", "chart_trend_points", "chart_zone_points", "chart_zone_window")
    return Numbers(*(int(parameters.on(name, day)) for name in names))


def unbroken(spots: Sequence[Spot]) -> list[list[Spot]]:
    """``spots`` cut where a period is missing between two of them."""
    stretches: list[list[Spot]] = []
    for spot in spots:
        if stretches and stretches[-1][-1].period.shift(1) == spot.period:
            stretches[-1].append(spot)
        else:
            stretches.append([spot])
    return stretches


def signals(spots: Sequence[Spot], numbers: Numbers, jump: Fraction | None) -> tuple[Signal, ...]:
    """Every rule broken, by the last period concerned; ``jump`` is the moving range's limit."""
    found: list[Signal] = []
    for stretch in unbroken(spots):
        found += _outside(stretch)
        found += _runs(stretch, numbers.run)
        found += _trends(stretch, numbers.trend)
        found += _zones(stretch, numbers)
        found += _jumps(stretch, jump)
    order = list(SignalRule)
    return tuple(sorted(found, key=lambda s: (s.periods[-1].start, order.index(s.rule))))


def _outside(stretch: Sequence[Spot]) -> Iterator[Signal]:
    """Neighbours beyond one limit are one signal."""
    yield from _rows(SignalRule.OUTSIDE, stretch, _beyond, 1)


def _beyond(spot: Spot) -> int:
    return _sign(spot.distance) if abs(spot.distance) > spot.width else 0


def _runs(stretch: Sequence[Spot], least: int) -> Iterator[Signal]:
    """The mean itself is on neither side."""
    yield from _rows(SignalRule.RUN, stretch, lambda spot: _sign(spot.distance), least)


def _trends(stretch: Sequence[Spot], least: int) -> Iterator[Signal]:
    steps = [_sign(b.value - a.value) for a, b in zip(stretch, stretch[1:], strict=False)]
    start = 0
    for side, steps_alike in groupby(steps):
        count = len(list(steps_alike))
        if side and count + 1 >= least:
            periods = tuple(spot.period for spot in stretch[start : start + count + 1])
            yield Signal(SignalRule.TREND, periods, side > 0)
        start += count


def _rows(
    rule: SignalRule, stretch: Sequence[Spot], side_of: Callable[[Spot], int], least: int
) -> Iterator[Signal]:
    for side, row in groupby(stretch, side_of):
        periods = tuple(spot.period for spot in row)
        if side and len(periods) >= least:
            yield Signal(rule, periods, side > 0)


def _zones(stretch: Sequence[Spot], numbers: Numbers) -> Iterator[Signal]:
    """Points of one side in the outer third within the limit, so close that one window holds enough of
    them; windows that share a point are one signal."""
    for side in (1, -1):
        outer = [n for n, spot in enumerate(stretch) if _is_outer(spot, side)]
        group: list[int] = []
        for place in outer:
            near = [n for n in outer if place <= n < place + numbers.window]
            if len(near) < numbers.zone:
                continue
            if group and near[0] > group[-1]:
                yield _zone(stretch, group, side)
                group = []
            group = sorted({*group, *near})
        if group:
            yield _zone(stretch, group, side)


def _is_outer(spot: Spot, side: int) -> bool:
    return 2 * spot.width < 3 * side * spot.distance and not _beyond(spot)


def _zone(stretch: Sequence[Spot], group: Sequence[int], side: int) -> Signal:
    return Signal(SignalRule.ZONE, tuple(stretch[n].period for n in group), side > 0)


def _jumps(stretch: Sequence[Spot], limit: Fraction | None) -> Iterator[Signal]:
    for earlier, later in zip(stretch, stretch[1:], strict=False):
        step = later.value - earlier.value
        if limit is not None and abs(step) > limit:
            yield Signal(SignalRule.JUMP, (earlier.period, later.period), step > 0)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
