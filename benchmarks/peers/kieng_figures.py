"""Kiềng's stored measurements for the question: the same figures, rolled up, with a nation's behind them.

Kiềng's pages read what was measured before; so the roll-ups of the table (communes, districts, province)
are put into a store as a measuring would, and beside them ``--nation`` indicators of 3,321 communes and 34
provinces by 60 months in both readings. Synthetic, all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
from contest import MONTHS
from figures_table import PARQUET

from kieng.measurement.figures_table import table_of
from kieng.measurement.kept import KeptStore, Renewed
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
RUN = MeasureRun(AS_OF, "synthetic", 1, date(2026, 2, 1))
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
    expected = _put_same(store, folder) if store.run() is None else None
    if expected is None:
        return
    for number in range(nation):
        name = f"n{number:02}"
        store.renew_tables(RUN, Renewed(frozenset({name}), (), ()), [table_of(_nation(name))])


def _put_same(store: KeptStore, folder: Path) -> int:
    table = folder / PARQUET
    with duckdb.connect() as connection:
        names = connection.sql(f"SELECT DISTINCT element FROM '{table}' ORDER BY 1").fetchall()
        for (name,) in names:
            rows = connection.execute(_ROLLED.format(table=table), [name]).fetchall()
            store.renew_tables(RUN, Renewed(frozenset({name}), (), ()), [table_of(_same(rows))])
    return len(names)


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
