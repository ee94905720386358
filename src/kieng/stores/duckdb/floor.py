"""Hand-written SQL over the same segments: the floor that ``kieng bench`` holds the engine against.

What a good analyst would write for the case indicators of the example as it was, by commune and month and
nothing more: no tree, no second reading, no coverage, no breakdowns, no trail.
"""

from __future__ import annotations

import duckdb

from kieng.records.batch import VersionedRecords

_COLUMNS = """_key, _withdrawn, _recorded_at, _batch, _row, agency, received_at, channel, paid_online,
  fee_due, e_result, needs_paper_result, input_digitised, reused, population_data, satisfied, finished_at,
  due_at"""
_FLOOR = """
WITH live AS (
  SELECT {columns} FROM {versions}
  QUALIFY row_number() OVER (PARTITION BY _key ORDER BY _recorded_at DESC, _batch DESC, _row DESC) = 1
)
SELECT agency, date_trunc('month', received_at) AS month,
  count(*),
  count(*) FILTER (WHERE channel = 'online'),
  count(*) FILTER (WHERE paid_online),
  count(*) FILTER (WHERE fee_due > 0),
  count(*) FILTER (WHERE e_result),
  count(*) FILTER (WHERE needs_paper_result),
  count(*) FILTER (WHERE input_digitised),
  count(*) FILTER (WHERE reused),
  count(*) FILTER (WHERE population_data),
  count(*) FILTER (WHERE satisfied),
  count(*) FILTER (WHERE finished_at <= due_at)
FROM live WHERE NOT _withdrawn GROUP BY ALL
"""


def hand_written(records: VersionedRecords) -> int:
    """Run the floor over case records; how many rows came out."""
    with duckdb.connect() as connection:
        parts = []
        if records.segments:
            connection.register("segments", connection.read_parquet([str(path) for path in records.segments]))
            parts.append("SELECT * FROM segments")
        connection.register("tail", records.tail)
        parts.append("SELECT * FROM tail")
        versions = "(" + " UNION ALL BY NAME ".join(parts) + ")"
        return len(connection.sql(_FLOOR.format(versions=versions, columns=_COLUMNS)).fetchall())
