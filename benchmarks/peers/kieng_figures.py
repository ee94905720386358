"""Kiềng's stored measurements for the question: the same figures, rolled up, with a nation's behind them.

Kiềng's pages read what was measured before; so the roll-ups of the table (communes, districts, province)
are put into a store as a measuring would, and beside them ``--nation`` indicators of 3,321 communes and 34
provinces by 60 months in both readings. Synthetic, all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
from contest import MONTHS
from figures_table import PARQUET

from kieng.measurement.figures_table import FIGURES, one_text, table_of
from kieng.measurement.kept import KeptStore
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.store import MeasureRun
from kieng.plan.period import Grain, Period
from kieng.records.batch import Origin
from kieng.stores.sql.measurements import SqlMeasurements
from kieng.stores.sql.postgres import PostgresDatabase
from kieng.stores.sql.sqlite import SqliteDatabase

SQLITE = "kieng.db"
COMMUNES, PROVINCES = 3321, 34
AS_OF = datetime(2026, 2, 1, tzinfo=UTC)
READINGS = ("as-was", "2026-02-01")
_ROLLED = """
SELECT element, coalesce(commune, district, 'p') AS agency,
  CASE WHEN commune IS NOT NULL THEN 'commune' WHEN district IS NOT NULL THEN 'district' ELSE 'province' END,
  month, sum(numerator)::BIGINT, sum(denominator)::BIGINT, count(*)
FROM '{table}' WHERE element = ?
GROUP BY GROUPING SETS ((element, month, district, commune), (element, month, district), (element, month))
"""


def open_store(folder: Path, url: str | None = None) -> KeptStore:
    """The store of SQLite below ``folder``, or of the PostgreSQL server at ``url``."""
    return SqlMeasurements(PostgresDatabase(url) if url else SqliteDatabase(folder / SQLITE))


def fill(store: KeptStore, folder: Path, nation: int) -> None:
    """Put everything in, unless it is there."""
    if store.run() is not None:
        return
    names = [f"n{number:02}" for number in range(nation)]
    store.replace(_run([*_elements(folder), *names]), _tables(folder, names))


def _run(names: Iterable[str]) -> MeasureRun:
    keys = json.dumps(dict.fromkeys(names, ""))
    return MeasureRun(AS_OF, "synthetic", 1, date(2026, 2, 1), indicators=keys)


def _elements(folder: Path) -> list[str]:
    with duckdb.connect() as connection:
        found = connection.sql(f"SELECT DISTINCT element FROM '{folder / PARQUET}' ORDER BY 1").fetchall()
    return [name for (name,) in found]


def _tables(folder: Path, names: Sequence[str]) -> Iterator[pa.Table]:
    with duckdb.connect() as connection:
        for name in _elements(folder):
            rows = connection.execute(_ROLLED.format(table=folder / PARQUET), [name]).fetchall()
            yield table_of(_same(rows))
    nation = table_of(_nation("")) if names else FIGURES.empty_table()
    for name in names:
        yield nation.set_column(0, FIGURES.field(0), one_text(name, nation.num_rows))


def _same(rows: Iterable[tuple[str, str, str, date, int, int, int]]) -> Iterator[Measurement]:
    for name, agency, level, month, over, under, records in rows:
        yield _figure(name, agency, level, month, "as-was", over, under, records)


def _nation(name: str) -> Iterator[Measurement]:
    months = [date.fromisoformat(f"{month}-01") for month in MONTHS]
    for number in range(COMMUNES + PROVINCES + 1):
        for at, month in enumerate(months):
            over, under = number * 7 % 90 + at, 100 + number % 60 + at
            for reading in READINGS:
                yield _figure(name, *_agency(number), month, reading, over, under, 1)


def _agency(number: int) -> tuple[str, str]:
    if number < COMMUNES:
        return f"x{number:04}", "commune"
    if number < COMMUNES + PROVINCES:
        return f"t{number - COMMUNES:02}", "province"
    return "vn", "nation"


def _figure(
    name: str, agency: str, level: str, month: date, reading: str, over: int, under: int, records: int
) -> Measurement:
    parts = Decimal(over), Decimal(under)
    return Measurement(
        indicator=name,
        rule=0,
        agency=agency,
        level=level,
        period=Period(month, Grain.MONTH),
        reading=reading,
        breakdown=None,
        status=Status.VALUE,
        reason=None,
        value=round(100 * parts[0] / parts[1], 9),
        parts=parts,
        numerator=parts[0],
        denominator=parts[1],
        coverage=Coverage(records, records, Decimal(1)),
        weighted=None,
        state="confirmed",
        origins=(Origin.SYNTHETIC,),
        used=records,
        records=records,
        as_of=AS_OF,
    )
