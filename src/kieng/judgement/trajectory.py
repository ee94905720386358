"""The way from where a target began to where it should be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from kieng.plan.target import Target

Point = tuple[date, Fraction]


def expected_on(target: Target, goal: Decimal | None, day: date) -> Fraction | None:
    """What a measurement about ``day`` should show, exactly.

    A straight line from the baseline to the deadline, over the milestones when there are any. ``goal`` is
    the figure the way leads to. Before the baseline its own figure is expected, after the deadline the
    goal. Without a baseline the way begins at the first milestone: what lies before it nobody promised.
    None where there is no way: then only the deadline counts.
    """
    if goal is None:
        return None
    baseline = target.baseline
    points = [] if baseline is None else [(baseline.on, Fraction(baseline.value))]
    points += [(milestone.by, Fraction(milestone.value)) for milestone in target.milestones]
    if not points or (baseline is None and day < points[0][0]):
        return None
    points.append((target.by, Fraction(goal)))
    if day <= points[0][0]:
        return points[0][1]
    for earlier, later in pairwise(points):
        if day <= later[0]:
            return _between(earlier, later, day)
    return points[-1][1]


def _between(earlier: Point, later: Point, day: date) -> Fraction:
    way = Fraction((day - earlier[0]).days, (later[0] - earlier[0]).days)
    return earlier[1] + way * (later[1] - earlier[1])
