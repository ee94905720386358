"""Working days: which days offices work, and how far one such day is from another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property


@dataclass(frozen=True)
class WorkingCalendar:
    """Working days from ``first`` to ``last`` inclusive.

    ``off`` holds the weekdays on which offices rest (holidays, days swapped away); ``on`` the
    weekend days on which they work (days swapped in).
    """

    first: date
    last: date
    off: frozenset[date]
    on: frozenset[date]

    def is_working(self, day: date) -> bool:
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    @cached_property
    def ordinals(self) -> dict[date, int]:
        """For each day, how many working days there are from ``first`` up to and including it."""
        count, found = 0, {}
        for offset in range((self.last - self.first).days + 1):
            day = self.first + timedelta(days=offset)
            count += self.is_working(day)
            found[day] = count
        return found

    @cached_property
    def working_days(self) -> tuple[date, ...]:
        return tuple(day for day in self.ordinals if self.is_working(day))

    def between(self, start: date, end: date) -> int:
        """Working days d with start < d <= end (negative when ``end`` is before ``start``)."""
        return self.ordinals[end] - self.ordinals[start]

    def add(self, start: date, count: int) -> date:
        """The ``count``-th working day after ``start``; for 0, ``start`` or the last working day before."""
        return self.working_days[self.ordinals[start] + count - 1]

    def next_working(self, day: date) -> date:
        """The first working day after ``day``."""
        return self.working_days[self.ordinals[day]]

    @staticmethod
    def of(first: date, last: date, off: Iterable[date] = (), on: Iterable[date] = ()) -> WorkingCalendar:
        return WorkingCalendar(first, last, frozenset(off), frozenset(on))
