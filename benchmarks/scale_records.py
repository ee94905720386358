"""Made-up records of the scale benchmark, a batch at a time, the same in every run.

The i-th of N records of a type falls into the month ``i * 60 // N``, so that batches come in the order of
time and span as many months as a delivery would. One in five has a newer version.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa
from scale_plan import MONTHS, communes

from kieng.plan.definitions import Definitions
from kieng.records.batch import intake_schema

EVERY = 5  # of so many records, one has a newer version

#: A number below n that looks as if it were chance, the same in every run.
_DRAW = "CREATE MACRO draw(i, salt, n) AS (hash(i, salt) % n)::BIGINT"
#: {newer} is true for newer versions: then what was open is finished, and what was said is said otherwise.
_ROWS = {
    "case": """
  'p' || draw(i, 1, 900) AS procedure, ['individual', 'enterprise', 'agency'][draw(i, 16, 3) + 1]
    AS applicant_kind, ['direct', 'online', 'post'][draw(i, 2, 3) + 1] AS channel,
  ['full', 'partial', 'none'][draw(i, 3, 3) + 1] AS service_level,
  t AS received_at, t::DATE + INTERVAL ((draw(i, 5, 20) + 1) * 24 + 17) HOUR AS due_at,
  (draw(i, 5, 20) + 1)::BIGINT AS "limit", 'working_day' AS limit_unit,
  CASE WHEN {newer} OR draw(i, 6, 1000) >= CASE WHEN m < 58 THEN 2 ELSE 300 END
    THEN t + INTERVAL (draw(i, 7, 400)) HOUR END AS finished_at,
  (draw(i, 8, 5) * 1000)::DECIMAL(24, 6) AS fee_due, draw(i, 9, 4) = 0 AS paid_online,
  draw(i, 10, 5) = 0 AS e_result, draw(i, 11, 6) = 0 AS needs_paper_result,
  draw(i, 12, 7) = 0 AS input_digitised, draw(i, 13, 7) = 0 AS reused, draw(i, 14, 3) = 0 AS population_data,
  CASE WHEN {newer} OR draw(i, 15, 5) = 0 THEN draw(i, 15, 8) > 0 END AS satisfied""",
    "feedback": """
  ['phan_anh', 'kien_nghi'][draw(i, 1, 2) + 1] AS kind, 'web' AS channel, t AS received_at,
  t + INTERVAL 15 DAY AS due_at,
  CASE WHEN {newer} OR draw(i, 2, 100) > 2 THEN t + INTERVAL (draw(i, 3, 500)) HOUR END AS answered_at,
  CASE WHEN {newer} OR draw(i, 4, 3) = 0 THEN draw(i, 4, 7) > 0 END AS satisfied""",
    "work_file": """
  t::DATE AS opened_on, t::DATE + 20 AS due_on,
  CASE WHEN {newer} OR draw(i, 2, 100) > 2 THEN t::DATE + draw(i, 3, 40)::INTEGER END AS closed_on,
  draw(i, 4, 3) > 0 AS all_steps_online, draw(i, 5, 20) = 0 AS secret,
  draw(i, 6, 3) = 0 AS signed_digitally, draw(i, 7, 9) AS documents""",
    "outage": """
  's' || draw(i, 1, 3000) AS site, 'op-' || draw(i, 2, 4) AS operator, t AS started_at,
  CASE WHEN {newer} OR draw(i, 3, 50) > 0 THEN t + INTERVAL (draw(i, 3, 90)) HOUR END AS ended_at,
  draw(i, 4, 2000) AS affected""",
    "site": """
  'op-' || draw(i, 2, 4) AS operator, ['2g', '3g', '4g', '5g'][draw(i, 1, 4) + 1] AS technology,
  t::DATE AS in_service_on,
  CASE WHEN {newer} OR draw(i, 3, 9) = 0 THEN t::DATE + (draw(i, 4, 900) + 1)::INTEGER END
    AS out_of_service_on""",
    "report": """
  'scale' AS figure, last_day(t::DATE) AS period_end, draw(i, 1, 900)::DECIMAL(24, 6) AS amount,
  draw(i, 2, 300)::DECIMAL(24, 6) AS numerator, (300 + draw(i, 2, 300))::DECIMAL(24, 6) AS denominator,
  CASE WHEN {newer} THEN 'confirmed' ELSE 'provisional' END AS state""",
}
_QUERY = """
SELECT '{kind}:' || i AS _key, row_number() OVER () AS _row, false AS _withdrawn,
  '{kind}:' || i AS id, agency,
  {columns}
FROM (
  SELECT i, m, names[draw(i, 0, len(names)) + 1] AS agency,
    (start + INTERVAL (draw(i, 4, 2400000)) SECOND)::TIMESTAMP AS t
  FROM (SELECT i, i * 60 // {all} AS m FROM range({first}, {end}, {step}) AS r(i)) JOIN months USING (m)
)
"""


@dataclass
class Maker:
    """Makes batches of the records of one set of definitions."""

    definitions: Definitions

    def __post_init__(self) -> None:
        self._connection = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
        self._connection.execute(_DRAW)
        rows = [(n, f"{month}-01", communes(self.definitions, month)) for n, month in enumerate(MONTHS)]
        self._connection.execute("CREATE TABLE months (m BIGINT, start DATE, names VARCHAR[])")
        self._connection.executemany("INSERT INTO months VALUES (?, ?, ?)", rows)

    def batch(self, kind: str, count: int, first: int, end: int, newer: bool = False) -> pa.Table:
        """The ``first``-th to (without) ``end``-th of ``count`` records as intake hands them over; with
        ``newer`` the newer versions of those that have one."""
        query = _QUERY.format(
            kind=kind,
            columns=_ROWS[kind].format(newer=newer),
            all=count,
            first=-(-first // EVERY) * EVERY if newer else first,
            end=end,
            step=EVERY if newer else 1,
        )
        made = self._connection.sql(query).to_arrow_table()
        schema = intake_schema(self.definitions.record_types[kind])
        columns = [
            made[f.name].cast(f.type) if f.name in made.column_names else pa.nulls(made.num_rows, f.type)
            for f in schema
        ]
        return pa.table(columns, schema=schema)
