"""Ten sentences of what is owed, as an official writes them, in both languages: each with what makes it true,
and one case in which it would be false."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.unit.judgement.test_duties import TODAY, figure, rule, world

from kieng.judgement.duties import Duty, duty_of, lack_of
from kieng.judgement.duty_words import agencies_said, duty_said, who_owes
from kieng.judgement.leads import Leading, lead_said, leads_on
from kieng.measurement.measurement import Measurement, Status
from kieng.plan.indicator import Reports
from kieng.plan.lead import Lead
from kieng.plan.period import Grain, Period
from kieng.words import Name

QUARTER, YEAR = rule(), rule(grains="year", reporters=("province",), reports=None)
ABSENT = figure(Status.NO_DATA, reason="reported")


def of(made=QUARTER, agency: str = "a", period: str = "2026-Q3") -> Duty:
    known = world(made)
    found = duty_of(known, known.indicators["i"], agency, Period.parse(period), TODAY)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("found", "today", "vi", "en", "false_with", "false_on"),
    [
        (
            None,
            TODAY,
            "kỳ quý 3/2026: chưa gửi số, hạn 10/10/2026, quá hạn 51 ngày",
            "2026-Q3: no figure sent, due 2026-10-10, 51 days overdue",
            figure(),
            TODAY,
        ),
        (
            None,
            date(2026, 10, 4),
            "kỳ quý 3/2026: chưa gửi số, hạn 10/10/2026, còn 6 ngày",
            "2026-Q3: no figure sent, due 2026-10-10, 6 days left",
            None,
            date(2026, 10, 5),
        ),
        (
            None,
            date(2026, 10, 10),
            "kỳ quý 3/2026: chưa gửi số, hạn hôm nay, 10/10/2026",
            "2026-Q3: no figure sent, due today, 2026-10-10",
            None,
            date(2026, 10, 11),
        ),
        (
            ABSENT,
            TODAY,
            "kỳ quý 3/2026: đã báo là chưa có số liệu, hạn 10/10/2026, quá hạn 51 ngày",
            "2026-Q3: reported as having no figure yet, due 2026-10-10, 51 days overdue",
            None,
            TODAY,
        ),
        (
            figure(state="provisional"),
            TODAY,
            "kỳ quý 3/2026: chờ chốt số chính thức, hạn 29/12/2026, còn 29 ngày",
            "2026-Q3: to be confirmed, due 2026-12-29, 29 days left",
            figure(state="confirmed"),
            TODAY,
        ),
        (
            figure(state="estimate"),
            date(2026, 12, 30),
            "kỳ quý 3/2026: chờ chốt số chính thức, hạn 29/12/2026, quá hạn 1 ngày",
            "2026-Q3: to be confirmed, due 2026-12-29, 1 day overdue",
            figure(state="estimate"),
            date(2026, 12, 29),
        ),
    ],
)
def test_what_a_duty_waits_for(
    found: Measurement | None, today: date, vi: str, en: str, false_with: Measurement | None, false_on: date
):
    duty = of()
    open_ = lack_of(duty, found)
    assert open_ is not None
    assert duty_said(open_, today) == Name(vi, en)
    other = lack_of(duty, false_with)
    assert other is None or duty_said(other, false_on).vi != vi


def test_who_has_to_report_and_by_when():
    told = who_owes(world(QUARTER), "i", "a", Period.parse("2026-Q3"), TODAY)
    assert told == Name("a phải báo cáo, hạn 10/10/2026", "a to report, due 2026-10-10")
    assert who_owes(world(QUARTER), "i", "a", Period.parse("2026-08"), TODAY) != told  # sent by the quarter


def test_many_are_counted_and_few_are_named():
    known = world(QUARTER)
    assert agencies_said(known, ["a", "bc", "new"], TODAY) == Name("a, bc, new", "a, bc, new")
    assert agencies_said(known, ["a", "bc", "new", "so"], TODAY) == Name(
        "3 xã, 1 sở, ngành", "3 agencies (commune), 1 agency (department)"
    )


def test_the_lead_sends_what_the_province_reports():
    told = who_owes(world(YEAR), "i", "tinh", Period.parse("2025"), TODAY)
    assert told == Name("so phải báo cáo, hạn 10/01/2026", "so to report, due 2026-01-10")
    gone = replace(world(YEAR), indicators={"i": replace(world(YEAR).indicators["i"], leads=(Lead("a"),))})
    assert who_owes(gone, "i", "tinh", Period.parse("2025"), TODAY).vi.startswith("a phải báo cáo")


def test_nobody_owes_what_is_published_and_its_lead_is_named_as_assumed():
    published = world(rule(reports=Reports(owed=False)))
    told = who_owes(published, "i", "tinh", Period.parse("2025"), TODAY)
    assert told.vi == "không cơ quan nào có nhiệm vụ báo cáo số này; chủ trì: so (giả định)"
    assert told.en == "no agency is under a duty to report this figure; lead: so (assumed)"
    assert lead_said(Name("so", "so"), Leading("so", "so", assumed=False)) == Name("so", "so")
    ended = [Lead("so", valid_to=TODAY - timedelta(days=1))]
    assert leads_on(published, ended, TODAY) == ()


def test_a_duty_of_a_longer_period_says_that_period():
    assert str(of(YEAR, "tinh", "2025").period.grain) == Grain.YEAR
    open_ = lack_of(of(YEAR, "tinh", "2025"), None)
    assert open_ is not None
    assert duty_said(open_, date(2026, 1, 1)).vi == "kỳ 2025: chưa gửi số, hạn 10/01/2026, còn 9 ngày"
