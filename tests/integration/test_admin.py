"""`kieng admin` in processes of its own: the first administrator, two at once, the least rights there are."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo
from tests.helpers import postgres
from tests.helpers.people import csv_of, person
from tests.helpers.workspace import files_csv, load_files, ok, run, write_workspace

pytestmark = pytest.mark.slow  # each command asks a process of its own
_LINK = re.compile(r"http://127.0.0.1:8000/tai-khoan/kich-hoat/[\w-]{43}/")


@pytest.fixture(autouse=True)
def _both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KIENG_DATABASE", raising=False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(str(Path(one).resolve()) for one in sys.path if one))


def asked(root: Path, question: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(root / ".kieng" / "web.db")) as database:
        return database.execute(question).fetchall()


def test_the_first_administrator_gets_a_link_and_only_its_hash_is_kept(tmp_path):
    root = write_workspace(tmp_path / "w")
    told = ok(root, "admin", "first", "quan-tri", "--name", "Quản trị thử")
    assert len(_LINK.findall(told.stdout)) == 1
    assert asked(root, "SELECT count(*) FROM accounts_user WHERE password LIKE '!%'") == [(1,)]
    assert asked(root, "SELECT length(hash) FROM people_activation") == [(64,)]
    assert (root / ".kieng" / "web.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "server", [False, pytest.param(True, marks=pytest.mark.heavy)], ids=["sqlite", "postgres"]
)
def test_two_who_load_the_same_file_at_once_load_it_once(tmp_path, monkeypatch, server):
    root, file = write_workspace(tmp_path / "w"), tmp_path / "ds.csv"
    if server:
        monkeypatch.setenv("KIENG_DATABASE", postgres.fresh_database(tmp_path))
    file.write_bytes(csv_of([person(n, "xa-12") for n in range(60)]))
    ok(root, "admin", "first", "quan-tri")  # the tables are made
    command = [sys.executable, "-m", "kieng.cli.main", "-w", str(root), "admin", "people", str(file)]
    command += ["--apply", "--why", "QĐ 1"]
    with ThreadPoolExecutor(2) as two:
        done = list(
            two.map(lambda _: subprocess.run(command, capture_output=True, text=True, check=False), "ab")
        )
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    assert sorted("new person: 60" in one.stdout for one in done) == [False, True]


_SERVES = """
import django
from pathlib import Path
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection, DatabaseError, transaction
from django.test import Client
from kieng.web import door
from kieng.web.accounts.models import User
call_command("migrate", verbosity=0, interactive=False)
call_command("collectstatic", verbosity=0, interactive=False)
assert door.state().version
client = Client()
assert client.get("/").status_code == 200
user = User.objects.get(username="quan-tri")
client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
assert client.get("/tai-khoan/nhan-su/").status_code == 200
given = {"shown_as": "Người thử", "username": "moi", "local": "on", "why": "x"}
assert client.post("/tai-khoan/nguoi-dung/moi/", given).status_code == 200
assert client.post("/tai-khoan/dang-xuat-moi-noi/").status_code == 302
for statement in (
    "UPDATE audit_event SET why = ''", "DELETE FROM audit_event", "TRUNCATE audit_event",
    "INSERT INTO ledger VALUES ('x')", "DELETE FROM tail", "UPDATE measurements SET level = ''",
    "DELETE FROM measure_runs", "DROP TABLE accounts_user", "CREATE TABLE mine (a int)",
):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        print("done", statement)
    except DatabaseError as error:
        print("refused" if "permission denied" in str(error) or "must be owner" in str(error) else error)
"""


def test_the_pages_are_served_and_records_loaded_with_the_least_rights(tmp_path, monkeypatch):
    url, root = postgres.fresh_database(tmp_path), write_workspace(tmp_path / "w")
    monkeypatch.setenv("KIENG_DATABASE", url)
    ok(root, "admin", "first", "quan-tri")
    load_files(root, files_csv(tmp_path / "one.csv", ["1,21550,2024-01-01,2024-01-05,1,0,"]))
    ok(root, "measure")
    with psycopg.connect(url, autocommit=True) as connection:
        for role in ("kieng_serve", "kieng_load"):
            create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'secret-of-the-test'").format(
                sql.Identifier(role)
            )
            with contextlib.suppress(errors.DuplicateObject, errors.UniqueViolation):
                connection.execute(create)
        connection.execute("GRANT ALL ON accounts_user, tail TO kieng_load, kieng_serve")  # far too much
    asked_for = ("admin", "rights", "--serving", "kieng_serve", "--loading", "kieng_load")
    printed = ok(root, *asked_for).stdout
    assert 'GRANT SELECT, INSERT ON "audit_event" TO "kieng_serve";' in printed
    assert ok(root, *asked_for, "--apply").stdout == printed
    assert run(root, "admin", "rights", "--serving", "nobody_here", "--apply").exit_code == 2
    monkeypatch.setenv("KIENG_DATABASE", make_conninfo(url, user="kieng_load", password="secret-of-the-test"))
    load_files(root, files_csv(tmp_path / "two.csv", ["2,21550,2024-02-01,2024-02-05,1,0,"]))
    ok(root, "measure")
    with (
        psycopg.connect(os.environ["KIENG_DATABASE"]) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT password FROM accounts_user")
    monkeypatch.setenv(
        "KIENG_DATABASE", make_conninfo(url, user="kieng_serve", password="secret-of-the-test")
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "kieng.web.settings", "KIENG_WORKSPACE": str(root)}
    environment |= {
        "KIENG_WEB_SECRET": "for this test alone, of no worth " * 3,
        "KIENG_WEB_HOSTS": "testserver",
        "KIENG_WEB_SECOND_FACTOR": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", _SERVES], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    assert done.stdout.split() == ["refused"] * 9


@pytest.mark.heavy
def test_of_two_heads_given_at_once_one_is_refused_on_a_server(tmp_path, monkeypatch):
    monkeypatch.setenv("KIENG_DATABASE", postgres.fresh_database(tmp_path))
    root, file = write_workspace(tmp_path / "w"), tmp_path / "ds.csv"
    file.write_bytes(csv_of([person(n, "xa-12") for n in (1, 2)]))
    ok(root, "admin", "people", file, "--apply", "--why", "x")
    command = [sys.executable, "-m", "kieng.cli.main", "-w", str(root), "admin", "give-post"]
    more = ["--role", "head", "--agency", "xa-3", "--from", "01/12/2026", "--why", "x"]

    def give(number: int) -> int:
        asked = [*command, f"nguoi.thu{number}@example.vn", *more]
        return subprocess.run(asked, capture_output=True, check=False).returncode

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(give, (1, 2))) == [0, 2]
