"""Standing for every kind of target, before and after the deadline, up and down."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.judgement.cast import (
    AFTER,
    BEFORE,
    BY,
    PEOPLE,
    PERCENT,
    RANK,
    indicator,
    measured,
    target,
)

from kieng.judgement.judge import Judgement, judge
from kieng.judgement.parameters import built_in
from kieng.judgement.phrases import NO_NUMBER
from kieng.judgement.standing import Standing
from kieng.measurement.measurement import Coverage, Status
from kieng.plan.indicator import Indicator
from kieng.plan.target import Baseline, Milestone, Target

LOWER = indicator(better="lower")
FROM_2000 = Baseline(Decimal(2000), date(2021, 12, 30))
HALF_WAY = "2023"  # its last day is the middle of the way


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
    (target("between", 70, 80), PERCENT, 70, "on_course", "met"),
    (target("between", 70, 80), PERCENT, 80, "on_course", "met"),
    (target("between", 70, 80), PERCENT, 60, "on_course", "missed"),
    (target("between", 70, 80), PERCENT, 59, "late", "missed"),
    (target("between", 70, 80), PERCENT, 81, "late", "missed"),
    (target("between", 10, 20), LOWER, 35, "on_course", "missed"),
    (target("between", 10, 20), LOWER, 36, "late", "missed"),
    (target("between", 10, 20), LOWER, 9, "late", "missed"),
    (target("between", 40, 60), PERCENT, 50, "on_course", "met"),
    (target("between", 40, 60), PERCENT, 61, "late", "missed"),
    (target("between", 40, 60), PERCENT, 39, "late", "missed"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 1800, "on_course", "met"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 2200, "on_course", "met"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 1025, "on_course", "missed"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 1024, "late", "missed"),
    (target("about", 2000, tolerance=Decimal(200)), PEOPLE, 2201, "late", "missed"),
    (target("about", 1000, tolerance=Decimal(50), baseline=FROM_2000), PEOPLE, 1500, "on_course", "missed"),
    (target("about", 1000, tolerance=Decimal(50), baseline=FROM_2000), PEOPLE, 1501, "late", "missed"),
    (target("about", 1000, tolerance=Decimal(50), baseline=FROM_2000), PEOPLE, 949, "late", "missed"),
    (target("done"), PEOPLE, 1, "met", "met"),
    (target("done"), PEOPLE, 0, "on_course", "missed"),
    (target("direction"), PERCENT, 51, "on_course", "met"),
    (target("direction"), PERCENT, 50, "on_course", "missed"),
    (target("direction"), PERCENT, 49, "late", "missed"),
    (target("direction"), RANK, 49, "on_course", "met"),
    (target("direction"), RANK, 50, "on_course", "missed"),
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
        (target("at_least", 90, baseline=None), PERCENT, 89, "unknown"),
        (target("at_most", 10, baseline=None), LOWER, 9, "on_course"),
        (target("at_most", 10, baseline=None), LOWER, 11, "unknown"),
        (target("between", 10, 20, baseline=None), PERCENT, 15, "on_course"),
        (target("between", 10, 20, baseline=None), PERCENT, 25, "unknown"),
        (target("done", baseline=None), PEOPLE, 0, "on_course"),
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
    assert judgement.reason.vi == "66,5%, chậm so với lộ trình 70% đến ít nhất 90%, còn thiếu 3,5 điểm %"
    assert judgement.reason.en == "66.5% is behind 70% on the way to at least 90%, short by 3.5 points"


def test_on_the_way_down_short_is_above() -> None:
    judgement = early(target("rank_at_most", 10), RANK, 33)
    assert (judgement.distance, judgement.gap_to_target) == (-3, -23)
    assert judgement.reason.en.endswith("short by 3 hạng")


def test_a_figure_a_hair_below_never_looks_equal() -> None:
    judgement = final(target("at_least", 90), PERCENT, "89.9996")
    assert judgement.reason.en == "89.9996% missed at least 90% by 2025-12-31, short by 0.0004 points"


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


def test_milestones_bend_the_way() -> None:
    steps = (Milestone(date(2023, 12, 31), Decimal(85)),)
    bent = target("at_least", 90, milestones=steps)
    assert early(bent, PERCENT, 84).standing is Standing.LATE
    assert early(bent, PERCENT, 85).standing is Standing.ON_COURSE


def test_the_day_of_the_deadline_still_counts_as_before() -> None:
    t = target("at_most", 10)
    assert judge(t, LOWER, measured(9, "2025-11"), BY).standing is Standing.ON_COURSE
    assert judge(t, LOWER, measured(9, "2025"), BY + timedelta(days=1)).standing is Standing.MET


def test_a_later_period_never_repairs_a_missed_deadline() -> None:
    judgement = judge(target("at_least", 90), PERCENT, measured(99, "2026-03"), date(2026, 5, 1))
    assert judgement.standing is Standing.UNKNOWN
    assert "does not stand for the deadline's" in judgement.reason.en


def test_an_earlier_period_never_stands_for_the_deadline() -> None:
    judgement = judge(target("at_least", 90), PERCENT, measured(99, "2025-11"), AFTER)
    assert judgement.standing is Standing.UNKNOWN
    assert judgement.reason.en == "The deadline 2025-12-31 is over and its period 2025 has no figure"


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.VALUE])
def test_each_kind_of_no_number_has_its_own_reason(status: Status) -> None:
    judgement = early(target("at_least", 90), PERCENT, None, status=status, reason="reported")
    others = {early(target("at_least", 90), PERCENT, None, status=s).reason for s in Status}
    assert judgement.standing is Standing.UNKNOWN
    assert judgement.reason.vi.endswith(": người báo cáo ghi như vậy")
    assert judgement.reason.en.endswith(": whoever reported it says so")
    assert len(others) == len(Status) - 1  # a missing value is no data, whatever else it claims


def test_a_zero_denominator_is_said_once() -> None:
    status = Status.ZERO_DENOMINATOR
    judgement = early(target("at_least", 90), PERCENT, None, status=status, reason="zero_denominator")
    assert judgement.reason == NO_NUMBER[status]


def test_no_measurement_at_all() -> None:
    assert judge(target("at_least", 90), PERCENT, None, BEFORE).standing is Standing.UNKNOWN
    assert judge(target("at_least", 90), PERCENT, None, AFTER).standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("coverage", "standing", "noted"),
    [
        (Coverage(58, 58, Decimal(1)), "met", False),
        (Coverage(0, 0, None), "met", False),
        (Coverage(29, 58, None), "met", True),
        (Coverage(28, 58, None), "unknown", False),
        (Coverage(57, 58, Decimal("0.49")), "unknown", False),
        (Coverage(20, 58, Decimal("0.9")), "unknown", False),
        (Coverage(40, 58, Decimal("0.6")), "met", True),
    ],
)
def test_coverage(coverage: Coverage, standing: str, noted: bool) -> None:
    judgement = early(target("at_least", 90), PERCENT, 95, coverage=coverage)
    assert judgement.standing == standing
    assert (judgement.coverage_note is not None) == noted


def test_coverage_is_told_in_agencies_and_people() -> None:
    judgement = early(target("at_least", 90), PERCENT, 95, coverage=Coverage(40, 58, Decimal("0.605")))
    assert judgement.coverage_note is not None
    assert judgement.coverage_note.vi == "40/58 đơn vị có số liệu (60,5% dân số)"


def test_an_estimate_is_told_as_one() -> None:
    judgement = final(target("at_least", 90), PERCENT, 95, state="estimate")
    assert judgement.standing is Standing.MET
    assert [note.en for note in judgement.notes] == ["By estimate, not by a final figure"]
    assert not final(target("at_least", 90), PERCENT, 95, state="confirmed").notes


def test_an_older_figure_is_told_as_one() -> None:
    judgement = judge(target("at_least", 90), PERCENT, measured(95, "2022"), BEFORE)
    assert [note.vi for note in judgement.notes] == ["Theo số gần nhất, kỳ 2022"]
    assert not judge(target("at_least", 90), PERCENT, measured(95, "2023-12"), BEFORE).notes


def test_done_by_estimate_is_not_done() -> None:
    assert early(target("done"), PEOPLE, 1, state="estimate").standing is Standing.ON_COURSE
    assert final(target("done"), PEOPLE, 1, state="estimate").standing is Standing.UNKNOWN
    assert final(target("done"), PEOPLE, 1, state="confirmed").standing is Standing.MET


@pytest.mark.parametrize(
    ("counted", "noted"),
    [
        ({"numerator": Decimal(8), "denominator": Decimal(12)}, True),
        ({"numerator": Decimal(8000), "denominator": Decimal(12000)}, False),
        ({"numerator": Decimal(8), "denominator": Decimal(12), "weighted": "population"}, False),
        ({}, False),
    ],
)
def test_a_small_commune_jumps_by_chance(counted: dict[str, Any], noted: bool) -> None:
    judgement = early(target("at_least", 90), PERCENT, "66.666666667", **counted)
    assert judgement.standing is Standing.LATE, "chance is told and changes nothing"
    assert bool(judgement.notes) == noted


def test_after_the_deadline_chance_is_no_excuse() -> None:
    few = {"numerator": Decimal(8), "denominator": Decimal(12)}
    assert not final(target("at_least", 70), PERCENT, "66.666666667", **few).notes


def test_a_closed_target_keeps_its_last_figure_and_the_reason() -> None:
    """The 80 % district target once the districts are gone."""
    closed = target("at_least", 80, closes=date(2025, 7, 1), because="cấp huyện kết thúc hoạt động")
    last = measured("74.2", "2025-06")
    assert judge(closed, PERCENT, last, date(2025, 6, 30)).standing is Standing.LATE
    judgement = judge(closed, PERCENT, last, date(2025, 7, 1))
    assert judgement.standing is Standing.CLOSED
    assert judgement.reason.vi == (
        "Khép lại từ 01/07/2025: cấp huyện kết thúc hoạt động; số cuối 74,2% (kỳ 06/2025)"
    )
    assert judge(closed, PERCENT, None, AFTER).standing is Standing.CLOSED


def test_thresholds_are_dated_and_cited() -> None:
    for name, versions in built_in().dated.items():
        assert all(version.value.source and version.valid_from for version in versions), name
    assert built_in().on("least_coverage", BEFORE) == Decimal("0.5")
    with pytest.raises(KeyError):
        built_in().on("least_coverage", date(2001, 1, 1))
