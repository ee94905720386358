"""What is kept of a measuring besides its figures, so that the next one need not begin anew.

A base (:mod:`kieng.measurement.query`) is kept per way into periods and month of the ledger. Periods whose
figures no longer rest on the bases that are kept are *stale* until they have been rolled up again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pyarrow as pa

from kieng.measurement.store import MeasurementStore, MeasureRun
from kieng.plan.period import Period
from kieng.records.verify import Finding


@dataclass(frozen=True)
class BasePart:
    """The base of one month of the ledger: through which batch, made with which query (``key``), on which
    day (``cut_off``)."""

    record_type: str
    way: str
    month: str
    key: str
    cut_off: date
    through: int


#: Of a way: the codes of its stale periods, and the agencies whose own records have changed; None: any.
Stale = Mapping[int, frozenset[str] | None]


@dataclass(frozen=True)
class Block:
    """Figures of one indicator and period, in every reading and breakdown: of ``agencies``, None for all."""

    indicator: str
    period: Period
    agencies: frozenset[str] | None


@dataclass(frozen=True)
class Renewed:
    """Which stored figures new ones take the place of: all of some indicators, and those of some blocks.

    ``all``: everything there is. ``rolled`` are the record types whose stale periods are stale no more.
    """

    indicators: frozenset[str]
    blocks: Sequence[Block]
    rolled: Collection[str]
    all: bool = False


class KeptStore(MeasurementStore, Protocol):
    """Stored measurements and the bases they were rolled up from, in one database.

    Whatever reads them raises :class:`~kieng.records.seal.Damaged` when it is not what was written.
    """

    def parts(self, record_type: str) -> list[BasePart]: ...

    def bases(self, record_type: str, way: str, months: Collection[str] | None = None) -> list[pa.Table]:
        """The rows of the parts of one way; of all months for None."""
        ...

    def keep(
        self, parts: Sequence[tuple[BasePart, pa.Table]], stale: Mapping[tuple[str, str], Stale]
    ) -> None:
        """Put parts in the place of those there were, and mark periods (by record type and way) stale too,
        in one transaction."""
        ...

    def stale(self, record_type: str) -> Mapping[str, Stale]:
        """What is stale, by way."""
        ...

    def forget_bases(self) -> None:
        """Have every base made anew. The figures stay until others take their place."""
        ...

    def findings(self) -> list[Finding]:
        """What is kept and is not as it was written."""
        ...

    def renew_tables(self, run: MeasureRun, renewed: Renewed, tables: Iterable[pa.Table]) -> None:
        """Put figures in the place of those ``renewed`` names, in one transaction with the run. ``tables``
        are of :data:`kieng.measurement.figures_table.FIGURES`."""
        ...
