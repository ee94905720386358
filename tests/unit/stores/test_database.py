from __future__ import annotations

import sqlite3

import pytest

from kieng.problems import UserError
from kieng.stores.sql.schema import SCHEMA_VERSION
from kieng.stores.sql.sqlite import SqliteDatabase


def code_of(caught: pytest.ExceptionInfo[UserError]) -> str:
    return caught.value.problems[0].code


def test_a_commit_is_on_the_disk_and_readers_do_not_wait(tmp_path):
    database = SqliteDatabase(tmp_path / "kieng.db")
    with database.snapshot() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


def test_a_failed_transaction_leaves_nothing(tmp_path):
    database = SqliteDatabase(tmp_path / "kieng.db")

    def break_off() -> None:
        with database.transaction() as connection:
            connection.execute("CREATE TABLE half (x TEXT)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with database.snapshot() as connection:
        assert connection.execute("SELECT * FROM sqlite_master WHERE name = 'half'").fetchall() == []


def test_a_snapshot_does_not_change_while_others_write(tmp_path):
    reader, writer = SqliteDatabase(tmp_path / "kieng.db"), SqliteDatabase(tmp_path / "kieng.db")
    select = "SELECT count(*) FROM schema_version"
    with reader.snapshot() as before:
        assert before.execute(select).fetchone()[0] == 1
        with writer.transaction() as connection:
            connection.execute("INSERT INTO schema_version VALUES (9)")
        assert before.execute(select).fetchone()[0] == 1
    with reader.snapshot() as after:
        assert after.execute(select).fetchone()[0] == 2


def test_tables_of_another_version_are_refused(tmp_path):
    database = SqliteDatabase(tmp_path / "kieng.db")
    with database.transaction() as connection:
        connection.execute("UPDATE schema_version SET version = ?", (SCHEMA_VERSION + 1,))
    database.close()
    with pytest.raises(UserError) as caught:
        SqliteDatabase(tmp_path / "kieng.db")
    assert code_of(caught) == "other-database-version"
    assert caught.value.problems[0].value == str(SCHEMA_VERSION + 1)


def test_tables_of_an_older_version_are_to_be_upgraded(tmp_path):
    database = SqliteDatabase(tmp_path / "kieng.db")
    with database.transaction() as connection:
        connection.execute("UPDATE schema_version SET version = ?", (SCHEMA_VERSION - 1,))
    with pytest.raises(UserError, match="kieng upgrade") as caught:
        SqliteDatabase(tmp_path / "kieng.db")
    assert code_of(caught) == "older-database"


def test_opening_to_read_does_not_wait_for_a_writer(tmp_path):
    writer = SqliteDatabase(tmp_path / "kieng.db")
    with writer.transaction() as connection:
        connection.execute("INSERT INTO stale_periods VALUES ('case', 'by x', 1, '', '')")
        reader = SqliteDatabase(tmp_path / "kieng.db", patience=0.01)
        with reader.snapshot() as session:
            assert session.execute("SELECT count(*) FROM stale_periods").fetchone()[0] == 0


def test_a_writer_that_waits_too_long_is_told_so(tmp_path):
    first, second = (
        SqliteDatabase(tmp_path / "kieng.db"),
        SqliteDatabase(tmp_path / "kieng.db", patience=0.01),
    )
    with first.transaction(), pytest.raises(UserError) as caught, second.transaction():
        pass
    assert code_of(caught) == "ledger-busy"
    with second.transaction():
        pass


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "kieng.db").write_bytes("đây không phải là cơ sở dữ liệu".encode() * 100)
    with pytest.raises(UserError) as caught:
        SqliteDatabase(tmp_path / "kieng.db")
    assert code_of(caught) == "database-damaged"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(UserError) as caught:
        SqliteDatabase(tmp_path / "nowhere" / "kieng.db")
    assert code_of(caught) == "cannot-open"


def test_a_wrong_statement_stays_a_fault_of_ours(tmp_path):
    database = SqliteDatabase(tmp_path / "kieng.db")
    with pytest.raises(sqlite3.OperationalError), database.transaction() as connection:
        connection.execute("SELEKT 1")
