"""Made-up case records as the ledger keeps them: Parquet files by month, of any number, in seconds.

Not realistic beyond what costs time: agencies of the example's map that are open on the day, sixty months,
all fields of a case filled about as often as in the example. ``newer`` of a hundred records have a second
version, in files of their own (``tidy=False``) or put together with the others as the ledger does
(``tidy=True``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from kieng.plan.definitions import Definitions
from kieng.records.batch import VersionedRecords, ledger_schema

MONTHS = [f"{year}-{month:02}" for year in range(2021, 2026) for month in range(1, 13)]

#: A number below n that looks as if it were chance, the same in every run.
_DRAW = "CREATE MACRO draw(i, salt, n) AS (hash(i, salt) % n)::BIGINT"
_CASES = """
SELECT 'c:' || i AS _key, i AS _row, false AS _withdrawn,
  TIMESTAMPTZ '{recorded} 00:00:00+00' AS _recorded_at, {batch}::BIGINT AS _batch, 8::TINYINT AS _origin,
  i::VARCHAR AS id, agencies.names[draw(i, 0, len(agencies.names)) + 1] AS agency,
  'p' || (draw(i, 1, 900)) AS procedure, ['direct', 'online', 'post'][draw(i, 2, 3) + 1] AS channel,
  ['full', 'partial', 'none'][draw(i, 3, 3) + 1] AS service_level,
  TIMESTAMP '{month}-01' + INTERVAL (draw(i, 4, 2400000)) SECOND AS received_at,
  received_at::DATE + INTERVAL ((draw(i, 5, 20) + 1) * 24 + 17) HOUR AS due_at,
  (draw(i, 5, 20) + 1)::BIGINT AS "limit", 'working_day' AS limit_unit,
  CASE WHEN draw(i, 6, 100) > {unfinished} THEN received_at + INTERVAL (draw(i, 7, 400)) HOUR END
    AS finished_at,
  (draw(i, 8, 5) * 1000)::DECIMAL(24, 6) AS fee_due, draw(i, 9, 4) = 0 AS paid_online,
  draw(i, 10, 5) = 0 AS e_result, draw(i, 11, 6) = 0 AS needs_paper_result,
  draw(i, 12, 7) = 0 AS input_digitised, draw(i, 13, 7) = 0 AS reused, draw(i, 14, 3) = 0 AS population_data,
  CASE WHEN draw(i, 15, 5) = 0 THEN draw(i, 15, 8) > 0 END AS satisfied
FROM range({first}, {end}) AS t(i), (SELECT {agencies}::VARCHAR[] AS names) AS agencies
"""


def case_records(
    definitions: Definitions, folder: Path, cases: int, newer: int = 20, tidy: bool = False
) -> VersionedRecords:
    """``cases`` cases below ``folder`` (made anew only when it is empty)."""
    once, later = [], []
    for number, month in enumerate(MONTHS):
        first, end = number * cases // len(MONTHS), (number + 1) * cases // len(MONTHS)
        split = end - (end - first) * newer // 100
        agencies = _open_in(definitions, month)
        file = folder / "case" / month
        if tidy:
            once.append(_write(definitions, file / "whole.parquet", month, first, end, agencies, 1))
            continue
        once.append(_write(definitions, file / "first.parquet", month, first, end, agencies, 1))
        if newer:
            later.append(_write(definitions, file / "second.parquet", month, split, end, agencies, 2))
    kind = definitions.record_types["case"]
    tail = ledger_schema(kind).empty_table()
    months = tuple((month, 0) for month in MONTHS)
    return VersionedRecords(kind, tuple(once), tuple(later), tail, datetime.now(UTC), 9, months)


def _open_in(definitions: Definitions, month: str) -> list[str]:
    year, number = map(int, month.split("-"))
    return sorted(definitions.tree.on(datetime(year, number, 15, tzinfo=UTC).date()).parent_of)


def _write(
    definitions: Definitions, path: Path, month: str, first: int, end: int, agencies: list[str], batch: int
) -> Path:
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    query = _CASES.format(
        recorded="2026-01-01",
        batch=batch,
        month=month,
        first=first,
        end=end,
        agencies=agencies,
        unfinished=30 if month in MONTHS[-2:] and batch == 1 else 1,
    )
    with duckdb.connect() as connection:
        connection.execute(_DRAW)
        made = connection.sql(query).to_arrow_table()
        connection.register("made", _conformed(made, definitions))
        connection.execute(
            f"COPY (SELECT * FROM made ORDER BY agency) TO '{path}' "
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384)"
        )
    return path


def _conformed(made: pa.Table, definitions: Definitions) -> pa.Table:
    schema = ledger_schema(definitions.record_types["case"])
    columns = [
        made[f.name].cast(f.type) if f.name in made.column_names else pa.nulls(made.num_rows, f.type)
        for f in schema
    ]
    return pa.table(columns, schema=schema)
