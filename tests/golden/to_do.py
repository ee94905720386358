"""Sentences on what is owed, by whom and until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from tests.unit.judgement.test_duties import TODAY, figure, rule, world

from kieng.judgement.duties import duty_of, lack_of
from kieng.judgement.duty_words import agencies_said, duty_said, who_owes
from kieng.measurement.measurement import Measurement, Status
from kieng.plan.indicator import Reports
from kieng.plan.period import Period
from kieng.words import Name

Sentence = Callable[[], Name]

QUARTER = rule()
YEAR = rule(grains="year", reporters=("province",), reports=None)
PUBLISHED = rule(reports=Reports(owed=False))
ABSENT = figure(Status.NO_DATA, reason="reported")
Q3 = Period.parse("2026-Q3")


def owed(found: Measurement | None, today: date, made: object = QUARTER, agency: str = "a",
         period: Period = Q3) -> Sentence:  # fmt: skip
    def said() -> Name:
        known = world(made)  # type: ignore[arg-type]
        duty = duty_of(known, known.indicators["i"], agency, period, TODAY)
        lack = duty and lack_of(duty, found)
        return duty_said(lack, today) if lack else Name("", "")

    return said


def who(made: object, agency: str, period: str, blank: Sequence[str] = ()) -> Sentence:
    """``blank``: who has reported that there is no data."""

    def found(_: str, agency: str, __: Period) -> Measurement | None:
        return ABSENT if agency in blank else None

    return lambda: who_owes(world(made), "i", agency, Period.parse(period), TODAY, found)  # type: ignore[arg-type]


def named(*agencies: str) -> Sentence:
    return lambda: agencies_said(world(QUARTER), list(agencies), TODAY)


CASES: dict[str, tuple[Sentence, Sentence]] = {
    "overdue": (owed(None, TODAY), owed(figure(), TODAY)),
    "ahead": (owed(None, date(2026, 10, 4)), owed(None, date(2026, 10, 5))),
    "due-today": (owed(None, date(2026, 10, 10)), owed(None, date(2026, 10, 11))),
    "no-figure-yet": (owed(ABSENT, TODAY), owed(None, TODAY)),
    "to-be-confirmed": (owed(figure(state="provisional"), TODAY), owed(figure(state="confirmed"), TODAY)),
    "confirming-overdue": (
        owed(figure(state="estimate"), date(2026, 12, 30)),
        owed(figure(state="estimate"), date(2026, 12, 29)),
    ),
    "of-a-year": (
        owed(None, date(2026, 1, 1), YEAR, "tinh", Period.parse("2025")),
        owed(None, date(2026, 1, 1), YEAR, "tinh", Period.parse("2024")),
    ),
    "who-reports": (who(QUARTER, "a", "2026-Q3"), who(QUARTER, "a", "2026-08")),
    "who-gave-nothing": (who(QUARTER, "tinh", "2026-Q3", ["a", "bc"]), who(QUARTER, "tinh", "2026-Q3")),
    "the-lead-reports": (who(YEAR, "tinh", "2025"), who(YEAR, "tinh", "2024")),
    "nobody-owes": (who(PUBLISHED, "tinh", "2025"), who(YEAR, "tinh", "2025")),
    "few-are-named": (named("a", "bc", "new"), named("a", "bc")),
    "many-are-counted": (named("a", "bc", "new", "so"), named("a", "bc", "new")),
}
