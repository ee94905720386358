"""The kinds of things a formula may do: compare, calculate, put records together, look back."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from kieng.plan.period import Period


class Comparison(StrEnum):
    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class Operation(StrEnum):
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"


class AggregateKind(StrEnum):
    """``count``, ``sum``, ``min`` and ``max`` add up over agencies; ``latest`` adds up over agencies
    but not over time; ``count_distinct`` and ``percentile`` are made anew from records."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    LATEST = "latest"
    COUNT_DISTINCT = "count_distinct"
    PERCENTILE = "percentile"

    @property
    def adds_up(self) -> bool:
        """Whether it is added over agencies, also by weight over a split."""
        match self:
            case AggregateKind.COUNT | AggregateKind.SUM | AggregateKind.LATEST:
                return True
            case (
                AggregateKind.MIN
                | AggregateKind.MAX
                | AggregateKind.COUNT_DISTINCT
                | AggregateKind.PERCENTILE
            ):
                return False
            case _:
                assert_never(self)


ADDITIVE = frozenset(kind for kind in AggregateKind if kind.adds_up)
RECOMPUTED = frozenset(AggregateKind) - ADDITIVE


class EarlierUnit(StrEnum):
    """How far a formula looks back."""

    PERIOD = "period"
    YEAR = "year"

    def before(self, period: Period) -> Period:
        """The period so much earlier."""
        match self:
            case EarlierUnit.PERIOD:
                return period.shift(-1)
            case EarlierUnit.YEAR:
                return period.years_before(1)
