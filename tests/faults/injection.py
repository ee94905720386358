"""A process that dies, or a disk that fails, at the n-th thing that is done to a disk or a database.

Counted are files opened to write, names given, changed and removed, what is waited for to be on the disk,
statements that change a database, and its commits (before and after). Only what happens below one folder.
"""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import errors

from kieng.stores.sql.postgres import PostgresDatabase, PostgresSession
from kieng.stores.sql.sqlite import SqliteDatabase, SqliteSession

NAMES = ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
#: What may happen at a point. ``torn``: of a file whose end was not waited for, half is there.
#: ``stop``: the process waits while something happens to others. ``wal``: killed, and part of the database's
#: log is lost.
KILL, TORN, EIO, ENOSPC, STOP, WAL = "kill", "torn", "eio", "enospc", "stop", "wal"
_ERRNO = {EIO: errno.EIO, ENOSPC: errno.ENOSPC}


class Points:
    """Counts, and at the point ``at`` does what ``mode`` says. Installed once in a process of its own."""

    def __init__(self, folder: Path, mode: str, at: int) -> None:
        self._folder, self._mode, self._at = str(folder), mode, at
        self.passed: list[str] = []

    def install(self) -> None:
        sys.addaudithook(self._audited)
        fsync = os.fsync

        def counted(handle: int) -> None:
            self._point("fsync", handle)
            fsync(handle)

        os.fsync = counted  # type: ignore[assignment]
        for session in (SqliteSession, PostgresSession):
            for name in ("execute", "insert"):
                setattr(session, name, self._statement(getattr(session, name), session is SqliteSession))
        for database in (SqliteDatabase, PostgresDatabase):
            database.transaction = self._transaction(database.transaction)  # type: ignore[method-assign]

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITING and self._concerns(path):
                self._point("open")
        elif event in NAMES and any(map(self._concerns, arguments)):
            self._point(event.removeprefix("os."))

    def _concerns(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self._folder)

    def _statement(self, real: Any, on_sqlite: bool) -> Any:
        def counted(session: Any, statement: str, *rest: Any) -> Any:
            if not statement.startswith("SELECT"):
                self._point("statement", database="sqlite" if on_sqlite else "postgres")
            return real(session, statement, *rest)

        return counted

    def _transaction(self, real: Any) -> Any:
        @contextmanager
        def counted(database: Any) -> Iterator[Any]:
            with real(database) as session:
                yield session
                self._point("commit")
            self._point("committed")

        return counted

    def _point(self, what: str, handle: int | None = None, database: str = "") -> None:
        self.passed.append(what)
        if len(self.passed) != self._at:
            return
        if self._mode in _ERRNO:
            self._fail(what, _ERRNO[self._mode], database)
            return
        if self._mode == TORN and handle is not None:
            size = os.fstat(handle).st_size
            with (
                open(f"/proc/self/fd/{handle}", "r+b") if _is_file(handle) else open(os.devnull, "wb") as file
            ):
                file.truncate(size // 2) if _is_file(handle) else None
        os.kill(os.getpid(), signal.SIGSTOP if self._mode == STOP else signal.SIGKILL)

    def _fail(self, what: str, number: int, database: str) -> None:
        if database == "sqlite":
            error = sqlite3.OperationalError("as a disk that fails")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL if number == errno.ENOSPC else sqlite3.SQLITE_IOERR
            raise error
        if database == "postgres":
            raise errors.DiskFull("as a server whose disk is full")
        if what not in ("commit", "committed", "remove"):
            raise OSError(number, os.strerror(number))


def _is_file(handle: int) -> bool:
    return os.path.isfile(f"/proc/self/fd/{handle}")
