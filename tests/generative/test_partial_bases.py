"""A base may be made in parts: of whichever records, kept as files, put together again in any order."""

from __future__ import annotations

import random
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st
from tests.generative.requests import Case, cases
from tests.helpers.cells import rows_of

from kieng.records.arrow_bytes import from_bytes, to_bytes
from kieng.records.batch import VersionedRecords
from kieng.stores.duckdb.engine import DuckdbEngine

ENGINE = DuckdbEngine(threads=1)


def parts_of(records: VersionedRecords, count: int, seed: int) -> list[VersionedRecords]:
    """Every record, with all its versions, in one of ``count`` parts."""
    chance = random.Random(seed)
    part_of = {key: chance.randrange(count) for key in records.tail["_key"].unique().to_pylist()}
    numbers = pa.array([part_of[key] for key in records.tail["_key"].to_pylist()], pa.int64())
    return [replace(records, tail=records.tail.filter(pc.equal(numbers, part))) for part in range(count)]


def through_a_file(table: pa.Table) -> pa.Table:
    return from_bytes(to_bytes(table))


@given(case=cases(), count=st.integers(1, 4), seed=st.integers(0, 9))
def test_parts_put_together_give_the_cells_of_the_whole(case: Case, count: int, seed: int) -> None:
    parts = [ENGINE.bases(case.request, part) for part in parts_of(case.records, count, seed)]
    by_pass = [[through_a_file(base) for base in bases] for bases in zip(*parts, strict=True)]
    assert rows_of(ENGINE.roll(case.request, by_pass)) == rows_of(ENGINE.cells(case.request, case.records))


@given(case=cases())
def test_the_base_of_some_agencies_is_their_part_of_the_whole(case: Case) -> None:
    agencies = case.records.tail[case.kind.agency_field].unique().to_pylist()
    some = [agency for agency in agencies[::2] if agency is not None]
    whole = ENGINE.bases(case.request, case.records)
    theirs = ENGINE.bases(case.request, case.records, some)
    for all_rows, rows in zip(whole, theirs, strict=True):
        expected = all_rows.filter(pc.is_in(all_rows["agency"], value_set=pa.array(some, pa.string())))
        assert _in_order(rows) == _in_order(expected)


def _in_order(base: pa.Table) -> list[str]:
    lists = [name for name in base.column_names if pa.types.is_list(base.schema.field(name).type)]
    rows = base.to_pylist()
    for row in rows:  # a list holds the values of its records in no particular order
        row |= {name: sorted(row[name], key=str) for name in lists if row[name] is not None}
    return sorted(map(str, rows))
