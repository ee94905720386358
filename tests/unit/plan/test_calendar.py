from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kieng.plan.calendar import WorkingCalendar

FIRST, LAST = date(2024, 2, 1), date(2024, 5, 31)
HOLIDAY, SWAPPED_AWAY, SWAPPED_IN = date(2024, 4, 30), date(2024, 4, 29), date(2024, 5, 4)
CALENDAR = WorkingCalendar.of(FIRST, LAST, off=[HOLIDAY, SWAPPED_AWAY], on=[SWAPPED_IN])
DAYS = st.dates(FIRST, LAST)


def test_weekdays_are_worked_but_for_days_off_and_swapped_days():
    worked = [day for day in range(26, 31) if CALENDAR.is_working(date(2024, 4, day))]
    assert worked == [26]
    assert CALENDAR.is_working(SWAPPED_IN)


def test_a_day_named_on_and_off_is_worked():
    both = WorkingCalendar.of(FIRST, LAST, off=[HOLIDAY], on=[HOLIDAY])
    assert both.is_working(HOLIDAY)


def test_counting_over_days_of_rest():
    friday, thursday = date(2024, 4, 26), date(2024, 5, 2)
    assert CALENDAR.between(friday, thursday) == 2  # 1 and 2 May: this calendar has no holiday on 1 May
    assert CALENDAR.add(friday, 2) == thursday
    assert CALENDAR.next_working(friday) == date(2024, 5, 1)
    assert CALENDAR.add(HOLIDAY, 0) == friday


def test_outside_the_calendar_nothing_is_known():
    assert CALENDAR.between(date(2024, 1, 31), FIRST) is None
    assert CALENDAR.between(FIRST, date(2024, 6, 1)) is None
    assert CALENDAR.add(date(2024, 1, 31), 1) is None
    assert CALENDAR.add(LAST, 1) is None
    assert CALENDAR.add(FIRST, -1) is None
    assert CALENDAR.next_working(date(2024, 6, 1)) is None
    assert CALENDAR.nth(0) is None


@given(DAYS, DAYS)
def test_between_counts_the_working_days_one_by_one(start, end):
    counted = sum(1 for day in CALENDAR.working_days if start < day <= end)
    assert CALENDAR.between(start, end) == (counted if start <= end else -CALENDAR.between(end, start))


@given(DAYS, st.integers(1, 20))
def test_add_and_between_are_inverse(start, count):
    day = CALENDAR.add(start, count)
    assert day is None or (CALENDAR.between(start, day) == count and CALENDAR.is_working(day))
