"""How many records fall on each day: working days, seasons, growth, Tết."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from kieng.examples.generate.chance import Days, Flags, Floats, Ints, rounded
from kieng.plan.calendar import WorkingCalendar

MERGER = np.datetime64("2025-07-01")
_WEEKDAYS = np.array([1.25, 1.08, 1.0, 0.97, 0.9, 0.06, 0.04])  # Monday first
_MONTHS = np.array([0.9, 0.78, 1.1, 1.04, 1.02, 1.03, 1.06, 1.1, 1.04, 1.0, 0.98, 0.95])


@dataclass(frozen=True)
class WorkingDays:
    """The calendar as arrays: ``ordinals[i]`` working days up to day i after ``first``."""

    first: np.datetime64
    ordinals: Ints
    days: Days

    @staticmethod
    def of(calendar: WorkingCalendar) -> WorkingDays:
        days = np.array(calendar.working_days, dtype="M8[D]")
        length = (calendar.last - calendar.first).days + 1
        held = np.zeros(length, dtype=np.int64)
        held[(days - np.datetime64(calendar.first)).astype(np.int64)] = 1
        return WorkingDays(np.datetime64(calendar.first), np.cumsum(held), days)

    def ordinal(self, days: Days) -> Ints:
        return self.ordinals[(days.astype("M8[D]") - self.first).astype(np.int64)]

    def nth(self, ordinals: Ints) -> Days:
        return self.days[ordinals - 1]

    def working(self, days: Days) -> Flags:
        found: Flags = self.nth(self.ordinal(days)) == days
        return found


def each_day(first: date, last: date) -> Days:
    start, end = np.datetime64(first, "D"), np.datetime64(last, "D")
    return np.arange(start, end + np.timedelta64(1, "D"))


def daily_volumes(days: Days, working: WorkingDays, total: int, west: float = 0.9) -> Ints:
    """``total`` records spread over ``days``; from the merger on ``west`` times the east comes on top."""
    weekday = (days.astype(np.int64) + 3) % 7
    month = days.astype("M8[M]").astype(np.int64) % 12
    years = (days - days[0]).astype(np.float64) / 365.25
    intensity: Floats = _WEEKDAYS[weekday] * _MONTHS[month] * 1.05**years
    resting = ~working.working(days) & (weekday < 5)
    intensity = np.where(resting, intensity * 0.05, intensity)
    return rounded(np.where(days >= MERGER, intensity * (1 + west), intensity), total)
