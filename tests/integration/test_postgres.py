"""A workspace whose ledger a PostgreSQL server keeps: the same commands, the same figures."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.helpers import postgres
from tests.helpers.workspace import files_csv, load_files, ok, run, write_workspace

from kieng.stores.sql.choose import open_database

ROWS = [f"{n},21550,2024-0{n % 3 + 1}-01,2024-04-05,1,0," for n in range(40)]


def figures(root: Path) -> list[dict[str, str]]:
    rows = csv.DictReader(ok(root, "show", "--format", "csv", "--map", "today").stdout.splitlines())
    return [{name: value for name, value in row.items() if name != "as_of"} for row in rows]


def filled(root: Path, files: Path) -> Path:
    write_workspace(root)
    files.mkdir()
    load_files(root, files_csv(files / "one.csv", ROWS))
    ok(root, "measure")
    load_files(root, files_csv(files / "two.csv", ["x,21550,2024-01-01,2024-01-05,1,0,"]))
    ok(root, "tidy", "--all")
    load_files(root, files_csv(files / "three.csv", ["x,21550,2024-01-01,2024-01-05,0,0,"]))
    ok(root, "measure")
    ok(root, "verify")
    return root


@pytest.fixture
def url(tmp_path: Path) -> str:
    return postgres.fresh_database(tmp_path)


def test_the_same_figures_as_with_sqlite_and_there_and_back_by_backup(tmp_path, monkeypatch, url):
    plain = filled(tmp_path / "sqlite", tmp_path / "a")
    expected = figures(plain)
    ok(plain, "backup", str(tmp_path / "backups"))
    monkeypatch.setenv("KIENG_DATABASE", url)
    on_server = filled(tmp_path / "server", tmp_path / "b")
    assert not (on_server / ".kieng" / "kieng.db").exists()
    assert figures(on_server) == expected
    ok(on_server, "backup", str(tmp_path / "more"))
    (folder,) = (path for path in (tmp_path / "more").iterdir() if path.name != "segments")
    monkeypatch.delenv("KIENG_DATABASE")
    ok(on_server.parent, "restore", str(folder), str(tmp_path / "back"))
    ok(tmp_path / "back", "measure")
    assert figures(tmp_path / "back") == expected


def test_the_wrong_database_is_refused(tmp_path, monkeypatch, url):
    plain = filled(tmp_path / "sqlite", tmp_path / "a")
    monkeypatch.setenv("KIENG_DATABASE", url)
    result = run(plain, "verify")
    assert (result.exit_code, "other-database" in result.stderr) == (2, True)
    on_server = write_workspace(tmp_path / "server")
    ok(on_server, "verify")
    monkeypatch.delenv("KIENG_DATABASE")
    result = run(on_server, "verify")
    assert (result.exit_code, "other-database" in result.stderr) == (2, True)


def test_a_database_is_one_workspaces_before_it_has_a_batch(tmp_path, monkeypatch, url):
    monkeypatch.setenv("KIENG_DATABASE", url)
    first, second = (write_workspace(tmp_path / name) for name in ("first", "second"))
    ok(first, "verify")
    result = run(second, "verify")
    assert (result.exit_code, "ledger-there" in result.stderr) == (2, True)
    monkeypatch.setenv("KIENG_DATABASE", postgres.fresh_database(tmp_path / "other"))
    ok(second, "verify")  # nothing of the refusal is left
    result = run(first, "verify")
    assert (result.exit_code, "other-database" in result.stderr) == (2, True)


def test_a_workspace_is_not_led_to_an_empty_database(tmp_path, monkeypatch, url):
    """A ledger begun anew beside the old one would be two ledgers."""
    monkeypatch.setenv("KIENG_DATABASE", url)
    root = filled(tmp_path / "w", tmp_path / "a")
    monkeypatch.setenv("KIENG_DATABASE", postgres.fresh_database(tmp_path / "empty"))
    result = run(root, "verify")
    assert (result.exit_code, "other-database" in result.stderr) == (2, True)


def test_the_same_ledger_under_another_address_is_known_by_its_id(tmp_path, monkeypatch, url):
    monkeypatch.setenv("KIENG_DATABASE", url)
    root = filled(tmp_path / "w", tmp_path / "a")
    note = root / ".kieng" / "database"
    _, id_ = note.read_text().splitlines()
    note.write_text(f"postgresql://as-the-server-was-called-before/kieng\n{id_}\n")
    ok(root, "verify")
    note.write_text(f"{note.read_text().splitlines()[0]}\n{'0' * 32}\n")
    result = run(root, "verify")
    assert (result.exit_code, "other-database" in result.stderr) == (2, True)


def test_several_processes_may_open_a_new_workspace_at_once(tmp_path, monkeypatch, url):
    monkeypatch.setenv("KIENG_DATABASE", url)
    folder = write_workspace(tmp_path / "w") / ".kieng"
    folder.mkdir()
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_database(folder), range(6)))
    with opened[0].snapshot() as session:
        assert session.execute("SELECT count(*) FROM ledger").fetchone()[0] == 1
    assert [path.name for path in folder.iterdir()] == ["database"]
    for database in opened:
        database.close()


def test_a_second_workspace_in_the_same_database_is_refused(tmp_path, monkeypatch, url):
    monkeypatch.setenv("KIENG_DATABASE", url)
    filled(tmp_path / "first", tmp_path / "a")
    second = write_workspace(tmp_path / "second")
    result = run(second, "verify")
    assert (result.exit_code, "ledger-there" in result.stderr) == (2, True)
