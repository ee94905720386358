"""How exactly a figure is known, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kieng.judgement.precision import PRECISION_WORDS, stated_of, told
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain, Period
from kieng.plan.stated import Precision, Stated
from kieng.words import Name

LINES = cast(
    Indicator,
    SimpleNamespace(unit_name=Name("thuê bao", "subscriptions"), decimals=2, stated=(), is_rank=False),
)
HALF_2022 = date(2022, 6, 30)


def stated(**more: Any) -> Stated:
    return replace(Stated("binh-dinh", HALF_2022, Decimal(25378)), **more)


def test_every_word_is_told() -> None:
    assert set(PRECISION_WORDS) == set(Precision)


@pytest.mark.parametrize(
    ("said", "vi", "en"),
    [
        (None, "25.378 thuê bao", "25,378 subscriptions"),
        (stated(precision=(Precision.OVER, Precision.ESTIMATED)), "ước tính trên 25.378 thuê bao", None),
        (stated(precision=(Precision.NEARLY,)), "gần 25.378 thuê bao", "nearly 25,378 subscriptions"),
        (
            stated(precision=(Precision.AVERAGE,), since=date(2020, 1, 1)),
            "bình quân 25.378 thuê bao (2020–2022)",
            "on average 25,378 subscriptions (2020–2022)",
        ),
        (
            stated(precision=(Precision.DERIVED,)),
            "25.378 thuê bao (suy ra)",
            "25,378 subscriptions (derived)",
        ),
        (stated(covers=Name("riêng Viettel", "Viettel alone")), "25.378 thuê bao (riêng Viettel)", None),
    ],
)
def test_told(said: Stated | None, vi: str, en: str | None) -> None:
    found = told(Decimal(25378), LINES, said)
    assert found.vi == vi
    assert en in (None, found.en)


def test_a_rank_is_told_with_its_field() -> None:
    ranks = cast(Indicator, SimpleNamespace(unit_name=Name("hạng", "rank"), decimals=2, is_rank=True))
    assert told(Decimal(31), ranks, stated(out_of=34)) == Name("hạng 31/34", "rank 31/34")


def figure(value: Decimal | None, period: Period, agency: str = "binh-dinh", reading: str = "as-was") -> Any:
    return cast(
        Measurement,
        SimpleNamespace(value=value, breakdown=None, period=period, agency=agency, reading=reading),
    )


def test_a_word_belongs_to_its_figure_only() -> None:
    over = stated(precision=(Precision.OVER,))
    lines = cast(Indicator, SimpleNamespace(stated=(over,)))
    june, year = Period(date(2022, 6, 1), Grain.MONTH), Period(date(2022, 1, 1), Grain.YEAR)
    assert stated_of(figure(over.value, june), lines) is over
    assert stated_of(figure(over.value, year), lines) is over
    assert stated_of(figure(Decimal(25400), june), lines) is None  # corrected since: another figure
    assert stated_of(figure(over.value, june.shift(1)), lines) is None
    assert stated_of(figure(over.value, june, "gia-lai"), lines) is None
    assert stated_of(figure(over.value, june, "gia-lai", "2026-11-20"), lines) is over  # its heir's, recast
    assert stated_of(figure(None, june), lines) is None
