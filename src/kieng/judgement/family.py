"""How often a family of series may raise a false alarm: the more series are looked at, the rarer each.

A family is what is looked at together: the agencies of one level by one indicator in one period. Were each
allowed the same, 135 communes in which nothing happens would bring signals every month. The family has an
allowance, which its members share; a series that stands alone has its own.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kieng.judgement.parameters import Parameters


def chance_each(size: int, day: date, parameters: Parameters) -> Decimal:
    """The chance, 0 to 1, that one of ``size`` series in which nothing happens is called a signal."""
    alone = parameters.on("lone_false_signal", day)
    return min(alone, parameters.on("family_false_signals", day) / max(1, size))
