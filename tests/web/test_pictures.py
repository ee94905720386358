"""Pictures say in words what they show, and show what they are given."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from kieng.judgement.phrases import NO_MARK
from kieng.web.pictures.bullet import bullet
from kieng.web.pictures.series import (
    NARROW,
    Break,
    Goal,
    Kind,
    Line,
    Point,
    Series,
    draw,
    spec,
    with_gaps,
)
from kieng.web.pictures.spark import HEIGHT, MARGIN, WIDTH, Dot, spark
from kieng.words import Name

SVG = "{http://www.w3.org/2000/svg}"


def dots(*values: int | None) -> list[Dot]:
    return [Dot(None if value is None else Decimal(value)) for value in values]


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def test_a_spark_says_its_finding_and_hides_nothing_in_markup():
    made = drawn(spark(dots(1, 2), None, "Hồ sơ <trực tuyến>", "từ 1 lên 2", mark=""))
    assert made.find(f"{SVG}title").text == "Hồ sơ <trực tuyến>"
    assert made.find(f"{SVG}desc").text == "từ 1 lên 2"
    assert made.get("role") == "img"


def test_a_spark_leaves_gaps_open():
    made = drawn(spark(dots(1, 2, None, 3, 4), None, "t", "f", mark=""))
    lines = made.findall(f"{SVG}polyline")
    assert [len(line.get("points").split()) for line in lines] == [2, 2]


def test_a_lone_figure_between_gaps_is_seen():
    made = drawn(spark(dots(1, None, 3, None, 4), None, "t", "f", mark=""))
    assert len(made.findall(f"{SVG}circle")) == 4  # three lone ones and the end


def test_the_end_dot_sits_on_the_newest_figure_and_is_hollow_for_an_estimate():
    made = drawn(spark([*dots(0, 10), Dot(Decimal(5), hollow=True), *dots(None)], None, "t", "f", mark=""))
    end = made.findall(f"{SVG}circle")[-1]
    assert float(end.get("cy")) == HEIGHT / 2
    assert float(end.get("cx")) == pytest.approx(MARGIN + (WIDTH - 2 * MARGIN) * 2 / 3, abs=0.05)
    assert end.get("fill") == "#fff"


def test_the_target_is_within_the_picture_even_beyond_all_figures():
    line = drawn(spark(dots(1, 2), Decimal(90), "t", "f", mark="")).find(f"{SVG}line")
    assert float(line.get("y1")) == MARGIN


def test_without_a_figure_there_is_no_spark():
    assert spark(dots(None, None), Decimal(1), "t", "f", mark="") == ""


def test_a_bullet_reaches_as_far_as_its_value():
    made = drawn(bullet(Decimal(50), Decimal(100), Decimal(75), "late", "t", "f", mark=""))
    bar = made.findall(f"{SVG}rect")[1]
    assert float(bar.get("width")) == pytest.approx((240 - 4) / 2, abs=0.1)
    assert [line.get("class") for line in made.findall(f"{SVG}line")] == ["bullet-expected", "bullet-target"]


def test_a_bullet_of_a_figure_below_nought_begins_there():
    bar = drawn(bullet(Decimal(-50), Decimal(50), None, "", "t", "f", mark="")).findall(f"{SVG}rect")[1]
    assert float(bar.get("x")) == 2


def point(month: int, value: int | None, estimate: bool = False) -> Point:
    return Point(
        date(2025, month, 28), f"2025-{month:02}", None if value is None else Decimal(value), estimate
    )


SERIES = Series(
    Name("Hồ sơ trực tuyến", "Online cases"),
    Name("%", "%"),
    (
        Line(
            Name("như đã là", "as it was"),
            Kind.AS_WAS,
            (point(1, 1200), point(2, None), point(3, 1400, True)),
        ),
    ),
    (
        Goal(
            Name("ít nhất 90%", "at least 90%"),
            ((date(2025, 1, 1), Decimal(50)), (date(2025, 12, 31), Decimal(90))),
        ),
    ),
    (Break(date(2025, 7, 1), Name("Nghị quyết 202", "Resolution 202")),),
    Name("Từ 1.200% lên 1.400%", "From 1,200% to 1,400%"),
    NO_MARK,
)


def test_a_series_is_drawn_with_its_finding_target_and_break_in_the_readers_language():
    vietnamese, english = draw(spec(SERIES, "vi"), "vi"), draw(spec(SERIES, "en", NARROW), "en")
    for words in ("Từ 1.200% lên 1.400%", "ít nhất 90%", "Nghị quyết 202", "1.400"):
        assert words in vietnamese
    for words in ("From 1,200% to 1,400%", "at least 90%", "Resolution 202", "1,400"):
        assert words in english
    assert "style=" not in vietnamese  # nothing a strict policy would refuse


def test_the_days_of_a_series_stand_in_their_own_month_in_every_zone(monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    assert "2024" not in draw(spec(SERIES, "vi", 500), "vi")


def test_gaps_are_filled_only_between_figures():
    periods = [(date(2025, m, 28), f"2025-{m:02}") for m in range(1, 6)]
    made = with_gaps((point(2, 5), point(4, 6)), periods)
    assert [one.value for one in made] == [Decimal(5), None, Decimal(6)]
