"""A figure of an agency that was there for a part of its period says for which, and ends no course; a course
begins where as many have a figure as have one now; what is withheld is withheld in its words too."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest
from django.test import Client
from tests.web.conftest import LogIn

from kieng.judgement.bounds import covered_share
from kieng.judgement.ends import comparable
from kieng.judgement.phrases import part
from kieng.plan.period import Grain
from kieng.web import door
from kieng.web.public.chart import course_of, finding
from kieng.web.public.indicator import standpoints
from kieng.web.public.series import is_part
from kieng.web.public.source import now
from kieng.words import Name

pytestmark = pytest.mark.django_db
MERGER = date(2025, 7, 1)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((None, None), None),
        ((MERGER, None), Name("cơ quan hoạt động từ 01/07/2025", "the agency began on 2025-07-01")),
        (
            (None, date(2025, 6, 30)),
            Name("cơ quan hoạt động đến hết 30/06/2025", "the agency ended on 2025-06-30"),
        ),
        (
            (MERGER, date(2025, 9, 1)),
            Name(
                "cơ quan hoạt động từ 01/07/2025 đến hết 01/09/2025",
                "the agency was there from 2025-07-01 to 2025-09-01",
            ),
        ),
    ],
)
def test_which_part_is_said(days, said):
    assert part(days) == said


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


@pytest.mark.parametrize(
    ("agency", "said"),
    [("binh-dinh", "cơ quan hoạt động đến hết 30/"), ("gia-lai", "cơ quan hoạt động từ 01/")],
)
def test_a_year_of_a_half_is_marked_on_pages(agency: str, said: str):
    page = Client().get(f"/chi-so/cases-received/?agency={agency}&period=2025").content.decode()
    assert f"({said}" in text_of(page)


def test_it_ends_no_course():
    state = door.state()
    source = now(state, "cases-received")
    indicator = state.definitions.indicators["cases-received"]
    course = course_of(source, "binh-dinh", Grain.YEAR)
    parts = [one.measurement for one in course.as_was if one.measurement and is_part(source, one.measurement)]
    assert [str(one.period) for one in parts] == ["2025"]
    assert "2025" not in finding(source, indicator, course, ()).vi


def test_a_course_begins_where_as_many_have_a_figure_as_now():
    """On today's map the years before the merger are those of one of the two provinces."""
    source = now(door.state(), "cases-received")
    course = course_of(source, "gia-lai", Grain.YEAR)
    known = [one.measurement for one in course.today if one.has_figure and one.measurement]
    indicator = source.definitions.indicators["cases-received"]
    told = comparable(source.definitions, indicator, known)
    all_shares, shares = ([covered_share(one.coverage) for one in some] for some in (known, told))
    assert min(all_shares) < shares[-1] * Fraction(9, 10) <= min(shares)


def test_a_withheld_standing_is_in_no_sentence_of_the_picture():
    state, tried = door.state(), 0
    indicator = state.definitions.indicators["work-files-online"]
    source = now(state, indicator.id)
    for agency, known in state.definitions.tree.agencies.items():
        if "commune" not in {one.value for one in known.levels}:
            continue
        targets = standpoints(source, indicator, agency)
        if not any(one.standing is None for one in targets[:2]):
            continue
        tried += 1
        said = finding(source, indicator, course_of(source, agency, Grain.YEAR), targets)
        for one in targets[:2]:
            if one.standing is None:
                assert one.line.judgement.standing.words.vi.lower() not in said.vi
    assert tried


def test_the_department_s_page_names_what_it_leads():
    page = text_of(Client().get("/co-quan/gl-so-khcn/").content.decode())
    assert re.search(r"Chủ trì \(\d\d\)", page)
    assert "chủ trì ở ngay dưới" in page


def test_a_map_and_a_comparison_say_whose_figures_are_of_a_part():
    """Of the year 2025 most communes of today have a half, those that lived on the whole."""
    said = re.compile(r"\d+/\d+ đơn vị có số chỉ hoạt động trong một phần của kỳ")
    page = Client().get("/ban-do/?indicator=cases-online&period=2025&map=as-was").content.decode()
    assert said.search(text_of(page))
    assert re.search(r"<title>[^<]*% \(cơ quan hoạt động từ 01/07/2025\)</title>", page)
    assert said.search(
        text_of(Client().get("/chi-so/cases-online/?agency=gia-lai&period=2025").content.decode())
    )
    for address in (
        "/ban-do/?indicator=cases-online&period=2025&map=today",
        "/ban-do/?indicator=stations&period=2025",
    ):
        assert not said.search(text_of(Client().get(address).content.decode()))


def test_the_cockpit_tells_courses_by_the_same_rule(log_in: LogIn):
    """Its picture has no course of one period, none that ends in a part of one, and none over a change of
    rule."""
    leader = log_in("leader")
    for address in (
        "/toi/",
        "/toi/chi-so/work-files-online/gia-lai/",
        "/toi/chi-so/services-full-online/binh-dinh/",
    ):
        page = leader.get(address).content.decode()
        courses = re.findall(r"[Tt]ừ [^()<>]+ \(([^)]*)\) đến [^()<>]+ \(([^)]*)\)", page)
        assert courses or "chưa có kỳ khác so sánh được" in page
        for first, last in courses:
            assert first != last
            assert "cơ quan" not in first + last
    page = leader.get("/toi/chi-so/services-full-online/binh-dinh/").content.decode()
    assert "(2021) đến" not in page
