"""PostgreSQL: the one place that connects to a server and begins its transactions."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from kieng.problems import refuse
from kieng.stores.sql.database import Session
from kieng.stores.sql.schema import see_to_tables

#: How long a writer waits for the others, in milliseconds: longer than a big delivery holds the lock.
PATIENCE = 120_000
#: The lock of whoever writes. Any role may take it, while LOCK TABLE needs the right to change rows.
_WRITER = 0x4B49_454E_47  # "KIENG"
#: What is done with each table of the ledger (see ``rights``).
ADDED_TO = ("batches", "pieces", "tail", "tail_keys", "plan_versions")
REPLACED = ("measurements", "measure_runs", "bases", "stale_periods")
READ = ("schema_version", "upgrades", "ledger", "carried", "rewrites")


class _Row(tuple[Any, ...]):
    """Values by place or by name, as sqlite3.Row has them."""

    names: tuple[str, ...]

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.names.index(key) if isinstance(key, str) else key)

    def keys(self) -> tuple[str, ...]:
        return self.names


def _rows(cursor: psycopg.Cursor[Any]) -> Any:
    return type("Row", (_Row,), {"names": tuple(column.name for column in cursor.description or ())})


class PostgresSession:
    """See :class:`kieng.stores.sql.database.Session`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[object] = ()) -> psycopg.Cursor[Any]:
        # Binary: bytes come as they are, not in hexadecimal digits.
        return self._connection.execute(_translated(statement), tuple(values), binary=True)

    def executemany(self, statement: str, values: Iterable[Sequence[object]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_translated(statement), [tuple(each) for each in values])

    def define(self, statement: str) -> None:
        self._connection.execute(re.sub(r"\bBLOB\b", "BYTEA", statement))

    def stream(self, statement: str, at_once: int) -> Iterator[tuple[list[str], list[Any]]]:
        # With a name, the rows stay on the server until they are asked for.
        with self._connection.cursor(name="stream") as cursor:
            cursor.execute(statement)
            while some := cursor.fetchmany(at_once):
                yield [column.name for column in cursor.description or ()], some

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self._connection.cursor() as cursor, cursor.copy(copy) as target:
            for row in rows:
                target.write_row(tuple(row))


class PostgresDatabase:
    """A database of a PostgreSQL server, named by a URL. Connects again when an idle connection was lost.

    Raises :class:`~kieng.problems.UserError` when it cannot be used or its tables are of another version;
    with ``any_version`` only what upgrades them may look inside.
    """

    def __init__(self, url: str, patience: int = PATIENCE, any_version: bool = False) -> None:
        self._url, self._patience = url, patience
        self.place = shown(url)
        self._connection = self._connected()
        see_to_tables(self, _has_tables, any_version)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self._begun("BEGIN ISOLATION LEVEL READ COMMITTED") as session:
            session.execute("SET LOCAL synchronous_commit = on")  # whatever the server's habit
            session.execute("SELECT pg_advisory_xact_lock(?)", (_WRITER,))
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        with self._begun("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as session:
            yield session

    def contradictions(self) -> list[str]:
        return []  # only a superuser may ask (pg_amcheck); sums of pages are the server's to check

    def close(self) -> None:
        self._connection.close()

    def _connected(self) -> psycopg.Connection[Any]:
        with self._troubles():
            connection = psycopg.connect(self._url, autocommit=True, row_factory=_rows)
            connection.execute(f"SET lock_timeout = {self._patience}")
            weakref.finalize(self, connection.close)  # whoever forgets to close it
            return connection

    @contextmanager
    def _begun(self, begin: str) -> Iterator[PostgresSession]:
        self._begin(begin)
        with self._troubles():
            try:
                yield PostgresSession(self._connection)
                self._connection.execute("COMMIT")
            finally:
                if not self._connection.closed and self._connection.info.transaction_status:
                    self._connection.execute("ROLLBACK")

    def _begin(self, begin: str) -> None:
        """Begin; on another connection where the idle one was lost: nothing was under way yet."""
        with self._troubles():
            try:
                self._connection.execute(begin)
            except psycopg.OperationalError:
                if not self._connection.closed:
                    raise
                self._connection = self._connected()
                self._connection.execute(begin)

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        with troubles(self.place):
            yield


@contextmanager
def troubles(place: str) -> Iterator[None]:
    """Say what hinders the database in a civil servant's words; a fault of ours stays a fault."""
    try:
        yield
    except psycopg.Error as error:
        trouble = next((words for kind, words in _TROUBLES if isinstance(error, kind)), None)
        if trouble is None:
            raise
        raise refuse(place, *trouble) from error


_TROUBLES: tuple[tuple[type[psycopg.Error], tuple[str, str, str]], ...] = (
    (
        errors.LockNotAvailable,
        (
            "ledger-busy",
            "another process has been writing for too long",
            "wait until it has ended, then try again",
        ),
    ),
    (
        errors.DiskFull,
        (
            "disk-full",
            "the server's disk is full; nothing of this was kept",
            "free some space and try again",
        ),
    ),
    (
        errors.InsufficientPrivilege,
        (
            "cannot-write",
            "the role may not do this",
            "use the role that keeps the ledger, or grant what is missing",
        ),
    ),
    (
        errors.ReadOnlySqlTransaction,
        (
            "cannot-write",
            "the server only lets people read",
            "use the server that takes writes",
        ),
    ),
    (
        psycopg.OperationalError,
        (
            "cannot-open",
            "the server cannot be reached, or went away",
            "check KIENG_DATABASE and whether it runs, then try again",
        ),
    ),
)


def _has_tables(session: Session) -> bool:
    """Asked of the catalogue's table: to_regclass may answer from what this connection saw before."""
    ask = "SELECT 1 FROM pg_catalog.pg_tables WHERE tablename = ? AND schemaname = current_schema()"
    return session.execute(ask, ("schema_version",)).fetchone() is not None


def _translated(statement: str) -> str:
    return statement.replace("?", "%s")


def shown(url: str) -> str:
    """The server and database of a URL, without user and password. UserError when it is none."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        remedy = "Write postgresql://user@host/database in KIENG_DATABASE."
        raise refuse("KIENG_DATABASE", "no-database-url", "This names no database.", remedy) from error
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"postgresql://{parts.get('host', 'localhost')}{port}/{parts.get('dbname', '')}"
