"""Benchmark 2: fifteen indicators of cases by agency and month, from one ledger's files, in one run.

    .venv/bin/python benchmarks/peers/environments.py --work /var/tmp/peers bsl metricflow
    .venv/bin/python benchmarks/peers/full.py --work /var/tmp/peers --cases 1000000

Kiềng, boring-semantic-layer, MetricFlow, SQL by hand per indicator and one fused SQL by hand read the same
Parquet files, in which ``--newer`` of a hundred cases have a second version. Counts must be equal. Prints
seconds of processor and clock (best of ``--times``) and the ratio of processor time to Kiềng's cells.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from environments import WORK, python_of
from indicators import INDICATORS, Job

HERE = Path(__file__).parent
_KIENG = "Kiềng, cells"


@dataclass(frozen=True)
class Contestant:
    name: str
    command: Sequence[str | Path]
    job: Job


@dataclass(frozen=True)
class Result:
    cpu: float
    wall: float
    counts: Mapping[str, Sequence[int]]


def job_of(work: Path, cases: int, newer: int, times: int) -> Job:
    """The ledger's files, made when they are not there."""
    sys.path.insert(0, str(HERE.parent))
    from engine_ledger import case_records

    from kieng.plan.load import load_or_refuse
    from kieng.workspace.demo import WORKSPACE

    folder = work / f"cases-{cases}-{newer}"
    records = case_records(load_or_refuse(WORKSPACE), folder, cases, newer)
    once, newer_files = ([str(path) for path in paths] for paths in (records.once, records.newer))
    return Job(once, newer_files, str(work), times)


def contestants(work: Path, job: Job) -> list[Contestant]:
    """Those whose environment is there; hand-written SQL comes first, since it says what is right."""
    own, kieng = Path(sys.executable), HERE / "measure_kieng.py"
    sql = [own, HERE / "measure_sql.py"]
    knowing = replace(job, view="knowing")
    found = [
        Contestant("one fused SQL by hand", sql, job),
        Contestant("one fused SQL by hand, told which keys stand once", sql, knowing),
        Contestant("SQL by hand per indicator", sql, replace(job, at_once=False)),
        Contestant(
            "SQL by hand per indicator, told which keys stand once", sql, replace(knowing, at_once=False)
        ),
        Contestant(_KIENG, [own, kieng, "cells"], job),
        Contestant("Kiềng, cells of both readings", [own, kieng, "readings"], job),
        Contestant("Kiềng, measurements of both readings", [own, kieng, "measurements"], job),
    ]
    for peer, name in (("bsl", "boring-semantic-layer"), ("metricflow", "MetricFlow")):
        if (work / peer / "installed").exists():
            command = [python_of(work, peer), HERE / f"measure_{peer}.py"]
            found += [
                Contestant(f"{name}, an indicator at a time", command, replace(job, at_once=False)),
                Contestant(f"{name}, all in one request", command, job),
                Contestant(f"{name}, all in one request, told which keys stand once", command, knowing),
            ]
    return found


def run(one: Contestant) -> Result | None:
    """None, and the end of what it said, when it failed."""
    path = Path(one.job.work) / "job.json"
    path.write_text(json.dumps(asdict(one.job)))
    program, script, *more = one.command
    done = subprocess.run([program, script, path, *more], capture_output=True, text=True)
    if done.returncode:
        print(f"{one.name} failed:\n{done.stderr[-1500:]}", file=sys.stderr)
        return None
    return Result(**json.loads(done.stdout.splitlines()[-1]))


def refuse_different(name: str, found: Result, right: Result) -> None:
    """Raises AssertionError unless every count is the right one (of Kiềng, those of communes)."""
    assert len(found.counts) > len(right.counts) / 2, f"{name} counts too few places"
    for place, counts in found.counts.items():
        assert counts == right.counts[place], f"{name} counts {place} otherwise"
    if not name.startswith("Kiềng"):
        assert found.counts.keys() == right.counts.keys(), f"{name} leaves places out"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument(
        "--newer", type=int, default=20, help="of a hundred cases, how many have two versions"
    )
    parser.add_argument("--times", type=int, default=3)
    chosen = parser.parse_args()
    work = chosen.work.resolve()
    job = job_of(work, chosen.cases, chosen.newer, chosen.times)
    results: dict[str, Result] = {}
    for one in contestants(work, job):
        found = run(one)
        if found is not None:
            results[one.name] = found
            refuse_different(one.name, found, next(iter(results.values())))
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{chosen.cases:,} cases, {chosen.newer} % with a newer version, {len(INDICATORS)} indicators\n")
    base = results[_KIENG].cpu
    print("| contestant | processor s | clock s | processor to Kiềng's cells |\n|---|---|---|---|")
    for name, one in results.items():
        print(f"| {name} | {one.cpu:.2f} | {one.wall:.2f} | {one.cpu / base:.2f} |")


if __name__ == "__main__":
    main()
