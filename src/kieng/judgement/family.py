"""How often a family of series may raise a false alarm: the more series are looked at, the rarer each.

A family is what is looked at together: the agencies of one level by one indicator in one period. Were each
allowed the same, 135 communes in which nothing happens would bring signals every month. The family has an
allowance, which its members share; a series that stands alone has its own.

A family also tells, far better than one series, how much more than by chance its shares move while nothing
happens: their spread φ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kieng.judgement.parameters import Parameters

Share = tuple[int, int]  # how many of how many


@dataclass(frozen=True)
class Family:
    """``size`` series looked at together. ``spread``: φ of their baselines, with ``freedom`` degrees; 0
    degrees where they are no shares."""

    size: int = 1
    spread: float = 1.0
    freedom: int = 0


ALONE = Family()
#: Limits of chance for a series alone: none can be narrower, whatever its family.
NARROWEST = Family(spread=0.0)


def chance_each(size: int, day: date, parameters: Parameters) -> Decimal:
    """The chance, 0 to 1, that one of ``size`` series in which nothing happens is called a signal."""
    alone = parameters.on("lone_false_signal", day)
    return min(alone, parameters.on("family_false_signals", day) / max(1, size))


def family_of(size: int, baselines: Iterable[Sequence[Share]]) -> Family:
    """``baselines``: the shares in the baseline of each series; what is all or nothing tells nothing."""
    square, freedom = 0.0, 0
    for baseline in baselines:
        one, degrees = spread_of(baseline)
        square, freedom = square + one * degrees, freedom + degrees
    return Family(size, square / freedom if freedom else 1.0, freedom)


def spread_of(baseline: Sequence[Share]) -> tuple[float, int]:
    """φ of one series, and its degrees of freedom: the mean square of the shares' distances from their common
    share, in standard deviations of the binomial law."""
    part, whole = sum(one[0] for one in baseline), sum(one[1] for one in baseline)
    freedom = len(baseline) - 1
    if not 0 < part < whole or freedom < 1:
        return 1.0, 0
    share = part / whole
    squares = sum((over - under * share) ** 2 / under for over, under in baseline)
    return squares / (share * (1 - share)) / freedom, freedom
