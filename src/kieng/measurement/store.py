"""What a store of measurements offers: pages read what was measured, they never measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kieng.measurement.measurement import Measurement
from kieng.plan.period import Period


@dataclass(frozen=True)
class MeasureRun:
    """What the stored measurements rest on: the ledger through a batch, a text, and today's map."""

    as_of: datetime
    plan_fingerprint: str
    through_batch: int
    map_day: date
    ground: str = ""  # key of the tree, the weights and the like; see kieng.measurement.keys
    indicators: str = ""  # JSON: the key of each indicator


class MeasurementStore(Protocol):
    """Stored measurements of the last run. Readers see one run whole, never a mix of two."""

    def replace(self, run: MeasureRun, measurements: Iterable[Measurement]) -> None:
        """Put a full run in the place of the one before, in one transaction."""
        ...

    def run(self) -> MeasureRun | None:
        """What the stored measurements rest on; None before the first run."""
        ...

    def count(self) -> int: ...

    def read(
        self,
        indicator: str | None = None,
        agency: str | None = None,
        period: Period | None = None,
        reading: str | None = None,
        breakdowns: bool = False,
    ) -> list[Measurement]:
        """The measurements that fit, in no particular order; None asks for all."""
        ...
