"""Changing a ledger's database as someone would who knows SQL and means harm: its own guards are off."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from tests.helpers.postgres import database_for

Row = dict[str, Any]


@contextmanager
def _connection(folder: Path) -> Iterator[Any]:
    url = database_for(folder)
    if url is None:
        with closing(sqlite3.connect(folder / "kieng.db")) as database, database:
            yield database
        return
    with psycopg.connect(url, row_factory=tuple_row) as server:
        server.execute("SET session_replication_role = replica")  # no foreign keys
        yield server


def _run(folder: Path, statement: str, values: Sequence[object]) -> tuple[int, list[Row]]:
    with _connection(folder) as connection:
        if not isinstance(connection, sqlite3.Connection):
            statement = statement.replace("?", "%s")
        done = connection.execute(statement, tuple(values))
        names = [column[0] for column in done.description or ()]
        return done.rowcount, [dict(zip(names, row, strict=True)) for row in done.fetchall()] if names else []


def change(folder: Path, statement: str, *values: object) -> None:
    """Run a statement on the database of the ledger in ``folder``; it must change something."""
    assert _run(folder, statement, values)[0] > 0


def look(folder: Path, statement: str, *values: object) -> list[Row]:
    return _run(folder, statement, values)[1]


def put(folder: Path, table: str, old: Row, new: Row) -> None:
    """Put the row ``new`` in the place of ``old``."""
    same = " AND ".join(f'"{name}" IS NOT DISTINCT FROM ?' for name in old)
    change(folder, f"DELETE FROM {table} WHERE {same}", *old.values())
    names, marks = ", ".join(f'"{name}"' for name in new), ", ".join("?" * len(new))
    change(folder, f"INSERT INTO {table} ({names}) VALUES ({marks})", *new.values())
