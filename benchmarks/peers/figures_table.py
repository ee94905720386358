"""The table that every contestant is asked about: made-up figures of 159 communes, 120 elements, 60 months.

1,144,800 rows (district, commune, element, month, numerator, denominator), the same in every run, as
Parquet, and from there in SQLite, DuckDB and PostgreSQL. All of it is synthetic, as the file's name says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from contest import COMMUNES, DISTRICTS, ELEMENTS, MONTHS, element

SEED = 20210920
PARQUET, SQLITE, DUCKDB = "synthetic-figures.parquet", "synthetic-figures.sqlite", "synthetic-figures.duckdb"
_COLUMNS = "district TEXT, commune TEXT, element TEXT, month {date}, numerator INTEGER, denominator INTEGER"
#: Covers the question: the peers that pass SQL on get the best index a person could make for it.
_INDEX = "CREATE INDEX figures_asked ON figures (element, month, district, numerator, denominator)"


def make_table(folder: Path) -> Path:
    """The Parquet file below ``folder``, made when it is not there."""
    path = folder / PARQUET
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(_table(), path, compression="zstd")
    return path


def _table() -> pa.Table:
    shape = COMMUNES, ELEMENTS, len(MONTHS)
    commune, number, month = (axis.ravel() for axis in np.indices(shape))
    chance = np.random.default_rng(SEED)
    under = chance.integers(20, 400, len(commune))
    over = chance.binomial(under, 0.2 + 0.6 * number / ELEMENTS)
    days = np.array([np.datetime64(f"{name}-01") for name in MONTHS])
    return pa.table(
        {
            "district": np.array([f"d{n:02}" for n in range(DISTRICTS)])[commune % DISTRICTS],
            "commune": np.array([f"c{n:03}" for n in range(COMMUNES)])[commune],
            "element": np.array([element(n) for n in range(ELEMENTS)])[number],
            "month": pa.array(days[month], pa.date32()),
            "numerator": over,
            "denominator": under,
        }
    )


def rows_of(folder: Path) -> Iterator[list[tuple[object, ...]]]:
    """The rows in lists of some ten thousand."""
    for batch in pq.ParquetFile(folder / PARQUET).iter_batches(50_000):
        yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def into_sqlite(folder: Path) -> None:
    path, half_made = folder / SQLITE, folder / "half-made"
    if path.exists():
        return
    half_made.unlink(missing_ok=True)
    with closing(sqlite3.connect(half_made)) as target:
        target.execute(f"CREATE TABLE figures ({_COLUMNS.format(date='TEXT')})")
        for some in rows_of(folder):
            as_text = ((*row[:3], row[3].isoformat(), *row[4:]) for row in some)
            target.executemany("INSERT INTO figures VALUES (?, ?, ?, ?, ?, ?)", as_text)
        target.execute(_INDEX)
        target.execute("ANALYZE")
        target.commit()
    half_made.rename(path)


def into_duckdb(folder: Path) -> None:
    path = folder / DUCKDB
    if not path.exists():
        with duckdb.connect(str(path)) as target:
            target.execute(f"CREATE TABLE figures AS FROM '{folder / PARQUET}'")


def into_postgres(folder: Path, url: str) -> None:
    with psycopg.connect(url) as target, target.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS figures")
        cursor.execute(f"CREATE TABLE figures ({_COLUMNS.format(date='DATE')})")
        with cursor.copy("COPY figures FROM STDIN") as copy:
            for some in rows_of(folder):
                for row in some:
                    copy.write_row(row)
        cursor.execute(_INDEX)
    with psycopg.connect(url, autocommit=True) as target:
        target.execute("VACUUM ANALYZE figures")
