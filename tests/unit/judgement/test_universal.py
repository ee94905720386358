"""A target that only says "phổ cập": met when nobody is left out, else nothing is called missed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.judgement.cast import AFTER, BEFORE, PERCENT, measured, target

from kieng.judgement.judge import judge
from kieng.judgement.standing import Standing
from kieng.judgement.target_words import target_text
from kieng.measurement.measurement import Coverage
from kieng.words import Name

ALL = target("universal", wording=Name("phổ cập", "universal"), baseline=None)


@pytest.mark.parametrize(
    ("value", "period", "today", "standing"),
    [
        (98.3, "2023", BEFORE, Standing.NOT_DUE),
        (98.3, "2025", AFTER, Standing.UNKNOWN),
        (99.999, "2025", AFTER, Standing.UNKNOWN),
        (100, "2025", AFTER, Standing.MET),
        (104, "2025", AFTER, Standing.OPEN),  # no share can be that
        (None, "2023", BEFORE, Standing.NO_DATA),
        (None, "2025", AFTER, Standing.DUE_NO_FIGURE),
    ],
)
def test_standing(value: float | None, period: str, today: date, standing: Standing) -> None:
    assert judge(ALL, PERCENT, measured(value, period), today).standing is standing


@pytest.mark.parametrize(
    ("today", "period", "standing"), [(AFTER, "2025", Standing.OPEN), (BEFORE, "2023", Standing.NOT_DUE)]
)
def test_nobody_is_left_out_only_where_everybody_has_a_figure(
    today: date, period: str, standing: Standing
) -> None:
    some = measured(100, period, coverage=Coverage(10, 58, Decimal("0.1")))
    found = judge(ALL, PERCENT, some, today)
    assert found.standing is standing
    assert "10/58 đơn vị có số, 10 % dân số" in found.reason.vi


def test_an_estimate_leaves_it_open_whether_anybody_is_left_out() -> None:
    assert judge(ALL, PERCENT, measured(100, "2025", state="estimate"), AFTER).standing is Standing.UNKNOWN


def test_the_plan_s_own_words_are_told() -> None:
    assert target_text(ALL, PERCENT) == Name("phổ cập", "universal")
    told = judge(ALL, PERCENT, measured(99.9999, "2025"), AFTER).reason
    assert "“phổ cập”, không nêu con số" in told.vi
    assert told.vi.startswith("99,9999")  # never rounded to "100 %"
