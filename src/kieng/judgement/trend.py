"""The last figures as a straight line with noise about it, and how far ahead it can be told.

The slope is the median of all slopes between two figures (Theil and Sen), so that one odd period does not
make it. How far figures lie from the line tells the noise; the ranges are those of a line through figures of
such noise: Student's law, with the error of the slope, which grows the farther ahead one looks, and that of
the line's level; for a figure, its own noise beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import sqrt
from statistics import median

from kieng.judgement.student import student

Point = tuple[int, Fraction]  # periods after the last one (0 or below), and the figure


@dataclass(frozen=True)
class Trend:
    """``slope`` a period, and ``at_last``, the line's level at the last figure, exact. ``noise``: standard
    deviation of a figure about the line. ``middle`` and ``squares``: the mean of the points' places, and the
    sum of their squares about it. ``width``: in standard deviations as estimated."""

    points: int
    slope: Fraction
    at_last: Fraction
    noise: float
    middle: float
    squares: float
    width: float

    def pace(self, end: int) -> Fraction:
        """The slope (0), or the lower (-1) or upper (1) end of its range."""
        return self.slope + end * Fraction(self.width * self.noise / sqrt(self.squares))

    @property
    def is_clear(self) -> bool:
        """Whether there is a trend to go on: the pace may not as well be the other way."""
        return not self.pace(-1) < 0 < self.pace(1)

    def level(self, ahead: int, end: int) -> Fraction:
        """Where the line is ``ahead`` periods after the last figure, or an end of its range."""
        return self._at(ahead, end, 0.0)

    def level_about(self, ahead: int, end: int) -> float:
        """:meth:`level` to twelve digits or more, and quickly."""
        return float(self.at_last) + float(self.slope) * ahead + end * self._spread(ahead, 0.0)

    def figure(self, ahead: int, end: int) -> Fraction:
        """What a figure will be, or an end of its range."""
        return self._at(ahead, end, 1.0)

    def _at(self, ahead: int, end: int, own: float) -> Fraction:
        return self.at_last + self.slope * ahead + end * Fraction(self._spread(ahead, own))

    def _spread(self, ahead: int, own: float) -> float:
        error = sqrt(own + 1 / self.points + (ahead - self.middle) ** 2 / self.squares)
        return self.width * self.noise * error


def trend_of(points: Sequence[Point], tail: float) -> Trend:
    """The line through at least three ``points`` at different places; ``tail`` is the chance left beyond each
    end of its ranges."""
    slope = median((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2))
    at_last = median(value - slope * place for place, value in points)
    rest = [float(value - at_last - slope * place) for place, value in points]
    middle = sum(place for place, _ in points) / len(points)
    return Trend(
        points=len(points),
        slope=slope,
        at_last=at_last,
        noise=sqrt(sum(one * one for one in rest) / (len(points) - 2)),
        middle=middle,
        squares=sum((place - middle) ** 2 for place, _ in points),
        width=student(len(points) - 2, tail),
    )
