"""A way that begins at the first measurement, because the plan says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.unit.judgement.cast import PERCENT, measured, target

from kieng.judgement.judge import judge
from kieng.judgement.standing import Standing
from kieng.judgement.start import started
from kieng.measurement.measurement import Measurement
from kieng.plan.period import Period

SINCE, TODAY = date(2021, 9, 20), date(2024, 7, 1)
GOAL = target("at_least", 90, baseline=None, starts_measured=True)
FIGURES = {"2022": measured(50, "2022"), "2023": measured(60, "2023"), "2024": measured(64, "2024")}


def find(period: Period) -> Measurement | None:
    return FIGURES.get(str(period))


def test_the_first_figure_after_the_plan_began_is_the_baseline_and_is_said() -> None:
    found = started(GOAL, PERCENT, SINCE, date(2024, 1, 1), find)
    assert found.baseline is not None
    assert (found.baseline.value, found.baseline.on) == (Decimal(50), date(2022, 12, 31))
    judged = judge(found, PERCENT, FIGURES["2024"], TODAY)
    assert judged.standing is Standing.LATE  # 50 + 40 × 548 / 1096 = 70
    assert judged.expected == 70
    assert [note.vi for note in judged.notes] == [
        "Lấy số đo đầu tiên 50 % (31/12/2022) làm số gốc, theo kế hoạch"
    ]


def test_the_first_figure_itself_has_no_way() -> None:
    alone = started(GOAL, PERCENT, SINCE, date(2022, 1, 1), find)
    assert alone.baseline is None
    assert judge(alone, PERCENT, FIGURES["2022"], date(2023, 1, 5)).standing is Standing.NOT_DUE


def test_a_plan_that_does_not_say_so_has_no_way() -> None:
    silent = target("at_least", 90, baseline=None)
    assert started(silent, PERCENT, SINCE, date(2024, 1, 1), find) is silent
