"""The small parts of the tool that makes the agencies."""

from __future__ import annotations

import pytest
from tools.agencies_from_packages import chair, weigh
from tools.agency_units import Move, Unit, english, slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Phường Đống Đa", "dong-da"),
        ("Thị trấn Cát Khánh", "cat-khanh"),
        ("Xã Ia Mrơn", "ia-mron"),
        ("Thành phố Quy Nhơn", "quy-nhon"),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_english_and_chair() -> None:
    assert english("Thị xã An Nhơn") == "An Nhơn Town"
    assert chair("Xã An Toàn")[0] == "Chủ tịch UBND xã An Toàn"


def test_the_parts_of_a_split_add_up_to_the_whole() -> None:
    old = Unit("a-21001", "21001", "Xã A", "commune", "d")
    moves = [Move("a-21001", "b", ("0.87", "0.5")), Move("a-21001", "c", ("0.13", "0.5"))]
    weights = weigh([old], moves, {"21001": (7, 5)})
    assert weights["a-21001"] == (7, 5)
    assert weights["b"] == (6, 2)
    assert weights["c"] == (1, 3)
    assert weights["d"] == weights["binh-dinh"] == (7, 5)
