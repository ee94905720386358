"""What the ministry's figures have to be, counted from the facts without any engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from statistics import median

from tests.integration.foreign.facts import Inspection, Permit, inspections, permits

from kieng.plan.period import Grain, Period

INSPECTIONS = inspections()
PERMITS = [permit for permit in permits() if not permit.withdrawn]


def year(number: int) -> Period:
    return Period(date(number, 1, 1), Grain.YEAR)


def quarter(number: int, of_year: int) -> Period:
    return Period(date(of_year, 3 * number - 2, 1), Grain.QUARTER)


Y24, Y25 = year(2024), year(2025)


def opened_in(period: Period) -> list[Inspection]:
    return [row for row in INSPECTIONS if period.start <= row.opened.date() <= period.last_day]


def applied_in(period: Period) -> list[Permit]:
    return [row for row in PERMITS if period.start <= row.applied.date() <= period.last_day]


def granted_in(period: Period) -> list[Permit]:
    return [row for row in PERMITS if row.granted and period.start <= row.granted <= period.last_day]


def _finished(period: Period) -> list[Inspection]:
    return [row for row in INSPECTIONS if row.finished and _within(row.finished.date(), period)]


def _within(day: date, period: Period) -> bool:
    return period.start <= day <= period.last_day


def _share(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole)


def _on_time(row: Inspection, last_day: date) -> bool:
    known = row.finished is not None and row.finished.date() <= last_day
    end = row.finished if known else datetime.combine(last_day, time.max)
    assert end is not None
    return row.due is not None and end <= row.due


def _overlapping(period: Period) -> list[Inspection]:
    return [
        row
        for row in INSPECTIONS
        if row.opened.date() <= period.last_day
        and (row.finished is None or row.finished.date() >= period.start)
    ]


def _fines(rows: Iterable[Inspection]) -> Fraction:
    return Fraction(sum(row.fine for row in rows if row.fine is not None))


def _findings(rows: Iterable[Inspection], kind: str | None = None) -> int:
    return sum(row.findings or 0 for row in rows if kind in (None, row.kind))


def _surprise(period: Period) -> Fraction:
    rows = opened_in(period)
    return _share(sum(row.kind == "surprise" for row in rows), len(rows))


def _in_force(day: date) -> list[Permit]:
    return [row for row in PERMITS if row.granted and row.ends and row.granted <= day < row.ends]


Q2, Q3 = quarter(2, 2025), quarter(3, 2025)
H1 = Period(date(2025, 1, 1), Grain.HALF)
JAN = Period(date(2025, 1, 1), Grain.MONTH)

COUNTED: list[tuple[str, Period, Callable[[], Fraction | Decimal | int | float]]] = [
    ("inspections", Y25, lambda: len(opened_in(Y25))),
    ("inspections", H1, lambda: len(opened_in(H1))),
    ("inspections", JAN, lambda: len(opened_in(JAN))),
    ("surprise-share", Q3, lambda: _surprise(Q3)),
    ("surprise-share-change", Y25, lambda: _surprise(Y25) - _surprise(Y24)),
    ("remote-share", Y25, lambda: _share(sum(r.remote for r in opened_in(Y25)), len(opened_in(Y25)))),
    ("on-time", Y25, lambda: _share(sum(_on_time(r, Y25.last_day) for r in _overlapping(Y25)),
                                    sum(r.due is not None for r in _overlapping(Y25)))),
    ("inspections-open", Y24, lambda: sum(r.opened.date() <= Y24.last_day and
                                          (r.finished is None or r.finished.date() > Y24.last_day)
                                          for r in INSPECTIONS)),
    ("critical-open", Q2, lambda: sum(r.severity == "critical" for r in _overlapping(Q2))),
    ("findings", Q2, lambda: _findings(opened_in(Q2))),
    ("findings-mean", Y25, lambda: Fraction(_findings(opened_in(Y25)),
                                            sum(r.findings is not None for r in opened_in(Y25)))),
    ("findings-most", Y25, lambda: max(r.findings or 0 for r in opened_in(Y25))),
    ("fine-least", Y25, lambda: min(r.fine for r in opened_in(Y25) if r.fine)),
    ("findings-gap", Y24, lambda: _findings(opened_in(Y24), "surprise") -
                                  _findings(opened_in(Y24), "routine")),
    ("fines", Y25, lambda: _fines(opened_in(Y25))),
    ("fines-growth", Y25, lambda: 100 * (_fines(opened_in(Y25)) / _fines(opened_in(Y24)) - 1)),
    ("inspections-step", Q3, lambda: len(opened_in(Q3)) - len(opened_in(Q2))),
    ("vessels-inspected", Q3, lambda: len({r.vessel for r in opened_in(Q3)})),
    ("inspection-days-median", Y25, lambda: median((r.finished.date() - r.opened.date()).days
                                                   for r in _finished(Y25) if r.finished)),
    ("score-median", Y25, lambda: median(r.score for r in opened_in(Y25) if r.score is not None)),
    ("serious", Y24, lambda: sum(r.severity in ("major", "critical") for r in opened_in(Y24))),
    ("serious", Y25, lambda: sum(r.severity == "critical" or (r.findings or 0) >= 5 for r in opened_in(Y25))),
    ("permits-applied", Y25, lambda: len(applied_in(Y25))),
    ("permits-online", Y25, lambda: _share(sum(p.channel == "online" for p in applied_in(Y25)),
                                           len(applied_in(Y25)))),
    ("permits-post", Y24, lambda: _share(sum(p.channel == "post" for p in applied_in(Y24)),
                                         len(applied_in(Y24)))),
    ("permits-granted", H1, lambda: len(granted_in(H1))),
    ("permits-growth", Q3, lambda: 100 * (Fraction(len(granted_in(Q3)),
                                                    len(granted_in(quarter(3, 2024)))) - 1)),
    ("permits-in-force", Y25, lambda: len(_in_force(Y25.last_day))),
    ("tonnage-in-force", Y25, lambda: sum(p.tonnage or 0 for p in _in_force(Y25.last_day))),
    ("permits-pending", Q2, lambda: sum(p.applied.date() <= Q2.last_day and
                                        (p.granted is None or p.granted >= Q2.start) for p in PERMITS)),
    ("permit-days-median", Y24, lambda: median((p.granted - p.applied.date()).days
                                               for p in granted_in(Y24) if p.granted)),
    ("fees", Y25, lambda: sum(sum(p.fees) for p in applied_in(Y25))),
    ("fee-mean", Y25, lambda: Fraction(sum(sum(p.fees) for p in applied_in(Y25))) /
                              sum(bool(p.fees) for p in applied_in(Y25))),
    ("holders", Y25, lambda: len({p.holder for p in granted_in(Y25)})),
    ("papers-most", Y25, lambda: max(p.papers for p in applied_in(Y25))),
    ("databases-used", Y25, lambda: _share(sum(p.databases > 0 for p in applied_in(Y25)),
                                           len(applied_in(Y25)))),
    ("digitised", Y25, lambda: _share(sum(p.digitised is True for p in applied_in(Y25)),
                                      sum(p.digitised is not None for p in applied_in(Y25)))),
    ("e-results", Y25, lambda: _share(sum(p.e_result for p in granted_in(Y25)), len(granted_in(Y25)))),
    # Literal, from the table of the yearbook.
    ("vessels-registered", Y24, lambda: 120 + 200 + 80 + 90),
    ("vessels-registered", Y25, lambda: 132 + 190 + 98 + 87),
    ("vessels-growth", Y25, lambda: 100 * (Fraction(507, 490) - 1)),
    ("catch", Y24, lambda: Decimal("30.6")),
    ("catch", Y25, lambda: Decimal("38.5")),
    ("workers", Y25, lambda: 44 + 50 + 30 + 0 + 12),
    ("trained-share", Y25, lambda: _share(33 + 20 + 30 + 0 + 9, 136)),
    ("rank", Y25, lambda: 2),
    ("response-plan", Y24, lambda: 0),
    ("response-plan", Y25, lambda: 1),
]  # fmt: skip
