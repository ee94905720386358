"""Which period a target is judged on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.judgement.cast import BY, COUNT, PERCENT, SHARE, SUM, measured, rule, target

from kieng.judgement.due import deadline_period, is_due, newest_over, pace_periods, period_for, periods_for
from kieng.plan.formula.nodes import Aggregate, AggregateKind, Combine, FieldRef, Operation, Value
from kieng.plan.indicator import Indicator, Membership
from kieng.plan.target import Baseline, Target
from kieng.words import Name

NOVEMBER = date(2024, 11, 20)


def counted(root: Value, grains: str, membership: Membership = Membership.BY) -> Indicator:
    made = rule(root, grains, membership)
    return Indicator("x", Name("", ""), "", "percent", PERCENT.better, (), (), (made,))


@pytest.mark.parametrize(
    ("today", "period"),
    [
        (date(2024, 11, 20), "2024"),  # to date
        (date(2025, 1, 1), "2024"),  # of a year that begins today there is nothing yet
        (date(2025, 1, 2), "2025"),
        (date(2025, 12, 31), "2025"),
        (date(2026, 1, 1), "2025"),
        (date(2027, 6, 1), "2025"),  # a later period never counts
    ],
)
def test_a_share_due_at_a_years_end_is_judged_by_the_year_to_date(today: date, period: str) -> None:
    assert str(period_for(target("at_least", 90), PERCENT, today)) == period


@pytest.mark.parametrize(
    ("root", "membership", "period"),
    [
        (SHARE, Membership.BY, "2024"),
        (COUNT, Membership.BY, "2023"),
        (SUM, Membership.BY, "2023"),
        (Combine(Operation.SUBTRACT, SHARE, SHARE), Membership.BY, "2024"),
        (Combine(Operation.ADD, SUM, SHARE), Membership.BY, "2023"),
        (COUNT, Membership.IN_FORCE, "2024"),
        (
            Aggregate(AggregateKind.LATEST, FieldRef("amount")),
            Membership.BY,
            "2024-11",
        ),  # a stock, on its day
    ],
)
def test_part_of_a_years_events_is_not_held_against_a_year_of_them(
    root: Value, membership: Membership, period: str
) -> None:
    assert str(period_for(target("at_least", 9), counted(root, "month year", membership), NOVEMBER)) == period


@pytest.mark.parametrize(
    ("by", "grains", "period"),
    [
        (date(2025, 12, 31), "month year", "2025"),
        (date(2025, 12, 15), "month", "2025-11"),
        (date(2025, 12, 15), "year", "2024"),
        (date(2025, 6, 30), "month quarter half year", "2025-H1"),
        (date(2025, 9, 30), "month quarter half year", "2025-Q3"),
        (date(2025, 8, 31), "month quarter half year", "2025-08"),
    ],
)
def test_the_period_that_decides(by: date, grains: str, period: str) -> None:
    due = deadline_period(target("at_least", 90, by=by), counted(SHARE, grains))
    assert str(due) == period


def test_a_closed_target_is_told_on_its_last_period() -> None:
    closed = target("at_least", 80, closes=date(2025, 7, 1), because="x")
    assert str(period_for(closed, PERCENT, date(2025, 6, 30))) == "2025"
    assert str(period_for(closed, PERCENT, date(2025, 7, 1))) == "2025-06"
    assert str(period_for(closed, PERCENT, date(2029, 7, 1))) == "2025-06"


def test_a_period_without_a_rule_is_not_judged() -> None:
    nothing = Indicator("x", Name("", ""), "", "percent", PERCENT.better, (), (), ())
    assert period_for(target("at_least", 80), nothing, NOVEMBER) is None


def test_the_day_of_the_deadline_is_not_over() -> None:
    assert not is_due(target("at_least", 80), BY)
    assert is_due(target("at_least", 80), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("t", "today", "since", "periods"),
    [
        (
            target("at_least", 90),
            date(2024, 3, 5),
            date(2023, 11, 15),
            "2024 2023",
        ),
        (target("at_least", 90), date(2024, 3, 5), date(2024, 3, 1), "2024"),
        (target("at_least", 90), date(2026, 3, 5), date(2023, 1, 1), "2025"),  # only the deadline's
        (
            target("at_least", 90, closes=date(2024, 2, 1), because="x"),
            date(2026, 3, 5),
            date(2023, 12, 1),
            "2024-01 2023 2023-12",
        ),
    ],
)
def test_where_to_look_when_the_newest_figure_is_missing(
    t: Target, today: date, since: date, periods: str
) -> None:
    found = periods_for(t, PERCENT, today, since)
    assert " ".join(map(str, found)) == periods
    assert not found or found[0] == period_for(t, PERCENT, today)


def test_what_has_been_counted_by_the_deadlines_own_year_is_looked_at() -> None:
    goal = target("at_least", 9)
    assert str(period_for(goal, counted(COUNT, "month year"), date(2025, 6, 1))) == "2025"
    found = periods_for(goal, counted(COUNT, "month year"), date(2025, 6, 1), date(2024, 1, 1))
    assert list(map(str, found)) == ["2025", "2024"]


def test_the_baselines_own_figure_is_no_answer() -> None:
    since = Baseline(Decimal(31), date(2024, 12, 31))
    goal = target("direction", baseline=since, by=date(2026, 12, 31))
    found = periods_for(goal, counted(SHARE, "month year"), date(2026, 11, 30), date(2024, 1, 1))
    assert list(map(str, found)) == ["2026", "2025"]


@pytest.mark.parametrize(
    ("root", "today", "periods"),
    [
        (SHARE, date(2024, 11, 20), "2024-08 2024-09 2024-10"),
        (COUNT, date(2024, 11, 20), "2021 2022 2023"),
        (SHARE, date(2027, 1, 1), "2025-10 2025-11 2025-12"),
    ],
)
def test_the_pace_is_that_of_the_shortest_periods_that_may_be_compared(
    root: Value, today: date, periods: str
) -> None:
    found = pace_periods(target("at_least", 90), counted(root, "month year"), today, 3)
    assert " ".join(map(str, found)) == periods


def test_the_newest_figure_is_of_the_newest_period_that_is_over_and_the_longest_that_ends_with_it():
    def newest(today: date) -> str | None:
        periods = ("2024", "2024-12", "2024-Q4", "2025-01", "2025")
        found = newest_over(measured(n, period, cut_off=today) for n, period in enumerate(periods))
        return None if found is None else str(found.period)

    assert newest(date(2025, 1, 31)) == "2024"  # the day itself still counts
    assert newest(date(2025, 2, 1)) == "2025-01"
    assert newest(date(2024, 12, 31)) is None


def test_a_period_that_was_not_delivered_whole_is_not_the_newest_that_is_over():
    day, today = date(2025, 1, 20), date(2025, 2, 1)
    figures = [
        measured(n, period, cut_off=today, known_through=day)
        for n, period in enumerate(("2024-12", "2025-01"))
    ]
    assert newest_over(figures) is figures[0]
    assert [one.running for one in figures] == [False, True]
    assert [str(one.measured_through) for one in figures] == ["2024-12-31", "2025-01-20"]
