"""PostgreSQL: who may do what there, and what people are told when it will not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from tests.helpers import postgres
from tests.helpers.ledger import SITE, Clock, delivery, newest, site

from kieng.problems import UserError
from kieng.records.ledger import Ledger
from kieng.records.rewriting import Policy
from kieng.stores.sql.manifest import SqlManifest
from kieng.stores.sql.postgres import PostgresDatabase

WEB = "kieng_web"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return postgres.fresh_database(tmp_path)


@pytest.fixture
def as_web(url: str) -> str:
    """The URL for a role that has no rights but those it is granted."""
    database = PostgresDatabase(url)
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (WEB,)).fetchone():
            create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'secret-of-the-test'").format(sql.Identifier(WEB))
            connection.execute(create)
    database.grant_to(WEB)
    database.close()
    return make_conninfo(url, user=WEB, password="secret-of-the-test")


def test_the_web_role_adds_to_the_ledger_and_reads_it(as_web, tmp_path):
    ledger = Ledger(SqlManifest(PostgresDatabase(as_web)), tmp_path, Clock())
    ledger.append(delivery([site("a", antennas=1)]))
    ledger.append(delivery([site("a", antennas=2)], key="second"))
    assert newest(ledger.records(SITE))["so-tttt:a"]["antennas"] == 2
    assert ledger.verify() == []


@pytest.mark.parametrize("table", ["batches", "pieces", "tail", "tail_keys", "plan_versions", "rewrites"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"]
)
def test_the_server_refuses_it_any_change_of_the_ledger(as_web, table, statement):
    column = sql.Identifier("hash" if table in ("batches", "rewrites", "plan_versions") else "record_type")
    parts = [sql.Identifier(table), column, column][: statement.count("{}")]
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(as_web, autocommit=True) as connection, refused:
        connection.execute(sql.SQL(statement).format(*parts))


def test_it_cannot_tidy_and_is_told_so(as_web, tmp_path):
    ledger = Ledger(SqlManifest(PostgresDatabase(as_web)), tmp_path, Clock())
    ledger.append(delivery([site("a")]))
    with pytest.raises(UserError, match="cannot-write"):
        ledger.tidy([SITE], Policy.everything())
    assert not any(finding.damage for finding in ledger.verify())


def test_nothing_of_a_transaction_that_fails_is_kept(url):
    database = PostgresDatabase(url)
    with pytest.raises(psycopg.errors.DivisionByZero), database.transaction() as session:
        session.executemany("INSERT INTO stale_periods VALUES ('case', 'by x', 1 / ?, '')", [(1,), (0,)])
    with database.snapshot() as session:
        assert session.execute("SELECT * FROM stale_periods").fetchall() == []


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(url):
    reader, writer = PostgresDatabase(url), PostgresDatabase(url)
    count = "SELECT count(*) AS n FROM stale_periods"
    with reader.snapshot() as reading:
        before = reading.execute(count).fetchone()["n"]
        with writer.transaction() as writing:
            writing.execute("INSERT INTO stale_periods VALUES ('case', 'by x', 1, '')")
        assert reading.execute(count).fetchone()["n"] == before == 0


def test_a_writer_that_waits_too_long_is_told(url):
    first, second = PostgresDatabase(url), PostgresDatabase(url, patience=50)
    with first.transaction(), pytest.raises(UserError, match="ledger-busy"), second.transaction():
        pass


def test_a_lost_connection_is_made_again(url):
    database = PostgresDatabase(url)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(UserError, match="cannot-open"), database.snapshot() as session:
        session.execute("SELECT 1")
    with database.snapshot() as session:
        assert session.execute("SELECT 1 AS one").fetchone()["one"] == 1


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda url: make_conninfo(url, dbname="not_there"), "cannot-open"),
        (lambda _: "postgresql://someone:hidden@127.0.0.1:1/x?connect_timeout=1", "cannot-open"),
        (lambda _: "no url at all", "no-database-url"),
    ],
)
def test_a_server_that_cannot_be_used(url, damage: Callable[[str], str], code):
    with pytest.raises(UserError) as caught:
        PostgresDatabase(damage(url))
    assert [problem.code for problem in caught.value.problems] == [code]
    assert "hidden" not in str(caught.value)


def test_another_version_is_refused(url):
    PostgresDatabase(url).close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(UserError, match="other-database-version"):
        PostgresDatabase(url)
