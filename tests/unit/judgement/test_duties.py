"""Who owes which figure and by when: quarters, agencies that close or open, what has no meaning, leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.helpers.world import definitions, named, record_type_from, reorganisation, tree_from

from kieng.judgement.duties import Duty, Lack, answering_today, duty_of, lack_of, open_duties, owes
from kieng.judgement.duty_words import due_said, duty_said, who_owes
from kieng.judgement.leads import leads_on
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.plan.definitions import Definitions
from kieng.plan.formula.parse import parse
from kieng.plan.indicator import (
    Better,
    Counting,
    Indicator,
    Membership,
    NotApplicable,
    Reports,
    RollUp,
    Rule,
    Watch,
    Within,
)
from kieng.plan.lead import Lead
from kieng.plan.period import Grain, Period
from kieng.problems import Place

TREE = """
tinh       province
  so       department
  a        commune
  b        commune  ..2026-07-01
  c        commune  ..2026-07-01
  bc       commune  2026-07-01..
  new      commune  2026-08-15..
"""
TODAY = date(2026, 11, 30)
FORM = record_type_from(
    {
        "id": "form",
        "anchor": "on_day",
        "state": "state",
        "absence": "absence",
        "fields": {
            "on_day": {"type": "date"},
            "amount": {"type": "decimal", "quantity": "flow"},
            "state": {"type": "code", "values": ["estimate", "provisional", "confirmed"]},
            "absence": {"type": "code", "values": ["no_data", "not_applicable", "zero_denominator"]},
        },
    }
)
VISIT = record_type_from({"id": "visit", "anchor": "on_day", "fields": {"on_day": {"type": "date"}}})


def rule(formula: str = "latest(amount)", grains: str = "month year", **changes: Any) -> Rule:
    facts: dict[str, Any] = {
        "record": "form",
        "counting": Counting(tuple(Grain(one) for one in grains.split()), Membership.BY, "on_day"),
        "formula": parse(formula, Place("rule.yaml", 1, 1)),
        "roll_up": RollUp.SUMS,
        "within": Within.ALL,
        "reporters": ("commune",),
        "recast_by": "population",
        "reports": Reports(every=Grain.QUARTER),
    }
    return Rule(**(facts | changes))


def world(made: Rule, exceptions: tuple[NotApplicable, ...] = ()) -> Definitions:
    one = Indicator(
        "i", named("i"), "government", "hộ", Better.HIGHER, (Watch("commune"),), (Lead("so", True),), (made,)
    )
    merged = reorganisation(date(2026, 7, 1), "merge", "b -> bc\nc -> bc")
    return definitions(
        tree_from(TREE),
        [FORM, VISIT],
        reorganisations=[merged],
        indicators=[one],
        not_applicable=exceptions,
    )


def owed(known: Definitions, period: str, agency: str = "tinh") -> list[Duty]:
    return list(owes(known, "i", agency, Period.parse(period)))


def agencies(found: list[Duty]) -> list[str]:
    return [duty.agency for duty in found]


def figure(status: Status = Status.VALUE, state: str | None = "confirmed", reason: str | None = None):
    value = Decimal(1) if status is Status.VALUE else None
    return Measurement(
        "i", 0, "a", "commune", Period.parse("2026-09"), "as-was", None, status, reason, value, (), None,
        None, Coverage(1, 1, None), None, state, (), 1, 1, datetime(2026, 11, 30), date(2026, 11, 30),
    )  # fmt: skip


# --- who and when --------------------------------------------------------------------------


def test_who_exists_on_the_last_day_of_the_quarter_owes_it():
    assert agencies(owed(world(rule()), "2026-Q3")) == ["a", "bc", "new"]
    assert agencies(owed(world(rule()), "2026-Q2")) == ["a", "b", "c"]  # bc was not there yet
    assert agencies(owed(world(rule()), "2026-Q2", "bc")) == ["b", "c"]


def test_what_a_closed_agency_owed_its_heir_answers_for_and_is_not_asked_to_send():
    """Of 218 communes that owed a figure of 2023 seven still exist: neither did only those owe it, nor do
    the others owe it now."""
    known = world(rule())
    told = who_owes(known, "i", "tinh", Period.parse("2026-Q2"), TODAY)
    assert told.vi == "a, b, c phải báo cáo, hạn 10/07/2026; nay a, bc trả lời"
    assert told.en == "a, b, c to report, due 2026-07-10; today a, bc to answer for it"
    assert answering_today(known, owed(known, "2026-Q2"), TODAY) == ("a", "bc")
    assert [agency for agency, period, _ in opened(known, {}) if period == "2026-Q2"] == ["a"]
    alone = replace(known, reorganisations=())
    gone = who_owes(alone, "i", "b", Period.parse("2026-Q2"), TODAY)
    assert gone.vi == "b phải báo cáo, hạn 10/07/2026; nay không còn cơ quan nào kế thừa"


def test_only_who_gave_nothing_owes():
    """Of 218 communes 217 had said that there is no data, and the line said that 218 have to report."""
    known, quarter = world(rule()), Period.parse("2026-Q3")
    blank = figure(Status.NO_DATA, reason="reported")

    def told(**found):
        return who_owes(known, "i", "tinh", quarter, TODAY, lambda _, agency, __: found.get(agency))

    some = told(a=blank, bc=figure())
    assert some.vi == "new phải báo cáo, hạn 10/10/2026; 1 đơn vị khác đã báo không có số liệu"
    assert some.en == "new to report, due 2026-10-10; 1 other reported “no data”"
    assert told(a=blank, bc=blank, new=blank).vi == "cả 3 đơn vị phải báo cáo đều báo không có số liệu"
    assert told(a=blank, bc=figure(), new=figure()).vi == "a đã báo không có số liệu"
    assert "đã gửi số" in told(a=figure(), bc=figure(), new=figure()).vi


def test_a_level_that_had_ended_by_the_last_day_is_said():
    known = world(rule(reporters=("district",)))
    told = who_owes(known, "i", "tinh", Period.parse("2026-Q3"), TODAY)
    assert told.vi == "đến cuối kỳ không còn huyện để báo cáo; chủ trì: so (giả định)"


def test_a_month_within_a_reported_quarter_is_owed_by_nobody_but_its_last():
    known = world(rule())
    assert owed(known, "2026-08") == owed(known, "2026-10") == []
    assert [str(duty.period) for duty in owed(known, "2026-09", "a")] == ["2026-Q3"]


def test_a_year_of_a_stock_rests_on_its_last_quarter_and_of_a_flow_on_all_four():
    assert [str(duty.period) for duty in owed(world(rule()), "2025", "a")] == ["2025-Q4"]
    flow = world(rule("sum(amount)"))
    assert [str(duty.period) for duty in owed(flow, "2025", "a")] == [f"2025-Q{n}" for n in (1, 2, 3, 4)]


def test_the_figure_is_looked_for_where_it_is_kept():
    assert str(owed(world(rule()), "2026-Q3", "a")[0].kept_in) == "2026-09"
    assert str(owed(world(rule(grains="quarter year")), "2026-Q3", "a")[0].kept_in) == "2026-Q3"


def test_the_day_due_is_the_rules_own_or_the_usual_one():
    assert owed(world(rule()), "2026-Q3", "a")[0].due == date(2026, 10, 10)
    own = world(rule(reports=Reports(every=Grain.QUARTER, due=25)))
    assert owed(own, "2026-Q3", "a")[0].due == date(2026, 10, 25)
    assert owed(own, "2026-Q3", "a")[0].confirmed_by == date(2026, 12, 29)


def test_what_has_no_meaning_is_not_owed():
    known = world(rule(), (NotApplicable("i", "a", "đảo", valid_to=date(2026, 7, 1)),))
    assert agencies(owed(known, "2026-Q2")) == ["b", "c"]
    assert "a" in agencies(owed(known, "2026-Q3"))


def test_nobody_owes_what_is_counted_from_events_or_taken_from_publications():
    assert owed(world(rule("count()", record="visit", reports=None)), "2026-09") == []
    assert owed(world(rule(reports=Reports(owed=False))), "2026-Q3") == []
    assert agencies(owed(world(rule("count()", record="visit")), "2026-Q3")) == ["a", "bc", "new"]


def test_nothing_is_owed_before_the_workspace_measures():
    known = replace(world(rule()), measured_from=date(2026, 10, 1))
    assert owed(known, "2026-Q3") == []


def test_what_a_province_reports_of_itself_its_lead_within_it_sends():
    (duty,) = owed(world(rule(grains="year", reporters=("province",), reports=None)), "2025")
    assert (duty.agency, duty.senders) == ("tinh", ("so",))
    assert {duty.senders for duty in owed(world(rule()), "2026-Q3")} == {("a",), ("bc",), ("new",)}


def test_a_figure_that_stands_alone_is_owed_by_its_own_agency_only():
    known = world(rule(roll_up=RollUp.NONE, reporters=("province", "commune")))
    assert agencies(owed(known, "2026-Q3")) == ["tinh"]
    assert agencies(owed(known, "2026-Q3", "a")) == ["a"]


# --- what is open ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "lack"),
    [
        (None, Lack.FIGURE),
        (figure(Status.NO_DATA, reason="reported"), Lack.FIGURE),
        (figure(state="estimate"), Lack.CONFIRMATION),
        (figure(state="provisional"), Lack.CONFIRMATION),
        (figure(), None),
        (figure(state=None), None),
        (figure(Status.ZERO_DENOMINATOR), None),
        (figure(Status.NOT_APPLICABLE), None),
    ],
)
def test_a_duty_is_open_until_its_figure_is_there_and_final(found, lack):
    duty = owed(world(rule()), "2026-Q3", "a")[0]
    open_ = lack_of(duty, found)
    assert (open_.lack if open_ else None) == lack


def opened(known: Definitions, figures: Mapping[tuple[str, str], Measurement], today: date = TODAY):
    found = open_duties(known, lambda _, agency, period: figures.get((agency, str(period))), today)
    return [(one.duty.agency, str(one.duty.period), one.lack) for one in found]


def test_only_periods_that_are_over_are_open_and_not_for_ever():
    known = world(rule())
    assert ("a", "2026-Q4", Lack.FIGURE) not in opened(known, {})
    assert [period for agency, period, _ in opened(known, {}) if agency == "a"] == [
        "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3",
    ]  # fmt: skip
    on_the_last_day = opened(known, {}, date(2026, 9, 30))
    assert ("a", "2026-Q3", Lack.FIGURE) not in on_the_last_day
    assert ("a", "2026-Q3", Lack.FIGURE) in opened(known, {}, date(2026, 10, 1))


def test_what_is_there_is_not_asked_for():
    figures = {("a", month): figure() for month in ("2025-12", "2026-03", "2026-06")}
    figures["a", "2026-09"] = figure(state="provisional")
    known = world(rule())
    assert [one for one in opened(known, figures) if one[0] == "a"] == [("a", "2026-Q3", Lack.CONFIRMATION)]


def test_an_agency_that_opened_within_the_quarter_owes_from_then_on():
    assert [period for agency, period, _ in opened(world(rule()), {}) if agency == "new"] == ["2026-Q3"]


def test_an_empty_workspace_owes_nothing():
    assert open_duties(definitions(tree_from(TREE), [FORM]), lambda *_: None, TODAY) == ()


# --- in words --------------------------------------------------------------------------------


def test_who_owes_in_words():
    known, year = world(rule()), Period.parse("2025")
    assert who_owes(known, "i", "a", year, TODAY).vi == "a phải báo cáo, hạn 10/01/2026"
    province = world(rule(grains="year", reporters=("province",), reports=None))
    assert who_owes(province, "i", "tinh", year, TODAY).en == "so to report, due 2026-01-10"
    nobody = world(rule(reports=Reports(owed=False)))
    told = who_owes(nobody, "i", "tinh", year, TODAY)
    assert told.vi == "không cơ quan nào có nhiệm vụ báo cáo số này; chủ trì: so (giả định)"
    assert told.en == "no agency is under a duty to report this figure; lead: so (assumed)"


def test_the_lead_that_holds_answers_and_one_that_has_ended_does_not():
    year = world(rule(grains="year", reporters=("province",), reports=None))
    gone = replace(year, indicators={"i": replace(year.indicators["i"], leads=(Lead("a"),))})
    assert who_owes(gone, "i", "tinh", Period.parse("2025"), TODAY).vi.startswith("a phải báo cáo")
    assert leads_on(year, [Lead("so", valid_to=TODAY - timedelta(days=1))], TODAY) == ()


def test_a_duty_in_words():
    duty = duty_of(world(rule()), world(rule()).indicators["i"], "a", Period.parse("2026-Q3"), TODAY)
    assert duty is not None
    missing, none = lack_of(duty, None), lack_of(duty, figure(Status.NO_DATA, reason="reported"))
    early = lack_of(duty, figure(state="estimate"))
    assert missing is not None
    assert none is not None
    assert early is not None
    assert duty_said(missing, TODAY).vi == "kỳ quý 3/2026: chưa gửi số, hạn 10/10/2026, quá hạn 51 ngày"
    assert duty_said(missing, TODAY).en == "2026-Q3: no figure sent, due 2026-10-10, 51 days overdue"
    assert duty_said(none, TODAY).vi.startswith("kỳ quý 3/2026: đã báo là chưa có số liệu")
    assert duty_said(early, TODAY).vi.endswith("chờ chốt số chính thức, hạn 29/12/2026, còn 29 ngày")
    assert due_said(missing, date(2026, 10, 10)).vi == "hạn hôm nay, 10/10/2026"
