"""The ordinary range (khoảng dao động thông thường): where figures lie while nothing happens, as a few
earlier figures tell.

Each kind of figure has its law, and each law reckons with how little a few figures tell of it:

**Shares made by counting**: the exact law of new cases after earlier ones (Fisher), whatever the share; and
Student's law with the spread φ that the baselines of the whole family showed, where that is wider.
**Counts**: the exact law of events in later periods after events in earlier ones, and Student's law with the
baseline's own deviation, where that is wider. **Other figures**: Student's law.

Student's law is that of figures which vary alike upward and downward. Shares near 100 %, counts and most
other figures that cannot be below nought do not: they lean. So each limit is the wider of two: as they stand,
and on the scale on which their kind leans no more (the arcsine of a share's root where shares move by more
than chance, a count's root, a logarithm).

Several periods are looked at together by their sums (of shares and counts) or their mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import asin, exp, log, pi, sin, sqrt

from kieng.judgement.chance import beta_binomial, negative_binomial
from kieng.judgement.student import student
from kieng.plan.period import Period


@dataclass(frozen=True)
class Spot:
    """A period's figure: ``value`` exact and in its unit, and what it is made of where it is a share."""

    period: Period
    value: Fraction
    part: int = 0
    whole: int = 0


@dataclass(frozen=True)
class Range:
    """What some periods together show, and between which limits they would lie if nothing happened."""

    value: float
    centre: float
    low: float
    high: float

    @property
    def side(self) -> int:
        """1 above the limits, -1 below, 0 within; on a limit it is within."""
        seen, slack = self.value, 1e-9 * max(1.0, abs(self.value))
        return (seen > self.high + slack) - (seen < self.low - slack)


@dataclass(frozen=True)
class Shares:
    """``successes`` of ``cases`` in the baseline; ``spread`` φ, known with ``freedom`` degrees."""

    successes: int
    cases: int
    spread: float
    freedom: int

    def range_of(self, spots: Sequence[Spot], tail: float) -> Range:
        whole = sum(spot.whole for spot in spots)
        part = sum(spot.part for spot in spots)
        centre = self.successes / self.cases
        exact_low, exact_high = _shares(whole, self.successes, self.cases, tail)
        width = student(self.freedom, tail) * sqrt(self.spread * (1 / whole + 1 / self.cases))
        level = width * sqrt(centre * (1 - centre))
        low, high = min(exact_low, centre - level), max(exact_high, centre + level)
        if level and _beyond_chance(self.spread, self.freedom):
            angle = asin(sqrt(centre))
            low = min(low, sin(max(0.0, angle - width / 2)) ** 2)
            high = max(high, sin(min(pi / 2, angle + width / 2)) ** 2)
        return Range(100 * part / whole, 100 * centre, 100 * max(0.0, low), 100 * min(1.0, high))


def _beyond_chance(spread: float, freedom: int) -> bool:
    """Whether φ is larger than chance makes it: two standard deviations above 1."""
    return spread > 1 + 2 * sqrt(2 / freedom)


@lru_cache(maxsize=65536)
def _shares(whole: int, successes: int, cases: int, tail: float) -> tuple[float, float]:
    failures = cases - successes
    low, _ = beta_binomial(whole, successes, failures + 1).limits(tail)
    _, high = beta_binomial(whole, successes + 1, failures).limits(tail)
    return low / whole, high / whole


@dataclass(frozen=True)
class Counts:
    """``events`` in ``periods`` periods of the baseline, single ones of which deviate by ``deviation``."""

    events: int
    periods: int
    deviation: float
    freedom: int

    def range_of(self, spots: Sequence[Spot], tail: float) -> Range:
        size = len(spots)
        mean = self.events / self.periods
        wide = Figures(mean, self.periods, self.deviation, self.freedom).range_of(spots, tail)
        root = (wide.high - mean) / (2 * sqrt(mean)) if mean else 0.0  # the width on the scale of roots
        low, _ = negative_binomial(self.events, self.periods, size).limits(tail)
        _, high = negative_binomial(self.events + 1, self.periods, size).limits(tail)
        return Range(
            wide.value,
            wide.centre,
            max(0.0, min(low / size, wide.low)),
            max(high / size, wide.high + root**2),
        )


@dataclass(frozen=True)
class Figures:
    """``mean`` of ``periods`` figures; single ones deviate by ``deviation``, known with ``freedom`` degrees,
    and their logarithms by ``of_logarithms``: 0 where some have none."""

    mean: float
    periods: int
    deviation: float
    freedom: int
    of_logarithms: float = 0.0

    def range_of(self, spots: Sequence[Spot], tail: float) -> Range:
        size = len(spots)
        value = float(sum((spot.value for spot in spots), Fraction(0)) / size)
        width = student(self.freedom, tail) * sqrt(1 / size + 1 / self.periods)
        leaning = self.mean * exp(min(width * self.of_logarithms, 700.0))
        high = max(self.mean + width * self.deviation, leaning)
        return Range(value, self.mean, self.mean - width * self.deviation, high)


Usual = Shares | Counts | Figures


def shares(base: Sequence[Spot], spread: float, freedom: int) -> Shares:
    """The law of shares after those of ``base``."""
    return Shares(sum(spot.part for spot in base), sum(spot.whole for spot in base), spread, freedom)


def counts(base: Sequence[Spot], deviation: float, freedom: int) -> Counts:
    """The law of counts after those of ``base``."""
    return Counts(int(sum(spot.value for spot in base)), len(base), deviation, freedom)


def figures(base: Sequence[Spot], deviation: float, freedom: int, of_logarithms: float = 0.0) -> Figures:
    """The law of other figures after those of ``base``."""
    mean = sum((spot.value for spot in base), Fraction(0)) / len(base)
    return Figures(float(mean), len(base), deviation, freedom, of_logarithms)


def deviation_of(base: Sequence[Spot]) -> float:
    """The standard deviation of single figures about their mean."""
    return _deviation([float(spot.value) for spot in base])


def deviation_of_logarithms(base: Sequence[Spot]) -> float:
    """The same of their logarithms; 0 where one is not above nought."""
    values = [float(spot.value) for spot in base]
    return _deviation([log(value) for value in values]) if min(values) > 0 else 0.0


def _deviation(values: Sequence[float]) -> float:
    if min(values) == max(values):
        return 0.0
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
