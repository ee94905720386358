"""What the public pages say, what they refuse, and how large they are."""

from __future__ import annotations

import gzip
import html
import re

import pytest
from django.test import Client

from kieng.judgement.standing import Standing
from kieng.measurement.measurement import Status
from kieng.plan.period import Period
from kieng.web import door
from kieng.web.opendata.published import Question, published
from kieng.web.public.agencies import bare
from kieng.web.public.reads import plan_at_a_glance

pytestmark = pytest.mark.django_db


def page(address: str, language: str = "vi") -> str:
    response = Client(headers={"cookie": f"kieng_language={language}"}).get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


def test_the_plan_says_first_what_can_be_saved_and_apart_what_is_lost():
    first = [one.worst for one in plan_at_a_glance(door.state()).first]
    assert all(one.urgency.call.is_ahead for one in first)
    assert [one.urgency.key for one in first] == sorted(one.urgency.key for one in first)
    lost = [target for _, target in plan_at_a_glance(door.state()).lost]
    assert lost
    assert all(one.told.worst is Standing.MISSED for one in lost)


def test_the_plan_counts_every_target_once():
    plan = plan_at_a_glance(door.state())
    targets = [target.target.id for p in plan.pillars for one in p.indicators for target in one.targets]
    assert len(targets) == len(set(targets)) == plan.count
    assert plan.count == plan.told.withheld + sum(count for _, count in plan.told.tally)
    assert len(targets) == sum(len(one.targets) for one in door.state().definitions.plans.values())


def test_a_page_says_of_which_day_the_newest_record_is():
    state = door.state()
    days = [b.recorded_at.date() for b in state.batches if b.record_type == "case"]
    newest = state.newest_record("case")
    assert newest is not None
    assert newest <= max(days)
    assert f"là của ngày {newest:%d/%m/%Y}." in page("/chi-so/cases-online/")
    assert f"is of {newest}." in page("/chi-so/cases-online/", "en")
    assert "Bản ghi mới nhất" not in page("/chi-so/cases-online/?as_of=2024-02-01")


def test_the_plan_is_small():
    assert len(gzip.compress(page("/").encode())) < 100_000


def test_an_indicator_tells_its_rule_in_words_and_as_it_is_written():
    told = page("/chi-so/services-full-online/")
    assert "count(where offer = &#x27;full&#x27; and eligible) / count(where eligible)" in told
    assert "chia cho số" in told
    assert "15/08/2022" in told  # where one rule ends and the next begins


def test_an_agency_names_what_it_was_made_of_and_what_it_became():
    assert "/co-quan/gia-lai/" in page("/co-quan/binh-dinh/")
    told = page("/co-quan/gia-lai/")
    assert "/co-quan/binh-dinh/" in told
    assert "Nghị quyết 202/2025/QH15" in told


def test_a_break_is_named_in_the_picture():
    told = page("/chi-so/cases-online/bieu-do.svg?agency=gia-lai")
    names = [one.name.vi for one in door.state().definitions.reorganisations if one.id == "provinces-2025"]
    assert names[0][:12] in told


@pytest.mark.parametrize("text", ["quy nhon", "Quy Nhơn", "QUY NHƠN"])
def test_an_agency_is_found_however_its_name_is_typed(text):
    assert "/co-quan/quy-nhon-21583-2025/" in page(f"/co-quan/?q={text}")


def test_an_agency_is_found_by_its_code_and_on_the_day_asked_for():
    assert "/co-quan/quy-nhon-540/" in page("/co-quan/?q=540&day=1/6/2025")
    assert "/co-quan/quy-nhon-540/" not in page("/co-quan/?q=540")


def test_marks_are_dropped_but_letters_are_kept():
    assert bare("Đề  Gi") == "de gi"


def test_a_correction_names_the_old_and_the_new_figure():
    told = page("/phien-ban/?agency=binh-dinh&indicator=digital-economy-share")
    assert told.index("5,78 %") < told.index("5,45 %")  # the estimate of 2021, then what was confirmed
    assert "ước" in told
    assert "chính thức" in told
    assert "5,62 %" not in told  # 2020 is before the first period that is measured


_PUBLISHED_AND_CORRECTED = (
    "Công bố 31/12/2023 là 101,3 % (ước); cập nhật 15/03/2024 theo số sơ bộ: 93,5 % (suy ra), "
    "thấp hơn 7,8 điểm phần trăm"
)


@pytest.mark.parametrize(
    "address",
    [
        "/phien-ban/",
        "/phien-ban/?all=1&indicator=budget-revenue-published",
        "/chi-so/budget-revenue-published/",
    ],
)
def test_a_correction_is_told_with_both_days_and_values_its_reason_and_where_it_stands(address):
    told = page(address)
    assert f"{_PUBLISHED_AND_CORRECTED}, vì" in told
    assert "thu thấp hơn số ước 1.066 tỷ đồng" in told
    assert "VietNamNet, 12/2023" in told
    assert "Dân Việt, 15/3/2024" in told


def test_a_correction_of_a_made_up_figure_says_so_and_what_was_known_before_is_not_told_as_known():
    told = page("/chi-so/digital-economy-share/?agency=binh-dinh")
    one = told[told.index('id="dinh-chinh"') :].split("</li>")[0]
    assert "TỔNG HỢP THỬ" in one
    assert "Published 2023-12-31 as 101.3% (estimate); updated 2024-03-15 with a " in page(
        "/chi-so/budget-revenue-published/", "en"
    )
    before = page("/chi-so/budget-revenue-published/?agency=binh-dinh&as_of=2024-02-01")
    assert "101,3 %" in before
    assert "93,5 %" not in before


def link_to_the_comparison(told: str) -> str:
    return html.unescape(re.findall(r'href="(/du-lieu/so-sanh/[^"]+)"', told)[0])


@pytest.mark.parametrize(
    "address",
    [
        "/phien-ban/?indicator=budget-revenue-published",
        "/chi-so/budget-revenue-published/",
        "/chi-so/budget-revenue-published/?agency=binh-dinh&as_of=2024-01-15",
    ],
)
def test_a_link_leads_to_what_changed_between_two_moments(address):
    told = page(link_to_the_comparison(page(address)))
    assert "1 số đã đổi" in told
    assert told.index("101,3 %") < told.index("93,5 %")
    assert "Dân Việt, 15/3/2024" in told  # the delivery that changed it, by its citation


@pytest.mark.parametrize(
    "address", ["/", "/chi-so/cases-online/", "/co-quan/gia-lai/", "/co-quan/", "/phien-ban/", "/tro-giup/"]
)
def test_every_page_is_there_in_english(address):
    told = page(address, "en")
    assert '<html lang="en">' in told
    assert "SYNTHETIC" in told or address == "/co-quan/"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/chi-so/nothing/", 404),
        ("/chi-so/cases-online/?agency=nobody", 404),
        ("/chi-so/cases-online/?period=2025-13", 400),
        ("/chi-so/cases-online/?map=moon", 400),
        ("/chi-so/cases-online/?as_of=tomorrow", 400),
        ("/chi-so/cases-online/?as_of=2999-01-01", 400),
        ("/co-quan/nobody/", 404),
        ("/co-quan/?day=31/2/2025", 400),
        ("/phien-ban/?page=-1", 400),
        ("/phien-ban/?indicator=nothing", 404),
    ],
)
def test_what_makes_no_sense_is_refused(address, status):
    assert Client().get(address).status_code == status


def test_what_the_plan_declares_not_applicable_is_no_missing_figure():
    assert "Không áp dụng" in page("/chi-so/smart-cities/?agency=an-lao-542&period=2024")
    of_level = page("/ban-do/?indicator=smart-cities&level=district&period=2024")
    assert of_level.count("Không áp dụng cho cơ quan này") >= 8
    judged = door.state().lookup("smart-cities", "an-lao-542", Period.parse("2024"))
    assert judged is not None
    assert judged.status is Status.NOT_APPLICABLE


def test_every_agency_has_its_breakdown_where_no_small_count_can_be_told_from_it_and_as_the_open_data():
    state = door.state()
    period = Period.parse("2025")
    found = published(state, Question("stations", period=period, breakdowns=True)).figures
    shown = {one.measurement.agency for one in found if one.measurement.breakdown}
    every = {one.measurement.agency for one in found if one.measurement.value is not None}
    level = {one.measurement.agency: one.measurement.level for one in found}
    open_, closed = (
        next(one for one in sorted(agencies) if level[one] == "commune")
        for agencies in (shown, every - shown)
    )
    told = page(f"/chi-so/stations/?agency={open_}&period=2025")
    parts = [
        one.measurement for one in found if one.measurement.agency == open_ and one.measurement.breakdown
    ]
    assert sorted(re.findall(r'data-breakdown="operator=([^"]+)"', told)) == sorted(
        p.breakdown[1] for p in parts
    )
    hidden = page(f"/chi-so/stations/?agency={closed}&period=2025")
    assert "data-breakdown" not in hidden
    operators = {one.measurement.breakdown[1] for one in found if one.measurement.breakdown}
    section = hidden[hidden.index('id="phan-to"') : hidden.index('id="dinh-nghia"')]
    assert not [one for one in operators if one in section]  # that a value occurs tells that it is not nought
