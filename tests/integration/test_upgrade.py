"""Ledgers of every older version, made by the Kiềng of then, are carried to this one with nothing lost.

``older/version-N.sql`` is the database (its tables, then its rows) and ``older/version-N.json`` the other
files below ``.kieng`` in base64. They hold the deliveries of :data:`DELIVERIES`, the first two in segments.
"""

from __future__ import annotations

import base64
import csv
import json
import os
import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from tests.helpers import postgres
from tests.helpers.workspace import files_csv, load_files, ok, reports_csv, run, write_workspace

from kieng import __version__
from kieng.records.segments import FORMAT
from kieng.stores.sql import choose
from kieng.stores.sql.schema import SCHEMA_VERSION, TABLES
from kieng.stores.sql.upgrades import STEPS
from kieng.workspace.folder import FOLDER, Workspace

OLDER = Path(__file__).parent / "older"
DELIVERIES = {
    "one.csv": [f"{n},21550,2024-0{n % 3 + 1}-01,2024-04-0{n % 5 + 1},{n % 2},0," for n in range(24)],
    "two.csv": [
        *(f"{n},21550,2024-0{n % 3 + 1}-01,2024-04-0{n % 5 + 1},1,0," for n in range(12)),
        *(f"x{n},21553,2024-02-01,2024-05-03,0,{n % 2}," for n in range(4)),
    ],
    "three.csv": ["1,21550,2024-02-01,2024-04-02,0,0,", "2,21550,2024-03-01,2024-04-03,1,0,9"],
    "four.csv": ["y,23560,2025-01-02,2025-02-03,1,0,"],
}
REPORTS = {
    "reports.csv": ["r1,tinh-a,kinh-te-so,2024-12-31,1234.5,uoc"],
    "later.csv": ["r1,tinh-a,kinh-te-so,2024-12-31,1250,chinh thuc"],
}
versions = pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))


def older(root: Path, version: int, monkeypatch: pytest.MonkeyPatch, sql: str | None = None) -> Path:
    """A workspace as the Kiềng of ``version`` left it, on the database that the test is run on."""
    write_workspace(root)
    inner = root / FOLDER
    for name, content in json.loads((OLDER / f"version-{version}.json").read_text()).items():
        path = inner / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
    sql = sql or (OLDER / f"version-{version}.sql").read_text("utf-8")
    url = postgres.database_for(root)
    if url is None:
        with sqlite3.connect(inner / "kieng.db") as connection:
            connection.executescript(sql)
        connection.close()
        return root
    monkeypatch.setenv(choose.SETTING, url)
    (inner / "database").write_text(f"postgresql://{url.partition('host=')[2]}/{dbname(url)}\n")
    with psycopg.connect(url) as server:
        bytes_ = re.sub(r"X'([0-9a-f]*)'", r"'\\x\1'::bytea", sql)
        server.execute(re.sub(r"\bBLOB\b", "BYTEA", bytes_).encode())
    return root


def dbname(url: str) -> str:
    return re.findall(r"dbname=(\S+)", url)[0]


READINGS = ("as-was", "today")
THEN = "2025-02-15T00:00:00"
Figures = list[dict[str, str]]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Figures]:
    """The figures of the same deliveries, taken in by this Kiềng: in each reading, and as known then."""
    folder = tmp_path_factory.mktemp("fresh")
    root = write_workspace(folder / "w")
    load(root, folder)
    ok(root, "measure")
    known = {reading: figures(root, "--map", reading) for reading in READINGS}
    return known | {THEN: figures(root, "--as-of", THEN)}


def load(root: Path, files: Path) -> list[str]:
    """Every delivery, each with the moment it was recorded then; what was said."""
    said = []
    for month, (name, rows) in enumerate(DELIVERIES.items(), start=1):
        path = files_csv(files / name, rows)
        said.append(load_files(root, path, "--recorded-at", f"2025-0{month}-01T08:00:00").stderr)
    for month, (name, rows) in enumerate(REPORTS.items(), start=6):
        path = reports_csv(files / name, rows)
        moment = ("--recorded-at", f"2025-0{month}-01T08:00:00")
        said.append(ok(root, "load", "report", path, "--mapping", "reports", "--by", "thu", *moment).stderr)
    return said


def figures(root: Path, *asked: str) -> Figures:
    shown = ok(root, "show", "--format", "csv", *asked).stdout
    rows = [dict(row) for row in csv.DictReader(shown.splitlines())]
    return [{name: value for name, value in row.items() if name != "as_of"} for row in rows]


def rows(root: Path, table: str, order: str) -> list[dict[str, Any]]:
    database = choose.open_database(root / FOLDER, any_version=True)
    with database.snapshot() as session:
        found = [dict(row) for row in session.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()]
    database.close()
    return found


def tail(root: Path) -> list[tuple[str, bytes]]:
    return [(row["sha256"], bytes(row["content"])) for row in rows(root, "tail", "sha256")]


@versions
def test_nothing_of_the_ledger_is_lost_and_the_figures_are_those_of_a_fresh_load(
    each_database, version, tmp_path, monkeypatch, fresh
):
    assert fresh["as-was"]
    root = older(tmp_path / "w", version, monkeypatch)
    batches, plans, chunks = (
        rows(root, "batches", "sequence"),
        rows(root, "plan_versions", "sequence"),
        tail(root),
    )
    ok(root, "upgrade", "--yes")
    assert rows(root, "batches", "sequence") == batches
    assert rows(root, "plan_versions", "sequence") == plans
    assert tail(root) == chunks
    ok(root, "verify")
    ok(root, "measure")
    for reading in READINGS:
        assert figures(root, "--map", reading) == fresh[reading]
    assert figures(root, "--as-of", THEN) == fresh[THEN]
    told = [row for row in rows(root, "upgrades", "version") if row["version"] > version]
    assert [row["version"] for row in told] == list(range(version + 1, SCHEMA_VERSION + 1))
    assert {row["kieng"] for row in told} == {__version__}


@versions
def test_the_ledger_goes_on_from_there(each_database, version, tmp_path, monkeypatch):
    """Deliveries of then are known again, newer versions follow, and all can be put together."""
    root = older(tmp_path / "w", version, monkeypatch)
    ok(root, "upgrade", "--yes")
    assert all("Already there" in said for said in load(root, tmp_path))
    newer = files_csv(
        tmp_path / "newer.csv", ["1,21550,2024-02-01,2024-04-02,1,0,", "x0,21553,2024-02-01,2024-05-03,0,0,"]
    )
    assert "accepted 1 (superseding 1), unchanged 1" in load_files(root, newer).stderr
    ok(root, "measure")
    before = figures(root)
    ok(root, "tidy", "--all")
    ok(root, "verify")
    ok(root, "measure", "--full")
    assert figures(root) == before
    backups = tmp_path / "backups"
    ok(root, "backup", backups)
    monkeypatch.delenv(choose.SETTING, raising=False)
    (folder,) = (path for path in backups.iterdir() if path.name != "segments")
    ok(None, "restore", folder, tmp_path / "back")
    ok(tmp_path / "back", "measure")
    assert figures(tmp_path / "back") == before


def test_a_backup_of_an_older_version_is_restored_and_stays_as_it_is(tmp_path, monkeypatch, fresh):
    """Version 2 had backups; version 1 had none."""
    made = older(tmp_path / "w", 2, monkeypatch)
    backup = tmp_path / "backups" / "2026-11-24T120000.000000Z"
    write_workspace(backup / "text")
    (made / FOLDER / "segments").rename(tmp_path / "backups" / "segments")
    (made / FOLDER / "witness").rename(backup / "witness")
    (made / FOLDER / "kieng.db").rename(backup / "ledger.db")
    (backup / "complete.json").write_text('{"batches": 6, "files": 0}')
    content = (backup / "ledger.db").read_bytes()
    root = tmp_path / "back"
    ok(None, "restore", backup, root)
    assert (backup / "ledger.db").read_bytes() == content
    assert list((root / FOLDER).glob("restoring*")) == []
    ok(root, "measure")
    assert figures(root) == fresh["as-was"]


def test_a_file_states_its_format_and_a_newer_one_is_refused(tmp_path):
    root = write_workspace(tmp_path / "w")
    load_files(root, files_csv(tmp_path / "one.csv", DELIVERIES["one.csv"]))
    ok(root, "tidy", "--all")
    for path in (root / FOLDER / "segments").rglob("*.parquet"):
        table = pq.read_table(path)
        stated = table.schema.metadata[b"kieng.format"]
        assert stated == str(FORMAT).encode()
        newer = {b"kieng.format": str(FORMAT + 1).encode()}
        pq.write_table(table.replace_schema_metadata(table.schema.metadata | newer), path)
    again = files_csv(tmp_path / "again.csv", ["1,21550,2024-02-01,2024-04-02,0,0,"])
    load = ["load", "work_file", again, "--mapping", "work-files"]
    for words in (load, ["measure"], ["show", "--as-of", datetime.now(UTC).isoformat()]):
        result = run(root, *words)
        assert (result.exit_code, "newer-file" in result.stderr) == (2, True)


@versions
def test_it_is_upgraded_only_by_command(each_database, version, tmp_path, monkeypatch):
    root = older(tmp_path / "w", version, monkeypatch)
    for command in (["verify"], ["show"], ["tidy"], ["backup", tmp_path / "b"]):
        result = run(root, *command)
        assert (result.exit_code, "older-database" in result.stderr) == (2, True)
        assert "kieng upgrade" in result.stderr
    result = run(root, "upgrade")  # nobody answers that there is a copy
    assert result.exit_code != 0
    assert rows(root, "schema_version", "version") == [{"version": version}]
    ok(root, "upgrade", "--yes")
    assert "already" in ok(root, "upgrade").stderr


def test_a_workspace_without_a_ledger_needs_no_upgrade(tmp_path):
    assert "already" in ok(write_workspace(tmp_path / "w"), "upgrade").stderr


def test_a_newer_database_is_refused(each_database, tmp_path, monkeypatch):
    root = older(tmp_path / "w", 2, monkeypatch)
    database = choose.open_database(root / FOLDER, any_version=True)
    with database.transaction() as session:
        session.execute("UPDATE schema_version SET version = ?", (SCHEMA_VERSION + 1,))
    result = run(root, "upgrade", "--yes")
    assert (result.exit_code, "other-database-version" in result.stderr) == (2, True)


@pytest.mark.parametrize("what", ["a row", "a file"])
def test_a_damaged_ledger_is_left_as_it_was(each_database, what, tmp_path, monkeypatch):
    """Carried over, the damage would look like what was committed."""
    sql = (OLDER / "version-1.sql").read_text("utf-8")
    changed = re.sub(r"(INSERT INTO tail_versions VALUES \('work_file', 'so-tay:)1'", r"\g<1>7'", sql)
    assert changed != sql
    root = older(tmp_path / "w", 1, monkeypatch, changed if what == "a row" else sql)
    if what == "a file":
        next((root / FOLDER / "segments").rglob("*.parquet")).unlink()
    result = run(root, "upgrade", "--yes")
    code = "changed-content" if what == "a row" else "missing-file"
    assert (result.exit_code, code in result.stderr) == (2, True)
    assert rows(root, "schema_version", "version") == [{"version": 1}]
    assert len(rows(root, "tail_versions", "key")) == 5


@pytest.mark.parametrize("table", ["carried", "pieces"])
def test_a_change_after_the_upgrade_is_found(each_database, table, tmp_path, monkeypatch):
    root = older(tmp_path / "w", 1, monkeypatch)
    ok(root, "upgrade", "--yes")
    change = {
        "carried": "UPDATE carried SET content = replace(content, '2024-02', '2024-05') WHERE batch = 3",
        "pieces": "UPDATE pieces SET rows = rows + 1 WHERE batch = 3",
    }
    with Workspace(root).database.transaction() as session:
        session.execute(change[table])
    result = run(root, "verify")
    assert (result.exit_code, "changed-content" in result.stderr) == (1, True)
    assert "đợt nạp/batch 3" in result.stderr


@versions
def test_upgraded_tables_are_those_of_a_new_database(each_database, version, tmp_path, monkeypatch):
    """A step that forgets a table, a column or an index would show only later."""
    root, new = older(tmp_path / "w", version, monkeypatch), write_workspace(tmp_path / "new")
    ok(root, "upgrade", "--yes")
    upgraded = shape(root)
    if url := postgres.database_for(new):
        monkeypatch.setenv(choose.SETTING, url)
    ok(new, "verify")
    assert upgraded == shape(new)
    assert len(upgraded) >= len(TABLES)
    assert [step.version for step in STEPS] == list(range(2, SCHEMA_VERSION + 1))


def shape(root: Path) -> Mapping[str, object]:
    """Columns of every table and what every index is of."""
    database = choose.open_database(root / FOLDER, any_version=True)
    with database.snapshot() as session:
        if choose.SETTING in os.environ:
            columns = session.execute(
                "SELECT table_name, ordinal_position, column_name, data_type, is_nullable"
                " FROM information_schema.columns WHERE table_schema = 'public'"
            ).fetchall()
            indexes = session.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            )
            return {f"{row[0]} {row[1]}": tuple(row) for row in columns} | dict(
                map(tuple, indexes.fetchall())
            )
        made = session.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        return {row[0]: " ".join(row[1].replace("IF NOT EXISTS", "").split()) for row in made}
