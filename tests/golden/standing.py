"""Sentences on where a target stands, each with a figure that proves it and one that does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.unit.judgement.cast import (
    AFTER,
    BEFORE,
    PERCENT,
    RANK,
    SUM,
    indicator,
    measured,
    rule,
    target,
)

from kieng.judgement.judge import judge, with_pace
from kieng.measurement.measurement import Coverage, Measurement
from kieng.plan.indicator import Indicator
from kieng.plan.stated import Stated
from kieng.plan.target import Target
from kieng.words import Name

Sentence = Callable[[], Name]

DONE = replace(indicator("việc", root=SUM), rules=(rule(SUM),))
HALF = Coverage(68, 135, Decimal("0.52"))
OWED = Name("Sở Tài chính phải báo cáo", "Department of Finance to report")
TO_100 = target("at_least", 100, by=date(2030, 12, 31), baseline=None)


def of(t: Target, value: Any, period: str = "2025", on: date = AFTER, unit: Indicator = PERCENT,
       **more: Any) -> Sentence:  # fmt: skip
    return lambda: judge(t, unit, measured(value, period, **more), on).reason


def counted(t: Target, over: int, under: int, period: str, on: date, **more: Any) -> Sentence:
    whole = {"numerator": Decimal(over), "denominator": Decimal(under), **more}
    value = (Decimal(over) * 100 / under).quantize(Decimal("0.000000001"))
    return of(t, value, period, on, **whole)


def without(t: Target, on: date, found: Measurement | None = None, owed: Name | None = None) -> Sentence:
    return lambda: judge(t, PERCENT, found, on, owed_by=owed).reason


def paced(step: int, swing: int = 0) -> Sentence:
    """A target without a way, and a year of months that rise by ``step`` points each, and ``swing`` up and
    down."""

    def said() -> Name:
        months = [measured(45 + step * n + swing * (-1) ** n, f"2026-{n:02}") for n in range(1, 12)]
        found = judge(TO_100, PERCENT, measured(56, "2026", cut_off=date(2026, 11, 30)), date(2026, 11, 30))
        return with_pace(found, TO_100, PERCENT, months).reason

    return said


RANKED = replace(RANK, stated=(Stated("binh-dinh", date(2023, 12, 31), Decimal(31), out_of=34),))
FLOOR = target("at_least", 90)
TWENTY = target("at_least", 20)
CLOSED = target("at_least", 90, closes=date(2025, 7, 1), because=Name("tỉnh được sáp nhập", "it merged"))
ESTIMATE, FINAL = {"state": "estimate"}, {"state": "confirmed"}

CASES: dict[str, tuple[Sentence, Sentence]] = {
    "met": (of(FLOOR, 95, **FINAL), of(FLOOR, "89.99", **FINAL)),
    "missed": (of(TWENTY, "6.14", **FINAL), of(TWENTY, 20, **FINAL)),
    "rank-missed": (
        of(target("rank_at_most", 10, out_of=34), 31, unit=RANK, **FINAL),
        of(target("rank_at_most", 10, out_of=34), 10, unit=RANK, **FINAL),
    ),
    "open-by-estimate": (of(FLOOR, 95, **ESTIMATE), of(FLOOR, 95, **FINAL)),
    "open-for-missing": (
        of(FLOOR, "89.9", coverage=HALF),
        of(FLOOR, "89.9", coverage=Coverage(135, 135, Decimal(1))),
    ),
    "done": (of(target("done"), 1, unit=DONE), of(target("done"), 0, unit=DONE)),
    "on-course": (of(FLOOR, 70, "2023", BEFORE), of(FLOOR, "69.9", "2023", BEFORE)),
    "late": (of(FLOOR, "66.5", "2023", BEFORE), of(FLOOR, 70, "2023", BEFORE)),
    "late-within-chance": (
        counted(FLOOR, 13, 20, "2023", BEFORE),
        counted(FLOOR, 1300, 2000, "2023", BEFORE),
    ),
    "met-before": (counted(FLOOR, 980, 1000, "2023", BEFORE), counted(FLOOR, 9, 10, "2023", BEFORE)),
    "reached-by-chance": (counted(FLOOR, 10, 10, "2023", BEFORE), counted(FLOOR, 990, 1000, "2023", BEFORE)),
    "not-due-with-pace": (paced(1), paced(0)),
    "not-due-without-trend": (paced(1, swing=20), paced(1)),
    "due-no-figure": (without(FLOOR, AFTER, owed=OWED), without(FLOOR, BEFORE, owed=OWED)),
    "no-data": (without(FLOOR, BEFORE), without(FLOOR, AFTER)),
    "closed": (of(CLOSED, "86.29", "2024", AFTER), of(FLOOR, "86.29", "2024", AFTER)),
    "no-share-of-a-whole": (of(FLOOR, "103.4", **FINAL), of(FLOOR, 100, **FINAL)),
    "rank-in-another-field": (
        of(target("rank_at_most", 10, out_of=63), 31, "2023", BEFORE, RANKED),
        of(target("rank_at_most", 10, out_of=34), 31, "2023", BEFORE, RANKED),
    ),
}
