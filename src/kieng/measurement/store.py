"""Stored measurements: what pages read, so that no request ever counts records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kieng.measurement.measurement import Measurement
from kieng.plan.period import Period


@dataclass(frozen=True)
class MeasureRun:
    """What the stored measurements rest on: the ledger up to ``through_batch``, read at ``as_of``, the
    plan's text by its fingerprint, and the map of ``map_day`` beside each period's own."""

    as_of: datetime
    plan_fingerprint: str
    through_batch: int
    map_day: date | None
    finished_at: datetime


class MeasurementStore(Protocol):
    """Keeps the measurements of the newest run."""

    def replace(self, run: MeasureRun, measurements: Iterable[Measurement]) -> int:
        """Put a full run in place of all that is stored, and say how many there are.

        Readers see the old set or the new one, never a mix. Every ``as_of`` must be the run's:
        ValueError otherwise, and the old set stays.
        """
        ...

    def read(
        self,
        indicator: str | None = None,
        agency: str | None = None,
        period: Period | None = None,
        reading: str | None = None,
        breakdowns: bool = False,
    ) -> list[Measurement]:
        """The stored measurements that fit all that is given, by indicator, agency, reading and period.

        Without ``breakdowns`` only the totals over all.
        """
        ...

    def run(self) -> MeasureRun | None:
        """The run that is stored; None before the first."""
        ...
