"""The reference engine: walks record by record and says what every number must be.

No SQL, no cleverness, no speed. Where another engine disagrees with it, one of the two is wrong, and
this one is short enough to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context as DecimalContext
from decimal import Decimal, Inexact, localcontext
from functools import reduce
from operator import or_
from typing import Any

import pyarrow as pa

from kieng.measurement.request import CELLS, Ask, Reading, Request
from kieng.plan.formula.nodes import Aggregate, AggregateKind
from kieng.plan.indicator import Rule
from kieng.plan.period import Grain, Period
from kieng.plan.recast import Atlas
from kieng.plan.record_type import RecordType
from kieng.plan.stock_succession import StockSuccession
from kieng.records.batch import VersionedRecords
from kieng.stores.reference.aggregates import (
    Share,
    counts,
    exact_decimal,
    gives,
    is_blocked,
    newness,
    part,
    state_of,
)
from kieng.stores.reference.coverage import people_of, reporters_of
from kieng.stores.reference.known import known_records
from kieng.stores.reference.landing import agencies_counting
from kieng.stores.reference.membership import effective_cut_off, periods_of
from kieng.stores.reference.reporting import Reports, Said
from kieng.stores.reference.resting import resting_on
from kieng.stores.reference.rows import Context, Record
from kieng.stores.reference.stocks import stock_keys

# Wide enough for any product of two decimal fields; a rounded digit is an error, never a figure.
EXACT = DecimalContext(prec=100, traps=[Inexact])


class ReferenceEngine:
    """Implements :class:`kieng.measurement.request.Engine`."""

    name = "reference"

    def cells(self, request: Request, records: VersionedRecords) -> pa.Table:
        """A table of CELLS. Raises Unsupported for a part that would have to be rounded."""
        known = known_records(records, request.as_of)
        with localcontext(EXACT):
            world = request.definitions.tree, request.definitions.reorganisations
            maps = Atlas(*world), StockSuccession(*world)
            rows = [row for ask in request.asks for row in _cells_of_ask(ask, known, request, *maps)]
        return pa.Table.from_pylist(rows, schema=CELLS)


@dataclass(frozen=True)
class Slice:
    """What one set of cells is about: a rule in one period and reading, for one breakdown's value."""

    ask: Ask
    period: Period
    reading: Reading
    breakdown: tuple[str, str | None] | None
    request: Request
    atlas: Atlas
    succession: StockSuccession

    @property
    def until(self) -> date:
        """The last day of the period that is looked at."""
        return effective_cut_off(self.period, self.request)

    @property
    def rule(self) -> Rule:
        return self.ask.rule

    @property
    def record_type(self) -> RecordType:
        return self.request.definitions.record_types[self.rule.record]

    @property
    def context(self) -> Context:
        definitions = self.request.definitions
        return Context(
            cut_off=self.until,
            calendar=definitions.calendar,
            clocks=definitions.clocks,
            clock_fields=self.record_type.clock,
        )

    def agencies(self, record: Record) -> Mapping[str, int]:
        """The agencies ``record`` counts for, each with its weight."""
        definitions = self.request.definitions
        asked = self.rule, self.period, self.reading, definitions, self.atlas, self.until
        return agencies_counting(record, *asked)

    def gives(self, aggregate: Aggregate, record: Record) -> bool:
        """Whether ``aggregate`` can be made from ``record``."""
        return gives(aggregate, self.rule.formula, record, self.context)


def _cells_of_ask(
    ask: Ask, records: Sequence[Record], request: Request, atlas: Atlas, succession: StockSuccession
) -> Iterator[dict[str, Any]]:
    for grain in ask.rule.counting.grains:
        for period, counted in _by_period(ask.rule, grain, records, request).items():
            for reading in request.readings:
                for breakdown, group in _by_breakdown(ask.rule, counted, reading).items():
                    slice_ = Slice(ask, period, reading, breakdown, request, atlas, succession)
                    yield from _cells(slice_, group)


def _by_period(
    rule: Rule, grain: Grain, records: Sequence[Record], request: Request
) -> dict[Period, list[Record]]:
    """The records of each period in which ``rule`` holds."""
    groups: dict[Period, list[Record]] = {}
    for record in records:
        for period in periods_of(record, rule.counting, grain, request):
            if rule.holds_in(period):
                groups.setdefault(period, []).append(record)
    return groups


Breakdown = tuple[str, str | None]


def _by_breakdown(
    rule: Rule, records: Sequence[Record], reading: Reading
) -> dict[Breakdown | None, list[Record]]:
    """All records (None), and those of each value of each breakdown field; of a lineage all only."""
    groups: dict[Breakdown | None, list[Record]] = {None: list(records)}
    for field in rule.breakdowns if reading.line is None else ():
        for record in records:
            groups.setdefault((field, text_of(record[field])), []).append(record)
    return groups


def text_of(value: Any) -> str | None:
    """A breakdown's value as text: codes as they are, ``true``/``false``, ISO dates."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _cells(slice_: Slice, records: Sequence[Record]) -> Iterator[dict[str, Any]]:
    """One cell for every agency that some record counts for."""
    shares: dict[str, list[Share]] = {}
    for record in records:
        for agency, weight in slice_.agencies(record).items():
            shares.setdefault(agency, []).append(Share(record, weight))
    stocks = _stocks(slice_, records)
    standing = _standing(slice_, records, stocks)
    for agency, in_agency in shares.items():
        if slice_.record_type.carries_figures and not _used(slice_, [share.record for share in in_agency]):
            continue
        yield _cell(slice_, agency, in_agency, stocks) | _reporting(slice_, in_agency, standing)


def _standing(
    slice_: Slice, records: Sequence[Record], stocks: Mapping[int, set[str]]
) -> dict[int, frozenset[str]]:
    """For each ``latest`` of the formula, the agencies whose stock counts."""
    name = slice_.record_type.agency_field
    return {
        number: frozenset(record[name] for record in records if record["_key"] in keys)
        for number, keys in stocks.items()
    }


def _stocks(slice_: Slice, records: Sequence[Record]) -> dict[int, set[str]]:
    """For each ``latest`` of the formula, the keys of the records that make the stock."""
    return {
        number: stock_keys(
            [record for record in records if slice_.gives(aggregate, record)],
            slice_.rule,
            slice_.record_type,
            slice_.until,
            slice_.succession,
        )
        for number, aggregate in enumerate(slice_.rule.formula.aggregates)
        if aggregate.kind is AggregateKind.LATEST
    }


def _cell(
    slice_: Slice, agency: str, shares: Sequence[Share], stocks: Mapping[int, set[str]]
) -> dict[str, Any]:
    records = [share.record for share in shares]
    field, value = slice_.breakdown or (None, None)
    return {
        "indicator": slice_.ask.indicator,
        "rule": slice_.ask.rule_number,
        "reading": str(slice_.reading),
        "agency": agency,
        "grain": slice_.period.grain.value,
        "start": slice_.period.start,
        "breakdown_field": field,
        "breakdown_value": value,
        "weighted": not all(share.whole for share in shares),
        "records": len(shares),
        **_parts(slice_, shares, stocks),
        **_quality(slice_, records, stocks),
    }


def _reporting(
    slice_: Slice, shares: Sequence[Share], standing: Mapping[int, frozenset[str]]
) -> dict[str, Any]:
    """How many of the cell's reporters have said what."""
    tree = slice_.request.definitions.tree
    said = _said(slice_, [share.record for share in shares], standing)
    covered = [reporter for reporter, told in said.items() if told.covered]
    excused = [reporter for reporter, told in said.items() if told.not_applicable]
    return {
        "reporting": len(covered),
        "reporting_people": people_of(covered, slice_.period, tree),
        "not_applicable": len(excused),
        "not_applicable_people": people_of(excused, slice_.period, tree),
        "no_data": sum(told.no_data for told in said.values()),
        "nought": sum(told.nought for told in said.values()),
        "inherited": sum(told.inherited for told in said.values()),
    }


def said_in(slice_: Slice, agency: str, records: Sequence[Record]) -> dict[str, Said]:
    """What each reporter with records in the cell of ``agency`` has said, of all ``records`` of the slice."""
    in_cell = [record for record in records if agency in slice_.agencies(record)]
    return _said(slice_, in_cell, _standing(slice_, records, _stocks(slice_, records)))


def _said(
    slice_: Slice, in_cell: Sequence[Record], standing: Mapping[int, frozenset[str]]
) -> dict[str, Said]:
    name = slice_.record_type.agency_field
    reports = Reports(slice_.rule, slice_.record_type, slice_.context, standing)
    asked = slice_.ask, slice_.period, slice_.until, slice_.request.definitions, slice_.atlas
    speaking: dict[str, list[Record]] = {}
    for agency, reporter in reporters_of((record[name] for record in in_cell), *asked).items():
        speaking.setdefault(reporter, []).extend(one for one in in_cell if one[name] == agency)
    return {reporter: reports.said(reporter, theirs) for reporter, theirs in speaking.items()}


def _used(slice_: Slice, records: Sequence[Record]) -> list[Record]:
    """The records that some aggregate counts."""
    aggregates = slice_.rule.formula.aggregates
    return [r for r in records if any(counts(aggregate, r, slice_.context) for aggregate in aggregates)]


def _parts(slice_: Slice, shares: Sequence[Share], stocks: Mapping[int, set[str]]) -> dict[str, Any]:
    parts: list[Decimal | None] = []
    blocked = False
    for number, aggregate in enumerate(slice_.rule.formula.aggregates):
        used = [share for share in shares if slice_.gives(aggregate, share.record)]
        if number in stocks:
            used = [share for share in used if share.record["_key"] in stocks[number]]
        blocked = blocked or is_blocked(aggregate, used)
        parts.append(exact_decimal(part(aggregate, used, slice_.context)))
    return {"parts": parts, "blocked": blocked}


def _quality(slice_: Slice, records: Sequence[Record], stocks: Mapping[int, set[str]]) -> dict[str, Any]:
    """What the used records say of themselves: state (a stock: of what makes it), absence, origins."""
    used = _used(slice_, records)
    making = set().union(*stocks.values()) if slice_.rule.is_stock else {r["_key"] for r in used}
    told = [state_of(r, slice_.record_type) for r in used if r["_key"] in making]
    states = [state for state in told if state >= 0]
    return {
        "used": len(used),
        "state": min(states, default=None),
        "absence": _newest_absence(slice_, used),
        "origins": reduce(
            or_, (r["_origin"] for r in resting_on(records, slice_.rule, slice_.record_type, slice_.context))
        ),
    }


def _newest_absence(slice_: Slice, used: Sequence[Record]) -> str | None:
    field = slice_.record_type.absence_field
    if field is None or not used:
        return None
    newest = max(used, key=lambda r: newness(r, slice_.rule.counting, slice_.record_type))
    return newest[field]  # type: ignore[no-any-return]
