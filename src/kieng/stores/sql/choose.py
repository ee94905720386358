"""Which database a workspace has: the one KIENG_DATABASE names, else an SQLite file of its own."""

from __future__ import annotations

import os
from pathlib import Path

from kieng.problems import UserError, refuse
from kieng.stores.sql.database import Database
from kieng.stores.sql.sqlite import SqliteDatabase

SETTING = "KIENG_DATABASE"
_FILE = "kieng.db"
#: Says, in a workspace whose ledger a server keeps, which server that is.
_NOTE = "database"


def open_database(folder: Path) -> Database:
    """Open the database of the ledger in ``folder`` (``.kieng``).

    Raises UserError when it cannot be used, and when the ledger is in another one: a load into the wrong
    database would split the ledger in two.
    """
    url = os.environ.get(SETTING)
    note = folder / _NOTE
    noted = note.read_text("utf-8").strip() if note.exists() else None
    if not url:
        if noted is not None:
            raise _elsewhere(folder, noted)
        return SqliteDatabase(folder / _FILE)
    if (folder / _FILE).exists():
        raise _elsewhere(folder, str(folder / _FILE))
    # Only here: the driver takes a while to load, and most workspaces have an SQLite file.
    from kieng.stores.sql.postgres import PostgresDatabase

    database = PostgresDatabase(url)
    if noted is None and _has_batches(database):
        why = "Another workspace's ledger is in it; two ledgers cannot become one."
        raise refuse(database.place, "ledger-there", why, "Name an empty database.")
    if noted not in (None, database.place):
        raise _elsewhere(folder, noted)
    note.write_text(database.place + "\n", "utf-8")
    return database


def _has_batches(database: Database) -> bool:
    with database.snapshot() as session:
        return session.execute("SELECT 1 FROM batches LIMIT 1").fetchone() is not None


def _elsewhere(folder: Path, where: str) -> UserError:
    why = f"This workspace's ledger is kept in {where}."
    remedy = f"Set {SETTING} to that database, or take it away for an SQLite file. To move: backup, restore."
    return refuse(str(folder), "other-database", why, remedy)
