"""When a target is met if it goes on like this."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from random import Random

import pytest
from tests.unit.judgement.cast import PEOPLE, PERCENT, measured, target

from kieng.judgement import pace
from kieng.judgement.pace import Forecast, Outlook, forecast
from kieng.judgement.pace_line import pace_line
from kieng.judgement.student import student
from kieng.judgement.trend import trend_of
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain, Period
from kieng.plan.target import Target

JANUARY = Period.parse("2024-01")
NINETY = target("at_least", 90)  # by 31/12/2025


def months(*values: object) -> list[Measurement]:
    return [measured(value, str(JANUARY.shift(n))) for n, value in enumerate(values)]


def at(*values: object, held: Target = NINETY, of: Indicator = PERCENT) -> Forecast:
    return forecast(held, of, months(*values))


def test_a_steady_pace_goes_on_to_the_target() -> None:
    """60, 62, … 74 in August 2024: 16 points are 8 months."""
    found = at(*range(60, 76, 2))
    assert found.outlook is Outlook.IN_TIME
    assert found.per_period is not None
    assert found.per_period.middle == found.per_period.slow == found.per_period.fast == 2
    assert str(found.met_in) == str(found.earliest) == str(found.latest) == "2025-04"
    assert found.needed == 1  # 16 months are left
    assert found.at_deadline is not None
    assert found.at_deadline.middle == 100  # 74 + 32 is more than there can be
    assert found.finding.vi == (
        "Theo tốc độ 8 kỳ gần nhất (+2 điểm phần trăm mỗi tháng), đạt ít nhất 90 % vào kỳ 04/2025, "
        "kịp hạn 31/12/2025"
    )


def test_a_pace_that_is_too_slow_says_what_it_would_take() -> None:
    found = at(*(Decimal(60) + Decimal(n) / 2 for n in range(8)))
    assert found.outlook is Outlook.LATE
    assert str(found.met_in) == "2029-01"  # 26.5 points left, half a point a month: 53 months
    assert found.finding.en == (
        "At the pace of the last 8 periods (+0.5 points a month) at least 90% is met in 2029-01,"
        " after the deadline 2025-12-31. To be in time it takes +1.66 points a month"
    )


@pytest.mark.parametrize("values", [[70, 69, 70, 68, 67, 66], [70] * 6])
def test_standing_still_or_falling_is_not_at_this_pace(values: list[int]) -> None:
    found = at(*values)
    assert (found.outlook, found.met_in) == (Outlook.NOT_AT_THIS_PACE, None)
    assert "is not met" in found.finding.en
    assert "To be in time it takes +" in found.finding.en


def test_beyond_the_horizon_is_not_at_this_pace() -> None:
    within = at(*(Decimal("70") + n * Decimal("0.17") for n in range(6)))  # 19.15 left: 113 months
    beyond = at(*(Decimal("70") + n * Decimal("0.15") for n in range(6)))  # 19.25 left: 129 months
    assert (within.outlook, beyond.outlook) == (Outlook.LATE, Outlook.NOT_AT_THIS_PACE)


def test_a_restless_pace_has_a_range_and_may_be_uncertain() -> None:
    found = at(60, 66, 61, 69, 62, 70, 66, 71)
    assert found.outlook is Outlook.UNCERTAIN
    assert found.per_period is not None
    assert found.per_period.slow < found.per_period.middle < found.per_period.fast
    assert found.earliest is not None
    assert found.met_in is not None
    assert found.earliest < found.met_in
    assert "at the earliest" in found.finding.en


def test_ranges_are_those_of_a_line_with_noise_about_it() -> None:
    """Reckoned anew by the formulas of a regression line, with the median slope."""
    values = [0, 1, 3, 7, 15]
    slopes = sorted((values[b] - values[a]) / (b - a) for a in range(5) for b in range(a + 1, 5))
    slope = (slopes[4] + slopes[5]) / 2
    off = [value - slope * (n - 4) for n, value in enumerate(values)]
    level = sorted(off)[2]
    noise = sqrt(sum((one - level) ** 2 for one in off) / 3)
    found = trend_of([(n - 4, Fraction(value)) for n, value in enumerate(values)], 0.1)
    assert float(found.slope) == pytest.approx(slope)
    assert float(found.at_last) == pytest.approx(level)
    assert found.noise == pytest.approx(noise)
    width = student(3, 0.1) * noise
    assert float(found.pace(1)) == pytest.approx(slope + width / sqrt(10))
    assert float(found.level(4, -1)) == pytest.approx(level + 4 * slope - width * sqrt(1 / 5 + 36 / 10))
    assert float(found.figure(4, -1)) == pytest.approx(level + 4 * slope - width * sqrt(1 + 1 / 5 + 36 / 10))


@pytest.mark.parametrize("ahead", [4, 12, 50])
def test_ranges_of_80_percent_hold_about_that_much(ahead: int) -> None:
    """400 lines with noise: three to nine in ten would be by chance; the long trials are a heavy test."""
    chance, figures, levels = Random(ahead), 0, 0
    for _ in range(400):
        found = trend_of([(n, Fraction(50 + n + chance.gauss(0, 4))) for n in range(-7, 1)], 0.1)
        figures += found.figure(ahead, -1) <= 50 + ahead + chance.gauss(0, 4) <= found.figure(ahead, 1)
        levels += found.level(ahead, -1) <= 50 + ahead <= found.level(ahead, 1)
    assert 300 <= figures <= 360
    assert 300 <= levels <= 360


def test_a_lucky_last_month_is_not_where_the_line_goes_on_from() -> None:
    values = (60, 61, 60, 61, 60, 61, 60, 88)
    found = trend_of([(n - 7, Fraction(value)) for n, value in enumerate(values)], 0.1)
    assert found.figure(16, 0) < 75


def test_where_no_trend_is_clear_nothing_is_foretold() -> None:
    """One answer for the standing's line, the chair's page and the list of what is at risk."""
    for values in ([60, 61, 60, 61, 60, 61, 60, 88], [70, 40, 75, 50, 80, 45, 78, 60, 85]):
        found = at(*values)
        assert (found.outlook, found.met_in, found.earliest) == (Outlook.NO_TREND, None, None)
        assert (found.per_period, found.at_deadline) == (None, None)
        assert found.finding.vi.startswith("Muốn kịp hạn cần +")
        line = pace_line(NINETY, PERCENT, found, Grain.MONTH)
        assert line is not None
        assert line.vi == "Chưa rõ xu hướng: số từng tháng dao động mạnh hơn mức tăng giảm"
    over = at(70, 40, 75, 50, 80, 45, 78, 60, 85, held=target("at_least", 90, by=date(2024, 6, 30)))
    assert over.finding == Outlook.NO_TREND.words


def test_one_odd_month_does_not_make_the_pace() -> None:
    values = (60, 62, 64, 10, 68, 70, 72, 74)
    assert trend_of([(n - 7, Fraction(value)) for n, value in enumerate(values)], 0.1).slope == 2


def test_a_ceiling_is_reached_from_above() -> None:
    found = at(50, 46, 42, 38, 34, held=target("at_most", 10))
    assert (found.outlook, str(found.met_in)) == (Outlook.IN_TIME, "2024-11")
    assert found.per_period is not None
    assert found.per_period.middle == -4
    assert "−4 điểm phần trăm" in found.finding.vi


def test_more_than_takes_one_step_more_than_at_least() -> None:
    steady = range(60, 70, 2)  # 68 in May: 22 left
    assert str(at(*steady).met_in) == "2025-04"
    assert str(at(*steady, held=target("more_than", 90)).met_in) == "2025-05"


def test_a_gap_counts_as_the_time_it_took() -> None:
    found = at(60, 61, None, None, 64, 65, 66)
    assert found.per_period is not None
    assert found.per_period.middle == 1


def test_only_the_last_periods_and_the_newest_rule_make_the_pace() -> None:
    assert at(*[0] * 20, *range(60, 76, 2)).per_period == at(*range(60, 76, 2)).per_period
    old = [replace(found, rule=0) for found in months(1, 2, 3)]
    new = [replace(found, rule=1) for found in months(0, 0, 0, 60, 62, 64, 66, 68)[3:]]
    two_rules = replace(PERCENT, rules=PERCENT.rules * 2)
    found = forecast(NINETY, two_rules, [*old, *new])
    assert found.per_period is not None
    assert found.per_period.slow == 2


def test_when_there_is_nothing_to_tell() -> None:
    assert at(60, 62, 64, 66).outlook is Outlook.TOO_FEW
    assert at(None, None).outlook is Outlook.TOO_FEW
    assert forecast(NINETY, PERCENT, []).outlook is Outlook.TOO_FEW
    assert at(60, 91).outlook is Outlook.TOO_FEW  # one month is no level
    assert at(91, 92, 91).outlook is Outlook.MET
    for held in (
        target("between", 80, 90, binds_above=True),
        target("about", 80, tolerance=Decimal(1), binds_above=True),
        target("done"),
    ):
        assert at(*range(60, 70), held=held).outlook is Outlook.NO_PACE


def test_after_the_deadline_no_pace_is_in_time() -> None:
    found = at(*range(60, 76, 2), held=target("at_least", 90, by=date(2024, 6, 30)))
    assert (found.outlook, found.needed) == (Outlook.LATE, None)


def test_a_number_of_people() -> None:
    found = at(100, 110, 120, 130, 140, held=target("at_least", 200), of=PEOPLE)
    assert found.finding.en.startswith("At the pace of the last 5 periods (+10 người a month)")
    assert all(o.words.vi and o.words.en for o in Outlook)


def test_when_it_is_met_is_as_if_all_were_reckoned_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a figure lands on the target to the last digit, and a hair beside it."""
    chance, asked = Random(20261130), []
    for _ in range(300):
        step, start = Decimal(chance.randint(-40, 40)) / 16, Decimal(chance.randint(20, 70))
        noise = chance.choice((0, 0, Decimal("1e-6"), 2))
        figures = [start + step * n + noise * chance.randint(-1, 1) for n in range(12)]
        goal = figures[-1] + step * chance.randint(1, 60) + chance.choice((0, Decimal("1e-12"), Decimal(1)))
        held = target(chance.choice(("at_least", "more_than", "at_most")), goal)
        asked.append((figures, held))
    found = [at(*figures, held=held, of=PEOPLE) for figures, held in asked]
    monkeypatch.setattr(pace, "_NEAR", float("inf"))
    assert found == [at(*figures, held=held, of=PEOPLE) for figures, held in asked]
    assert len({str(one.met_in) for one in found}) > 20


def test_a_level_about_which_the_months_swing_is_no_level_reached() -> None:
    """Its middle is at 90, and only one of the last three months is."""
    found = at(86, 95, 84, 97, 86, 96, 85, 97, 88, 89, 96)
    assert found.outlook is Outlook.MET
    assert not found.firmly
    assert "quanh mức" in found.finding.vi
    assert at(91, 92, 91, 93, 92, 94, 93, 92, 93, 94, 93).firmly
