"""Which database a workspace has: the one KIENG_DATABASE names, else an SQLite file of its own.

A server's database is one workspace's: the workspace makes an id, keeps it in its note and writes it into the
database when it first comes. Wherever the ids differ, nothing is read or written.
"""

from __future__ import annotations

import contextlib
import os
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from kieng.problems import UserError, refuse
from kieng.stores.sql.database import Database
from kieng.stores.sql.sqlite import SqliteDatabase

SETTING = "KIENG_DATABASE"
_FILE = "kieng.db"
#: Says, in a workspace whose ledger a server keeps, which server that is, and the ledger's id.
_NOTE = "database"


@dataclass(frozen=True)
class _Note:
    place: str
    id: str | None  # None: written by a Kiềng that knew no ids


def open_database(folder: Path, any_version: bool = False) -> Database:
    """Open the database of the ledger in ``folder`` (``.kieng``); one of another version only to upgrade it.

    Raises UserError when it cannot be used, and when the ledger is in another one: a load into the wrong
    database would split the ledger in two.
    """
    url = os.environ.get(SETTING)
    note = _noted(folder)
    if not url:
        if note is not None:
            raise _elsewhere(folder, note.place)
        return SqliteDatabase(folder / _FILE, any_version=any_version)
    if (folder / _FILE).exists():
        raise _elsewhere(folder, str(folder / _FILE))
    # Only here: the driver takes a while to load, and most workspaces have an SQLite file.
    from kieng.stores.sql.postgres import PostgresDatabase

    database = PostgresDatabase(url, any_version=any_version)
    if note is not None and note.id is None and note.place != re.sub(r":\d+(?=/)", "", database.place):
        raise _elsewhere(folder, note.place)  # the place is all that is known, and had no port then
    if not any_version:
        _claim(database, folder, note)
    return database


def _claim(database: Database, folder: Path, note: _Note | None) -> None:
    """See that the ledger in ``database`` is the workspace's; an empty one without an owner becomes it."""
    owner = _owner(database)
    note = note or _noted(folder)  # written before the owner is, so by now if it is this workspace's
    if note is None:
        if owner is not None or _has_batches(database):
            raise _of_another(database)
        note = _write(folder, _Note(database.place, uuid.uuid4().hex), anew=True)
    elif note.id is None:
        note = _write(folder, _Note(database.place, uuid.uuid4().hex), anew=False)
    if owner is None:
        if note.place != database.place:
            raise _elsewhere(folder, note.place)
        owner = _take(database, str(note.id))
    if owner != note.id:
        raise _elsewhere(folder, note.place)


def _take(database: Database, id_: str) -> str | None:
    """Write the id into a database without one; whose it is then."""
    with database.transaction() as session:
        ask = "INSERT INTO ledger (id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM ledger)"
        session.execute(ask, (id_,))
    return _owner(database)


def _noted(folder: Path) -> _Note | None:
    path = folder / _NOTE
    if not path.exists():
        return None
    place, *more = path.read_text("utf-8").splitlines()
    return _Note(place, more[0] if more else None)


def _write(folder: Path, note: _Note, anew: bool) -> _Note:
    """Write the note whole; the one that stands there when another process was quicker."""
    path = folder / _NOTE
    passing = folder / f".{_NOTE}.{uuid.uuid4().hex}"
    passing.write_text(f"{note.place}\n{note.id}\n", "utf-8")
    try:
        if not anew:
            passing.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(passing)
    finally:
        passing.unlink(missing_ok=True)
    return _noted(folder) or note


def _owner(database: Database) -> str | None:
    with database.snapshot() as session:
        row = session.execute("SELECT id FROM ledger").fetchone()
    return None if row is None else str(row["id"])


def _has_batches(database: Database) -> bool:
    with database.snapshot() as session:
        return session.execute("SELECT 1 FROM batches LIMIT 1").fetchone() is not None


def _of_another(database: Database) -> UserError:
    why = "Another workspace's ledger is in it; two ledgers cannot become one."
    return refuse(database.place, "ledger-there", why, "Name an empty database.")


def _elsewhere(folder: Path, where: str) -> UserError:
    why = f"This workspace's ledger is kept in {where}."
    remedy = f"Set {SETTING} to that database, or take it away for an SQLite file. To move: backup, restore."
    return refuse(str(folder), "other-database", why, remedy)


def connection_parts(url: str) -> dict[str, str]:
    """What a PostgreSQL URL, or a string of ``name=value`` pairs, says: user, host, dbname and the like."""
    from psycopg.conninfo import conninfo_to_dict

    return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
