"""XmR and p-chart against hand-reckoned limits, and each published rule at its very number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.judgement.cast import COUNT, PEOPLE, PERCENT, indicator, measured

from kieng.judgement.control_chart import Chart, ChartKind, Verdict, control_chart, signals_now
from kieng.judgement.parameters import built_in
from kieng.judgement.signals import SignalRule
from kieng.measurement.measurement import Measurement
from kieng.plan.period import Period

JANUARY = Period.parse("2022-01")
QUIET = [10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 10, 12]  # mean 11, every range 2: limits 11 ± 5.32


def month(number: int) -> Period:
    return JANUARY.shift(number)


def series(values: list[object]) -> list[Measurement]:
    return [measured(value, str(month(n))) for n, value in enumerate(values)]


def chart(values: list[object], unit: object = PEOPLE, **more: object) -> Chart:
    return control_chart(unit, series(values), **more)  # type: ignore[arg-type]


def shares(*figures: tuple[int, int]) -> list[Measurement]:
    return [
        measured(
            Decimal(over) * 100 / under, str(month(n)), numerator=Decimal(over), denominator=Decimal(under)
        )
        for n, (over, under) in enumerate(figures)
    ]


def told(found: Chart) -> list[tuple[SignalRule, bool, str, str]]:
    return [(s.rule, s.up, str(s.periods[0]), str(s.periods[-1])) for s in found.signals]


# --- the newest figure, for a part of the work --------------------------------------------

_STEADY = st.sampled_from([9, 10, 11, 12, 12, 13, 20, None])


@settings(max_examples=300, deadline=None)
@given(st.lists(_STEADY, max_size=40), st.lists(st.sampled_from([11, 12, 14, 15, 30]), max_size=9))
def test_signals_now_says_what_the_chart_says_of_a_count(values: list[object], last: list[object]) -> None:
    found = series(values + last)
    assert signals_now(PEOPLE, found) == bool(control_chart(PEOPLE, found).now)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(3, 7), st.integers(7, 12)), max_size=40), st.integers(0, 10))
def test_signals_now_says_what_the_chart_says_of_a_share(figures: list[tuple[int, int]], last: int) -> None:
    found = shares(*figures, *[(last, 10)] * last)
    assert signals_now(PERCENT, found) == bool(control_chart(PERCENT, found).now)


# --- limits ------------------------------------------------------------------------------


def test_xmr_limits() -> None:
    """The series of NHSRplotthedots' vignette on deviations: mean 35/18, ranges 32/17 without screening."""
    found = chart([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], baseline=(month(0), month(17)))
    assert found.kind is ChartKind.XMR
    assert found.centre == Decimal("1.944444444")
    assert found.points[0].high == pytest.approx(Decimal("6.951503"), abs=Decimal("0.00001"))
    assert found.points[0].low == pytest.approx(Decimal("-3.062614"), abs=Decimal("0.00001"))
    assert found.range_limit == pytest.approx(Decimal("6.151529"), abs=Decimal("0.00001"))
    assert [point.moving_range for point in found.points[:6]] == [None, 1, 1, 1, 8, 9]
    assert (SignalRule.OUTSIDE, True, "2022-05", "2022-05") in told(found)


def test_p_chart_limits_follow_the_denominator() -> None:
    figures = [(90, 100), (360, 400)] * 6
    found = control_chart(indicator(), shares(*figures))
    assert found.kind is ChartKind.P
    assert found.centre == 90
    hundred, four_hundred = found.points[:2]
    assert hundred.low == pytest.approx(Decimal(90 - 300 * sqrt(0.09 / 100)))
    assert hundred.high == pytest.approx(Decimal(90 + 300 * sqrt(0.09 / 100)))
    assert four_hundred.low == pytest.approx(Decimal(90 - 300 * sqrt(0.09 / 400)))
    assert found.verdict is Verdict.ORDINARY


def test_p_chart_limits_stay_within_nought_and_a_hundred() -> None:
    found = control_chart(indicator(), shares(*[(9, 10)] * 12))
    assert found.points[0].high == 100
    assert found.points[0].low == pytest.approx(Decimal(90 - 300 * sqrt(0.009)))
    perfect = control_chart(indicator(), shares(*[(10, 10)] * 12, (9, 10)))
    assert (perfect.points[0].low, perfect.points[0].high) == (100, 100)
    assert perfect.verdict is Verdict.SIGNAL


def test_a_baseline_that_moves_more_than_chance_widens_a_p_chart_and_says_so() -> None:
    swinging = [(9000, 10_000), (9100, 10_000)] * 6
    found = control_chart(indicator(), shares(*swinging))
    deviation = Fraction(100) * Fraction(sqrt(0.905 * 0.095 / 10_000))
    wider = 1 / deviation * Fraction("2.66") / 3
    assert found.points[0].high == pytest.approx(Decimal(float(90.5 + 3 * deviation * wider)))
    assert "3 times as wide" in found.notes[1].en
    assert found.verdict is Verdict.ORDINARY


def test_which_chart() -> None:
    assert control_chart(indicator(), shares(*[(9, 10)] * 12), kind=ChartKind.XMR).kind is ChartKind.XMR
    assert chart(QUIET, kind=ChartKind.P).kind is ChartKind.XMR
    weighted = [measured(90, str(month(n)), weighted="population") for n in range(12)]
    assert control_chart(indicator(), weighted).kind is ChartKind.XMR


def test_the_limit_of_a_count_is_not_below_nought() -> None:
    count = indicator("hồ sơ", root=COUNT)
    found = control_chart(count, series([1, 5] * 6))
    assert found.points[0].low == 0
    assert chart([1, 5] * 6).points[0].low == Decimal("-7.64")


def test_limits_never_move_by_themselves() -> None:
    before = chart(QUIET)
    after = chart([*QUIET, *[30] * 12])
    assert after.points[-1].high == after.points[0].high == before.points[0].high == Decimal("16.32")
    assert after.baseline == (month(0), month(11))
    assert after.notes[0].en == "The limits come from the 12 periods 2022-01 to 2022-12 and stay"


def test_a_baseline_can_be_named() -> None:
    found = chart([*[30] * 6, *QUIET], baseline=(month(6), month(17)))
    assert found.centre == 11
    assert found.points[0].rules[0] is SignalRule.OUTSIDE


# --- too few -----------------------------------------------------------------------------


def test_fewer_points_than_needed_are_too_few_to_judge() -> None:
    found = chart([*QUIET[:11], None])
    assert (found.verdict, found.centre, found.signals) == (Verdict.TOO_FEW, None, ())
    assert found.finding.en == (
        "Only 11 periods of the baseline have a figure, 12 are needed: too few to judge"
    )
    assert [point.value for point in found.points] == [*QUIET[:11], None]
    assert chart(QUIET).verdict is Verdict.ORDINARY
    assert chart(QUIET, baseline=(month(0), month(3))).verdict is Verdict.TOO_FEW
    assert control_chart(PEOPLE, []).verdict is Verdict.TOO_FEW


def test_points_that_never_follow_one_another_have_no_moving_range() -> None:
    found = chart([5, None] * 12)
    assert found.verdict is Verdict.TOO_FEW
    assert found.finding.en.startswith("No two neighbouring periods")


def test_periods_have_to_be_in_order() -> None:
    for wrong in (series(QUIET)[::-1], series(QUIET) + series(QUIET), [*series(QUIET), measured(1, "2030")]):
        with pytest.raises(ValueError, match="oldest first"):
            control_chart(PEOPLE, wrong)


def test_figures_by_an_older_rule_are_left_out_and_it_is_said() -> None:
    two = [*series([99, 98]), *[measured(v, str(month(n + 2))) for n, v in enumerate(QUIET)]]
    newer = [m if n < 2 else replace(m, rule=1) for n, m in enumerate(two)]
    found = control_chart(replace(PEOPLE, rules=PEOPLE.rules * 2), newer)
    assert found.centre == 11
    assert len(found.points) == 12
    assert found.notes[-1].en == "2 periods by another rule are left out"


# --- rules -------------------------------------------------------------------------------


def test_ordinary_variation_is_said_in_words() -> None:
    found = chart([*QUIET, 13, 9, 11])
    assert (found.verdict, found.signals) == (Verdict.ORDINARY, ())
    assert found.finding.vi == (
        "Dao động thường: kỳ 03/2023 nằm trong khoảng vẫn thấy, 5,68 người đến 16,32 người"
    )


@pytest.mark.parametrize(
    ("value", "signal"), [("16.32", False), ("16.33", True), ("5.68", False), ("5.67", True)]
)
def test_a_point_beyond_a_limit_is_a_signal_on_the_limit_it_is_not(value: str, signal: bool) -> None:
    found = chart([*QUIET, value])
    assert any(s.rule is SignalRule.OUTSIDE for s in found.now) is signal


def test_eight_on_one_side_are_a_signal_seven_are_not() -> None:
    seven = [12.1, 11.5] * 3 + [12.1]
    assert chart([*QUIET, 10, *seven]).verdict is Verdict.ORDINARY
    found = chart([*QUIET, 10, *seven, 11.5])
    assert told(found) == [(SignalRule.RUN, True, "2023-02", "2023-09")]
    assert found.verdict is Verdict.SIGNAL
    assert found.finding.en == (
        "Signal for the better: 8 periods in a row (2023-02 to 2023-09) are above the mean"
        " (always seen: 5.68 người to 16.32 người)"
    )


def test_six_rising_points_are_a_signal_five_are_not() -> None:
    quiet = [11, 9] * 6  # mean 10
    assert chart([*quiet, 9.2, 9.6, 10.2, 10.6]).verdict is Verdict.ORDINARY
    found = chart([*quiet, 9.2, 9.6, 10.2, 10.6, 11])
    assert told(found) == [(SignalRule.TREND, True, "2022-12", "2023-05")]


def test_falling_is_worse_where_more_is_better() -> None:
    found = chart([*[11, 9] * 5, 9, 11, 10.8, 10.4, 9.8, 9.4, 9])
    assert told(found)[-1] == (SignalRule.TREND, False, "2022-12", "2023-05")
    assert found.finding.vi.startswith("Tín hiệu xấu đi: 6 kỳ liền")


def test_two_of_three_in_the_outer_third_are_a_signal() -> None:
    """The outer third above begins at 11 + 2/3 of 5.32 = 14.55."""
    near = chart([*QUIET, 14.6, 11, 14.6])
    assert told(near) == [(SignalRule.ZONE, True, "2023-01", "2023-03")]
    assert near.points[-2].rules == ()  # the one between is none of them
    assert chart([*QUIET, 14.6, 11, 11, 14.6]).signals == ()
    assert chart([*QUIET, 14.5, 11, 14.5]).signals == ()
    assert chart([*QUIET, 14.6, 11, 7.4]).signals == ()


def test_neighbours_beyond_a_limit_are_one_signal_and_not_of_the_zone() -> None:
    found = chart([*QUIET, 17, 18, 17])
    assert told(found) == [
        (SignalRule.OUTSIDE, True, "2023-01", "2023-03"),
    ]
    assert found.finding.vi.startswith(
        "Tín hiệu tốt lên: 3 kỳ liền (01/2023 đến 03/2023) cao hơn giới hạn trên (vẫn thấy:"
    )


def test_a_jump_beyond_the_limit_of_the_moving_range() -> None:
    """Limit 3.268 x 2 = 6.536, both points within their limits."""
    assert told(chart([*QUIET, 14.4, 7.8]))[-1] == (SignalRule.JUMP, False, "2023-01", "2023-02")
    assert chart([*QUIET, 14.3, 7.8]).signals == ()


def test_a_period_without_a_figure_ends_a_run() -> None:
    assert chart([*QUIET, 11.5, 11.6, 11.5, 11.6, None, 11.5, 11.6, 11.5, 11.6]).signals == ()


def test_an_older_signal_is_told_but_is_not_today() -> None:
    found = chart([*QUIET, 20, 11, 10])
    assert found.verdict is Verdict.ORDINARY
    assert found.now == ()
    assert found.notes[-1].en.startswith("There were 3 signals before, the last: from 2023-01 to 2023-02")


def test_a_constant_baseline_calls_any_change_a_signal() -> None:
    assert chart([5] * 12).verdict is Verdict.ORDINARY
    assert chart([*[5] * 12, 6]).verdict is Verdict.SIGNAL


def test_every_verdict_and_rule_has_its_words_and_its_source() -> None:
    assert all(v.words.vi and v.words.en for v in Verdict)
    for rule in SignalRule:
        parameter = built_in().dated[rule.parameter][0].value
        assert parameter.source is not None
        assert parameter.source.confidence
