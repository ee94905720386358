"""Measurement (kết quả đo): an indicator's value for an agency and period, as of a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from kieng.plan.period import Period
from kieng.records.batch import Origin


class Status(StrEnum):
    """Whether there is a number, and if not, which kind of "no number" it is."""

    VALUE = "value"
    NO_DATA = "no_data"
    NOT_APPLICABLE = "not_applicable"
    ZERO_DENOMINATOR = "zero_denominator"
    CANNOT_RECAST = "cannot_recast"


@dataclass(frozen=True)
class Coverage:
    """How many of the expected reporters have given what the figure is made from, and what share of their
    people they hold: between 0 and 1, None where no population is known.

    Of reported figures the others are told apart: ``no_data`` delivered a blank, the ``silent`` nothing.
    Who said ``not_applicable`` is no longer expected. ``nought``: of the reporting, those whose figure is 0.
    ``inherited``: of the others, those for whom their forebears' figures stand.
    """

    reporting: int
    expected: int
    people_share: Decimal | None
    no_data: int = 0
    not_applicable: int = 0
    nought: int = 0
    inherited: int = 0

    @property
    def silent(self) -> int:
        # Of a lineage there may be figures of agencies that nobody waits for any more.
        return max(0, self.expected - self.reporting - self.no_data)


@dataclass(frozen=True)
class Extent:
    """How far a figure goes whose period is not whole: through the day of the measuring or, when all that can
    be known was ``delivered`` before, that of the last delivery."""

    day: date
    delivered: bool = False


def extent_of(period: Period, cut_off: date, known_through: date | None) -> Extent | None:
    """How far a figure of ``period`` goes that was measured on ``cut_off``; None where it is whole."""
    through = cut_off if known_through is None else min(known_through, cut_off)
    return Extent(through, through < cut_off) if through <= period.last_day else None


@dataclass(frozen=True)
class Measurement:
    """``value`` is in the indicator's unit (percent as 66.67), exact to :data:`VALUE_DIGITS` decimals;
    ``parts`` are the formula's aggregates in order. ``numerator``/``denominator`` are set when
    the formula is one ratio. ``reason`` says why there is no value: a code, after which ``: agency, day,
    basis`` may say where the way over the map ends. ``reading`` is ``as-was`` or the ISO day of the map.
    ``cut_off`` is the local day of ``as_of``, the last one looked at. ``known_through``: the day of the last
    delivery of the records that are counted, where that was before (:mod:`kieng.measurement.delivered`).
    """

    indicator: str
    rule: int
    agency: str
    level: str
    period: Period
    reading: str
    breakdown: tuple[str, str | None] | None
    status: Status
    reason: str | None
    value: Decimal | None
    parts: tuple[Decimal | None, ...]
    numerator: Decimal | None
    denominator: Decimal | None
    coverage: Coverage
    weighted: str | None  # the weight basis, when some part came over a split
    state: str | None  # estimate, provisional, confirmed
    origins: tuple[Origin, ...]
    used: int
    records: int
    as_of: datetime
    cut_off: date
    known_through: date | None = None

    @property
    def running(self) -> bool:
        """Whether the period was not over yet, or was not delivered whole: its figure lacks days and is no
        end of anything."""
        return self.extent is not None

    @property
    def extent(self) -> Extent | None:
        """How far it goes; None of a period that is whole."""
        return extent_of(self.period, self.cut_off, self.known_through)

    @property
    def measured_through(self) -> date | None:
        """The last day the figure is about; None when the period had not begun."""
        return self.period.through(min(self.cut_off, self.known_through or self.cut_off))


VALUE_DIGITS = 9
