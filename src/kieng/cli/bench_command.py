"""``bench``: what making, loading and measuring cost on this machine, and how far from the floor."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from kieng.cli.screen import out
from kieng.measurement.measure import asks_by_record_type, both_readings, cut_off_day
from kieng.measurement.request import Request
from kieng.records.batch import VersionedRecords
from kieng.stores.duckdb.floor import hand_written
from kieng.workspace.demo import deliveries, load_all, make_demo
from kieng.workspace.folder import Workspace


@dataclass(frozen=True)
class Cost:
    """Seconds of the clock and of the processor."""

    wall: float
    cpu: float


def cost(work: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


@click.command()
@click.option("--cases", default=300_000, show_default=True, help="Số hồ sơ / how many cases.")
@click.option(
    "--rounds", default=3, show_default=True, help="Số lần đo lặp / rounds of which the median counts."
)
def bench(cases: int, rounds: int) -> None:
    """Đo tốc độ trên máy này. / Time making, loading and measuring, with the ratio to hand-written SQL."""
    with tempfile.TemporaryDirectory(prefix="kieng-bench-") as folder:
        run_bench(Path(folder) / "demo", cases, rounds)


def run_bench(folder: Path, cases: int, rounds: int) -> None:
    workspace = make_demo(folder)
    start = time.perf_counter()
    files = list(deliveries(workspace, cases))
    made = time.perf_counter() - start
    rows = sum(file.rows for file in files)
    line("dựng / generate", Cost(made, made), rows)
    line("nạp / load", cost(lambda: list(load_all(workspace, files))), rows)
    line("đo và lưu, cả hai cách đọc / measure all, both readings, stored", cost(workspace.measure), rows)
    floor = median(lambda: hand_written(case_records(workspace)), rounds)
    line("SQL viết tay, hồ sơ, một cách đọc / hand-written SQL, cases, one reading", floor, rows)
    engine = median(lambda: case_cells(workspace), rounds)
    line("bộ tính, hồ sơ, cả hai cách đọc / engine, cases, both readings", engine, rows)
    out.print(
        f"Tỷ lệ CPU bộ tính trên SQL viết tay / engine to hand-written SQL: {engine.cpu / floor.cpu:.2f}"
    )


def case_records(workspace: Workspace) -> VersionedRecords:
    return workspace.ledger.records(workspace.definitions.record_types["case"])


def case_cells(workspace: Workspace) -> object:
    definitions, as_of = workspace.definitions, datetime.now(UTC)
    request = Request(
        definitions=definitions,
        record_type="case",
        asks=asks_by_record_type(list(definitions.indicators.values()))["case"],
        readings=both_readings(definitions, as_of),
        as_of=as_of,
        cut_off=cut_off_day(definitions, as_of),
    )
    return workspace.engine.cells(request, case_records(workspace))


def median(work: Callable[[], object], rounds: int) -> Cost:
    costs = [cost(work) for _ in range(rounds)]
    return Cost(statistics.median(c.wall for c in costs), statistics.median(c.cpu for c in costs))


def line(what: str, spent: Cost, rows: int) -> None:
    rate = rows / spent.wall if spent.wall else 0
    out.print(f"{what:<72} {spent.wall:8.2f} s  CPU {spent.cpu:8.2f} s  {rate:12,.0f} rows/s")
