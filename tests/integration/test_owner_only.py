"""What lies in a workspace's own folder, its refused rows and its backups is its owner's alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.helpers.workspace import files_csv, ok, run, write_workspace

from kieng.records.disk import OTHERS
from kieng.workspace.folder import FOLDER, Workspace


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    """That of a fresh login, whatever the tests run under; and it is back afterwards."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """What others may open: what lies in a folder that is closed to them they do not come to."""
    if not folder.lstat().st_mode & OTHERS:
        return []
    return [str(folder), *(str(path) for path in folder.rglob("*") if path.lstat().st_mode & OTHERS)]


def test_everything_that_holds_records_is_the_owners(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    rows = ["1,21550,2024-02-01,2024-04-02,1,0,", "2,nowhere,2024-02-01,2024-04-02,1,0,"]
    files = files_csv(tmp_path / "one.csv", rows)
    refused = ("--refused", root / "refused")
    told = run(root, "load", "work_file", files, "--mapping", "work-files", "--by", "thu", *refused)
    assert "refused 1" in told.output
    ok(root, "measure")
    ok(root, "tidy", "--all")
    ok(root, "backup", tmp_path / "backups")
    assert list((root / "refused").iterdir())
    for folder in (root / FOLDER, root / "refused", tmp_path / "backups"):
        assert open_to_others(folder) == []
    for path in (root / FOLDER / "kieng.db", *(root / "refused").iterdir()):
        assert not path.stat().st_mode & OTHERS, path  # also where somebody moves them
    (backup,) = (path for path in (tmp_path / "backups").iterdir() if path.name != "segments")
    ok(None, "restore", backup, tmp_path / "back")
    assert open_to_others(tmp_path / "back" / FOLDER) == []


def test_what_an_earlier_kieng_left_open_is_closed(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    (root / FOLDER).mkdir()
    for name in ("kieng.db-wal", "web.db", "secret"):
        (root / FOLDER / name).write_bytes(b"")
        (root / FOLDER / name).chmod(0o644)
    (root / FOLDER).chmod(0o755)
    Workspace(root)
    assert open_to_others(root / FOLDER) == []


def test_a_link_and_what_it_leads_to_are_left(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    elsewhere.chmod(0o644)
    root = write_workspace(tmp_path / "w")
    (root / FOLDER).mkdir()
    (root / FOLDER / "linked").symlink_to(elsewhere)
    Workspace(root)
    assert elsewhere.stat().st_mode & OTHERS


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_another_account_of_the_machine_reads_no_session_and_no_secret(tmp_path: Path) -> None:
    """As somebody else, who knows every name."""
    root = write_workspace(tmp_path / "w")
    (root / FOLDER).mkdir()
    for name in ("web.db", "web-secret", "secret", "limits"):
        (root / FOLDER / name).write_bytes(b"x")
    Workspace(root)
    root.chmod(0o755)
    (root / "control").touch(0o644)
    names = [path.relative_to(root) for path in sorted((root / FOLDER).iterdir())]
    child = os.fork()
    if child == 0:
        os.chdir(root)  # whatever is above it stands in nobody's way
        os.setgroups([])
        os.setgid(65_534)
        os.setuid(65_534)
        read = [path for path in names if os.access(path, os.R_OK)]
        os._exit(0 if os.access("control", os.R_OK) and not read else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
