"""Deadlines and on time: both supplement clocks, the 15:00 cut-off, what is not known yet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from kieng.plan.calendar import WorkingCalendar
from kieng.plan.clock import ClockRule, ClockValues, Supplement, deadline, on_time, version_on
from kieng.plan.record_type import ClockFields
from kieng.words import Name

# March 2024 begins on a Friday; Monday 11 is off, Saturday 16 is worked.
CALENDAR = WorkingCalendar.of(
    date(2024, 3, 1), date(2024, 12, 31), off=[date(2024, 3, 11)], on=[date(2024, 3, 16)]
)
END_OF_MARCH = date(2024, 3, 31)


def rule(supplement="subtract", cut_off=time(15), twice=True, stops=True, **dates):
    return ClockRule("r", Name("r", "r"), Supplement(supplement), cut_off, twice, stops, **dates)


SUBTRACT, RESTART = rule(), rule("restart", twice=False)


def at(text):
    return None if text is None else datetime.fromisoformat(text if "-" in text else f"2024-03-{text}")


def values(received="04T09:00", **roles):
    moments = {
        role: at(value) if isinstance(value, str) and role != "limit_unit" else value
        for role, value in roles.items()
    }
    return ClockValues(at(received), **moments)


def ends(which, *arguments, cut_off=END_OF_MARCH, **roles):
    found = deadline(which, CALENDAR, values(*arguments, **roles), cut_off)
    return None if found is None else found.isoformat()[5:16]


def judged(which, *arguments, cut_off=END_OF_MARCH, **roles):
    return on_time([which], CALENDAR, values(*arguments, **roles), cut_off)


# --- the limit -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "limit", "unit", "end"),
    [
        ("04T09:00", 3, "working_day", "03-07T00:00"),
        ("04T15:00", 3, "working_day", "03-07T00:00"),  # 15:00 itself is in time
        ("04T15:01", 3, "working_day", "03-08T00:00"),  # after it: as if it came on Tuesday
        ("08T16:00", 1, "working_day", "03-13T00:00"),  # Friday evening counts as Tuesday, Monday is off
        ("09T09:00", 1, "working_day", "03-13T00:00"),  # Saturday counts as Tuesday
        ("09T16:00", 1, "working_day", "03-13T00:00"),  # late on a day of rest is not late twice
        ("15T09:00", 1, "working_day", "03-16T00:00"),  # the Saturday swapped in
        ("04T09:00", 0, "working_day", "03-04T00:00"),
        ("04T16:00", 0, "working_day", "03-05T00:00"),
        ("04T09:00", 4, "hour", "03-05T00:00"),
        ("04T09:00", 8, "hour", "03-05T00:00"),
        ("04T09:00", 9, "hour", "03-06T00:00"),
        ("04T09:00", 3, "day", "03-07T00:00"),
        ("04T09:00", 5, "day", "03-12T00:00"),  # Saturday, Sunday, Monday off: Tuesday
        ("08T16:00", 3, "day", "03-15T00:00"),  # from Tuesday 12
        ("29T09:00", 1, "month", "04-29T00:00"),
        ("04T09:00", 2, "month", "05-06T00:00"),  # 4 May 2024 is a Saturday
    ],
)
def test_the_limit_in_every_unit(received, limit, unit, end):
    assert ends(SUBTRACT, received, limit=limit, limit_unit=unit) == end


def test_a_month_from_its_last_day_ends_with_the_shorter_month():
    long = WorkingCalendar.of(date(2024, 1, 1), date(2024, 12, 31))
    found = deadline(
        SUBTRACT, long, ClockValues(datetime(2024, 1, 31, 9), limit=1, limit_unit="month"), END_OF_MARCH
    )
    assert found == datetime(2024, 2, 29)


def test_without_a_cut_off_the_whole_day_counts():
    assert ends(rule(cut_off=None), "04T23:00", limit=1, limit_unit="working_day") == "03-05T00:00"


def test_a_stated_due_is_the_deadline():
    assert ends(SUBTRACT, due="08T11:30", limit=1, limit_unit="day") == "03-08T11:30"


@pytest.mark.parametrize(
    "roles",
    [
        {},
        {"limit": 3},
        {"limit": 3, "limit_unit": "week"},
        {"limit": -1, "limit_unit": "working_day"},
        {"limit": 10**12, "limit_unit": "day"},
        {"limit": 10**12, "limit_unit": "month"},
        {"limit": 9_999, "limit_unit": "working_day"},
        {"limit": 9_999, "limit_unit": "day"},
    ],
)
def test_no_usable_limit_is_no_deadline(roles):
    assert ends(SUBTRACT, **roles) is None
    assert judged(SUBTRACT, finished="05", **roles) is None


def test_a_day_outside_the_calendar_is_unknown():
    before = {"received": "2023-05-05T09:00", "limit": 3, "limit_unit": "day"}
    assert ends(SUBTRACT, **before) is None
    assert ends(SUBTRACT, "2023-05-05T09:00", due="05") == "03-05T00:00"
    supplement = {"supplement_requested": "2023-05-06T09:00", "supplement_received": "07"}
    assert ends(SUBTRACT, "2023-05-05T09:00", due="08", **supplement) is None
    assert ends(RESTART, "2023-05-05T09:00", due="08", **supplement) is None


# --- supplements ---------------------------------------------------------------------------

WAITED = {"supplement_requested": "05T10:00", "supplement_received": "07T10:00"}


def test_subtract_moves_the_deadline_by_the_working_days_waited():
    assert ends(SUBTRACT, limit=3, limit_unit="working_day", **WAITED) == "03-12T00:00"
    assert ends(SUBTRACT, due="07T17:00", **WAITED) == "03-12T17:00"


def test_a_supplement_within_one_day_or_over_days_of_rest_subtracts_nothing():
    same_day = {"supplement_requested": "05T08:00", "supplement_received": "05T16:00"}
    assert ends(SUBTRACT, due="09T12:00", **same_day) == "03-09T12:00"
    weekend = {"supplement_requested": "08T08:00", "supplement_received": "10T16:00"}
    assert ends(SUBTRACT, due="09T12:00", **weekend) == "03-09T12:00"


def test_restart_runs_the_whole_limit_anew():
    assert ends(RESTART, limit=3, limit_unit="working_day", **WAITED) == "03-13T00:00"
    assert ends(RESTART, due="06T11:00", limit=3, limit_unit="working_day", **WAITED) == "03-13T00:00"


def test_restart_counts_a_late_supplement_from_the_next_working_day():
    late = {"supplement_requested": "05T10:00", "supplement_received": "07T16:00"}
    assert ends(RESTART, limit=1, limit_unit="working_day", **late) == "03-12T00:00"


def test_restart_with_only_a_due_date_gives_the_same_span_again():
    assert ends(RESTART, due="07T11:00", **WAITED) == "03-13T11:00"


def test_a_supplement_after_the_cut_off_is_not_known_yet():
    roles = {"due": "07", "supplement_requested": "06T10:00", "supplement_received": "12T10:00"}
    assert ends(SUBTRACT, cut_off=date(2024, 3, 8), **roles) == "03-07T00:00"
    assert ends(RESTART, cut_off=date(2024, 3, 8), **roles) == "03-07T00:00"
    assert ends(SUBTRACT, cut_off=date(2024, 3, 12), **roles) == "03-13T00:00"  # waited 7, 8 and 12


def test_while_waiting_the_clock_stands_at_the_request():
    waiting = {"due": "07", "supplement_requested": "06T10:00"}
    assert judged(SUBTRACT, **waiting) is True
    assert judged(rule(stops=False), **waiting) is False
    assert judged(SUBTRACT, due="05", supplement_requested="06T10:00") is False


def test_a_second_request_is_waited_for_again():
    again = {"supplement_requested": "06T10:00", "supplement_received": "05T10:00"}
    assert judged(rule(twice=False), due="07", **again) is True


def test_asking_twice_is_late_only_where_the_rule_says_so():
    twice = {"due": "07", "finished": "05", "supplement_count": 2}
    assert judged(SUBTRACT, **twice) is False
    assert judged(rule(twice=False), **twice) is True
    assert judged(SUBTRACT, due="07", finished="05", supplement_count=1) is True
    assert judged(SUBTRACT, finished="05", supplement_count=2) is False


def test_a_second_request_after_the_cut_off_is_not_known_yet():
    twice = {"due": "29", "supplement_count": 2, "supplement_requested": "20T10:00"}
    assert judged(SUBTRACT, cut_off=date(2024, 3, 15), **twice) is True
    assert judged(SUBTRACT, cut_off=date(2024, 3, 20), **twice) is False


# --- on time -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "finished", "answer"),
    [
        ("07", "07T23:00", True),  # no time of day: the whole day
        ("07", "08T00:00", False),
        ("07T11:00", "07T11:00", True),
        ("07T11:00", "07T11:01", False),
        ("07T11:00", "07", True),  # a finish without a time of day begins its day
    ],
)
def test_finished_against_due(due, finished, answer):
    assert judged(SUBTRACT, due=due, finished=finished) is answer


@pytest.mark.parametrize(
    ("due", "answer"), [("15", True), ("14", False), ("15T17:00", False), ("16T09:00", True)]
)
def test_an_open_case_is_read_at_the_end_of_the_cut_off_day(due, answer):
    assert judged(SUBTRACT, due=due, cut_off=date(2024, 3, 15)) is answer


def test_finished_after_the_cut_off_is_open_at_the_cut_off():
    assert judged(SUBTRACT, due="07", finished="12", cut_off=date(2024, 3, 6)) is True
    assert judged(SUBTRACT, due="07", finished="12", cut_off=date(2024, 3, 8)) is False


def test_unknown_when_not_received_or_not_received_yet():
    assert judged(SUBTRACT, None, due="07", finished="05") is None
    assert judged(SUBTRACT, "04T09:00", due="07", cut_off=date(2024, 3, 3)) is None
    assert deadline(SUBTRACT, CALENDAR, ClockValues(None, due=at("07")), END_OF_MARCH) is None


def test_the_version_of_the_day_of_receipt_decides():
    change = date(2024, 3, 5)
    old, new = rule(twice=True, valid_to=change), rule(twice=False, valid_from=change)
    twice = {"due": "07", "finished": "06", "supplement_count": 2}
    assert on_time([old, new], CALENDAR, values("04T09:00", **twice), END_OF_MARCH) is False
    assert on_time([old, new], CALENDAR, values("05T09:00", **twice), END_OF_MARCH) is True
    assert on_time([new], CALENDAR, values("04T09:00", **twice), END_OF_MARCH) is None
    assert version_on([old, new], change) is new


def test_values_come_from_the_fields_of_a_record():
    fields = ClockFields(received="opened_on", due="due_on", limit="days", finished="closed_on")
    record = {"opened_on": date(2024, 3, 4), "due_on": at("07T11:00"), "days": 3, "closed_on": None}
    assert ClockValues.of(fields, record) == ClockValues(at("04"), due=at("07T11:00"), limit=3)


def test_every_supplement_gives_the_office_at_least_the_first_deadline():
    """Waiting never shortens a limit, on whatever days it falls."""
    first = deadline(SUBTRACT, CALENDAR, values(limit=5, limit_unit="working_day"), END_OF_MARCH)
    for asked in range(4, 25):
        for waited in range(8):
            came = at("04T10:00") + timedelta(days=asked - 4 + waited)
            roles = {"supplement_requested": f"{asked:02}T10:00", "supplement_received": came}
            case = values(limit=5, limit_unit="working_day", **roles)
            assert deadline(SUBTRACT, CALENDAR, case, date(2024, 4, 30)) >= first
            assert deadline(RESTART, CALENDAR, case, date(2024, 4, 30)) >= first
