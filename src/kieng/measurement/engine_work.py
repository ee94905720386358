"""What an update asks of an engine: bases of some months, and figures rolled up from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.base_upkeep import Step
from kieng.measurement.coverage import Coverages
from kieng.measurement.fuse import Pass
from kieng.measurement.kept import Block, Stale
from kieng.measurement.measure import only
from kieng.measurement.query import PassQueries
from kieng.measurement.request import Ask, Request
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.records.batch import VersionedRecords

#: What is made of more than this (bytes of files, rows of bases) has the memory to itself.
SMALL_FILES, SMALL_BASES = 32 << 20, 1_000_000


class BaseEngine(Protocol):
    """An engine that makes bases of some of the records, and cells of bases: either in another thread than
    the one that asks the rest of it, one at a time."""

    def bases(
        self, request: Request, records: VersionedRecords, agencies: Sequence[str] | None = None
    ) -> list[pa.Table]: ...

    def roll(
        self,
        request: Request,
        bases: Sequence[Sequence[pa.Table]],
        agencies: Collection[str] | None = None,
    ) -> pa.Table: ...

    def queries(self, pass_: Pass) -> PassQueries: ...

    def coverages(self, definitions: Definitions, cut_off: date) -> Coverages: ...

    def interrupt(self) -> None: ...


@dataclass(frozen=True)
class Roll:
    """Figures of one way to be rolled up: of these periods and (None: all) agencies; None for all."""

    request: Request
    way: str
    wanted: Stale | None

    def of(self, table: pa.Table) -> pa.Table:
        """The figures of a table of FIGURES that are wanted."""
        if self.wanted is None:
            return table
        whole = [code for code, agencies in self.wanted.items() if agencies is None]
        found = [only(table, lambda period: period.code in whole)]
        for agencies, codes in self._by_agencies().items():
            own = pc.is_in(
                table["agency"].cast(pa.string()), value_set=pa.array(sorted(agencies), pa.string())
            )
            some = table.filter(own)
            found.append(only(some, lambda period, codes=codes: period.code in codes))  # type: ignore[misc]
        return pa.concat_tables(found)

    def _by_agencies(self) -> Mapping[frozenset[str], set[int]]:
        """The periods of which figures of the same agencies are wanted."""
        found: dict[frozenset[str], set[int]] = {}
        for code, agencies in (self.wanted or {}).items():
            if agencies is not None:
                found.setdefault(agencies, set()).add(code)
        return found

    def agencies(self) -> frozenset[str] | None:
        """All agencies of which a figure is wanted in some period."""
        if self.wanted is None or None in self.wanted.values():
            return None
        return frozenset().union(*(agencies or () for agencies in self.wanted.values()))

    def needed(self) -> frozenset[int] | None:
        """The periods whose bases are needed: formulas may look back."""
        if self.wanted is None or not looks_back(self.request.asks):
            return None if self.wanted is None else frozenset(self.wanted)
        periods = [Period.of_code(code) for code in self.wanted]
        earlier = {p.shift(-1).code for p in periods} | {p.years_before(1).code for p in periods}
        return frozenset(earlier) | frozenset(self.wanted)

    def blocks(self) -> Iterator[Block]:
        """What takes the place of stored figures, beside whole indicators."""
        for code, agencies in (self.wanted or {}).items():
            period = Period.of_code(code)
            for ask in self.request.asks:
                if period.grain in ask.rule.counting.grains and ask.rule.holds_in(period):
                    yield Block(ask.indicator, period, agencies)


@dataclass(frozen=True)
class Making:
    """Bases of some months of a record type to be made anew. ``keys``: of each way."""

    request: Request
    keys: Mapping[str, str]
    step: Step

    def by(self, engine: BaseEngine) -> Callable[[], list[pa.Table]]:
        work, request = self.step.works[0], self.request
        asked = request if work.since is None else replace(request, first=_later(request.first, work.since))
        agencies = None if work.agencies is None else sorted(work.agencies)
        return lambda: engine.bases(asked, self.step.records, agencies)


@dataclass(frozen=True)
class Rolling:
    """A roll with the bases it needs."""

    roll: Roll
    bases: Sequence[pa.Table]

    def by(self, engine: BaseEngine) -> Callable[[], pa.Table]:
        return lambda: engine.roll(self.roll.request, [self.bases], self.roll.agencies())


def looks_back(asks: Sequence[Ask]) -> bool:
    """Whether a formula asks for earlier periods than its own."""
    return any(ask.rule.formula.looks_back_by() for ask in asks)


def _later(one: date | None, other: date) -> date:
    return other if one is None else max(one, other)
