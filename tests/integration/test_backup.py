"""The drill: a ledger is backed up while it grows, lost, and made again as it stood."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.helpers.postgres import keep_in_database
from tests.helpers.workspace import files_csv, load_files, ok, run, write_workspace

from kieng.problems import UserError
from kieng.stores.sql.copying import copy_ledger
from kieng.workspace import backup, web_secret
from kieng.workspace.backup import back_up, restore
from kieng.workspace.folder import Workspace
from kieng.workspace.kept_whole import undeclared

ROWS = [f"{n},21550,2024-0{n % 3 + 1}-01,2024-04-05,1,0," for n in range(40)]


@pytest.fixture
def root(each_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Records in files (tidied) and in the tail."""
    root = keep_in_database(write_workspace(tmp_path / "w"), monkeypatch)
    load_files(root, files_csv(tmp_path / "one.csv", ROWS))
    ok(root, "tidy", "--all")
    load_files(root, files_csv(tmp_path / "two.csv", ["x,21550,2024-01-01,2024-01-05,1,0,"]))
    ok(root, "measure")
    return root


def figures(root: Path) -> list[dict[str, str]]:
    rows = csv.DictReader(ok(root, "show", "--format", "csv", "--map", "today").stdout.splitlines())
    return [{name: value for name, value in row.items() if name != "as_of"} for row in rows]


def test_a_lost_workspace_is_made_again(root, tmp_path, monkeypatch):
    made = ok(root, "backup", str(tmp_path / "backups")).stderr
    assert "2 batches" in made
    (folder,) = [path for path in (tmp_path / "backups").iterdir() if path.name != "segments"]
    before = figures(root)
    shutil.rmtree(root)
    new = keep_in_database(tmp_path / "new", monkeypatch)
    assert run(root, "restore", str(folder), str(new)).exit_code == 0
    ok(new, "verify")
    ok(new, "measure")
    assert figures(new) == before
    # Idempotence and the key of the persons' hashes came along: the same file again adds nothing.
    assert "Already there" in load_files(new, tmp_path / "one.csv").stderr


def test_the_next_backup_copies_what_is_new_and_each_is_of_its_moment(root, tmp_path, monkeypatch):
    first = back_up(Workspace(root), tmp_path / "backups")
    assert first.copied == first.files > 0
    load_files(root, files_csv(tmp_path / "three.csv", ["y,21550,2024-02-01,2024-02-05,1,0,"]))
    second = back_up(Workspace(root), tmp_path / "backups")
    assert (second.copied, second.batches) == (0, 3)
    for made, batches in ((first, 2), (second, 3)):
        new = keep_in_database(tmp_path / str(batches), monkeypatch)
        assert restore(made.folder, new) == []
        assert len(Workspace(new).ledger.batches()) == batches


def test_a_backup_that_was_damaged_is_found_at_restoring(root, tmp_path, monkeypatch):
    made = back_up(Workspace(root), tmp_path / "backups")
    damaged = sorted((tmp_path / "backups" / "segments").rglob("*.parquet"))[0]
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    result = run(root, "restore", made.folder, keep_in_database(tmp_path / "new", monkeypatch))
    assert result.exit_code == 1
    assert damaged.name in result.stderr
    damaged.unlink()
    again = run(root, "restore", made.folder, keep_in_database(tmp_path / "newer", monkeypatch))
    assert again.exit_code == 1
    assert "missing-file" in again.stderr


def test_a_backup_that_was_cut_off_is_refused(root, tmp_path):
    made = back_up(Workspace(root), tmp_path / "backups")
    (made.folder / "complete.json").unlink()
    result = run(root, "restore", str(made.folder), str(tmp_path / "new"))
    assert (result.exit_code, "no-backup" in result.stderr) == (2, True)


def test_nothing_that_is_there_is_overwritten(root, tmp_path):
    made = back_up(Workspace(root), tmp_path / "backups")
    result = run(root, "restore", str(made.folder), str(root))
    assert (result.exit_code, "not-empty" in result.stderr) == (2, True)
    ok(root, "verify")


def test_what_comes_while_tables_are_copied_does_not_contradict_the_witness(root, tmp_path, monkeypatch):
    def copied_then_overtaken(*databases: object) -> None:
        copy_ledger(*databases)
        load_files(root, files_csv(tmp_path / "late.csv", ["z,21550,2024-02-01,2024-02-05,1,0,"]))

    with monkeypatch.context() as patch:
        patch.setattr(backup, "copy_ledger", copied_then_overtaken)
        made = back_up(Workspace(root), tmp_path / "backups")
    assert restore(made.folder, keep_in_database(tmp_path / "new", monkeypatch)) == []


def test_people_come_back_with_the_ledger(tmp_path):
    """As of one moment, though somebody is writing."""
    root = write_workspace(tmp_path / "w")
    load_files(root, files_csv(tmp_path / "one.csv", ROWS))
    with closing(sqlite3.connect(root / ".kieng" / "web.db")) as people:
        people.execute("PRAGMA journal_mode=WAL")
        people.execute("CREATE TABLE person (name TEXT)")
        people.execute("INSERT INTO person VALUES ('Chủ tịch')")
        people.commit()
        people.execute("INSERT INTO person VALUES ('chưa ghi xong')")
        made = back_up(Workspace(root), tmp_path / "backups")
    (root / ".kieng" / "web-secret").write_text("s" * 60)
    made = back_up(Workspace(root), tmp_path / "backups")
    shutil.rmtree(root)
    assert restore(made.folder, tmp_path / "new") == []
    with closing(sqlite3.connect(tmp_path / "new" / ".kieng" / "web.db")) as people:
        assert people.execute("SELECT name FROM person").fetchall() == [("Chủ tịch",)]
    assert (tmp_path / "new" / ".kieng" / "web-secret").read_text() == "s" * 60


def test_the_next_backup_mends_what_was_damaged_and_names_what_is_damaged_at_its_source(root, tmp_path):
    first = back_up(Workspace(root), tmp_path / "backups")
    kept = sorted((tmp_path / "backups" / "segments").rglob("*.parquet"))
    whole = kept[0].read_bytes()
    kept[0].write_bytes(whole[:100] + b"x" + whole[101:])
    kept[1].unlink()
    again = back_up(Workspace(root), tmp_path / "backups")
    assert (again.copied, again.mended, again.findings) == (1, 1, ())
    assert kept[0].read_bytes() == whole
    source = sorted((root / ".kieng" / "segments").rglob("*.parquet"))[0]
    kept[0].write_bytes(b"")
    source.write_bytes(b"")
    result = run(root, "backup", str(tmp_path / "backups"))
    assert result.exit_code == 1
    assert "changed-file" in result.stderr
    assert source.name in result.stderr
    assert first.files == again.files


@pytest.mark.parametrize("name", ["web.db", "secret", "text/kieng.yaml", "ledger.db"])
@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"?" * 64), lambda path: path.unlink()])
def test_whatever_is_damaged_in_a_backup_is_named(tmp_path, name, damage):
    root = write_workspace(tmp_path / "w")
    load_files(root, files_csv(tmp_path / "one.csv", ROWS))
    with closing(sqlite3.connect(root / ".kieng" / "web.db")) as people:
        people.execute("CREATE TABLE person (name TEXT)")
    made = back_up(Workspace(root), tmp_path / "backups")
    damage(made.folder / name)
    result = run(root, "restore", str(made.folder), str(tmp_path / "new"))
    assert result.exit_code in (1, 2)
    assert name.rsplit("/")[-1] in result.stderr
    assert not isinstance(result.exception, sqlite3.Error | OSError)


_NO_SUMS = (b"?" * 64, b"[]", b"{", b"", b"{}", b"5", b'{"sums": null}', b"[" * 100_000)
_ONE_BIT = b'{"batches": 1, "files": 2, "rums": {}}'


@pytest.mark.parametrize("written", [*_NO_SUMS, _ONE_BIT, b'{"batches": 1, "sums": {"a": 1}}'])
def test_a_list_of_sums_that_cannot_be_read_is_named_and_the_rest_comes_back(tmp_path, written):
    root = write_workspace(tmp_path / "w")
    load_files(root, files_csv(tmp_path / "one.csv", ROWS))
    made = back_up(Workspace(root), tmp_path / "backups")
    (made.folder / "complete.json").write_bytes(written)
    result = run(root, "restore", str(made.folder), str(tmp_path / "new"))
    assert result.exit_code == 1
    assert "complete.json" in result.stderr
    assert Workspace(tmp_path / "new").ledger.verify() == []


def test_a_text_that_is_missing_in_a_backup_is_named_before_the_faults_that_come_of_it(tmp_path):
    root = write_workspace(tmp_path / "w")
    made = back_up(Workspace(root), tmp_path / "backups")
    gone = next((made.folder / "text" / "agencies").glob("agencies.csv"))
    gone.unlink()
    result = run(root, "restore", str(made.folder), str(tmp_path / "new"))
    assert result.exit_code == 2
    assert str(gone) in result.stderr.splitlines()[0]


def test_whatever_lies_in_a_workspace_is_declared(root):
    assert undeclared(root / ".kieng") == []
    (root / ".kieng" / "new-store.db").touch()
    assert undeclared(root / ".kieng") == ["new-store.db"]


def test_what_is_linked_is_backed_up_and_a_folder_inside_is_refused(tmp_path):
    root = write_workspace(tmp_path / "w")
    (root / "plans").rename(tmp_path / "elsewhere")
    (root / "plans").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "loop").symlink_to(root)
    load_files(root, files_csv(tmp_path / "one.csv", ROWS))
    made = back_up(Workspace(root), tmp_path / "backups")
    assert list((made.folder / "text" / "plans").glob("*.yaml"))
    assert restore(made.folder, tmp_path / "new") == []
    assert Workspace(tmp_path / "new").definitions.plans.keys() == Workspace(root).definitions.plans.keys()
    inside = run(root, "backup", str(root / "backups"))
    assert (inside.exit_code, "backup-inside" in inside.stderr) == (2, True)


def test_damaged_people_keep_no_ledger_from_being_backed_up(tmp_path):
    root = write_workspace(tmp_path / "w")
    load_files(root, files_csv(tmp_path / "one.csv", ROWS))
    (root / ".kieng" / "web.db").write_bytes(b"nothing of a database" * 50)
    result = run(root, "backup", str(tmp_path / "backups"))
    assert (result.exit_code, "web.db" in result.stderr) == (1, True)
    (folder,) = [p for p in (tmp_path / "backups").iterdir() if p.name != "segments"]
    assert run(root, "restore", str(folder), str(tmp_path / "new")).exit_code == 0


def sealed_people(root: Path, by: str) -> None:
    """What tells which secret the pages' second factors are sealed with; the pages themselves make more."""
    with closing(sqlite3.connect(root / ".kieng" / "web.db")) as people:
        people.execute("CREATE TABLE mfa_authenticator (type TEXT)")
        people.executemany("INSERT INTO mfa_authenticator VALUES (?)", [("totp",), ("webauthn",)])
        people.execute("CREATE TABLE accounts_seal (fingerprint TEXT)")
        people.execute("INSERT INTO accounts_seal VALUES (?)", [web_secret.fingerprint(by)])
        people.commit()


def test_a_backup_without_the_secret_of_its_people_says_so_when_made_and_when_restored(tmp_path, monkeypatch):
    monkeypatch.setenv("KIENG_WEB_SECRET", "s" * 60)
    root = write_workspace(tmp_path / "w")
    load_files(root, files_csv(tmp_path / "one.csv", ROWS))
    sealed_people(root, by="s" * 60)
    assert "KIENG_WEB_SECRET" in ok(root, "backup", str(tmp_path / "backups")).stderr
    (folder,) = [p for p in (tmp_path / "backups").iterdir() if p.name != "segments"]
    assert restore(folder, tmp_path / "with") == []
    monkeypatch.setenv("KIENG_WEB_SECRET", "another " * 8)
    told = run(root, "restore", str(folder), str(tmp_path / "without"))
    assert (told.exit_code, "secret-missing" in told.stderr) == (1, True)
    assert "1 second factors" in told.stderr


def test_a_secret_that_kieng_keeps_is_in_the_backup(tmp_path, monkeypatch):
    monkeypatch.delenv("KIENG_WEB_SECRET", raising=False)
    root = write_workspace(tmp_path / "w")
    load_files(root, files_csv(tmp_path / "one.csv", ROWS))
    sealed_people(root, by=web_secret.kept_secret(root / ".kieng"))
    made = back_up(Workspace(root), tmp_path / "backups")
    assert not made.secret_apart
    assert restore(made.folder, tmp_path / "new") == []


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 60])
def test_a_damaged_secret_of_the_pages_is_named_and_not_made_anew(tmp_path, content):
    (tmp_path / "web-secret").write_bytes(content)
    with pytest.raises(UserError) as told:
        web_secret.kept_secret(tmp_path)
    assert told.value.problems[0].code in ("web-secret-damaged", "unreadable-file")
    assert (tmp_path / "web-secret").read_bytes() == content
