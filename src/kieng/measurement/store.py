"""What a store of measurements offers: pages read what was measured, they never measure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

import pyarrow as pa

from kieng.measurement.measurement import Extent, Measurement, extent_of
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
    known: str = "{}"  # JSON: through which day what an indicator counts was delivered, where before map_day

    @cached_property
    def known_through(self) -> Mapping[str, date]:
        """``known`` by indicator."""
        return {indicator: date.fromisoformat(day) for indicator, day in json.loads(self.known).items()}

    def extent(self, indicator: str, period: Period) -> Extent | None:
        """How far the figures of an indicator and period go; None of a period that is whole."""
        return extent_of(period, self.map_day, self.known_through.get(indicator))


#: A series of figures: no breakdowns; ``start`` as an ISO day, decimals as text, exact.
SERIES = pa.schema(
    [
        ("agency", pa.string()),
        ("start", pa.string()),
        ("value", pa.string()),
        ("numerator", pa.string()),
        ("denominator", pa.string()),
        ("reporting", pa.int64()),
        ("expected", pa.int64()),
    ]
)


class MeasurementStore(Protocol):
    """Stored measurements of the last run. Readers see one run whole, never a mix of two."""

    def replace(self, run: MeasureRun, tables: Iterable[pa.Table]) -> None:
        """Put a full run in the place of the one before, in one transaction. ``tables`` are of
        :data:`kieng.measurement.figures_table.FIGURES`."""
        ...

    def run(self) -> MeasureRun | None:
        """What the stored measurements rest on; None before the first run."""
        ...

    def runs(self) -> list[MeasureRun]:
        """The measurings there have been, oldest first, without the keys of their text (the newest 1,000)."""
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

    def totals(self, reading: str, level: str) -> pa.Table:
        """The totals of all indicators, periods and agencies of a level on one reading: a table with the
        columns of :data:`kieng.measurement.figures_table.FIGURES`, text as plain text, in no particular
        order. Records that no map can place have the level ""."""
        ...

    def whole(self, indicator: str, reading: str) -> pa.Table:
        """Every figure of an indicator on one reading, breakdowns too: as :meth:`totals`."""
        ...

    def series(
        self,
        indicator: str,
        reading: str,
        first: Period,
        last: Period,
        level: str | None = None,
        agencies: Collection[str] | None = None,
    ) -> pa.Table:
        """The figures of one indicator from ``first`` to ``last``, periods of one grain, of the agencies of a
        level or of those named: a table of :data:`SERIES` by start, in no particular order else."""
        ...
