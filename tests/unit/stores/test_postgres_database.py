"""PostgreSQL: who may do what there, and what people are told when it will not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo
from tests.helpers import postgres
from tests.helpers.ledger import SITE, Clock, delivery, newest, site

from kieng.problems import UserError
from kieng.records.ledger import Ledger
from kieng.records.rewriting import Policy
from kieng.stores.sql.manifest import SqlManifest
from kieng.stores.sql.postgres import PostgresDatabase, shown
from kieng.stores.sql.rights import WebTables, rights

WEB = "kieng_web"
NO_PAGES = WebTables((), (), ())


@pytest.fixture
def url(tmp_path: Path) -> str:
    return postgres.fresh_database(tmp_path)


def role(url: str) -> None:
    """A role that has no rights but those it is granted; several processes may want it at once."""
    create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'secret-of-the-test'").format(sql.Identifier(WEB))
    there = contextlib.suppress(errors.DuplicateObject, errors.UniqueViolation)
    with psycopg.connect(url, autocommit=True) as connection, there:
        connection.execute(create)


@pytest.fixture
def as_web(url: str) -> str:
    """The URL for such a role."""
    PostgresDatabase(url).close()
    role(url)
    rights(url, NO_PAGES, loading=WEB, apply=True)
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
        session.executemany("INSERT INTO stale_periods VALUES ('case', 'by x', 1 / ?, '', '')", [(1,), (0,)])
    with database.snapshot() as session:
        assert session.execute("SELECT * FROM stale_periods").fetchall() == []


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(url):
    reader, writer = PostgresDatabase(url), PostgresDatabase(url)
    count = "SELECT count(*) AS n FROM stale_periods"
    with reader.snapshot() as reading:
        before = reading.execute(count).fetchone()["n"]
        with writer.transaction() as writing:
            writing.execute("INSERT INTO stale_periods VALUES ('case', 'by x', 1, '', '')")
        assert reading.execute(count).fetchone()["n"] == before == 0


def test_a_writer_that_waits_too_long_is_told(url):
    first, second = PostgresDatabase(url), PostgresDatabase(url, patience=50)
    with first.transaction(), pytest.raises(UserError, match="ledger-busy"), second.transaction():
        pass


def cut_off(url: str) -> None:
    """End every other connection to the database, as a server that is started again does."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_lost_while_idle_is_made_again(url):
    database = PostgresDatabase(url)
    cut_off(url)
    with database.transaction() as session:
        session.execute("INSERT INTO stale_periods VALUES ('case', 'by x', 1, '', '')")
    cut_off(url)
    with database.snapshot() as session:
        assert session.execute("SELECT count(*) FROM stale_periods").fetchone()[0] == 1


def test_a_connection_lost_in_a_transaction_is_not_tried_again(url):
    database = PostgresDatabase(url)
    insert = "INSERT INTO stale_periods VALUES ('case', 'by x', 1, '', '')"

    def broken_off() -> None:
        with database.transaction() as session:
            session.execute(insert)
            cut_off(url)
            session.execute("SELECT 1")

    with pytest.raises(UserError, match="cannot-open"):
        broken_off()
    with database.snapshot() as session:
        assert session.execute("SELECT count(*) FROM stale_periods").fetchone()[0] == 0


def test_a_big_query_is_read_bit_by_bit(url):
    database = PostgresDatabase(url)
    with database.transaction() as session:
        session.insert(
            "stale_periods",
            ("record_type", "way", "period", "agency", "seal"),
            [("case", "by x", number, "", "") for number in range(25)],
        )
    with database.snapshot() as session:
        parts = list(session.stream("SELECT * FROM stale_periods ORDER BY period", 10))
        open_cursors = session.execute("SELECT count(*) FROM pg_cursors WHERE name = 'stream'").fetchone()[0]
    assert [len(rows) for _, rows in parts] == [10, 10, 5]
    assert (parts[0][0], tuple(parts[2][1][-1])) == (
        ["record_type", "way", "period", "agency", "seal"],
        ("case", "by x", 24, "", ""),
    )
    assert open_cursors == 0


def test_the_role_may_use_the_schema_the_tables_are_in(url):
    """Not only ``public``, which some servers open to everybody."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA ledgers")
    inside = make_conninfo(url, options="-csearch_path=ledgers")
    PostgresDatabase(inside).close()
    role(url)
    rights(inside, NO_PAGES, loading=WEB, apply=True)
    web = PostgresDatabase(make_conninfo(inside, user=WEB, password="secret-of-the-test"))
    with web.snapshot() as session:
        assert session.execute("SELECT count(*) FROM batches").fetchone()[0] == 0


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


def test_the_place_names_the_port_and_no_password():
    assert shown("postgresql://u:hidden@db.example:6432/kieng") == "postgresql://db.example:6432/kieng"


def test_another_version_is_refused(url):
    PostgresDatabase(url).close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(UserError, match="other-database-version"):
        PostgresDatabase(url)
