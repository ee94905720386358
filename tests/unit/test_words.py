"""Vietnamese texts compared as people read them."""

from __future__ import annotations

import unicodedata

import pytest

from kieng.words import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hòa", "Hoà"), ("THUỶ", "thủy"), ("khoẻ", "khỏe"), ("quý", "qúy"), ("Xã  Hòa An ", "xã hoà an")],
)
def test_two_writings_of_one_text_are_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_composed_and_decomposed_are_equal() -> None:
    text = "Đơn vị xử lý: Ủy ban nhân dân xã Tây Thuận"
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@pytest.mark.parametrize(("one", "other"), [("hóa", "hòa"), ("ma", "má"), ("dân", "đân"), ("tran", "trân")])
def test_other_tones_and_letters_differ(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", ["của", "hoàng", "khoáng", "tuyến", "mùa", "hoài"])
def test_other_clusters_stay_as_they_are(text: str) -> None:
    assert fold(text) == text
