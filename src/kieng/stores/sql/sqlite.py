"""The one place that opens the application's SQLite database and begins its transactions."""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from kieng.problems import refuse
from kieng.stores.sql.database import Session
from kieng.stores.sql.schema import see_to_tables

#: How long a writer waits for the others, in seconds: longer than a big delivery holds the lock.
PATIENCE = 120.0

_DISK_FULL = ("disk-full", "the disk is full; nothing of this was kept", "free some space and try again")
_TROUBLES = {
    sqlite3.SQLITE_BUSY: (
        "ledger-busy",
        "another process has been writing for too long",
        "wait until it has ended, then try again",
    ),
    sqlite3.SQLITE_FULL: _DISK_FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: _DISK_FULL,  # no room for the 32 KiB of the log's index
    sqlite3.SQLITE_READONLY: (
        "cannot-write",
        "the database may not be written",
        "check who may write to the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot-open",
        "the database cannot be opened",
        "check that the folder exists and who may write there",
    ),
    sqlite3.SQLITE_IOERR: (
        "cannot-write",
        "the disk failed while reading or writing",
        "check the disk, then try again",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "database-damaged",
        "the file is damaged",
        "restore it from a backup, then run kieng verify",
    ),
    sqlite3.SQLITE_NOTADB: (
        "database-damaged",
        "the file is not a database",
        "restore it from a backup, then run kieng verify",
    ),
}


class SqliteSession:
    """See :class:`kieng.stores.sql.database.Session`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        return self._connection.execute(statement, tuple(values))

    def executemany(self, statement: str, values: Iterable[Sequence[object]]) -> None:
        self._connection.executemany(statement, values)

    def define(self, statement: str) -> None:
        self._connection.execute(statement)

    def stream(self, statement: str, at_once: int) -> Iterator[tuple[list[str], list[Any]]]:
        rows = self._connection.execute(statement)
        columns = [column[0] for column in rows.description]
        while some := rows.fetchmany(at_once):
            yield columns, some

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
        self._connection.executemany(statement, rows)


class SqliteDatabase:
    """``kieng.db``: one connection, for one thread of one process. Others open their own.

    A file that may not be written (a read-only disk, say) is there to be read.
    Raises :class:`~kieng.problems.UserError` when the file cannot be used or its tables are of another
    version; with ``any_version`` only what upgrades them may look inside.
    """

    def __init__(self, path: Path, patience: float = PATIENCE, any_version: bool = False) -> None:
        self.path = path
        closed = path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        self._unchanged = _stamp(path) if closed and not _log_of(path).exists() else None
        with self._troubles():
            how = "" if not closed else "?mode=ro" if self._unchanged is None else "?immutable=1"
            self._connection = sqlite3.connect(
                path.absolute().as_uri() + how, timeout=patience, isolation_level=None, uri=True
            )
            # Who lets go of a database has closed it: an open connection is not left to be found by chance.
            weakref.finalize(self, _close, self._connection)
            self._connection.row_factory = sqlite3.Row
            # A damaged text must reach verify as a text, not stop it.
            self._connection.text_factory = _forgiving
            if not closed:
                _set_up_log(self._connection, patience)
        see_to_tables(self, _has_tables, any_version)

    @contextmanager
    def transaction(self) -> Iterator[SqliteSession]:
        """Write alone: the lock is taken at once, so what is read inside stays true until the commit."""
        with self._begun("BEGIN IMMEDIATE") as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[SqliteSession]:
        """Read one unchanging state. Never waits for a writer."""
        with self._begun("BEGIN") as session:
            yield session

    @property
    def place(self) -> str:
        return str(self.path)

    def contradictions(self) -> list[str]:
        with self.snapshot() as session:
            found = [str(row[0]) for row in session.execute("PRAGMA integrity_check").fetchall()]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _begun(self, begin: str) -> Iterator[SqliteSession]:
        with self._troubles():
            self._connection.execute(begin)
            try:
                yield SqliteSession(self._connection)
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        if self._unchanged is not None and _stamp(self.path) != self._unchanged:
            # Without a log to look at, SQLite takes nobody's writing into account.
            why = "The file has just been changed."
            raise refuse(str(self.path), "changed-meanwhile", why, "Run the command again.")

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        """Say what hinders the database in a civil servant's words; a fault of ours stays a fault."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0)
            trouble = _TROUBLES.get(code) or _TROUBLES.get(code & 0xFF)
            if trouble is None:
                raise
            raise refuse(str(self.path), *trouble) from error


def _close(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.ProgrammingError):  # it belongs to a thread that has ended
        connection.close()


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _stamp(path: Path) -> tuple[int, int]:
    """Changes when the file's content does."""
    known = path.stat()
    return known.st_mtime_ns, known.st_size


def _forgiving(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _set_up_log(connection: sqlite3.Connection, patience: float) -> None:
    """Readers never wait for the writer (WAL), and a commit is on the disk when it returns (FULL)."""
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    deadline = time.monotonic() + patience
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            # SQLite does not wait by itself here when several open a new file at once.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _has_tables(session: Session) -> bool:
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'"
    return session.execute(known).fetchone() is not None


def copy_whole(source: Path, target: Path) -> str | None:
    """Copy one state of a database that others write meanwhile into a new file. Why that cannot be done, when
    the database is damaged; OSError when the disk is full."""
    try:
        with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error
    except sqlite3.DatabaseError as error:
        return str(error)
    return None
