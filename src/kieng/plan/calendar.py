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

    def nth(self, ordinal: int) -> date | None:
        """The working day with this ordinal; None when it lies outside the calendar."""
        return self.working_days[ordinal - 1] if 1 <= ordinal <= len(self.working_days) else None

    def between(self, start: date, end: date) -> int | None:
        """Working days d with start < d <= end (negative when ``end`` is before ``start``).

        Like every answer about a day outside the calendar: None, it is not known.
        """
        if start not in self.ordinals or end not in self.ordinals:
            return None
        return self.ordinals[end] - self.ordinals[start]

    def add(self, start: date, count: int) -> date | None:
        """The ``count``-th working day after ``start``; for 0, ``start`` or the last working day before."""
        return None if start not in self.ordinals else self.nth(self.ordinals[start] + count)

    def next_working(self, day: date) -> date | None:
        """The first working day after ``day``."""
        return self.add(day, 1)

    @staticmethod
    def of(first: date, last: date, off: Iterable[date] = (), on: Iterable[date] = ()) -> WorkingCalendar:
        return WorkingCalendar(first, last, frozenset(off), frozenset(on))
