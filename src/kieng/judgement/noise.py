"""How much of a share is chance: a commune with 12 cases jumps 8 points with each of them.

Only what happens has chance in it: files closed in a month might as well have been others. What *is* on a
day (services on offer, households with fibre) has been counted whole, and its share is what it is.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from kieng.judgement.kinds import is_counted_share
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator, Membership

_DIGITS = 40
_PLACES = Decimal("0.000000001")


def wilson(successes: int, trials: int, z: Decimal) -> tuple[Decimal, Decimal]:
    """Wilson's score interval for a share, between 0 and 1.

    With p = successes / trials: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). It keeps within 0 and
    1 and stays honest for few trials. Computed with 40 digits, so the same on every machine, and given
    to nine places.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        n = Decimal(trials)
        share, square = Decimal(successes) / n, z * z
        spread = z * ((share * (1 - share) + square / (4 * n)) / n).sqrt()
        middle, whole = share + square / (2 * n), 1 + square / n
        low, high = (middle - spread) / whole, (middle + spread) / whole
        return low.quantize(_PLACES), high.quantize(_PLACES)


def gap_may_be_chance(mine: tuple[int, int], other: tuple[int, int], z: Decimal) -> bool:
    """Whether two shares, each successes of trials, may differ by chance alone: whether the interval of their
    difference holds nought (Newcombe 1998, method 10: by the score interval of each)."""
    (p, low, high), (q, below, above) = (
        (Decimal(part) / whole, *wilson(part, whole, z)) for part, whole in (mine, other)
    )
    gap = p - q
    down = ((p - low) ** 2 + (above - q) ** 2).sqrt()
    up = ((high - p) ** 2 + (q - below) ** 2).sqrt()
    return gap - down <= 0 <= gap + up


def interval_of(measurement: Measurement, indicator: Indicator, z: Decimal) -> tuple[Decimal, Decimal] | None:
    """The interval of a percentage of what happened, counted one by one, in percent; None for any other
    figure.

    A weighted figure is no count any more and has none.
    """
    rule = indicator.rules[measurement.rule]
    if rule.counting.membership is Membership.IN_FORCE or not is_counted_share(indicator, rule):
        return None
    part, whole = measurement.numerator, measurement.denominator
    if part is None or whole is None or measurement.weighted or not 0 <= part <= whole or whole == 0:
        return None
    low, high = wilson(int(part), int(whole), z)
    return low * 100, high * 100
