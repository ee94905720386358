"""The figures that fulfil a target, and where the way to them leads.

Every kind of target is an interval: a floor is open above, a ceiling below, an "exactly" is closed on both
sides, "done" is a floor at 1, "direction" starts at the baseline.

A range and an "about" are open toward where the indicator is better: 22 of "15 to 20 %" is more than was
promised and falls short of nothing. Where more than named is not wanted either, the plan says
``binds_above: true`` (``binds_below`` where lower is better).
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
        case TargetKind.LESS_THAN:
            return Aim(None, value, strict=True)
        case TargetKind.EXACTLY:
            return Aim(value, value)
        case TargetKind.BETWEEN:
            return _named(target, indicator, value, target.upper or value)
        case TargetKind.ABOUT:
            tolerance = target.tolerance or Decimal(0)
            return _named(target, indicator, value - tolerance, value + tolerance)
        case TargetKind.DONE:
            return Aim(Decimal(1), None)
        case TargetKind.UNIVERSAL:
            return None
        case TargetKind.DIRECTION:
            return _better_than_baseline(target, indicator)


def _named(target: Target, indicator: Indicator, low: Decimal, high: Decimal) -> Aim:
    """A range, without the end on the better side unless the plan says that it binds."""
    if indicator.better is Better.HIGHER:
        return Aim(low, high if target.binds_above else None)
    return Aim(low if target.binds_below else None, high)


def _better_than_baseline(target: Target, indicator: Indicator) -> Aim | None:
    if target.baseline is None:
        return None
    start = target.baseline.value
    if indicator.better is Better.HIGHER:
        return Aim(start, None, strict=True)
    return Aim(None, start, strict=True)


def goal_of(target: Target, aim: Aim) -> Decimal | None:
    """The figure the way leads to: the nearest that fulfils the target ("about" leads to its middle).
    None for ``done``, which has no way but its day, and where nothing says from which side it comes."""
    if target.kind is TargetKind.DONE:
        return None
    if target.kind is TargetKind.ABOUT:
        return target.value
    if aim.is_floor or aim.is_ceiling:
        return aim.low if aim.is_floor else aim.high
    start = _start(target)
    if start is None or aim.low is None or aim.high is None:
        return None
    return min(max(start, aim.low), aim.high)


def leads_up(target: Target, aim: Aim) -> bool:
    """Whether the way to the target leads to higher figures, so that below it is short of it."""
    if aim.is_floor or aim.is_ceiling:
        return aim.is_floor
    goal, start = goal_of(target, aim), _start(target)
    return goal is None or start is None or goal >= start


def _start(target: Target) -> Decimal | None:
    """Where the way begins: at the baseline, else at the first milestone."""
    if target.baseline is not None:
        return target.baseline.value
    return target.milestones[0].value if target.milestones else None
