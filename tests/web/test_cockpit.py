"""The head's pages: who may see them, that figures are the workspace's, that gaps are shared out whole."""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from kieng.measurement.request import AS_WAS
from kieng.measurement.value import rounded
from kieng.plan.period import Period
from kieng.web import door
from kieng.web.accounts.models import Post, User
from kieng.web.accounts.reads import person
from kieng.web.cockpit import actions, comparing, kept, reads
from kieng.web.cockpit.changes import changes, seen_now
from kieng.web.cockpit.comparing import among, chart_of
from kieng.web.cockpit.detail import Asked, detail
from kieng.web.cockpit.heads import answerable, heads
from kieng.web.cockpit.models import LastLook
from kieng.web.public.shown import hidden_agencies
from kieng.workspace.figures import Asked as Question
from kieng.workspace.figures import figures
from kieng.workspace.folder import Workspace

PROVINCE, WARD = "gia-lai", "quy-nhon-21583-2025"

pytestmark = pytest.mark.django_db


def other_ward() -> str:
    """A commune that is not the ward."""
    tree = door.state().definitions.tree.on(door.state().today)
    return next(one for one in tree.children_of[PROVINCE] if tree.level_of[one] == "commune" and one != WARD)


# --- who may see what --------------------------------------------------------------------


@pytest.mark.parametrize("page", ["chi-so/cases-online/{}/", "co-quan/{}/", "?agency={}"])
def test_a_head_sees_their_own_agency_and_what_is_below_and_no_other(log_in, page):
    ward, province = log_in("head", WARD), log_in("head", PROVINCE)
    assert ward.get("/toi/" + page.format(WARD)).status_code == 200
    assert ward.get("/toi/" + page.format(other_ward())).status_code == 403
    assert ward.get("/toi/" + page.format(PROVINCE)).status_code == 403
    assert province.get("/toi/" + page.format(WARD)).status_code == 200


def test_an_agency_that_is_not_there_is_refused_like_one_of_others(log_in):
    assert log_in("head", WARD).get("/toi/chi-so/cases-online/nowhere/").status_code == 403
    assert log_in("admin").get("/toi/chi-so/cases-online/nowhere/").status_code == 403


@pytest.mark.parametrize(
    "page",
    ["chi-so/nothing/{}/", "chi-so/cases-online/{}/?period=2025-13", "chi-so/cases-online/{}/?target=x"],
)
def test_what_is_not_there_is_not_found(log_in, page):
    assert log_in("head", WARD).get("/toi/" + page.format(WARD)).status_code == 404


def test_leaders_answer_for_the_roots_and_see_refused_rows(log_in):
    page = log_in("leader").get("/toi/")
    assert page.context["agency"] == PROVINCE
    assert page.context["refused"].count == sum(one.refused for one in door.state().batches)
    assert log_in("head", WARD).get("/toi/").context["refused"] is None


def test_somebody_with_two_posts_chooses_and_an_acting_one_is_named(log_in):
    client = log_in("head", WARD)
    user = User.objects.get()
    Post.objects.create(user=user, role="head", agency=PROVINCE, valid_from=date(2026, 1, 1), acting=True)
    assert 'name="agency"' in client.get("/toi/").content.decode()
    assert "phụ trách thay" in client.get(f"/toi/?agency={PROVINCE}").content.decode()


# --- figures -----------------------------------------------------------------------------


@pytest.mark.parametrize("agency", [PROVINCE, WARD])
def test_every_row_is_what_the_workspace_tells(example: Path, agency):
    """Value, standing and distance of each target are those that `kieng show` makes its answers of."""
    rows = reads.board_of(door.state(), agency).rows
    assert rows
    told = figures(Workspace(example), Question())
    expected = {line.target.id: line for row in told.rows() for line in row.of(agency).lines}
    assert {row.target.id: row.line for row in rows} == expected


def test_a_page_shows_the_figure_of_its_reading(log_in, example: Path):
    told = figures(Workspace(example), Question("cases-online", WARD, map_="today")).listed
    one = next(m for m in told if m.value is not None and m.period.start.year == 2023)
    page = log_in("head", WARD).get(f"/toi/chi-so/cases-online/{WARD}/?map=today&period={one.period}")
    assert page.context["shown"].measurement == one


# --- why ---------------------------------------------------------------------------------


def explained():
    """Each target of the province whose gap can be shared out."""
    state = door.state()
    for row in reads.board_of(state, PROVINCE).rows:
        shown = detail(state, Asked(row.indicator.id, PROVINCE, target=row.target.id))
        for parts in shown.parts:
            if parts.why is not None and parts.why.shared_by != "none":
                yield row, shown, parts


def test_contributions_and_what_lies_beside_sum_to_the_distance_shown():
    found = list(explained())
    assert len(found) > 5
    for _, shown, parts in found:
        amounts = [row.contribution.amount for row in parts.rows if row.contribution.amount is not None]
        assert sum(amounts) + parts.why.beside == parts.why.distance
        assert not shown.of_lineage  # the gap of several agencies in a row is nobody's below one of them
        assert abs(rounded(parts.why.distance) - shown.distance) <= Decimal("1e-8")


def test_the_distance_shared_out_is_the_one_of_the_standing():
    for row, shown, _ in explained():
        judged = row.line.judgement
        of_standing = judged.distance if judged.distance is not None else judged.gap_to_target
        if row.standing.is_off:
            assert shown.distance == of_standing


def test_each_part_has_its_own_page_and_whoever_heads_it():
    _, shown, parts = next(one for one in explained() if one[1].indicator.id == "cases-online")
    assert {row.agency for row in parts.rows} >= {WARD, other_ward()}
    assert all(row.head_today is not None for row in parts.rows)
    assert shown.measurement.coverage.expected == len(parts.rows)


def test_a_part_that_is_gone_names_who_answers_for_it_today():
    """On the tree of 2024 the parts of a district are communes that have merged since."""
    state = door.state()
    then, today, heir = next(
        found
        for one in state.definitions.tree.agencies.values()
        if one.closed is not None and any(level.value == "commune" for level in one.levels)
        if (found := heads(state, one.id, date(2024, 6, 30)))[0] is not None and found[2] is not None
    )
    assert today is not None
    assert then is not None
    assert heir is not None


def holder(name, agency, since, until=None, acting=False, instead_of=None):
    user, _ = User.objects.get_or_create(username=name, shown_as=name)
    return Post.objects.create(
        user=user,
        role="head",
        agency=agency,
        valid_from=since,
        valid_to=until,
        acting=acting,
        instead_of=instead_of,
    )


def test_who_held_the_post_then_and_holds_it_today_with_whoever_acted_for_them(log_in):
    client = log_in("head", PROVINCE)  # from 2020, in an account
    first = holder("Chủ tịch thứ nhất", WARD, date(2025, 7, 1), date(2026, 3, 1))
    holder("Phó Chủ tịch", WARD, date(2025, 9, 10), date(2025, 9, 20), acting=True, instead_of=first)
    holder("Chủ tịch thứ hai", WARD, date(2026, 3, 1))
    holder("Quyền Chủ tịch về sau", WARD, date(2026, 5, 1), date(2026, 6, 1), acting=True)
    held = answerable(door.state(), [WARD], Period.parse("2025-09"))
    told = [(one.holder, one.acting, one.then, one.now) for one in held if one.account]
    assert told == [
        ("Chủ tịch thứ nhất", False, True, False),
        ("Phó Chủ tịch", True, True, False),
        ("Chủ tịch thứ hai", False, False, True),
    ]
    assert [(one.then, one.now) for one in held if not one.account] == [(True, True)]
    page = client.get(f"/toi/chi-so/cases-online/{WARD}/?period=2025-09").content.decode()
    section = page[page.index('id="ai-tra-loi"') :]
    assert "Quyền người đứng đầu" in section.replace("Người", "người")
    assert "(thay Chủ tịch thứ nhất)" in section
    assert "10/09/2025 – trước 20/09/2025" in section
    assert "Quyền Chủ tịch về sau" not in section


def test_a_change_of_head_shows_at_once_though_the_figures_have_not_changed(log_in):
    client, address = log_in("head", PROVINCE), f"/toi/chi-so/cases-online/{WARD}/?period=2025-09"
    assert "Người mới" not in client.get(address).content.decode()
    holder("Người mới", WARD, date(2026, 1, 1))
    assert "Người mới" in client.get(address).content.decode()


def test_of_an_agency_that_is_gone_the_heads_of_its_heir_answer_today(log_in):
    state = door.state()
    gone = next(
        one.id
        for one in state.definitions.tree.agencies.values()
        if one.closed == date(2025, 7, 1) and heads(state, one.id, date(2024, 6, 30))[2] is not None
    )
    held = answerable(state, [gone], Period.parse("2024-06"))
    assert [one.agency == gone for one in held if one.then] == [True]
    assert all(one.agency != gone for one in held if one.now)
    assert any(one.now for one in held)


def test_the_break_of_a_reorganisation_stands_between_the_right_periods():
    shown = detail(door.state(), Asked("cases-online", WARD, today=True, period=None))
    after = [step for step in shown.steps if step.events]
    assert [event.id for event in after[-1].events] == ["communes-2025"]
    assert str(after[-1].period) == "2025-07"


# --- compare -----------------------------------------------------------------------------


def test_small_counts_of_others_stay_hidden_in_the_funnel(log_in):
    state = door.state()
    shown = detail(state, Asked("certified-on-ecommerce", WARD))
    log_in("head", WARD)
    viewer = person(User.objects.get())
    found = among(state, shown.measurement, viewer)
    hidden = hidden_agencies(state, shown.measurement.indicator, shown.measurement.period)
    assert hidden
    assert found is not None
    assert found.mine is not None
    for one in found.placed:
        if one.agency.id in hidden - {WARD}:
            assert one.value is None


def test_the_table_of_a_large_funnel_says_how_many_it_leaves_out(log_in, monkeypatch):
    client, address = log_in("leader"), "/toi/chi-so/smes-on-platforms/gia-lai/?period=2025"
    whole = client.get(address).content.decode()
    monkeypatch.setattr(comparing, "_MOST_ROWS", 10)
    monkeypatch.setattr(kept, "_kept", OrderedDict())
    door.forget()
    page = client.get(address).content.decode()
    table = page.split("So sánh công bằng")[1].split("</table>")[0]
    assert table.count('<th scope="row">') == 10
    assert "và 125 đơn vị nữa, có đủ trong tệp tải về" in table
    assert page.count("<circle") == whole.count("<circle")  # the picture leaves none out
    door.forget()


def test_the_control_chart_is_of_the_shortest_period_and_only_of_those_over():
    state = door.state()
    shown = detail(state, Asked("cases-online", PROVINCE))
    chart = chart_of(state, shown.measurement)
    assert {str(point.period.grain) for point in chart.points} == {"month"}
    assert all(point.period.end <= state.today for point in chart.points)


# --- what changed, what waits ------------------------------------------------------------


def test_what_changed_is_told_from_the_data_seen_before(log_in):
    client = log_in("head", WARD)
    assert "lần đầu bạn xem" in client.get("/toi/").content.decode()
    last = LastLook.objects.get()
    indicator, (period, value) = next(iter(last.seen["figures"].items()))
    target = next(iter(last.seen["standings"]))
    last.seen["figures"][indicator] = [period, str(Decimal(value) + 1)]
    last.seen["standings"][target] = "late"
    last.version = "another"
    last.save()
    shown = client.get("/toi/").context["changes"]
    assert [(one.weight, one.indicator) for one in shown][-1] == (1, indicator)
    assert shown[0].weight == 0
    assert client.get("/toi/").context["changes"] == shown  # reading twice wipes nothing out


def test_no_change_is_told_when_nothing_changed(log_in):
    state = door.state()
    assert changes(state, WARD, seen_now(state, WARD)) == []


def test_looks_of_two_people_are_apart(log_in):
    for name in ("a", "b"):
        user = User.objects.create_user(name)
        actions.look(by=user, agency=WARD, version="1", seen={"figures": {}, "standings": {}})
    assert LastLook.objects.count() == 2


# --- cheap, and three steps --------------------------------------------------------------


def test_a_page_asks_the_database_a_few_times_whatever_it_shows(log_in, django_assert_max_num_queries):
    client = log_in("head", PROVINCE)
    for page in ("/toi/", f"/toi/chi-so/cases-full-online/{PROVINCE}/", f"/toi/co-quan/{PROVINCE}/"):
        client.get(page)
        with django_assert_max_num_queries(6):
            client.get(page)


def test_worst_indicator_cause_and_trace_are_three_steps(log_in):
    client = log_in("head", PROVINCE)

    def first(page: str, pattern: str) -> str:
        found = re.search(pattern, client.get(page).content.decode())
        assert found is not None
        return found[1].replace("&amp;", "&")

    worst = first("/toi/", r'<h3><a href="([^"]+)"')
    assert client.get(worst).context["shown"].row.off
    trace = first(worst, r'href="(/toi/dau-vet/[^"]+)"')
    assert client.get(trace).status_code == 200


def test_pages_speak_english_too(log_in):
    client = log_in("head", WARD)
    client.cookies["kieng_language"] = "en"
    for page in ("/toi/", f"/toi/co-quan/{WARD}/", f"/toi/chi-so/work-files-online/{WARD}/"):
        words = client.get(page).content.decode()
        assert "Target:" in words
        assert "Giao ít nhất" not in words


def test_strangers_are_sent_to_log_in():
    assert Client().get(f"/toi/chi-so/cases-online/{WARD}/").status_code == 302


def test_readings_differ_only_in_the_map():
    state = door.state()
    assert (
        reads.series(state, "cases-online", WARD, AS_WAS).keys()
        < reads.series(state, "cases-online", WARD, state.today_map).keys()
    )


def test_a_kept_page_reaches_nobody_with_other_eyes(log_in):
    """The province's head sees a link to the province on a ward's page; the ward's own head never does."""
    page, link = f"/toi/chi-so/cases-online/{WARD}/", f"/toi/chi-so/cases-online/{PROVINCE}/"
    province, ward = log_in("head", PROVINCE), log_in("head", WARD)
    for _ in range(2):
        assert link in province.get(page).content.decode()
        assert link not in ward.get(page).content.decode()


def test_a_kept_first_screen_is_of_the_agency_that_stands_first(log_in):
    """Two people with the same two agencies, in another order, have another first screen at one address."""
    one, other = log_in("head", WARD), log_in("officer", PROVINCE)
    first, second = User.objects.order_by("id")
    Post.objects.create(user=first, role="head", agency=PROVINCE, valid_from=date(2021, 1, 1))
    Post.objects.create(user=second, role="head", agency=WARD, valid_from=date(2021, 1, 1))
    ward, province = (client.get("/toi/").content.decode() for client in (one, other))
    assert f"/toi/co-quan/{WARD}/" in ward
    assert f"/toi/co-quan/{PROVINCE}/" in province
