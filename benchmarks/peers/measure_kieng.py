"""Benchmark 2, Kiềng: the engine's cells of the same indicators, from the same files.

The second argument says how much: ``cells`` of the map as it was; ``readings``, those of today's map too;
``measurements``, both, and every cell made into a measurement. All of them hold more than the peers give:
the whole tree of every day, coverage, origins.
"""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
from indicators import CONDITIONS, INDICATORS, Counted, Counts, Job, contest

from kieng.measurement.closure import Maps
from kieng.measurement.coverage import Coverages
from kieng.measurement.figures_table import measurements_of
from kieng.measurement.measure import asks_by_record_type, both_readings, cut_off_day, figure_tables
from kieng.measurement.request import AS_WAS, Request
from kieng.plan.definitions import Definitions
from kieng.plan.load import load_or_refuse
from kieng.records.batch import VersionedRecords, ledger_schema
from kieng.stores.duckdb.engine import DuckdbEngine
from kieng.workspace.demo import WORKSPACE

AS_OF = datetime(2026, 2, 1, tzinfo=UTC)
_INDICATOR = """
id: {id}
name: {{vi: "{id}", en: "{id}"}}
pillar: government
unit: {unit}
better: higher
watch: [province, department, {{level: district, until: 2025-07-01}}, commune]
lead: gl-van-phong
record: case
period: month, by received_at
value: "{formula}"
reporters: [department, district, commune]
source: {{document: "benchmark", date: 2026-01-01, confidence: D}}
examples:
  - records:
      - {{received_at: "2023-06-01T09:00:00"}}
    expect: {expect}
"""


def definitions(folder: Path) -> Definitions:
    """The example's, with the indicators of the benchmark beside its own."""
    shutil.copytree(WORKSPACE, folder, dirs_exist_ok=True)
    for one in INDICATORS:
        text = _INDICATOR.format(
            id=_id(one),
            unit="percent" if one.is_ratio else "count",
            formula=one.formula,
            expect=_expected(one),
        )
        (folder / "indicators" / f"{_id(one)}.yaml").write_text(text)
    return load_or_refuse(folder)


def _id(one: Counted) -> str:
    return f"bench-{one.name.replace('_', '-')}"


def _expected(one: Counted) -> str:
    """Of a case of which nothing but the day is known."""
    if not one.is_ratio:
        return '"1"'
    return '"0 (0 / 1)"' if one.under == "" else "zero denominator"


def request_of(known: Definitions, wanted: list[Counted], both: bool) -> Request:
    asks = asks_by_record_type([known.indicators[_id(one)] for one in wanted])["case"]
    readings = both_readings(known, AS_OF) if both else (AS_WAS,)
    return Request(known, "case", asks, readings, AS_OF, cut_off_day(known, AS_OF))


def records_of(known: Definitions, job: Job) -> VersionedRecords:
    kind = known.record_types["case"]
    once, newer = tuple(map(Path, job.once)), tuple(map(Path, job.newer))
    months = tuple((month, 0) for month in sorted({path.parent.name for path in once}))
    return VersionedRecords(kind, once, newer, ledger_schema(kind).empty_table(), AS_OF, 9, months)


def leaf_counts(known: Definitions, cells: pa.Table) -> Counts:
    """The counts of agencies with nobody below them: they rest on their own records alone."""
    found: dict[tuple[str, date], dict[str, int]] = {}
    conditions = {_id(one): one.conditions for one in INDICATORS}
    months = {day: known.tree.on(day).children_of for day in set(cells["start"].to_pylist())}
    for row in cells.to_pylist():
        if months[row["start"]].get(row["agency"]) == ():
            place = found.setdefault((row["agency"], row["start"]), {})
            place |= zip(conditions[row["indicator"]], map(int, row["parts"]), strict=True)
    return [(*place, *(some[condition] for condition in CONDITIONS)) for place, some in found.items()]


def main(how_much: str) -> None:
    job = Job.asked()
    known = definitions(Path(job.work) / "workspace")
    records = records_of(known, job)
    engine, coverages = DuckdbEngine(), Coverages(Maps(known))

    def measure(wanted: list[Counted]) -> pa.Table:
        request = request_of(known, wanted, both=how_much != "cells")
        cells = engine.cells(request, records)
        if how_much == "measurements":
            for table in figure_tables(request, cells, coverages):
                for _ in measurements_of(table, request.as_of):
                    pass
        return cells

    def count() -> Counts:
        return leaf_counts(known, engine.cells(request_of(known, INDICATORS, both=False), records))

    contest(job, measure, count)


if __name__ == "__main__":
    main(sys.argv[2])
