"""Standing for every kind of target, before and after the deadline, up and down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from tests.unit.judgement.cast import (
    AFTER,
    BEFORE,
    BY,
    COUNT,
    PEOPLE,
    PERCENT,
    RANK,
    SHARE,
    START,
    SUM,
    indicator,
    measured,
    rule,
    target,
)

from kieng.judgement.coverage_words import coverage_text
from kieng.judgement.judge import Judgement, judge, with_pace
from kieng.judgement.parameters import built_in
from kieng.judgement.phrases import NO_NUMBER
from kieng.judgement.standing import Standing
from kieng.judgement.target_words import target_text
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.value import rounded
from kieng.plan.formula.nodes import Aggregate, AggregateKind, Earlier, EarlierUnit, Ratio, Value
from kieng.plan.indicator import Indicator, Membership
from kieng.plan.stated import Stated
from kieng.plan.target import Baseline, Milestone, Target
from kieng.words import Name

LOWER = indicator(better="lower")
FEWER = indicator("người", "lower", SUM)
FROM_2000 = Baseline(Decimal(2000), date(2021, 12, 30))
HALF_WAY = "2023"  # its last day is the middle of the way


def counted(root: Value, unit: str = "người", membership: Membership = Membership.BY) -> Indicator:
    return replace(indicator(unit, root=root), rules=(rule(root, membership=membership),))


def early(t: Target, i: Indicator, value: object, **more: object) -> Judgement:
    return judge(t, i, measured(value, HALF_WAY, **more), BEFORE)


def final(t: Target, i: Indicator, value: object, **more: object) -> Judgement:
    return judge(t, i, measured(value, "2025", **more), AFTER)


# target (from a baseline of 50), indicator, value → standing half way, standing after the deadline
TABLE: list[tuple[Target, Indicator, object, str, str]] = [
    (target("at_least", 90), PERCENT, 90, "met", "met"),
    (target("at_least", 90), PERCENT, 95, "met", "met"),
    (target("at_least", 90), PERCENT, 70, "on_course", "missed"),
    (target("at_least", 90), PERCENT, 69.9, "late", "missed"),
    (target("more_than", 90), PERCENT, 90, "on_course", "missed"),
    (target("more_than", 90), PERCENT, "90.000000001", "met", "met"),
    (target("more_than", 90), PERCENT, 60, "late", "missed"),
    (target("at_most", 10), LOWER, 10, "on_course", "met"),
    (target("at_most", 10), LOWER, 30, "on_course", "missed"),
    (target("at_most", 10), LOWER, 30.1, "late", "missed"),
    (target("less_than", 10), LOWER, 10, "on_course", "missed"),
    (target("less_than", 10), LOWER, "9.999999999", "on_course", "met"),
    (target("less_than", 10), LOWER, 31, "late", "missed"),
    (target("rank_at_most", 10), RANK, 8, "on_course", "met"),
    (target("rank_at_most", 10), RANK, 30, "on_course", "missed"),
    (target("rank_at_most", 10), RANK, 31, "late", "missed"),
    (target("exactly", 100), PERCENT, 100, "on_course", "met"),
    (target("exactly", 100), PERCENT, 75, "on_course", "missed"),
    (target("exactly", 100), PERCENT, 74, "late", "missed"),
    (target("exactly", 20), LOWER, 20, "on_course", "met"),
    (target("exactly", 20), LOWER, 35, "on_course", "missed"),
    (target("exactly", 20), LOWER, 36, "late", "missed"),
    (target("exactly", 20), LOWER, 19, "late", "missed"),
    (target("between", 70, 80), PERCENT, 70, "met", "met"),
    (target("between", 70, 80), PERCENT, 80, "met", "met"),
    (target("between", 70, 80, binds_above=True), PERCENT, 75, "on_course", "met"),
    (target("between", 70, 80), PERCENT, 60, "on_course", "missed"),
    (target("between", 70, 80), PERCENT, 59, "late", "missed"),
    (target("between", 70, 80), PERCENT, 81, "met", "met"),
    (target("between", 70, 80, binds_above=True), PERCENT, 81, "late", "missed"),
    (target("between", 10, 20), LOWER, 35, "on_course", "missed"),
    (target("between", 10, 20), LOWER, 36, "late", "missed"),
    (target("between", 10, 20), LOWER, 9, "on_course", "met"),
    (target("between", 10, 20, binds_below=True), LOWER, 9, "late", "missed"),
    (target("between", 40, 60), PERCENT, 50, "met", "met"),
    (target("between", 40, 60, binds_above=True), PERCENT, 61, "late", "missed"),
    (target("between", 40, 60), PERCENT, 39, "late", "missed"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 1800, "met", "met"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 2200, "met", "met"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 1025, "on_course", "missed"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 1024, "late", "missed"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 2201, "met", "met"),
    (target("about", 2000, tolerance=Decimal(200), binds_above=True), PEOPLE, 2201, "late", "missed"),
    (target("about", 1000, tolerance=Decimal(50), baseline=FROM_2000), FEWER, 1500, "on_course", "missed"),
    (target("about", 1000, tolerance=Decimal(50), baseline=FROM_2000), FEWER, 1501, "late", "missed"),
    (target("about", 1000, tolerance=Decimal(50), baseline=FROM_2000), FEWER, 949, "on_course", "met"),
    (target("done"), PEOPLE, 1, "met", "met"),
    (target("done"), PEOPLE, 0, "not_due", "missed"),
    (target("direction"), PERCENT, 51, "on_course", "met"),
    (target("direction"), PERCENT, 50, "not_due", "missed"),
    (target("direction"), PERCENT, 49, "late", "missed"),
    (target("direction"), RANK, 49, "on_course", "met"),
    (target("direction"), RANK, 50, "not_due", "missed"),
    (target("direction"), RANK, 51, "late", "missed"),
]  # fmt: skip


@pytest.mark.parametrize(("t", "i", "value", "before", "after"), TABLE)
def test_standing(t: Target, i: Indicator, value: object, before: str, after: str) -> None:
    assert early(t, i, value).standing == before
    assert final(t, i, value).standing == after


@pytest.mark.parametrize(
    ("t", "i", "value", "standing"),
    [
        (target("at_least", 90, baseline=None), PERCENT, 91, "met"),
        (target("at_least", 90, baseline=None), PERCENT, 89, "not_due"),
        (target("at_most", 10, baseline=None), LOWER, 9, "on_course"),
        (target("at_most", 10, baseline=None), LOWER, 11, "not_due"),
        (target("between", 10, 20, baseline=None), PERCENT, 15, "met"),
        (target("between", 10, 20, baseline=None, binds_above=True), PERCENT, 25, "not_due"),
        (target("done", baseline=None), PEOPLE, 0, "not_due"),
        (target("direction", baseline=None), RANK, 3, "unknown"),
    ],
)
def test_without_a_baseline_only_the_deadline_counts(
    t: Target, i: Indicator, value: object, standing: str
) -> None:
    judgement = early(t, i, value)
    assert judgement.standing == standing
    assert judgement.expected is None


def test_figures_say_what_is_missing() -> None:
    judgement = early(target("at_least", 90), PERCENT, Decimal("66.5"))
    assert (judgement.expected, judgement.distance) == (70, Decimal("-3.5"))
    assert judgement.gap_to_target == Decimal("-23.5")
    assert judgement.reason.vi == "66,5 % (2023), lộ trình 70 %: chậm 3,5 điểm phần trăm"
    assert judgement.reason.en == "66.5% (2023), the trajectory asks for 70%: 3.5 points behind"


def test_on_the_way_down_short_is_above() -> None:
    judgement = early(target("rank_at_most", 10), RANK, 33)
    assert (judgement.distance, judgement.gap_to_target) == (-3, -23)
    assert judgement.reason.vi == "Hạng 33 (2023), lộ trình hạng 30: chậm 3 bậc"
    assert judgement.reason.en.endswith("3 places behind")


def test_a_figure_a_hair_below_never_looks_equal() -> None:
    judgement = final(target("at_least", 90), PERCENT, "89.9996")
    assert judgement.reason.vi == "Đạt 89,9996 % / mục tiêu 90 % (hết năm 2025), thiếu 0,0004 điểm phần trăm"


def test_a_trajectory_that_is_no_round_number_is_told_to_nine_places() -> None:
    told = Decimal("60.013679891")  # 50 + 40 × 366 / 1462 = 60.01367989056…
    above = judge(target("at_least", 90), PERCENT, measured(told, "2022"), BEFORE)
    below = judge(target("at_least", 90), PERCENT, measured(told - Decimal("1e-9"), "2022"), BEFORE)
    assert above.expected == told
    assert (above.standing, below.standing) == (Standing.ON_COURSE, Standing.LATE)


def test_a_baseline_beyond_a_floor_has_only_to_be_kept() -> None:
    high = Baseline(Decimal(95), date(2021, 12, 30))
    judgement = early(target("at_least", 90, baseline=high), PERCENT, 89)
    assert (judgement.standing, judgement.expected, judgement.distance) == ("late", 90, -1)


# --- M14: a way without a baseline -------------------------------------------------------------


def test_milestones_bend_the_way() -> None:
    steps = (Milestone(date(2023, 12, 31), Decimal(85)),)
    bent = target("at_least", 90, milestones=steps)
    assert early(bent, PERCENT, 84).standing is Standing.LATE
    assert early(bent, PERCENT, 85).standing is Standing.ON_COURSE


WORK_FILES = target(
    "at_least",
    100,
    by=date(2030, 12, 31),
    baseline=None,
    milestones=(Milestone(date(2025, 12, 31), Decimal(90)),),
)


def test_a_milestone_is_a_way_without_a_baseline_too() -> None:
    """Work files for 2030 with the plan's own 90 % for 2025: the audit's right answer."""
    month = replace(PERCENT, rules=(rule(SHARE, "month"),))
    found = judge(
        WORK_FILES, month, measured("93.09", "2026-10", cut_off=date(2026, 11, 2)), date(2026, 11, 2)
    )
    assert found.standing is Standing.ON_COURSE
    assert found.reason.vi == "93,09 % (10/2026), lộ trình 91,66 %: đúng tiến độ"
    late = judge(
        WORK_FILES, month, measured("91.66", "2026-10", cut_off=date(2026, 11, 2)), date(2026, 11, 2)
    )
    assert late.standing is Standing.LATE, "91.6649… is asked for"


def test_before_its_first_milestone_a_target_without_a_baseline_has_no_way() -> None:
    found = judge(WORK_FILES, PERCENT, measured(40, "2024"), date(2025, 2, 1))
    assert (found.standing, found.expected) == (Standing.NOT_DUE, None)
    assert found.reason.vi == "40 % (2024), mục tiêu 100 % (hết năm 2030): còn thiếu 60 điểm phần trăm"


def test_without_a_way_gap_and_pace_are_said() -> None:
    today = date(2026, 11, 30)
    monthly = [measured(50 + n, f"2026-{n:02}", cut_off=today) for n in range(1, 11)]
    aim = replace(WORK_FILES, milestones=())
    found = with_pace(judge(aim, PERCENT, measured(56, "2026", cut_off=today), today), aim, PERCENT, monthly)
    assert found.standing is Standing.NOT_DUE
    assert found.pace is not None
    assert found.reason.vi.startswith(
        "56 % (từ đầu năm, đo ngày 30/11/2026), mục tiêu 100 % (hết năm 2030): còn thiếu 44 điểm phần trăm. "
        "Số từng tháng tăng 1 điểm phần trăm/tháng: đạt 100 % vào 02/2030"
    )
    assert (
        "56% (since January 1, measured on 2026-11-30), target 100% (by the end of 2030)" in found.reason.en
    )


def test_zero_of_a_yes_or_no_is_not_on_course() -> None:
    found = early(target("done"), PEOPLE, 0)
    assert (found.standing, found.reason.vi) == (Standing.NOT_DUE, "Chưa hoàn thành; hạn 31/12/2025")


# --- days and periods ------------------------------------------------------------------------


def test_the_day_of_the_deadline_still_counts_as_before() -> None:
    t = target("at_most", 10)
    assert judge(t, LOWER, measured(9, "2025"), BY).standing is Standing.ON_COURSE
    assert judge(t, LOWER, measured(9, "2025"), BY + timedelta(days=1)).standing is Standing.MET


def test_neither_a_later_nor_an_earlier_period_stands_for_the_deadline() -> None:
    for period in ("2026-03", "2025-11", "2024", "2026"):
        judgement = judge(target("at_least", 90), PERCENT, measured(99, period), date(2026, 5, 1))
        assert judgement.standing is Standing.DUE_NO_FIGURE
        assert judgement.reason.en == "Due 2025-12-31, and there is no figure of 2025"


def test_the_way_of_a_running_period_is_that_of_today() -> None:
    """50 to 90 % from the end of 2021 to the end of 2025: the figure to date is held against today's."""
    today = date(2024, 7, 1)
    found = judge(target("at_least", 90), PERCENT, measured(75, "2024", cut_off=today), today)
    assert found.expected == rounded(50 + Fraction(40 * 914, 1462))
    assert found.reason.vi.startswith("75 % (từ đầu năm, đo ngày 01/07/2024), lộ trình 75,01 %: chậm 0,01")


def test_what_still_grows_is_held_against_no_way() -> None:
    found = judge(target("at_least", 90), counted(COUNT), measured(70, "2025"), date(2025, 9, 1))
    assert (found.standing, found.expected) == (Standing.NOT_DUE, None)
    reached = judge(target("at_least", 90), counted(COUNT), measured(90, "2025"), date(2025, 9, 1))
    assert reached.standing is Standing.MET


# --- no figure -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.NOT_APPLICABLE, Status.ZERO_DENOMINATOR, Status.CANNOT_RECAST])
def test_where_nothing_can_be_said_the_reason_is(status: Status) -> None:
    for told in (early, final):
        judgement = told(target("at_least", 90), PERCENT, None, status=status, reason="reported")
        assert judgement.standing is Standing.UNKNOWN
        assert judgement.reason.vi == f"{NO_NUMBER[status].vi}: người báo cáo ghi như vậy"
        assert judgement.reason.en.endswith(": whoever reported it says so")


def test_a_zero_denominator_is_said_once() -> None:
    status = Status.ZERO_DENOMINATOR
    judgement = early(target("at_least", 90), PERCENT, None, status=status, reason="zero_denominator")
    assert judgement.reason == NO_NUMBER[status]


@pytest.mark.parametrize("nothing", [None, measured(None, "2025"), measured(None, "2025", reason="reported")])
def test_no_figure_is_owed_after_the_deadline_and_only_missing_before(nothing: Measurement | None) -> None:
    goal, who = target("at_least", 90), Name("Sở KH&CN phải báo cáo", "the department to report")
    before = judge(goal, PERCENT, nothing, BEFORE)
    assert before.standing is Standing.NO_DATA
    assert before.reason.vi.startswith("Chưa có số liệu; hạn 31/12/2025")
    after = judge(goal, PERCENT, nothing, AFTER, owed_by=who)
    assert after.standing is Standing.DUE_NO_FIGURE
    assert after.reason.vi.startswith("Đến hạn 31/12/2025 mà chưa có số của kỳ 2025")
    assert after.reason.vi.endswith("; Sở KH&CN phải báo cáo")
    assert after.reason.en.endswith("; the department to report")


# --- M18: what is missing, and estimates -------------------------------------------------------


@pytest.mark.parametrize(
    ("coverage", "before", "after"),
    [
        (Coverage(58, 58, Decimal(1)), "met", "met"),
        (Coverage(0, 0, None), "met", "met"),
        (Coverage(57, 58, Decimal("0.99")), "met", "met"),  # 95 % of 57/58 is 93.4 % at least
        (Coverage(54, 58, Decimal("0.9")), "on_course", "open"),
        (Coverage(29, 58, None), "on_course", "open"),
        (Coverage(28, 58, None), "unknown", "open"),
        (Coverage(57, 58, Decimal("0.49")), "unknown", "open"),
    ],
)
def test_met_only_if_the_missing_could_not_turn_it(coverage: Coverage, before: str, after: str) -> None:
    assert early(target("at_least", 90), PERCENT, 95, coverage=coverage).standing == before
    assert final(target("at_least", 90), PERCENT, 95, coverage=coverage).standing == after


def test_missed_only_if_the_missing_could_not_turn_it() -> None:
    """The audit's case: 68 of 135 at 89.9 %."""
    half = final(target("at_least", 90), PERCENT, "89.9", coverage=Coverage(68, 135, Decimal("0.52")))
    assert half.standing is Standing.OPEN
    assert half.reason.vi == (
        "Mới tính được 89,9 % / mục tiêu 90 % (hết năm 2025): chưa kết luận, vì mới có số của 68/135 đơn vị "
        "(52 % dân số); với phần còn thiếu, kết quả trong khoảng 45,3–94,9 %"
    )
    assert (half.low, half.high) == (Decimal("45.282962963"), Decimal("94.912592593"))
    most = final(target("at_least", 90), PERCENT, 50, coverage=Coverage(130, 135, Decimal("0.97")))
    assert most.standing is Standing.MISSED


def test_a_count_that_misses_some_can_be_met_and_not_missed() -> None:
    some = Coverage(100, 135, Decimal("0.8"))
    people = counted(COUNT, "người")
    assert final(target("at_least", 90), people, 95, coverage=some).standing is Standing.MET
    short = final(target("at_least", 90), people, 80, coverage=some)
    assert short.standing is Standing.OPEN
    assert short.reason.vi.endswith("kết quả từ 80 người trở lên")
    assert final(target("at_most", 90), people, 95, coverage=some).standing is Standing.MISSED


def test_a_register_has_no_missing_part() -> None:
    """A commune without certified products has no records of any."""
    some, register = Coverage(80, 135, Decimal("0.7")), counted(COUNT, membership=Membership.IN_FORCE)
    assert final(target("at_least", 90), register, 80, coverage=some).standing is Standing.MISSED
    thin = final(target("at_least", 90), register, 80, coverage=Coverage(10, 135, Decimal("0.1")))
    assert thin.standing is Standing.OPEN


def test_to_whom_it_does_not_apply_is_told_where_all_others_have_a_figure() -> None:
    """A whole of 134 is not told as one of 135."""
    some = final(target("at_least", 90), PERCENT, 95, coverage=Coverage(134, 134, None, not_applicable=1))
    assert some.coverage_note == Name(
        "134/134 đơn vị có số (1 không áp dụng)", "134 of 134 agencies have a figure (1 not applicable)"
    )
    assert final(target("at_least", 90), PERCENT, 95, coverage=Coverage(135, 135, None)).coverage_note is None


@pytest.mark.parametrize("value", [103, "100.01", -1])
@pytest.mark.parametrize("promise", [target("at_least", 90), target("at_most", 20)])
def test_what_no_share_can_be_decides_nothing(promise: Target, value: object) -> None:
    found = final(promise, PERCENT, value)
    assert found.standing is Standing.OPEN
    assert "đề nghị đơn vị báo cáo rà soát lại" in found.reason.vi
    assert early(promise, PERCENT, value).standing is Standing.NOT_DUE
    assert final(promise, PEOPLE, value).standing is not Standing.OPEN


@pytest.mark.parametrize("value", [0, 100])
def test_all_and_none_are_shares(value: object) -> None:
    assert final(target("at_least", 90), PERCENT, value).standing in (Standing.MET, Standing.MISSED)


def test_what_is_to_be_below_a_limit_is_not_there_at_it() -> None:
    asked = target("less_than", 5, baseline=None)
    assert final(asked, LOWER, 5).reason.vi == "5 % / mục tiêu dưới 5 % (hết năm 2025)"
    assert early(asked, LOWER, 5).reason.vi.endswith("vừa chạm mức, chưa xuống dưới")
    assert early(asked, LOWER, "4.9").standing is Standing.ON_COURSE


def test_growth_may_be_more_than_a_whole() -> None:
    twice = indicator(root=Ratio(Aggregate(AggregateKind.COUNT), Earlier(COUNT, EarlierUnit.YEAR)))
    assert final(target("at_least", 90), twice, 140).standing is Standing.MET


def test_before_a_baseline_that_is_still_to_come_the_figure_is_told() -> None:
    """An estimate of the year's end begins the way then: nobody is late before, nor without data."""
    promise = target("at_least", 90, baseline=Baseline(Decimal(60), date(2024, 12, 31)))
    found = judge(promise, PERCENT, measured("57.67", "2024"), date(2024, 6, 1))
    assert found.standing is Standing.NOT_DUE
    assert found.reason.vi.startswith("57,67 %")


def test_more_than_are_waited_for_is_no_part_of_them() -> None:
    told = coverage_text(Coverage(12, 10, None))
    assert told == Name("12 đơn vị có số", "12 agencies have a figure")


def test_coverage_is_told_in_agencies_and_people() -> None:
    judgement = early(target("at_least", 90), PERCENT, 95, coverage=Coverage(40, 58, Decimal("0.605")))
    assert judgement.coverage_note is not None
    assert judgement.coverage_note.vi == "40/58 đơn vị có số, 60,5 % dân số"


def test_an_estimate_makes_no_verdict() -> None:
    for value in (95, 80):
        judgement = final(target("at_least", 90), PERCENT, value, state="estimate")
        assert judgement.standing is Standing.OPEN
        assert "chưa kết luận vì chưa có số chính thức" in judgement.reason.vi
    early_on = early(target("at_least", 90), PERCENT, 95, state="estimate")
    assert early_on.standing is Standing.ON_COURSE
    assert [note.en for note in early_on.notes] == ["By estimate, not by a final figure"]
    assert not final(target("at_least", 90), PERCENT, 95, state="confirmed").notes


def test_done_by_estimate_is_not_done() -> None:
    assert early(target("done"), PEOPLE, 1, state="estimate").standing is Standing.ON_COURSE
    assert final(target("done"), PEOPLE, 1, state="estimate").standing is Standing.OPEN
    assert final(target("done"), PEOPLE, 1, state="confirmed").standing is Standing.MET


# --- M5: chance --------------------------------------------------------------------------------


def of(part: int, whole: int, **more: Any) -> dict[str, Any]:
    return {"numerator": Decimal(part), "denominator": Decimal(whole), **more}


@pytest.mark.parametrize(
    ("counted", "standing"),
    [
        (of(8, 12), "on_course"),
        (of(8000, 12000), "late"),
        (of(8, 12, weighted="population"), "late"),
        ({}, "late"),
    ],
)
def test_a_small_commune_behind_by_chance_is_not_called_late(counted: dict[str, Any], standing: str) -> None:
    judgement = early(target("at_least", 90), PERCENT, "66.666666667", **counted)
    assert judgement.standing == standing
    assert ("khoảng dao động ngẫu nhiên 39,1–86,2 %" in judgement.reason.vi) == (standing == "on_course")


def test_two_of_two_files_are_no_met_target() -> None:
    judgement = early(target("at_least", 90), PERCENT, 100, **of(2, 2))
    assert judgement.standing is Standing.ON_COURSE
    assert judgement.reason.vi == (
        "100 % (2023), mục tiêu 90 % (hết năm 2025): đúng tiến độ, chưa kết luận là đạt vì khoảng dao động "
        "ngẫu nhiên 34,2–100 % chưa nằm trọn trên mục tiêu"
    )
    assert early(target("at_least", 90), PERCENT, 100, **of(200, 200)).standing is Standing.MET


def test_what_is_on_a_day_has_no_chance_in_it() -> None:
    services = counted(SHARE, "percent", Membership.IN_FORCE)
    assert early(target("at_least", 90), services, "97.9", **of(234, 239)).standing is Standing.MET
    assert early(target("at_least", 90), services, 100, **of(2, 2)).standing is Standing.MET


def test_after_the_deadline_the_count_is_the_count() -> None:
    assert final(target("at_least", 70), PERCENT, "66.67", **of(8, 12)).standing is Standing.MISSED
    assert final(target("at_least", 60), PERCENT, "66.67", **of(8, 12)).standing is Standing.MET


# --- M6: ranks ---------------------------------------------------------------------------------

AMONG = replace(
    RANK,
    stated=(
        Stated("binh-dinh", date(2022, 12, 31), Decimal(29), out_of=63),
        *(Stated("binh-dinh", date(2024, 12, 31), Decimal(rank), out_of=34) for rank in (12, 31)),
        *(Stated("binh-dinh", date(2025, 12, 31), Decimal(rank), out_of=34) for rank in (8, 12)),
    ),
)


def test_ranks_of_different_fields_are_not_compared() -> None:
    goal = target("direction", baseline=Baseline(Decimal(34), date(2021, 12, 31), out_of=63))
    found = judge(goal, AMONG, measured(31, "2024"), date(2025, 3, 1))
    assert found.standing is Standing.UNKNOWN
    assert found.reason.vi == (
        "Hạng 31/34 (2024) không so được với hạng 34/63 (cuối năm 2021), vì số đơn vị được xếp hạng đã khác"
    )
    same = judge(goal, AMONG, measured(29, "2022"), date(2023, 3, 1))
    assert same.standing is Standing.ON_COURSE
    assert same.reason.vi.startswith("Hạng 29/63 (2022), mục tiêu tốt hơn mức cuối năm 2021 (hạng 34/63)")


def test_a_rank_that_compares_says_nothing_once_others_are_ranked() -> None:
    goal = target(
        "direction", by=date(2030, 12, 31), baseline=Baseline(Decimal(34), date(2021, 12, 31), out_of=63)
    )
    found = judge(goal, AMONG, measured(29, "2022"), date(2026, 3, 1))
    assert found.standing is Standing.UNKNOWN
    assert found.reason.vi == (
        "Nay xếp trong 34 đơn vị, không còn so được với hạng 34/63 (cuối năm 2021); "
        "so được lần cuối: hạng 29/63 (2022)"
    )


def test_a_rank_asked_for_among_others_is_not_compared() -> None:
    asked = target("rank_at_most", 10, out_of=63)
    assert final(asked, AMONG, 8).standing is Standing.UNKNOWN
    now = target("rank_at_most", 10, out_of=34)
    assert final(now, AMONG, 8).reason.vi == "Hạng 8/34 / mục tiêu hạng 10/34 trở lên (hết năm 2025)"
    assert final(now, AMONG, 12).reason.vi.endswith(", kém 2 bậc")
    elsewhere = replace(now, baseline=replace(START, out_of=63))
    found = judge(elsewhere, AMONG, measured(12, "2024"), date(2025, 3, 1))
    assert found.standing is Standing.NOT_DUE, "no way begins among others"


def test_a_baseline_is_never_judged_against_itself() -> None:
    goal = target("direction", by=date(2026, 12, 31), baseline=Baseline(Decimal(31), date(2024, 12, 31)))
    found = judge(goal, RANK, measured(31, "2024"), date(2026, 11, 30))
    assert found.standing is Standing.NO_DATA


# --- M7: more than was named -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "of_", "value", "said"),
    [
        (
            target("about", 2000, tolerance=Decimal(200)),
            PEOPLE,
            2500,
            "Đạt 2.500 người / mục tiêu khoảng 2.000 người (± 200), hết năm 2025, vượt 500 người",
        ),
        (
            target("between", 15, 20, baseline=None),
            PERCENT,
            22,
            "Đạt 22 % / mục tiêu 15–20 % (hết năm 2025), vượt 2 điểm phần trăm",
        ),
        (
            target("between", 40, 50),
            PERCENT,
            55,
            "Đạt 55 % / mục tiêu 40–50 % (hết năm 2025), vượt 5 điểm phần trăm",
        ),
    ],
)
def test_a_surplus_is_more_and_not_short(goal: Target, of_: Indicator, value: int, said: str) -> None:
    found = final(goal, of_, value)
    assert (found.standing, found.reason.vi) == (Standing.MET, said)
    assert (found.gap_to_target or 0) > 0
    bound = final(replace(goal, binds_above=True), of_, value)
    assert bound.standing is Standing.MISSED
    assert "thiếu" not in bound.reason.vi
    assert ", cao hơn " in bound.reason.vi


def test_of_a_share_that_cannot_be_more_nobody_says_at_least() -> None:
    whole = target("at_least", 100)
    assert target_text(whole, PERCENT) == Name("100 %", "100%")
    assert target_text(target("at_least", 90), PERCENT).vi == "ít nhất 90 %"
    assert target_text(target("direction", baseline=Baseline(Decimal(70), BY)), PEOPLE).vi == (
        "cao hơn mức cuối năm 2025 (70 người)"
    )


def test_as_an_official_writes_it() -> None:
    found = final(target("at_least", 20), PERCENT, "6.14")
    assert found.reason.vi == "Đạt 6,14 % / mục tiêu 20 % (hết năm 2025), thiếu 13,86 điểm phần trăm"
    assert found.reason.en == "Reached 6.14% / target 20% (by the end of 2025), 13.86 points short"


def test_a_closed_target_keeps_its_last_figure_and_the_reason() -> None:
    """The 80 % district target once the districts are gone."""
    closed = target("at_least", 80, closes=date(2025, 7, 1), because="cấp huyện kết thúc hoạt động")
    last = measured("74.2", "2025-06")
    judgement = judge(closed, PERCENT, last, date(2025, 7, 1))
    assert judgement.standing is Standing.CLOSED
    assert judgement.reason.vi == (
        "Khép lại từ 01/07/2025: cấp huyện kết thúc hoạt động; số cuối 74,2 % (kỳ 06/2025)"
    )
    assert judge(closed, PERCENT, None, AFTER).standing is Standing.CLOSED


def test_thresholds_are_dated_and_cited() -> None:
    for name, versions in built_in().dated.items():
        assert all(version.value.source and version.valid_from for version in versions), name
    assert built_in().on("least_coverage", BEFORE) == Decimal("0.5")
    with pytest.raises(KeyError):
        built_in().on("least_coverage", date(2001, 1, 1))


# --- a period that ended, and was not delivered whole -------------------------------------------


def test_a_deadline_is_not_judged_before_the_records_of_its_end_have_come() -> None:
    """Deliveries end on 20/12, the deadline was 31/12: what comes later may turn it."""
    today, known = date(2026, 1, 5), date(2025, 12, 20)
    aim = target("at_least", 80, by=date(2025, 12, 31))
    found = judge(aim, PERCENT, measured(85, "2025", cut_off=today, known_through=known), today)
    assert found.standing is Standing.OPEN
    assert "chưa có đủ số liệu (số liệu đến 20/12/2025)" in found.reason.vi
    assert "(data to 2025-12-20)" in found.reason.en
    assert judge(aim, PERCENT, measured(85, "2025", cut_off=today), today).standing is Standing.MET


@pytest.mark.parametrize(
    ("kind", "value", "standing"),
    [("at_least", 90, "met"), ("at_least", 80, "open"), ("at_most", 110, "missed"), ("at_most", 90, "open")],
)
def test_what_is_counted_up_is_judged_where_nothing_that_comes_can_turn_it(kind, value, standing) -> None:
    today, known = date(2026, 1, 5), date(2025, 12, 20)
    aim = target(kind, 90 if kind == "at_least" else 100, by=date(2025, 12, 31))
    told = measured(value, "2025", cut_off=today, known_through=known)
    assert judge(aim, counted(COUNT), told, today).standing == standing
