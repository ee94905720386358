"""Control charts against hand-reckoned limits; what is said is what happens now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import comb, exp, log, sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.judgement.cast import COUNT, PEOPLE, PERCENT, indicator, measured

from kieng.judgement.control_chart import Chart, control_chart, signals_now
from kieng.judgement.course import ChartKind, Verdict
from kieng.judgement.family import ALONE, Family, family_of
from kieng.judgement.parameters import built_in
from kieng.judgement.signals import SignalRule
from kieng.judgement.student import student
from kieng.measurement.measurement import Measurement
from kieng.plan.baseline_periods import BaselinePeriods
from kieng.plan.period import Period
from kieng.words import Name

JANUARY = Period.parse("2022-01")
QUIET = [10, 12] * 6  # mean 11, standard deviation √(12/11)
ONE, FEW, MANY = 0.0025, 0.0015, 0.001  # the chance beyond each limit of a lone series, by rule


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


def of_hundred(*parts: int) -> list[Measurement]:
    return shares(*((part, 100) for part in parts))


def told(found: Chart) -> list[tuple[SignalRule, bool, str, str]]:
    return [(s.rule, s.up, str(s.periods[0]), str(s.periods[-1])) for s in found.signals]


def chosen(first: int, last: int, **more: object) -> BaselinePeriods:
    given = {"because": Name("đổi cách làm", "a new way of working"), "decided_by": "UBND tỉnh", **more}
    return BaselinePeriods("x", month(first), month(last), decided_on=date(2024, 1, 15), **given)  # type: ignore[arg-type]


# --- the newest figure, for a part of the work --------------------------------------------

_STEADY = st.sampled_from([9, 10, 11, 12, 12, 13, 20, None])


@settings(max_examples=150, deadline=None)
@given(st.lists(_STEADY, max_size=40), st.lists(st.sampled_from([11, 12, 14, 15, 30]), max_size=16))
def test_signals_now_says_what_the_chart_says_of_a_count(values: list[object], last: list[object]) -> None:
    found = series(values + last)
    whole = control_chart(PEOPLE, found)
    assert signals_now(PEOPLE, found, (), lambda: ALONE) == (whole.verdict is Verdict.SIGNAL)
    if whole.verdict is Verdict.ORDINARY:
        assert whole.now == ()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(3, 7), st.integers(7, 12)), max_size=40), st.integers(0, 10))
def test_signals_now_says_what_the_chart_says_of_a_share(figures: list[tuple[int, int]], last: int) -> None:
    found = shares(*figures, *[(last, 10)] * last)
    whole = control_chart(PERCENT, found)
    assert signals_now(PERCENT, found, (), lambda: ALONE) == (whole.verdict is Verdict.SIGNAL)


# --- limits ------------------------------------------------------------------------------


def test_limits_of_any_figure_are_those_of_students_law() -> None:
    """One new figure lies about the mean of twelve as √(1 + 1/12) standard deviations, known from eleven;
    upward it may also lean, as logarithms do."""
    found = chart([*QUIET, 11])
    width = student(11, ONE) * sqrt(12 / 11) * sqrt(13 / 12)
    assert student(11, 0.005) == pytest.approx(3.1058, abs=1e-4)  # as tables have it
    assert (found.kind, found.centre) == (ChartKind.XMR, 11)
    assert float(found.points[-1].low or 0) == pytest.approx(11 - width)
    logarithms = student(11, ONE) * log(1.2) / 2 * sqrt(12 / 11) * sqrt(13 / 12)
    assert float(found.points[-1].high or 0) == pytest.approx(max(11 + width, 11 * exp(logarithms)))
    below = chart([*[-1, 1] * 6, 0])
    assert (below.points[-1].high or 0) == -(below.points[-1].low or 0)


def test_limits_of_a_share_are_fishers() -> None:
    """As few as x of 100 after 1,080 of 1,200 is a signal just where Fisher's exact test says so."""
    base = [(90, 100)] * 12
    for part in (77, 78, 79, 80, 81):
        both = 1080 + part
        fisher = sum(comb(100, k) * comb(1200, both - k) for k in range(part + 1)) / comb(1300, both)
        found = control_chart(PERCENT, shares(*base, (part, 100)))
        assert any(s.rule is SignalRule.ONE for s in found.now) is (fisher < ONE)


def test_limits_follow_the_denominator_and_stay_within_nought_and_a_hundred() -> None:
    found = control_chart(PERCENT, shares(*[(90, 100), (360, 400)] * 6, (9, 10), (3600, 4000)))
    few, many = found.points[-2:]
    assert (few.low or 0) < (many.low or 0) < 90 < (many.high or 0) < (few.high or 0) == 100


def test_a_share_that_was_always_all_is_no_signal_for_one_case() -> None:
    """10 of 10 in twelve months: by chance the next month misses one of ten in one of 13 cases."""
    always = [(10, 10)] * 12
    assert control_chart(PERCENT, shares(*always, (9, 10))).verdict is Verdict.ORDINARY
    assert control_chart(PERCENT, shares(*always, (6, 10))).verdict is Verdict.SIGNAL


def test_limits_of_a_count_are_those_of_events_and_of_its_own_restlessness() -> None:
    count = indicator("hồ sơ", root=COUNT)
    rare = control_chart(count, series([0] * 12 + [1]))
    assert (rare.kind, rare.verdict) == (ChartKind.C, Verdict.ORDINARY)  # one in 13 after twelve of nought
    assert control_chart(count, series([0] * 12 + [9])).verdict is Verdict.SIGNAL
    restless = control_chart(count, series([5, 95] * 6 + [50]))
    calm = control_chart(count, series([49, 51] * 6 + [50]))
    assert (restless.points[-1].high or 0) > (calm.points[-1].high or 0) > 50 + 2.5 * sqrt(50)
    assert restless.points[-1].low == 0


def test_a_baseline_that_moves_more_than_chance_widens_the_limits_and_says_so() -> None:
    swinging = [(9000, 10_000), (9100, 10_000)] * 6
    found = control_chart(PERCENT, shares(*swinging, (9050, 10_000)))
    assert any("φ = 3,2" in note.vi for note in found.notes)
    assert control_chart(PERCENT, shares(*swinging, (8950, 10_000))).verdict is Verdict.ORDINARY
    calm = shares(*[(9050, 10_000)] * 12, (8950, 10_000))
    assert control_chart(PERCENT, calm).verdict is Verdict.SIGNAL


def test_a_family_tells_how_restless_its_members_are() -> None:
    """Twelve swings of one's own tell little; those of a hundred others tell that all are so."""
    mine = [(90, 100)] * 12
    restless = family_of(100, [[(85, 100), (95, 100)] * 6] * 100)
    assert restless.spread == pytest.approx(3.03, abs=0.01)
    assert restless.freedom == 1100
    low = [
        control_chart(PERCENT, shares(*mine, (90, 100)), family=one).points[-1].low
        for one in (Family(100, 1.0, 1100), restless)
    ]
    assert (low[1] or 0) < (low[0] or 0)
    own = [(100, 100), (80, 100)] * 6  # twelve times as restless as chance, and much more than its family
    found = control_chart(PERCENT, shares(*own, (80, 100)), family=Family(100, 1.0, 1100))
    assert found.verdict is Verdict.ORDINARY


def test_the_more_series_are_looked_at_the_wider_the_limits_and_it_is_said() -> None:
    widths = []
    for size in (1, 50, 135, 3321):
        found = chart([*QUIET, 11], family=Family(size))
        widths.append((found.points[-1].high or 0) - (found.points[-1].low or 0))
    assert widths[0] == widths[1] < widths[2] < widths[3]
    assert chart([*QUIET, 11]).notes[-1].vi == (
        "Khi không có gì thay đổi, mỗi kỳ có không quá 1 % khả năng báo nhầm"
    )
    assert chart([*QUIET, 11], family=Family(135)).notes[-1].vi == (
        "Khi không có gì thay đổi, 135 đơn vị cùng cấp cộng lại trung bình không quá 0,5 tín hiệu nhầm mỗi kỳ"
    )


def test_limits_never_move_by_themselves() -> None:
    before, after = chart([*QUIET, 11]), chart([*QUIET, 11, *[30] * 24])
    assert after.points[-1].high == after.points[0].high == before.points[-1].high
    assert after.baseline == (month(0), month(11))


# --- baselines ----------------------------------------------------------------------------


def test_a_chosen_baseline_holds_from_its_first_period_and_the_old_one_before() -> None:
    values = [*QUIET, 11, 40, *[30, 32] * 6, 31]
    found = chart(values, chosen=[chosen(14, 25)])
    assert [point.phase for point in found.points] == [0] * 14 + [1] * 13
    assert (found.centre, found.points[0].centre) == (31, 11)
    assert found.verdict is Verdict.ORDINARY
    assert told(found) == [(SignalRule.ONE, True, "2023-02", "2023-02")]  # the old baseline's history
    assert found.notes[0].vi == (
        "Kỳ gốc: 03/2023 đến 02/2024, do UBND tỉnh chọn ngày 15/01/2024: đổi cách làm"
    )
    assert found.notes[1].vi == "Kỳ gốc trước đó: 12 kỳ đầu tiên có số (01/2022 đến 12/2022)"
    assert chart(values).verdict is Verdict.LEFT


def test_a_baseline_from_the_start_replaces_the_default() -> None:
    found = chart([*QUIET, *QUIET, 11], chosen=[chosen(0, 23)])
    assert [point.phase for point in found.points] == [0] * 25
    assert found.baseline == (month(0), month(23))
    narrow, wide = found, chart([*QUIET, *QUIET, 11])
    assert (narrow.points[-1].high or 0) < (wide.points[-1].high or 0)  # 24 figures tell more than twelve


def test_a_baseline_of_too_few_figures_judges_nothing() -> None:
    found = chart([*QUIET, 11, 12], chosen=[chosen(10, 12)])
    assert found.verdict is Verdict.TOO_FEW
    assert found.finding.en == (
        "Only 3 periods of the baseline have a figure, 12 are needed: too few to judge"
    )
    assert chart([*QUIET, 11], chosen=[chosen(40, 51)]).verdict is Verdict.ORDINARY  # that is still to come


def test_a_baseline_of_another_length_of_period_is_not_this_charts() -> None:
    quarters = BaselinePeriods(
        "x", Period.parse("2022-Q1"), Period.parse("2024-Q4"), Name("a", "a"), "b", date(2025, 1, 1)
    )
    assert chart([*QUIET, 11], chosen=[quarters]).baseline == (month(0), month(11))


def test_the_baseline_itself_is_not_judged() -> None:
    found = chart([*QUIET[:11], 40])
    assert (found.verdict, found.signals) == (Verdict.TOO_FEW, ())
    assert found.finding.vi.startswith("Kỳ 12/2022 còn nằm trong kỳ gốc")


# --- too few -----------------------------------------------------------------------------


def test_fewer_points_than_needed_are_too_few_to_judge() -> None:
    found = chart([*QUIET[:11], None])
    assert (found.verdict, found.centre, found.signals) == (Verdict.TOO_FEW, None, ())
    assert found.finding.en == (
        "Only 11 periods of the baseline have a figure, 12 are needed: too few to judge"
    )
    assert [point.value for point in found.points] == [*QUIET[:11], None]
    assert control_chart(PEOPLE, []).verdict is Verdict.TOO_FEW
    assert chart([None, None]).verdict is Verdict.TOO_FEW


def test_a_baseline_that_never_moved_tells_no_ordinary_range() -> None:
    found = chart([*[5] * 12, 6])
    assert found.verdict is Verdict.TOO_FEW
    assert found.finding.en == "All 12 periods of the baseline are equal, so the ordinary range is not known"


def test_periods_have_to_be_in_order() -> None:
    for wrong in (series(QUIET)[::-1], series(QUIET) + series(QUIET), [*series(QUIET), measured(1, "2030")]):
        with pytest.raises(ValueError, match="oldest first"):
            control_chart(PEOPLE, wrong)


def test_figures_by_an_older_rule_are_left_out_and_it_is_said() -> None:
    two = [*series([99, 98]), *[measured(v, str(month(n + 2))) for n, v in enumerate([*QUIET, 11])]]
    newer = [m if n < 2 else replace(m, rule=1) for n, m in enumerate(two)]
    found = control_chart(replace(PEOPLE, rules=PEOPLE.rules * 2), newer)
    assert found.centre == 11
    assert len(found.points) == 13
    assert found.notes[-1].en == "2 periods by another rule are left out"


def test_which_chart() -> None:
    assert control_chart(PERCENT, of_hundred(*[9] * 13), kind=ChartKind.XMR).kind is ChartKind.XMR
    weighted = [measured(90, str(month(n)), weighted="population") for n in range(12)]
    assert control_chart(PERCENT, weighted).kind is ChartKind.XMR


# --- rules -------------------------------------------------------------------------------


def test_ordinary_variation_is_said_in_words() -> None:
    found = chart([*QUIET, 13, 9, 11])
    assert (found.verdict, found.signals, found.bad) == (Verdict.ORDINARY, (), False)
    assert found.finding.vi.startswith(
        "Kỳ 03/2023 (11 người) nằm trong khoảng dao động thông thường, 7,2 người"
    )


def test_a_fall_that_stays_is_found_by_three_periods_together() -> None:
    """83 of 100 is no signal after 90; three times 83 is."""
    base = [90] * 12 + [91, 89, 90, 90, 91]
    assert control_chart(PERCENT, of_hundred(*base, 83)).verdict is Verdict.ORDINARY
    assert control_chart(PERCENT, of_hundred(*base, 83, 83)).verdict is Verdict.ORDINARY
    found = control_chart(PERCENT, of_hundred(*base, 83, 83, 83))
    assert told(found) == [(SignalRule.FEW, False, "2023-06", "2023-08")]
    assert found.bad
    assert found.finding.vi.startswith(
        "Tín hiệu, xấu hơn kỳ gốc: 3 kỳ 06/2023 đến 08/2023 tính chung là 83 %, thấp hơn khoảng dao động"
    )


def test_one_far_period_is_no_sign_of_those_before_it() -> None:
    """Together with it seven ordinary ones would be beyond a limit too."""
    found = chart([*QUIET, 12, 11, 12, 11, 12, 11, 12, 60])
    assert [(one.rule, len(one.periods)) for one in found.signals] == [(SignalRule.ONE, 1)]
    assert [bool(point.rules) for point in found.points[-4:]] == [False, False, False, True]


def test_a_slow_slide_is_found_by_eight_periods_together() -> None:
    found = control_chart(PERCENT, of_hundred(*[90] * 12, *[85] * 8))
    assert told(found)[0][:2] == (SignalRule.MANY, False)


def test_a_period_without_a_figure_ends_what_is_looked_at_together() -> None:
    base = of_hundred(*[90] * 12, 83, 83, 83)
    assert control_chart(PERCENT, base).verdict is Verdict.SIGNAL
    gap = [*base[:14], measured(None, str(month(14))), replace(base[14], period=month(15))]
    assert control_chart(PERCENT, gap).verdict is Verdict.ORDINARY


def test_what_is_back_is_no_signal_any_more() -> None:
    found = chart([*QUIET, 20, 11, 10.9, 11])
    assert (found.verdict, found.now) == (Verdict.ORDINARY, ())
    assert found.notes[-1].en.startswith("There was one signal before: 2023-01 is 20 người, above")


# --- what happens now ---------------------------------------------------------------------


def test_above_its_baseline_but_falling_is_no_good_sign() -> None:
    """40 % for a year, then up to 95 %, then 95, 80, 72: worse now, though above the baseline (M16)."""
    found = control_chart(PERCENT, of_hundred(*[40] * 12, 55, 70, 85, 95, 95, 95, 95, 80, 72))
    assert found.verdict is Verdict.SIGNAL
    assert found.bad
    assert found.finding.vi == (
        "Tín hiệu, đang xấu đi: kỳ 09/2023 là 72 %, thấp hơn hẳn 3 kỳ liền trước (90 %), "
        "tuy còn tốt hơn kỳ gốc"
    )
    rising = control_chart(PERCENT, of_hundred(*[40] * 12, 55, 70, 85, 95))
    assert not rising.bad
    assert rising.finding.vi.startswith("Tín hiệu, đang tốt lên: kỳ 04/2023 là 95 %, cao hơn khoảng dao động")


def test_what_left_its_baseline_long_ago_is_no_news_every_month() -> None:
    gone = [40] * 12 + [95, 94] * 9
    found = control_chart(PERCENT, of_hundred(*gone))
    assert found.verdict is Verdict.LEFT
    assert not found.bad
    assert found.finding.vi == (
        "18 kỳ liền (01/2023 đến 06/2024) cùng cao hơn kỳ gốc: đã sang mức khác, nên chọn lại kỳ gốc"
    )
    fallen = control_chart(PERCENT, of_hundred(*gone, 80))
    assert (fallen.verdict, fallen.bad) == (Verdict.SIGNAL, True)
    assert fallen.finding.vi.startswith(
        "Tín hiệu, đang xấu đi: kỳ 07/2024 là 80 %, thấp hơn hẳn 3 kỳ liền trước (94,33 %). 19 kỳ liền"
    )


def test_twelve_periods_are_long_eleven_are_not() -> None:
    assert chart([*QUIET, *[20, 21] * 5, 20]).verdict is Verdict.SIGNAL
    assert chart([*QUIET, *[20, 21] * 6]).verdict is Verdict.LEFT


def test_lower_may_be_better() -> None:
    days = indicator("ngày", "lower", root=PEOPLE.rules[0].formula.root)
    found = chart([*QUIET, 20], days)
    assert found.bad
    assert found.finding.en.startswith("Signal, worse than its baseline: 2023-01 is 20 ngày, above the")


# --- false alarms and power: the long ones are a heavy test --------------------------------


def test_stable_communes_raise_few_false_signals_and_a_fall_is_found() -> None:
    """300 communes with 100 cases a month at 90 %: at most 0.37 % signals; after a fall to 80 % most."""
    chance = Random(9)

    def drawn(share: float, months: int) -> list[tuple[int, int]]:
        return [(sum(chance.random() < share for _ in range(100)), 100) for _ in range(months)]

    stable = [drawn(0.9, 20) for _ in range(300)]
    family = family_of(135, [one[:12] for one in stable])
    assert family.spread == pytest.approx(1, abs=0.1)
    alarms = sum(signals_now(PERCENT, shares(*one), (), lambda: family) for one in stable)
    assert alarms <= 4  # 1.1 by the bound
    found = 0
    for one in stable[:100]:
        fallen = [*one, *drawn(0.8, 3)]
        found += any(signals_now(PERCENT, shares(*fallen[:end]), (), lambda: family) for end in (21, 22, 23))
    assert found >= 78


@pytest.mark.parametrize("family", [ALONE, Family(135)])
def test_a_stable_series_of_any_figures_raises_few_false_signals(family: Family) -> None:
    chance = Random(4)
    alarms = sum(
        chart([chance.gauss(50, 5) for _ in range(21)], family=family).verdict is Verdict.SIGNAL
        for _ in range(400)
    )
    assert alarms <= 8


def test_every_verdict_and_rule_has_its_words_and_its_source() -> None:
    assert all(v.words.vi and v.words.en for v in Verdict)
    shares_of_chance = [built_in().on(rule.parameter, date(2026, 1, 1)) for rule in SignalRule]
    assert sum(shares_of_chance) == 1
    for rule in SignalRule:
        parameter = built_in().dated[rule.parameter][0].value
        assert parameter.source is not None
        assert parameter.source.confidence
