"""Kiềng at any size, end to end: append, tidy, measure, and one record brought into every figure it touches.

    .venv/bin/python benchmarks/scale.py all --cases 1000000 --folder /var/tmp/scale/1m

Or one step at a time, each a process of its own so that its peak memory is its own: ``make`` appends N cases
in deliveries of ``--batch``, a newer version of a fifth of them, and the other record types in proportion
(``scale_plan.SHARES``); ``tidy`` puts pieces together; ``measure`` measures fifty indicators in both readings
from nothing; ``one`` appends a single record and measures, ``--times`` over. Every step prints a line of JSON
and adds it to ``figures.jsonl`` in the folder: seconds of the processor and of the clock, peak memory, and
what a record costs. All records are synthetic.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from scale_plan import SHARES, write_workspace
from scale_records import Maker

from kieng.plan.record_type import RecordType
from kieng.records.batch import Delivery, Origin
from kieng.records.rewriting import USUAL, Policy
from kieng.workspace.folder import Workspace

STEPS = ("make", "tidy", "measure", "one")


def make(workspace: Workspace, cases: int, batch: int) -> dict[str, object]:
    maker, spent, clock, appended, slowest = Maker(workspace.definitions), 0.0, 0.0, 0, 0.0
    for kind, share in SHARES.items():
        count = int(cases * share / 100)
        for first in range(0, count, batch):
            for newer in (False, True):
                rows = maker.batch(kind, count, first, min(first + batch, count), newer)
                if not rows.num_rows:
                    continue
                start, wall = time.process_time(), time.perf_counter()
                workspace.ledger.append(_delivery(workspace, kind, rows, f"{first} {newer}"))
                took = time.process_time() - start
                spent, clock = spent + took, clock + time.perf_counter() - wall
                appended, slowest = appended + rows.num_rows, max(slowest, took / rows.num_rows)
    return {
        "rows": appended,
        "append_cpu": spent,
        "append_clock": clock,
        "us_per_row": 1e6 * spent / appended,
        "slowest_us_per_row": 1e6 * slowest,
    }


def _delivery(workspace: Workspace, kind: str, rows: pa.Table, key: str) -> Delivery:
    return Delivery(
        record_type=workspace.definitions.record_types[kind],
        rows=rows,
        source="scale",
        key=f"{kind} {key}",
        origin=Origin.SYNTHETIC,
        by="benchmark",
        mapping="none",
        mapping_hash="0",
    )


def tidy(workspace: Workspace, everything: bool = False) -> dict[str, object]:
    kinds: list[RecordType] = [workspace.definitions.record_types[kind] for kind in SHARES]
    count = workspace.ledger.tidy(kinds, Policy.everything() if everything else USUAL)
    workspace.ledger.sweep()
    return {"partitions": count}


def measure(workspace: Workspace) -> dict[str, object]:
    workspace.measure(full=True)
    return {"figures": workspace.stored.count()}


def one(workspace: Workspace, cases: int, times: int) -> dict[str, object]:
    """A case accepted and in every figure: a new one, in turn with a newer version of one there is."""
    maker, salt = Maker(workspace.definitions), time.time_ns()
    clocks: dict[str, list[float]] = {"append": [], "measure": [], "both": [], "cpu": []}
    for number in range(times + 2):
        place = cases - 1 - (number * 7919) % (cases // 30)  # of the last two months
        rows = maker.batch("case", cases, place, place + 1)
        if number % 2:
            changed = pa.array([f"case:new:{salt}:{number}"])
            rows = rows.set_column(0, "_key", changed)
        else:
            at = rows.schema.get_field_index("fee_due")
            fee = pa.array([Decimal(number + salt % 9999)], rows["fee_due"].type)
            rows = rows.set_column(at, "fee_due", fee)
        delivery = _delivery(workspace, "case", rows, f"one {salt} {number}")
        start, cpu = time.perf_counter(), time.process_time()
        receipt = workspace.ledger.append(delivery)
        middle = time.perf_counter()
        workspace.measure()
        end = time.perf_counter()
        if receipt.accepted != 1:
            raise AssertionError(receipt)
        if number >= 2:  # the first fill what a serving process has in memory
            for name, took in (("append", middle - start), ("measure", end - middle), ("both", end - start)):
                clocks[name].append(took)
            clocks["cpu"].append(time.process_time() - cpu)
    return {
        f"{name}_{share}": _quantile(found, share) for name, found in clocks.items() for share in (50, 95)
    }


def _quantile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def _bytes_below(folder: Path) -> Iterator[int]:
    return (path.stat().st_size for path in folder.rglob("*") if path.is_file())


def step(name: str, chosen: argparse.Namespace) -> None:
    root = chosen.folder / "workspace"
    write_workspace(root)
    workspace = Workspace(root)
    cpu, clock = time.process_time(), time.perf_counter()
    if name == "make":
        found = make(
            workspace, chosen.cases, chosen.batch or max(100_000, min(1_000_000, chosen.cases // 10))
        )
    elif name == "tidy":
        found = tidy(workspace, chosen.everything)
    elif name == "measure":
        found = measure(workspace)
    else:
        found = one(workspace, chosen.cases, chosen.times)
    found = {
        "step": name,
        "cases": chosen.cases,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": time.process_time() - cpu,
        "clock": time.perf_counter() - clock,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "disk_mb": sum(_bytes_below(workspace.folder)) / 1e6,
    } | found
    found["cpu_us_per_case"] = 1e6 * float(str(found["cpu"])) / chosen.cases
    line = json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in found.items()})
    print(line, flush=True)
    with (chosen.folder / "figures.jsonl").open("a") as file:
        file.write(line + "\n")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("step", choices=("all", *STEPS))
    options.add_argument("--cases", type=int, required=True)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument(
        "--batch", type=int, default=0, help="rows of a delivery; 0: a tenth, at most a million"
    )
    options.add_argument("--times", type=int, default=30)
    options.add_argument("--everything", action="store_true", help="tidy as for the night")
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    if chosen.step != "all":
        step(chosen.step, chosen)
        return
    for name in STEPS:
        arguments = [name if word == "all" else word for word in sys.argv[1:]]
        subprocess.run([sys.executable, __file__, *arguments], check=True)


if __name__ == "__main__":
    main()
