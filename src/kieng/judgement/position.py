"""Where an agency lies among those of its family: within what is ordinary, near its edge, or outside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kieng.words import Name


class Position(StrEnum):
    """Where an agency lies between the limits."""

    ORDINARY = "ordinary"
    NEAR_LOW = "near_low"
    NEAR_HIGH = "near_high"
    SIGNAL_LOW = "signal_low"
    SIGNAL_HIGH = "signal_high"
    NOT_JUDGED = "not_judged"

    @property
    def words(self) -> Name:
        return _WORDS[self]

    @property
    def is_signal(self) -> bool:
        return self in (Position.SIGNAL_LOW, Position.SIGNAL_HIGH)


_WORDS = {
    Position.ORDINARY: Name("trong khoảng dao động thông thường", "within the ordinary range"),
    Position.NEAR_LOW: Name("thấp, nhưng chưa đủ để gọi là tín hiệu", "low, but not enough to be a signal"),
    Position.NEAR_HIGH: Name("cao, nhưng chưa đủ để gọi là tín hiệu", "high, but not enough to be a signal"),
    Position.SIGNAL_LOW: Name(
        "tín hiệu: thấp hơn khoảng dao động thông thường", "signal: below the ordinary range"
    ),
    Position.SIGNAL_HIGH: Name(
        "tín hiệu: cao hơn khoảng dao động thông thường", "signal: above the ordinary range"
    ),
    Position.NOT_JUDGED: Name("chưa so sánh được", "cannot be compared"),
}


@dataclass(frozen=True)
class Counted:
    """An agency's counts; ``why_none`` where they are not to be compared."""

    id: str
    name: Name
    part: Decimal | None
    whole: Decimal | None
    why_none: Name | None = None


@dataclass(frozen=True)
class Limits:
    """In the unit of the values, outermost first and last."""

    signal_low: Decimal
    near_low: Decimal
    near_high: Decimal
    signal_high: Decimal

    def position(self, value: Decimal) -> Position:
        """Where ``value`` lies; on a limit it is still within."""
        if value < self.signal_low:
            return Position.SIGNAL_LOW
        if value > self.signal_high:
            return Position.SIGNAL_HIGH
        if value < self.near_low:
            return Position.NEAR_LOW
        return Position.NEAR_HIGH if value > self.near_high else Position.ORDINARY


@dataclass(frozen=True)
class Placed:
    """An agency in the funnel; ``value`` and ``limits`` in the indicator's unit."""

    agency: Counted
    value: Decimal | None
    limits: Limits | None
    position: Position
    why_none: Name | None = None


@dataclass(frozen=True)
class Tails:
    """How much chance is left beyond each inner and each outer limit."""

    near: Decimal
    signal: Decimal


@dataclass(frozen=True)
class Spread:
    """How far a family lies apart: the mean square of its standardised distances, about 1 by chance.

    ``drawn_in``: after the outermost tenths were drawn in, so that one outlier does not make it; ``whole``:
    of all. ``most``: what chance does not pass. ``enough``: whether there are agencies enough to say so.
    """

    drawn_in: Decimal
    whole: Decimal
    most: Decimal
    enough: bool

    @property
    def widens(self) -> bool:
        """Whether the limits are to be wider than chance."""
        return self.enough and self.drawn_in > self.most

    @property
    def beyond_chance(self) -> bool:
        """Whether chance does not explain the differences, be it because of a few."""
        return self.enough and max(self.drawn_in, self.whole) > self.most

    @property
    def phi(self) -> Decimal:
        """φ as it is told: the one that widens the limits, else that of all."""
        return self.drawn_in if self.widens else self.whole
