"""The periods of a pass, and the small tables about them that the fused query joins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from kieng.measurement.closure import Maps, Scope
from kieng.measurement.request import Request
from kieng.plan.calendar import WorkingCalendar
from kieng.plan.period import Grain, Period, periods_between

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Frame:
    """The periods asked for in which there can be records, up to the request's cut-off."""

    periods: tuple[Period, ...]
    cut_off: date

    def read_on(self, period: Period) -> date:
        """The last day a measurement of ``period`` looks at."""
        return min(period.last_day, self.cut_off)

    def scopes(self, maps: Maps) -> dict[Scope, Period]:
        """The different maps the periods see, each with the first period that sees it."""
        found: dict[Scope, Period] = {}
        for period in self.periods:
            found.setdefault(maps.scope(period), period)
        return found

    def table(self, maps: Maps) -> pa.Table:
        """:meth:`plain_table` with the scope (number) of each period."""
        numbers = {scope: number for number, scope in enumerate(self.scopes(maps))}
        scopes = pa.array([numbers[maps.scope(p)] for p in self.periods], pa.int16())
        return self.plain_table().append_column("scope", scopes)

    def plain_table(self) -> pa.Table:
        """period (its code), grain, start, last (day) and cut_off."""
        return pa.table(
            {
                "period": pa.array([p.code for p in self.periods], pa.int32()),
                "grain": pa.array([p.grain.value for p in self.periods], pa.string()),
                "start": pa.array([p.start for p in self.periods], pa.date32()),
                "last": pa.array([p.last_day for p in self.periods], pa.date32()),
                "cut_off": pa.array([self.read_on(p) for p in self.periods], pa.date32()),
            }
        )

    def months_table(self) -> pa.Table:
        """month (its code), period (the code of one it lies in)."""
        pairs = [
            (month.code, period.code)
            for period in self.periods
            for month in periods_between(period.start, period.last_day, Grain.MONTH)
        ]
        months, codes = zip(*pairs, strict=True) if pairs else ((), ())
        return pa.table({"month": pa.array(months, pa.int32()), "period": pa.array(codes, pa.int32())})

    def bounds_table(self) -> pa.Table:
        """One row: first and last, the days between which there can be anything to look at."""
        first = min((period.start for period in self.periods), default=None)
        last = max((self.read_on(period) for period in self.periods), default=None)
        return pa.table({"first": pa.array([first], pa.date32()), "last": pa.array([last], pa.date32())})


def frame(request: Request, grains: Iterable[Grain], first_record: date | None) -> Frame:
    """The periods of ``grains`` from the first record's to the cut-off's that the request asks for."""
    if first_record is None:
        return Frame((), request.cut_off)
    measured = (p for grain in grains for p in periods_between(first_record, request.cut_off, grain))
    return Frame(tuple(p for p in measured if _is_asked(p, request)), request.cut_off)


def frame_of(request: Request, codes: Iterable[int]) -> Frame:
    """The periods with these codes that the request asks for."""
    periods = sorted(Period.of_code(code) for code in codes)
    return Frame(tuple(p for p in periods if _is_asked(p, request)), request.cut_off)


def _is_asked(period: Period, request: Request) -> bool:
    """Whether ``period`` overlaps the span of the request, be it by one day."""
    return (request.first is None or request.first <= period.last_day) and (
        request.last is None or period.start <= request.last
    )


def calendar_tables(calendar: WorkingCalendar) -> dict[str, pa.Table]:
    """``calendar`` (day, number, works) and ``working_days`` (number, day); see
    :mod:`kieng.measurement.lookups`."""
    numbers, working = calendar.ordinals, calendar.working_days
    works = [calendar.is_working(day) for day in numbers]
    return {
        "calendar": pa.table(
            {
                "day": pa.array(list(numbers), pa.date32()),
                "number": pa.array(list(numbers.values()), pa.int64()),
                "works": pa.array(works, pa.bool_()),
            }
        ),
        "working_days": pa.table(
            {
                "number": pa.array(range(1, len(working) + 1), pa.int64()),
                "day": pa.array(list(working), pa.date32()),
            }
        ),
    }
