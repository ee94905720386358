"""From definitions and records to measurements: every indicator, agency, period and reading.

Cells say what the records give. To these come the figures that are *not* there: a watched agency without
a single record has a measurement that says so, and so have records that no map can place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.closure import Maps
from kieng.measurement.coverage import Coverages
from kieng.measurement.examples import refuse_failing_examples
from kieng.measurement.figures_table import NOTHING_SOONER, measurements_of, table_of
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, LINEAGE, LINEAGE_SHARED, Ask, Engine, Reading, Request
from kieng.measurement.rows import Places, RuleRows
from kieng.measurement.silence import reach_of
from kieng.measurement.table_rows import distinct, numbered
from kieng.measurement.unplaced import cannot_place, unplaced
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain, Period
from kieng.records.batch import VersionedRecords

RecordsOf = Callable[[str], VersionedRecords]


@dataclass(frozen=True)
class Span:
    """The periods wanted: those that overlap ``first`` to ``last``. None: from the first record, up to
    the cut-off. With ``first``, figures that are not there are named from ``first`` on."""

    first: date | None = None
    last: date | None = None

    def has(self, period: Period) -> bool:
        return (self.first is None or period.last_day >= self.first) and (
            self.last is None or period.start <= self.last
        )


ALL_TIME = Span()


def cut_off_day(definitions: Definitions, as_of: datetime) -> date:
    """The local day of ``as_of``: the last one a measurement looks at."""
    return as_of.astimezone(ZoneInfo(definitions.time_zone)).date()


def both_readings(definitions: Definitions, as_of: datetime) -> tuple[Reading, Reading]:
    """As it was, and on the map of the cut-off day ("today")."""
    return AS_WAS, Reading(cut_off_day(definitions, as_of))


def kept_readings(definitions: Definitions, as_of: datetime) -> tuple[Reading, ...]:
    """What is measured beforehand: both readings, and the lineages that promises are judged by."""
    return (*both_readings(definitions, as_of), LINEAGE, LINEAGE_SHARED)


def measure(
    definitions: Definitions,
    engine: Engine,
    records_of: RecordsOf,
    as_of: datetime,
    readings: Sequence[Reading] | None = None,
    indicators: Sequence[Indicator] | None = None,
    span: Span = ALL_TIME,
    name_missing: bool = True,
    known: Mapping[str, date] = NOTHING_SOONER,
) -> Iterator[Measurement]:
    """Every figure of ``indicators`` (all of them when None) on ``readings`` (both when None).

    ``records_of`` gives the versions of a record type's records. ``name_missing`` adds a measurement for
    every watched agency and period without a record (:func:`missing_figures` gives them one by one).
    ``known``: through which day what an indicator counts was delivered, where that was before ``as_of``.
    Nothing is measured before the definitions' ``measured_from``. Raises UserError, before the first
    number, when a rule's own worked examples do not come out as written.
    """
    refuse_failing_examples(definitions, engine)
    span = _not_before(definitions.measured_from, span)
    wanted = list(definitions.indicators.values()) if indicators is None else indicators
    coverages = Coverages(Maps(definitions, cut_off_day(definitions, as_of)))
    for record_type, asks in asks_by_record_type(wanted).items():
        records = records_of(record_type)
        request = Request(
            definitions=definitions,
            record_type=record_type,
            asks=asks,
            reach=reach_of(records, cut_off_day(definitions, as_of), asks),
            readings=tuple(readings or both_readings(definitions, as_of)),
            as_of=as_of,
            cut_off=cut_off_day(definitions, as_of),
            first=first_looked_at(span, asks),
            last=span.last,
        )
        yield from measure_request(request, engine, records, coverages, span, name_missing, known)


def asks_by_record_type(indicators: Sequence[Indicator]) -> Mapping[str, tuple[Ask, ...]]:
    """One ask per rule, together for each record type: what one fused pass is made of."""
    found: dict[str, list[Ask]] = {}
    for indicator in indicators:
        for number, rule in enumerate(indicator.rules):
            found.setdefault(rule.record, []).append(Ask(indicator.id, number, rule))
    return {record_type: tuple(asks) for record_type, asks in found.items()}


def _not_before(day: date | None, span: Span) -> Span:
    return span if day is None else Span(max(day, span.first or day), span.last)


def measure_request(
    request: Request,
    engine: Engine,
    records: VersionedRecords,
    coverages: Coverages,
    span: Span = ALL_TIME,
    name_missing: bool = True,
    known: Mapping[str, date] = NOTHING_SOONER,
) -> Iterator[Measurement]:
    """The measurements of one record type; ``known`` as of :func:`measure`."""
    for table in _tables(request, engine, records, coverages, span, name_missing):
        yield from measurements_of(table, request.as_of, request.cut_off, known)


def _tables(
    request: Request,
    engine: Engine,
    records: VersionedRecords,
    coverages: Coverages,
    span: Span,
    name_missing: bool,
) -> Iterator[pa.Table]:
    """The figures of one record type: a table of FIGURES for each ask, and more for those who are
    missing."""
    cells = engine.cells(request, records)
    first = span.first or pc.min(cells["start"]).as_py()
    if name_missing:
        yield from _with_missing(request, cells, coverages, span, first)
    else:
        yield from (_within(table, span) for table in figure_tables(request, cells, coverages))
    left_out = unplaced(request, records, coverages.maps)
    yield table_of(cannot_place(one, request) for one in left_out if span.has(one.period))


def _with_missing(
    request: Request, cells: pa.Table, coverages: Coverages, span: Span, first: date | None
) -> Iterator[pa.Table]:
    places = Places(tuple(request.definitions.tree.agencies))
    for ask in request.asks:
        rows = RuleRows(request, ask, coverages, places)
        found = rows.figures(cells)
        yield _within(found, span)
        if first is not None:
            yield table_of(one for one in rows.without_records(first, found) if span.has(one.period))


def figure_tables(request: Request, cells: pa.Table, coverages: Coverages) -> Iterator[pa.Table]:
    """The figures of cells, a table of FIGURES for each ask; nobody who is missing is named."""
    places = Places(tuple(request.definitions.tree.agencies))
    for ask in request.asks:
        yield RuleRows(request, ask, coverages, places).figures(cells)


def only(table: pa.Table, wanted: Callable[[Period], bool]) -> pa.Table:
    """The figures of those periods of a table of FIGURES that are wanted."""
    (starts, start_of), (grains, grain_of) = numbered(table["start"]), numbered(table["grain"])
    period_of, first = distinct([start_of, grain_of])
    pairs = zip(start_of[first], grain_of[first], strict=True)
    is_wanted = [wanted(Period(starts[start], Grain(grains[grain]))) for start, grain in pairs]
    return table.filter(pa.array(np.array(is_wanted, np.bool_)[period_of]))


def _within(table: pa.Table, span: Span) -> pa.Table:
    return table if span == ALL_TIME else only(table, span.has)


def missing_figures(
    definitions: Definitions,
    indicator: Indicator,
    period: Period,
    reading: Reading,
    as_of: datetime,
    present: Iterable[str],
) -> Iterator[Measurement]:
    """The measurements of watched agencies that are not among ``present``: they say that there is no
    data, so that nobody drops out of a list silently."""
    rule = indicator.rule_for(period)
    if rule is None or period.grain not in rule.counting.grains:
        return
    request = Request(
        definitions=definitions,
        record_type=rule.record,
        asks=(Ask(indicator.id, indicator.rules.index(rule), rule),),
        readings=(reading,),
        as_of=as_of,
        cut_off=cut_off_day(definitions, as_of),
    )
    coverages = Coverages(Maps(definitions, request.cut_off))
    rows = RuleRows(request, request.asks[0], coverages, Places(()))
    yield from rows.missing_in(period, reading, present)


def declared_figure(
    definitions: Definitions, indicator: str, agency: str, period: Period, reading: Reading, as_of: datetime
) -> Measurement | None:
    """What is said of an agency without a figure, for which the plan declares that there can be none."""
    if not any((one.indicator, one.agency) == (indicator, agency) for one in definitions.not_applicable):
        return None
    told = definitions.indicators[indicator]
    missing = missing_figures(definitions, told, period, reading, as_of, present=())
    return next((one for one in missing if one.agency == agency), None)


def first_looked_at(span: Span, asks: Sequence[Ask]) -> date | None:
    """The first day of records that figures of ``span`` rest on: a year before it when a formula looks
    back."""
    looks_back = any(ask.rule.formula.looks_back_by() for ask in asks)
    if span.first is None or not looks_back:
        return span.first
    return span.first.replace(year=span.first.year - 1, day=1)
