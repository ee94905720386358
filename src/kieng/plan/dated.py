"""Facts that hold for a time: never overwritten, only followed by newer ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")

#: Years that a plan may speak of. Beyond them a day is a slip of the pen, and days and periods beside it are
#: beyond the calendar of the machine.
YEARS = range(1800, 2201)


@dataclass(frozen=True)
class Dated(Generic[T]):
    """A value that holds from ``valid_from`` up to but not including ``valid_to``.

    ``None`` at either end means "without limit".
    """

    value: T
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )

    def overlaps(self, other: Dated[T]) -> bool:
        return _before(self.valid_from, other.valid_to) and _before(other.valid_from, self.valid_to)


def on_day(facts: Iterable[Dated[T]], day: date) -> T | None:
    """The value that holds on ``day``, or None."""
    return next((fact.value for fact in facts if fact.holds_on(day)), None)


def overlapping(facts: Sequence[Dated[T]]) -> tuple[Dated[T], Dated[T]] | None:
    """The first two facts that hold on one same day, or None."""
    ordered = sorted(facts, key=lambda f: f.valid_from or date.min)
    for earlier, later in zip(ordered, ordered[1:], strict=False):
        if earlier.overlaps(later):
            return earlier, later
    return None


def _before(start: date | None, end: date | None) -> bool:
    return start is None or end is None or start < end


def year_is_known(day: date, problem: Callable[[str, str, str], None]) -> bool:
    """Whether the year of ``day`` is one of :data:`YEARS`; else ``problem`` is told."""
    if day.year in YEARS:
        return True
    why = f"Years are from {YEARS[0]} to {YEARS[-1]} here."
    problem("no-such-year", why, "Correct the year; leave the cell or the key away for “without end”.")
    return False
