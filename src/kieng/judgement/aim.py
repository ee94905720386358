"""The figures that fulfil a target, and where the way to them leads.

Every kind of target is an interval: a floor is open above, a ceiling below, a range, an "about" and an
"exactly" are closed on both sides, "done" is a floor at 1, "direction" starts at the baseline.

A range is read as it is written: a figure above ``between: [15, 20]`` does not fulfil it, also where
higher is better. Whoever means "15 or more" writes ``at_least: 15``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kieng.plan.indicator import Better, Indicator
from kieng.plan.target import Target, TargetKind


@dataclass(frozen=True)
class Aim:
    """``low`` to ``high``; None is without limit. ``strict``: the limit itself is not enough."""

    low: Decimal | None
    high: Decimal | None
    strict: bool = False

    @property
    def is_floor(self) -> bool:
        return self.high is None

    @property
    def is_ceiling(self) -> bool:
        return self.low is None

    def holds(self, value: Decimal) -> bool:
        """Whether ``value`` fulfils the target."""
        gap = self.gap(value)
        return gap > 0 or (gap == 0 and not self.strict)

    def gap(self, value: Decimal) -> Decimal:
        """How much room ``value`` has to the nearest limit; negative by how much it misses it."""
        room = [] if self.low is None else [value - self.low]
        room += [] if self.high is None else [self.high - value]
        return min(room)


def aim_of(target: Target, indicator: Indicator) -> Aim | None:
    """The figures that fulfil ``target``; None for a direction without a baseline
    and for "universal", of which the plan says no figure."""
    value = target.value or Decimal(0)
    match target.kind:
        case TargetKind.AT_LEAST:
            return Aim(value, None)
        case TargetKind.MORE_THAN:
            return Aim(value, None, strict=True)
        case TargetKind.AT_MOST | TargetKind.RANK_AT_MOST:
            return Aim(None, value)
        case TargetKind.EXACTLY:
            return Aim(value, value)
        case TargetKind.BETWEEN:
            return Aim(value, target.upper)
        case TargetKind.ABOUT:
            tolerance = target.tolerance or Decimal(0)
            return Aim(value - tolerance, value + tolerance)
        case TargetKind.DONE:
            return Aim(Decimal(1), None)
        case TargetKind.UNIVERSAL:
            return None
        case TargetKind.DIRECTION:
            return _better_than_baseline(target, indicator)


def _better_than_baseline(target: Target, indicator: Indicator) -> Aim | None:
    if target.baseline is None:
        return None
    start = target.baseline.value
    if indicator.better is Better.HIGHER:
        return Aim(start, None, strict=True)
    return Aim(None, start, strict=True)


def goal_of(target: Target, aim: Aim) -> Decimal | None:
    """The figure the way from the baseline leads to: the nearest that fulfils the target ("about"
    leads to its middle). None without a baseline and for ``done``, which has no way but its day."""
    if target.baseline is None or target.kind is TargetKind.DONE:
        return None
    if target.kind is TargetKind.ABOUT:
        return target.value
    start = target.baseline.value
    if aim.low is not None and (aim.is_floor or start <= aim.low):
        return aim.low
    if aim.high is not None and (aim.is_ceiling or start >= aim.high):
        return aim.high
    return start


def leads_up(target: Target, aim: Aim) -> bool:
    """Whether the way to the target leads to higher figures, so that below it is short of it."""
    if aim.is_floor or aim.is_ceiling:
        return aim.is_floor
    goal = goal_of(target, aim)
    return goal is None or target.baseline is None or goal >= target.baseline.value
