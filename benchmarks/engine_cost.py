"""What the fused query of the case indicators by received_at costs, beside two hand-fused queries.

    .venv/bin/python benchmarks/engine_cost.py 1000000 /tmp/engine-1m

The floors count the same aggregates by agency and month, one reading, no tree, no breakdown, no coverage.
``blind`` finds the newest version of every record in the whole history; ``knowing`` is told in which files
each key stands once, as the engine is. Prints seconds of the processor (best of three) and ratios.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from engine_ledger import case_records

from kieng.measurement.measure import asks_by_record_type, both_readings, cut_off_day
from kieng.measurement.request import Request
from kieng.plan.load import load_or_refuse
from kieng.records.batch import VersionedRecords
from kieng.stores.duckdb import DuckdbEngine
from kieng.workspace.demo import WORKSPACE

AS_OF = datetime(2026, 2, 1, tzinfo=UTC)
COLUMNS = """_key, _withdrawn, _recorded_at, _batch, _row, agency, received_at, channel, service_level,
  paid_online, fee_due, e_result, needs_paper_result, input_digitised, reused, population_data, satisfied"""
FLOOR = """
SELECT agency, date_trunc('month', received_at) AS month, count(*),
  count(*) FILTER (WHERE channel = 'online'),
  count(*) FILTER (WHERE channel = 'online' AND service_level = 'full'),
  count(*) FILTER (WHERE paid_online AND fee_due > 0), count(*) FILTER (WHERE fee_due > 0),
  count(*) FILTER (WHERE e_result AND needs_paper_result), count(*) FILTER (WHERE needs_paper_result),
  count(*) FILTER (WHERE input_digitised), count(*) FILTER (WHERE reused),
  count(*) FILTER (WHERE population_data), count(*) FILTER (WHERE satisfied),
  count(*) FILTER (WHERE satisfied IS NOT NULL)
FROM ({live}) WHERE NOT _withdrawn GROUP BY ALL
"""
NEWEST = (
    "QUALIFY row_number() OVER (PARTITION BY _key ORDER BY _recorded_at DESC, _batch DESC, _row DESC) = 1"
)


def blind(records: VersionedRecords) -> int:
    return _run(f"SELECT {COLUMNS} FROM {_files(records.segments)} {NEWEST}")


def knowing(records: VersionedRecords) -> int:
    once, newer = _files(records.once), _files(records.newer)
    if not records.newer:
        return _run(f"SELECT {COLUMNS} FROM {once}")
    return _run(
        f"SELECT {COLUMNS} FROM {once} AS o ANTI JOIN {newer} AS n USING (_key) "
        f"UNION ALL SELECT {COLUMNS} FROM {newer} {NEWEST}"
    )


def _files(paths: tuple[Path, ...]) -> str:
    return f"read_parquet({[str(path) for path in paths]})"


def _run(live: str) -> int:
    with duckdb.connect() as connection:
        return len(connection.sql(FLOOR.format(live=live)).fetchall())


def cpu(work: Callable[[], object]) -> float:
    found = []
    for _ in range(3):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def main(cases: int, folder: Path) -> None:
    definitions = load_or_refuse(WORKSPACE)
    asks = asks_by_record_type(list(definitions.indicators.values()))["case"]
    by_day = tuple(a for a in asks if a.rule.counting.start == "received_at" and not a.rule.counting.end)
    readings, cut_off = both_readings(definitions, AS_OF), cut_off_day(definitions, AS_OF)
    request = Request(definitions, "case", by_day, readings, AS_OF, cut_off)
    engine = DuckdbEngine()
    for tidy in (False, True):
        records = case_records(definitions, folder / ("tidy" if tidy else "pieces"), cases, tidy=tidy)
        bases = engine.bases(request, records)
        base = cpu(lambda records=records: engine.bases(request, records))
        roll = cpu(lambda bases=bases: engine.roll(request, [[one] for one in bases]))
        floors = {"blind": cpu(lambda r=records: blind(r)), "knowing": cpu(lambda r=records: knowing(r))}
        print(f"{cases} {'tidy' if tidy else '20% newer'}: bases {base:.2f} s, roll {roll:.2f} s")
        for name, seconds in floors.items():
            print(f"  {name} {seconds:.2f} s, engine to floor {(base + roll) / seconds:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
