"""What the spec files do not say: files beside the tail, limits, and what is refused by name."""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pyarrow.parquet as pq
import pytest
from tests.unit.measurement.cast import AS_OF, indicator, rule, visits, world

from kieng.measurement.measure import asks_by_record_type
from kieng.measurement.request import AS_WAS, CELLS, Reading, Request, Unsupported
from kieng.plan.indicator import Indicator
from kieng.stores.duckdb import DuckdbEngine
from kieng.stores.duckdb import engine as module

VISITS = """
agency | on_day     | amount | number              | @recorded  | @batch
a      | 2024-06-10 | 10.5   | 9223372036854775807 | 2024-06-11 | 1
b      | 2024-06-12 | 0.1    | 9223372036854775807 | 2024-06-12 | 2
b      | 2024-06-13 | 0.2    |                     | 2024-06-12 | 2
"""
TODAY = Reading(date(2024, 9, 30))


def request_for(wanted: Indicator, *readings: Reading) -> Request:
    definitions = world(wanted)
    asks = asks_by_record_type([wanted])["visit"]
    return Request(definitions, "visit", asks, readings or (AS_WAS,), AS_OF, date(2024, 9, 30))


def parts(request: Request, records=None, engine=None) -> dict[str, Decimal]:
    cells = (engine or DuckdbEngine(threads=1)).cells(request, records or visits(VISITS))
    assert cells.schema.equals(CELLS)
    return {row["agency"]: row["parts"][0] for row in cells.to_pylist()}


def test_segments_and_tail_are_read_as_one(tmp_path):
    records = visits(VISITS)
    pq.write_table(records.tail.slice(0, 2), tmp_path / "it's a segment.parquet")
    split = replace(records, newer=(tmp_path / "it's a segment.parquet",), tail=records.tail.slice(2))

    request = request_for(indicator(rule("sum(amount)")))

    assert (
        parts(request, split) == parts(request) == {"a": 10.5, "b": Decimal("0.3"), "tinh": Decimal("10.8")}
    )


def test_no_records_give_no_cells():
    empty = replace(visits(VISITS), tail=visits(VISITS).tail.slice(0, 0))

    assert parts(request_for(indicator(rule("count(*)"))), empty) == {}


def test_a_sum_wider_than_64_bits_is_exact():
    assert parts(request_for(indicator(rule("sum(number)"))))["tinh"] == Decimal(2 * (2**63 - 1))


def test_a_number_that_has_no_room_is_refused_by_name():
    with pytest.raises(Unsupported, match="(?i)range|overflow|cast"):
        parts(request_for(indicator(rule("sum(number * number)"))))


def test_a_part_that_would_have_to_be_rounded_is_refused():
    cubes = request_for(indicator(rule("sum(amount * amount * amount)")))
    assert parts(cubes)["a"] == Decimal("1157.625")

    fine = "agency | on_day | amount\nb | 2024-06-10 | 0.000001"
    with pytest.raises(Unsupported, match="more than 15 digits"):
        parts(cubes, visits(fine))


def test_threads_and_memory_do_not_change_the_answer(tmp_path):
    request = request_for(indicator(rule("sum(amount)")), AS_WAS, TODAY)
    small = DuckdbEngine(threads=2, memory="200MB", spill_to=tmp_path)

    assert parts(request, engine=small) == parts(request)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    del small
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_one_engine_serves_one_workspace_after_another():
    engine = DuckdbEngine(threads=1)
    first = request_for(indicator(rule("count(*)")), TODAY)
    other = replace(first, definitions=replace(first.definitions, reorganisations=()))

    assert "c" in parts(first, engine=engine)
    assert "c" not in parts(other, engine=engine)


@pytest.mark.parametrize("fault", [duckdb.InternalException, duckdb.FatalException])
def test_a_database_that_fails_inwardly_is_left_for_a_new_one(monkeypatch, fault):
    """As DuckDB 2.0.0 did in every tenth measuring of one indicator: until its process ended, nothing more
    could be measured in it."""
    engine, request = DuckdbEngine(threads=1), request_for(indicator(rule("sum(amount)")))
    right = parts(request, engine=engine)
    broken, asked, run = engine._database, [], module._run

    def failing(connection, query, tables):
        asked.append(query)
        if engine._database is broken:
            raise fault("assertion failed")
        return run(connection, query, tables)

    monkeypatch.setattr(module, "_run", failing)
    assert parts(request, engine=engine) == right
    assert engine._database is not broken
    assert len(asked) == 3  # the first query twice


def test_what_fails_again_is_told(monkeypatch):
    def failing(*_):
        raise duckdb.InternalException("assertion failed")

    monkeypatch.setattr(module, "_run", failing)
    with pytest.raises(duckdb.InternalException):
        parts(request_for(indicator(rule("sum(amount)"))))


def test_what_is_computed_can_be_interrupted():
    engine, told = DuckdbEngine(threads=1), []
    rows = "FROM range(100000) a, range(100000) b"

    def work() -> None:
        try:
            engine._asked(
                lambda connection: [connection.sql(f"SELECT sum(a.range * b.range) {rows}").fetchall()]
            )
        except duckdb.InterruptException:
            told.append("interrupted")

    worker = threading.Thread(target=work)
    worker.start()
    until = time.monotonic() + 20
    while worker.is_alive() and time.monotonic() < until:
        engine.interrupt()
        time.sleep(0.05)
    worker.join(5)
    assert told == ["interrupted"]
    assert engine._running == []
