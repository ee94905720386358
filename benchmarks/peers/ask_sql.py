"""The floor: hand-written SQL on SQLite, DuckDB or PostgreSQL (a URL as the second argument)."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path

import duckdb
import psycopg
from contest import Answer, Question, asked_folder, contest
from figures_table import DUCKDB, SQLITE

_QUERY = (
    "SELECT district, month, 1.0 * sum(numerator) / sum(denominator) FROM figures"
    " WHERE element = {0} AND month BETWEEN {0} AND {0} GROUP BY district, month"
)


def main(kind: str) -> None:
    connection, mark = _opened(kind, asked_folder())
    query = _QUERY.format(mark)

    def ask(question: Question) -> Answer:
        values = (question.element, question.first_day, question.last_month_day)
        rows: Iterable[tuple[object, object, object]] = connection.execute(query, values).fetchall()
        return rows

    contest(ask)


def _opened(kind: str, folder: Path):
    if kind == "sqlite":
        return sqlite3.connect(folder / SQLITE), "?"
    if kind == "duckdb":
        return duckdb.connect(str(folder / DUCKDB), read_only=True), "?"
    return psycopg.connect(kind), "%s"


if __name__ == "__main__":
    main(sys.argv[2])
