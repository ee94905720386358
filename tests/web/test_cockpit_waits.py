"""What waits: only what is open, for whoever owes it, each listed; and what a department leads."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from kieng.judgement.duties import Lack, duty_of, open_duties
from kieng.judgement.halves import halves_owed
from kieng.plan.period import Grain, Period
from kieng.web import door
from kieng.web.cockpit import reads
from kieng.web.cockpit.led import led_by
from kieng.web.cockpit.tasks import tasks_of
from kieng.web.cockpit.waits import Kind, waits_of

PROVINCE, WARD, SCIENCE = "gia-lai", "quy-nhon-21583-2025", "gl-so-khcn"

pytestmark = pytest.mark.django_db


def open_now():
    state = door.state()
    return open_duties(state.definitions, state.lookup, state.today)


def listed(agency: str, kind: Kind):
    waits = waits_of(door.state(), agency).of(kind)
    return waits.page(0, waits.size) if waits else ()


def pages(client, agency: str, kind: Kind) -> str:
    """Every page of a kind, one after the other."""
    address = f"/toi/viec/{agency}/{kind}/"
    last = client.get(address).context["last_page"]
    told = [client.get(f"{address}?page={number}").content.decode() for number in range(1, last + 1)]
    return "".join(one[one.index('<ol class="waits"') : one.index("</ol>")] for one in told)


# --- figures ---------------------------------------------------------------------------------


def test_quarterly_forms_are_not_asked_for_by_the_month():
    """In October 135 communes were told that they had not reported fibre, though it is quarterly."""
    fibre = [one for one in open_now() if one.duty.indicator == "fibre-households"]
    assert {one.duty.period.grain for one in fibre} == {Grain.QUARTER}
    assert all(one.duty.period.end <= door.state().today for one in fibre)
    lacking = [one for one in fibre if one.lack is Lack.FIGURE]
    assert len(lacking) < 15  # the few holes that the generator leaves


def test_what_lacks_really_has_no_figure_and_what_is_there_is_not_asked_for():
    state = door.state()
    asked = {(one.duty.indicator, one.duty.agency, one.duty.kept_in) for one in open_now()}
    for indicator, agency, period in asked:
        found = state.lookup(indicator, agency, period)
        assert found is None or found.value is None or found.state in ("estimate", "provisional")
    indicator, period = state.definitions.indicators["fibre-households"], Period.parse("2026-Q2")
    done = [
        agency
        for agency, found in state.of_period("fibre-households", Period.parse("2026-06")).items()
        if found.value is not None
        and found.state == "confirmed"
        and duty_of(state.definitions, indicator, agency, period, state.today)
    ]
    assert len(done) > 100
    assert not {("fibre-households", agency, Period.parse("2026-06")) for agency in done} & asked


def test_nobody_is_asked_for_figures_that_others_publish():
    assert not [one for one in open_now() if one.duty.indicator.endswith("-published")]


def test_what_a_leader_waits_for_is_apart_from_what_they_owe():
    waits = waits_of(door.state(), PROVINCE)
    assert not [one for one in waits.mine if one.kind in (Kind.FIGURES, Kind.CONFIRMATIONS)]
    others = waits.of(Kind.FIGURES_OF_OTHERS)
    assert others is not None
    state = door.state()
    halves = list(halves_owed(state.definitions, state.lookup, state.today))
    assert others.count == len([one for one in open_now() if one.lack is Lack.FIGURE]) + len(halves)


def test_a_department_owes_what_the_province_reports_of_what_it_leads(log_in):
    items = listed(SCIENCE, Kind.FIGURES)
    assert items
    own = [item for item in items if item.how is not None]
    assert {item.whose.vi for item in own} == {"Tỉnh Gia Lai"}
    assert {item.whose.vi for item in items if item not in own} <= {"số riêng của Tỉnh Bình Định"}
    page = pages(log_in("head", SCIENCE), SCIENCE, Kind.FIGURES)
    assert page.count("Gửi số liệu báo cáo: ") == len(own)


def test_each_item_is_listed_and_its_link_opens(log_in):
    client = log_in("head", SCIENCE)
    for kind in (Kind.FIGURES, Kind.FIGURES_OF_OTHERS, Kind.CONFIRMATIONS_OF_OTHERS):
        waits, page = waits_of(door.state(), SCIENCE).of(kind), pages(client, SCIENCE, kind)
        assert waits is not None
        links = re.findall(r'<li>(?:<strong>[^<]*</strong>: )?<a href="([^"]+)"', page)
        assert len(links) == waits.size == waits.count
        assert client.get(links[0].replace("&amp;", "&")).status_code == 200
        assert client.get(links[-1].replace("&amp;", "&")).status_code == 200


def test_what_an_heir_has_yet_to_report_apart_waits_for_whoever_sends_it(log_in):
    """A verdict said so of the share of the digital economy, and no list of what waits did."""
    state = door.state()
    row = next(r for r in reads.board_of(state, PROVINCE).rows if "còn phải báo cáo số riêng" in str(r.line))
    halves = list(halves_owed(state.definitions, state.lookup, state.today))
    mine = [one for one in halves if one.duty.indicator == row.indicator.id]
    assert (row.line.node, row.line.period) in {(one.duty.agency, one.duty.period) for one in mine}
    (sender,) = mine[0].duty.senders
    items = [one for one in listed(sender, Kind.FIGURES) if one.whose and "số riêng của" in one.whose.vi]
    assert {one.name for one in items} == {row.indicator.name}
    assert log_in("head", sender).get(items[0].address).status_code == 200
    others = listed(PROVINCE, Kind.FIGURES_OF_OTHERS)
    assert [one for one in others if one.whose and "số riêng của" in one.whose.vi]


def test_a_page_of_nothing_and_of_no_kind(log_in):
    client = log_in("head", WARD)
    nothing = client.get(f"/toi/viec/{WARD}/{Kind.FIGURES_OF_OTHERS}/").content.decode()
    assert "Không có việc gì đang chờ" in nothing
    assert client.get(f"/toi/viec/{WARD}/nothing/").status_code == 404
    assert client.get(f"/toi/viec/{PROVINCE}/{Kind.FIGURES}/").status_code == 403


# --- cases -----------------------------------------------------------------------------------


def test_cases_that_wait_are_open_and_each_is_in_the_list(log_in):
    """Of 171 cases "overdue" most had long been finished."""
    state = door.state()
    agency = next(
        one
        for one in state.definitions.tree.on(state.today).children_of[PROVINCE]
        if (found := waits_of(state, one).of(Kind.OVERDUE)) is not None and found.count > 2
    )
    waits = waits_of(state, agency).of(Kind.OVERDUE)
    assert waits is not None
    (item,) = waits.told
    client = log_in("leader")
    page = client.get(item.address)
    while page.context["trail"] is None:
        page = client.get(item.address)
    trail = page.context["trail"]
    assert len(trail.used) == waits.count
    finished = [field.name for field in trail.shown].index("finished_at")
    assert [one.fields[finished] for one in trail.page(trail.used)] == [None] * waits.count
    assert len(page.context["records"]) == min(waits.count, 50)


def test_a_link_shows_as_many_cases_as_it_says(log_in):
    """Of a province's own cases the link led to those of all below it."""
    waits = waits_of(door.state(), PROVINCE).of(Kind.OVERDUE)
    assert waits is not None
    (item,) = waits.told
    client = log_in("leader")
    page = client.get(item.address)
    while page.context["trail"] is None:
        page = client.get(item.address)
    assert page.context["chosen"] == waits.count < len(page.context["trail"].used)
    assert "của riêng Tỉnh Gia Lai" in page.content.decode()
    every = client.get(item.address.replace("&of=own", ""))
    assert every.context["chosen"] == len(every.context["trail"].used)


def test_a_leader_is_told_where_refused_rows_lie(log_in):
    assert "thư mục “refused”" in log_in("leader").get("/toi/").content.decode()


def test_cases_of_a_province_are_shared_out_between_itself_and_those_below():
    state = door.state()
    waits = waits_of(state, PROVINCE)
    period = Period.containing(state.today, Grain.MONTH)
    whole = state.lookup("cases-open-overdue", PROVINCE, period)
    assert whole is not None
    parts = [one.count for kind in (Kind.OVERDUE, Kind.OVERDUE_OF_OTHERS) if (one := waits.of(kind))]
    assert sum(parts) == whole.value > 0
    overdue = state.lookup("cases-overdue", PROVINCE, period)
    assert overdue is not None
    assert whole.value <= (overdue.value or Decimal(0))


# --- tasks and what is led -------------------------------------------------------------------


def test_tasks_of_agencies_that_merged_wait_at_their_heir_with_their_figures(log_in):
    state = door.state()
    tasks = [task for plan in state.definitions.plans.values() for task in plan.tasks]
    there = [one for a in state.definitions.tree.on(state.today).level_of for one in tasks_of(state, a)]
    assert {one.task.id for one in there} == {task.id for task in tasks}
    client = log_in("head", SCIENCE)
    page = client.get("/toi/").content.decode()
    (one,) = tasks_of(state, SCIENCE)
    assert one.overdue
    for name, address in one.figures:
        assert f'<a href="{address}">{name.vi}</a>' in page
        assert client.get(address).status_code == 200


def test_a_director_sees_what_the_department_leads_apart_from_its_own(log_in):
    state, client = door.state(), log_in("head", SCIENCE)
    led = led_by(state, SCIENCE)
    assert len(led) > 25
    assert not [one for one in led if one.target.closes and one.target.closes <= state.today]
    page = client.get("/toi/").content.decode()
    assert "Chỉ tiêu đơn vị chủ trì" in page
    assert "không giao chỉ tiêu nào" not in page
    assert "chủ trì: giả định" in page
    everything = client.get(f"/toi/co-quan/{SCIENCE}/").content.decode()
    assert f"nặng nhất trước ({len(led)})" in everything
    for link in set(re.findall(r'<h3><a href="(/toi/chi-so/[^"]+)"', everything)):
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_of_a_target_of_many_the_standings_are_counted():
    state = door.state()
    many = [one for one in led_by(state, SCIENCE) if one.whose is not None]
    assert {one.target.level for one in many} >= {"commune"}
    for one in many:
        assert sum(count for _, count in one.tally) == len(one.rows) > 1
    promised = next(one for one in many if one.target.id == "nq05/work-files-online/commune/2025-12-31")
    assert len(promised.rows) == 58


def test_an_agency_that_leads_nothing_leads_nothing():
    assert led_by(door.state(), "gl-so-y-te") == ()
    assert led_by(door.state(), WARD) == ()
    assert reads.board_of(door.state(), WARD).rows
