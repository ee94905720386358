"""What the head's pages say beside their figures."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from kieng.judgement.coverage_words import coverage_text
from kieng.plan.indicator import Better
from kieng.plan.period import Period
from kieng.web import door
from kieng.web.cockpit.detail import Asked, detail

PROVINCE = "gia-lai"

pytestmark = pytest.mark.django_db


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_a_figure_of_one_of_two_forebears_is_not_shown_as_one_of_both(log_in) -> None:
    """On today's map Gia Lai before 07/2025 has the figures of Bình Định alone."""
    page = log_in("leader").get(f"/toi/chi-so/cases-received/{PROVINCE}/?period=2025")
    steps = detail(door.state(), Asked("cases-received", PROVINCE, Period.parse("2025"))).steps
    lacking = [s for s in steps if s.on_today and s.on_today.value is not None and _lacks(s.on_today)]
    assert lacking
    table = text_of(page.content.decode().split('id="dien-bien"')[1].split("</table>")[0])
    for step in lacking:
        assert coverage_text(step.on_today.coverage).vi in table


def _lacks(found) -> bool:
    return found.coverage.reporting < found.coverage.expected


def test_parts_are_called_by_the_order_they_stand_in() -> None:
    state, met = door.state(), set()
    for indicator in state.definitions.indicators.values():
        for parts in detail(state, Asked(indicator.id, PROVINCE)).parts:
            if parts.why is not None:
                continue
            met.add(indicator.better)
            assert ("kém" in parts.order.vi) == (indicator.better is not None)
            told = [one.measurement.value for one in parts.rows if one.measurement]
            for a, b in pairwise([one for one in told if one is not None]):
                assert a <= b if "thấp" in parts.order.vi else a >= b
    assert {Better.HIGHER, Better.LOWER} <= met


def test_an_indicator_without_a_target_says_nothing_of_all_the_others(log_in) -> None:
    page = text_of(log_in("leader").get(f"/toi/chi-so/cases-overdue/{PROVINCE}/").content.decode())
    assert "Kế hoạch không giao chỉ tiêu nào cho cơ quan này về chỉ số này." in page


def test_the_sixth_look_is_not_the_first(log_in) -> None:
    client = log_in("head", PROVINCE)
    looks = [text_of(client.get("/toi/").content.decode()) for _ in range(3)]
    assert ["Đây là lần đầu bạn xem" in one for one in looks] == [True, False, False]
    assert "Số liệu chưa đổi từ lần đầu bạn xem" in looks[2]


def test_the_day_of_the_newest_record_is_of_its_kind_and_not_of_agencies_that_have_ended(log_in) -> None:
    client = log_in("leader")
    for agency, said in ((PROVINCE, True), ("binh-dinh", False)):
        page = client.get(f"/toi/chi-so/cases-online/{agency}/").content.decode()
        assert ("Bản ghi mới nhất của loại số liệu này là của ngày" in page) is said
        assert "Bản ghi mới nhất là của ngày" not in page


def test_a_count_is_not_said_to_add_up_numerators(log_in) -> None:
    page = text_of(log_in("leader").get("/chi-so/cases-received/").content.decode())
    assert "Cộng số của các đơn vị bên dưới" in page
    assert "Cộng tử số" not in page
    assert "kỳ chứa ngày" not in page
    assert "Cộng tử số và mẫu số" in text_of(
        log_in("head", PROVINCE).get("/chi-so/cases-online/").content.decode()
    )


def test_the_key_of_the_way_stands_where_there_is_one(log_in) -> None:
    client = log_in("leader")
    for indicator in ("cases-overdue", "work-files-online"):
        page = client.get(f"/toi/chi-so/{indicator}/{PROVINCE}/")
        drawn = detail(door.state(), Asked(indicator, PROVINCE)).asked_for
        assert ("mức cần theo lộ trình" in page.content.decode()) is drawn
        assert not re.search(r'<p class="off-notes">\s*·', page.content.decode())
