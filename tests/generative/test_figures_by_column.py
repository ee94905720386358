"""Figures made by column are those made row by row, to the digit: of any plan, and of the ministry's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from tests.generative.requests import Case, cases
from tests.helpers.cells import ENGINES
from tests.integration.foreign.ministry import AS_OF, MAP, Ministry, made
from tests.unit.measurement import row_wise
from tests.unit.measurement.cast import indicator

from kieng.measurement.closure import Maps
from kieng.measurement.coverage import Coverages
from kieng.measurement.figures_table import FIGURES, measurements_of, table_of
from kieng.measurement.measure import asks_by_record_type, cut_off_day, figure_tables, only
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.request import AS_WAS, Request
from kieng.plan.period import Grain
from kieng.records.batch import VersionedRecords
from kieng.stores.duckdb.engine import DuckdbEngine


@pytest.fixture(scope="module")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Ministry:
    return made(tmp_path_factory.mktemp("ministry"))


def assert_same(request: Request, records: VersionedRecords, engine: object) -> int:
    """By column and row by row the same figures; how many. Texts are compared too: 1 is not 1.0 there."""
    cells = engine.cells(request, records)  # type: ignore[attr-defined]
    coverages = Coverages(Maps(request.definitions, request.cut_off))
    tables = list(figure_tables(request, cells, coverages))
    assert all(table.schema == FIGURES for table in tables)
    by_column = [one for table in tables for one in measurements_of(table, request.as_of, request.cut_off)]
    row_by_row = [f for f in row_wise.figures(request, cells, coverages) if says_something(f)]
    assert by_column == row_by_row
    assert str(by_column) == str(row_by_row)
    assert list(measurements_of(table_of(by_column), request.as_of, request.cut_off)) == by_column
    return len(by_column)


def says_something(one: Measurement) -> bool:
    return one.used > 0 or one.status is not Status.NO_DATA


@given(case=cases())
def test_of_any_plan(case: Case) -> None:
    rules = [(ask.indicator, ask.rule) for ask in case.request.asks]
    known = {name: replace(indicator(rule, unit="percent"), id=name) for name, rule in rules}
    definitions = replace(case.request.definitions, indicators=known)
    assert_same(replace(case.request, definitions=definitions), case.records, ENGINES["duckdb"])


def test_of_the_ministry(ministry: Ministry) -> None:
    definitions, count = ministry.workspace.definitions, 0
    for record_type, asks in asks_by_record_type(list(definitions.indicators.values())).items():
        today = cut_off_day(definitions, AS_OF)
        request = Request(definitions, record_type, asks, (AS_WAS, MAP), AS_OF, today)
        records = ministry.workspace.ledger.records(definitions.record_types[record_type], AS_OF)
        count += assert_same(request, records, DuckdbEngine())
    assert count > 1_000


def test_only_the_periods_that_are_wanted_stay(ministry: Ministry) -> None:
    figures = list(ministry.figures.values())
    found = only(table_of(figures), lambda period: period.grain is Grain.YEAR and period.start.year == 2025)
    kept = [f for f in figures if f.period.grain is Grain.YEAR and f.period.start.year == 2025]
    assert 0 < len(kept) < len(figures)
    assert list(measurements_of(found, AS_OF, figures[0].cut_off)) == kept
    assert only(table_of([]), lambda _: True).num_rows == 0
