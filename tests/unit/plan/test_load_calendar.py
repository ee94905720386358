from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from kieng.plan.clock import ClockValues, Supplement, deadline, on_time
from kieng.plan.indicator import Source
from kieng.plan.load_calendar import load_calendar, load_clocks
from kieng.plan.yaml_text import read_yaml
from kieng.problems import Problems


@pytest.fixture(scope="module")
def vietnam(tmp_path_factory):
    problems = Problems()
    calendar = load_calendar(tmp_path_factory.mktemp("empty"), None, problems)
    assert list(problems) == []
    return calendar


def put(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def loaded(root, settings="first: 2026-01-01\nlast: 2026-12-31\n"):
    problems = Problems()
    section = read_yaml(put(root, "settings.yaml", settings), problems, root).section()
    return load_calendar(root, section, problems), problems


def codes(problems):
    return [(problem.code, str(problem.place)) for problem in problems.sorted()]


def resting(calendar, first, last):
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if not calendar.is_working(day)]


def free(calendar, first, last):
    """Every day from ``first`` to ``last`` is free, and the days around are worked."""
    one = timedelta(days=1)
    return (
        len(resting(calendar, first, last)) == (last - first).days + 1
        and calendar.is_working(first - one)
        and calendar.is_working(last + one)
    )


# --- the country's calendar ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2024, 2, 8), date(2024, 2, 14)),  # Tết Giáp Thìn
        (date(2025, 1, 25), date(2025, 2, 2)),  # Tết Ất Tỵ
        (date(2026, 2, 14), date(2026, 2, 22)),  # Tết Bính Ngọ
        (date(2024, 4, 27), date(2024, 5, 1)),  # 29/4 swapped with Saturday 4/5
        (date(2025, 4, 30), date(2025, 5, 4)),  # 2/5 swapped with Saturday 26/4
        (date(2026, 1, 1), date(2026, 1, 4)),  # 2/1 swapped with Saturday 10/1
    ],
)
def test_long_holidays(vietnam, first, last):
    assert free(vietnam, first, last)


@pytest.mark.parametrize("day", [date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10)])
def test_days_swapped_in_are_worked(vietnam, day):
    assert day.weekday() == 5
    assert vietnam.is_working(day)


def test_24_november_is_a_holiday_from_2026(vietnam):
    assert vietnam.is_working(date(2025, 11, 24))
    assert not any(vietnam.is_working(date(year, 11, 24)) for year in range(2026, 2036))
    assert vietnam.between(date(2026, 11, 23), date(2026, 11, 25)) == 1


def test_the_calendar_covers_what_is_asked_for(vietnam, tmp_path):
    assert (vietnam.first, vietnam.last) == (date(2015, 1, 1), date(2035, 12, 31))
    calendar, problems = loaded(tmp_path, "country: VN\nfirst: 2024-01-01\nlast: 2024-01-31\n")
    assert (calendar.first, calendar.last, list(problems)) == (date(2024, 1, 1), date(2024, 1, 31), [])
    assert calendar.off <= {date(2024, 1, day) for day in range(1, 32)}


def test_settings_that_cannot_be(tmp_path):
    text = "country: VM\nfirst: 2026-01-01\nlast: 2025-01-01\nfrist: 1\n"
    assert codes(loaded(tmp_path, text)[1]) == [
        ("unknown-country", "settings.yaml:1:10"),
        ("ends-before-it-begins", "settings.yaml:3:7"),
        ("unknown-key", "settings.yaml:4:1"),
    ]


# --- the workspace's days --------------------------------------------------------------------

HEADER = "day,kind,name_vi,name_en,source\n"


def test_a_workspace_adds_and_takes_back_days(tmp_path):
    rows = (
        "2026-03-02,off,Bão,Storm,CV 1\n2026-11-24,on,Làm việc,Worked,CV 2\n2026-03-07,on,Bù,Made up,CV 1\n"
    )
    put(tmp_path, "calendar/holidays.csv", HEADER + rows)
    calendar, problems = loaded(tmp_path)
    assert list(problems) == []
    assert not calendar.is_working(date(2026, 3, 2))
    assert calendar.is_working(date(2026, 11, 24))
    assert calendar.is_working(date(2026, 3, 7))


def test_everything_wrong_with_days_is_named(tmp_path):
    rows = "2026-03-02,of,a,a,s\n2026-02-30,off,a,a,s\n2036-01-01,off,a,a,s\n,off,a,a,s\n"
    put(tmp_path, "calendar/holidays.csv", HEADER + rows + "2026-03-03,on,a,a,s\n2026-03-03,off,a,a,s\n")
    calendar, problems = loaded(tmp_path)
    assert codes(problems) == [
        ("unknown-choice", "calendar/holidays.csv:2:12"),
        ("no-such-day", "calendar/holidays.csv:3:1"),
        ("outside-the-calendar", "calendar/holidays.csv:4:1"),
        ("empty-cell", "calendar/holidays.csv:5:1"),
        ("duplicate-day", "calendar/holidays.csv:7:1"),
    ]


# --- clocks ----------------------------------------------------------------------------------


def clocks(root, text=None, sources=()):
    problems = Problems()
    if text is not None:
        put(root, "calendar/clocks.yaml", text)
    return load_clocks(root, dict(sources), problems), problems


def test_the_clocks_kieng_brings(tmp_path):
    found, problems = clocks(tmp_path)
    assert list(problems) == []
    (nd61,), (qd766,) = found["nd61"], found["qd766"]
    assert (nd61.supplement, nd61.day_cut_off) == (Supplement.RESTART, time(15))
    assert (nd61.valid_from, nd61.valid_to) == (date(2018, 6, 21), date(2025, 7, 1))
    assert (qd766.supplement, qd766.day_cut_off) == (Supplement.SUBTRACT, None)
    assert (qd766.second_supplement_is_late, nd61.second_supplement_is_late) == (True, False)
    assert all(clock.source.document for clock in (nd61, qd766))


def test_nothing_is_said_under_a_decree_whose_numbers_are_not_known(tmp_path, vietnam):
    found, _ = clocks(tmp_path)
    case = ClockValues(datetime(2025, 7, 1, 9), due=datetime(2025, 7, 8), finished=datetime(2025, 7, 7))
    assert on_time(found["nd61"], vietnam, case, date(2025, 7, 31)) is None
    assert on_time(found["qd766"], vietnam, case, date(2025, 7, 31)) is True


def test_limits_over_holidays(tmp_path, vietnam):
    (nd61,) = clocks(tmp_path)[0]["nd61"]

    def end(received, limit):
        case = ClockValues(received, limit=limit, limit_unit="working_day")
        return deadline(nd61, vietnam, case, date(2035, 1, 1)).date()

    assert end(datetime(2024, 2, 7, 14), 1) == date(2024, 2, 15)  # over Tết
    assert end(datetime(2024, 2, 7, 15, 30), 1) == date(2024, 2, 16)  # after 15:00: starts on 15/2
    assert end(datetime(2026, 11, 23, 9), 1) == date(2026, 11, 25)
    assert end(datetime(2025, 11, 21, 9), 1) == date(2025, 11, 24)


CLOCK = """
- id: {id}
  name: {{vi: Đồng hồ, en: Clock}}
  supplement: subtract
  day_cut_off: {hour}
  source: {source}
  valid_from: {first}
  valid_to: {end}
"""


def clock(id="nd61", hour='"16:30"', source="S1", first="null", end="null"):
    return CLOCK.format(id=id, hour=hour, source=source, first=first, end=end)


def test_a_workspace_replaces_and_adds_clocks(tmp_path):
    text = clock(first="2025-07-01") + clock(end="2025-07-01") + clock("own")
    found, problems = clocks(tmp_path, text, {"S1": Source("QĐ 1")})
    assert list(problems) == []
    assert set(found) == {"nd61", "qd766", "own"}
    assert [version.valid_to for version in found["nd61"]] == [date(2025, 7, 1), None]
    assert found["own"][0].day_cut_off == time(16, 30)
    assert found["own"][0].source == Source("QĐ 1")


def test_everything_wrong_with_clocks_is_named(tmp_path):
    text = (
        clock()
        + clock(first="2025-01-01")
        + clock("b", hour="25h")
        + clock("c", first="2025-01-02", end="2025-01-01")
    )
    found, problems = clocks(
        tmp_path, text + "- {id: d, supplement: sometimes, nmae: x}", {"S1": Source("QĐ 1")}
    )
    assert codes(problems) == [
        ("overlapping-validity", "calendar/clocks.yaml:15:15"),
        ("not-a-time", "calendar/clocks.yaml:21:16"),
        ("ends-before-it-begins", "calendar/clocks.yaml:32:13"),
        ("missing-key", "calendar/clocks.yaml:33:3"),
        ("unknown-choice", "calendar/clocks.yaml:33:23"),
        ("unknown-key", "calendar/clocks.yaml:33:34"),
    ]
    assert set(found) == {"nd61", "qd766"}
