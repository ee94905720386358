"""The time a number is about (kỳ số liệu)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from kieng.plan.dated import YEARS


class Grain(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {"month": 1, "quarter": 3, "half": 6, "year": 12}[self.value]


_TEXT = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})|Q(?P<quarter>[1-4])|H(?P<half>[12])))?")


_GRAINS = list(Grain)
_CODE_UNIT = 1_000_000  # months since year 0 are fewer


@dataclass(frozen=True, order=True)
class Period:
    """One month, quarter, half or year. Ordered by start day.

    Written ``2025-07``, ``2025-Q3``, ``2025-H2`` and ``2025``.
    """

    start: date
    grain: Grain

    @cached_property
    def end(self) -> date:
        """First day after the period (end exclusive)."""
        return _add_months(self.start, self.grain.months)

    @cached_property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def code(self) -> int:
        """A whole number that stands for the period, the same for ever."""
        return _GRAINS.index(self.grain) * _CODE_UNIT + self.start.year * 12 + self.start.month - 1

    @staticmethod
    def of_code(code: int) -> Period:
        """The period that :attr:`code` stands for."""
        grain, months = divmod(code, _CODE_UNIT)
        return Period(date(months // 12, months % 12 + 1, 1), _GRAINS[grain])

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def is_over(self, day: date) -> bool:
        """Whether the period lies before ``day``. Its last day is over when the next one has begun."""
        return self.end <= day

    def through(self, cut_off: date) -> date | None:
        """The last day that counts when nothing after ``cut_off`` does; None before the period begins."""
        return None if cut_off < self.start else min(cut_off, self.last_day)

    def shift(self, count: int) -> Period:
        """The period ``count`` periods later (earlier when negative)."""
        return Period(_add_months(self.start, count * self.grain.months), self.grain)

    def years_before(self, years: int) -> Period:
        return Period(self.start.replace(year=self.start.year - years), self.grain)

    def __str__(self) -> str:
        year, month = self.start.year, self.start.month
        match self.grain:
            case Grain.MONTH:
                return f"{year:04}-{month:02}"
            case Grain.QUARTER:
                return f"{year:04}-Q{(month + 2) // 3}"
            case Grain.HALF:
                return f"{year:04}-H{(month + 5) // 6}"
            case Grain.YEAR:
                return f"{year:04}"

    @staticmethod
    def containing(day: date, grain: Grain) -> Period:
        """The period of length ``grain`` in which ``day`` lies."""
        first = (day.month - 1) // grain.months * grain.months + 1
        return Period(date(day.year, first, 1), grain)

    @staticmethod
    def parse(text: str) -> Period:
        """Read ``2025-07``, ``2025-Q3``, ``2025-H2`` or ``2025``; ValueError otherwise, and for a year no
        plan speaks of."""
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not a period: {text!r}; write 2025, 2025-H2, 2025-Q3 or 2025-07")
        year = int(match["year"])
        if year not in YEARS:
            raise ValueError(f"years are from {YEARS[0]} to {YEARS[-1]} here, not {year}")
        if match["month"]:
            return Period(date(year, int(match["month"]), 1), Grain.MONTH)
        if match["quarter"]:
            return Period(date(year, int(match["quarter"]) * 3 - 2, 1), Grain.QUARTER)
        if match["half"]:
            return Period(date(year, int(match["half"]) * 6 - 5, 1), Grain.HALF)
        return Period(date(year, 1, 1), Grain.YEAR)


def periods_between(first: date, last: date, grain: Grain) -> list[Period]:
    """Every period of length ``grain`` from the one with ``first`` to the one with ``last``."""
    period, periods = Period.containing(first, grain), []
    while period.start <= last:
        periods.append(period)
        period = period.shift(1)
    return periods


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
