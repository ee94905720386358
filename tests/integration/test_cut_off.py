"""What a command left half-done when it was ended: the next one names it, and finishes or undoes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.workspace import TEXT, files_csv, load_files, ok, run, write_workspace

from kieng.problems import UserError
from kieng.workspace import text_files
from kieng.workspace.folder import Workspace
from kieng.workspace.text_files import JOURNAL, Act, finish_cut_off, read_texts, replace_texts

ACT = Act("kieng reorganise --apply nhap", "Văn phòng")
WEIGHTS, PARENTS, NEW = "agencies/weights.csv", "agencies/parents.csv", "agencies/reorganisations/nhap.yaml"


class Killed(BaseException):
    """Ends the work where it stands, and nothing after it runs: see :func:`cut_off`."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_workspace(tmp_path / "w")


def changed(root: Path) -> dict[str, bytes | None]:
    """The texts as a change would leave them."""
    weights = TEXT[WEIGHTS].replace("600", "601").encode()
    return {WEIGHTS: weights, PARENTS: TEXT[PARENTS].encode() + b"\n", "mappings/reports.yaml": None}


def cut_off(root: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """A change whose process is ended after so many files have got their names."""
    new, calls = changed(root), iter(range(100))
    replace, unlink = text_files.os.replace, Path.unlink

    def dying(source: Path, target: Path) -> None:
        if next(calls) == after + 1:  # the first is the journal's own
            monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
            monkeypatch.setattr(text_files, "_bring_all", lambda *_: (_ for _ in ()).throw(Killed))
            raise Killed
        replace(source, target)

    old = read_texts(root, new)
    monkeypatch.setattr(text_files.os, "replace", dying)
    with pytest.raises(Killed):
        replace_texts(root, old, new, ACT)
    monkeypatch.undo()
    assert Path.unlink is unlink
    assert (root / ".kieng" / JOURNAL).exists()


@pytest.mark.parametrize("after", [0, 1])
def test_the_next_command_finishes_it_and_says_what_it_was(
    root: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    cut_off(root, monkeypatch, after)
    said = ok(root, "check").stderr
    assert ACT.what in said
    assert "bị ngắt giữa chừng; nay đã làm nốt" in said
    assert "was cut off half-way; it is finished now" in said
    assert read_texts(root, changed(root)) == changed(root)
    assert not list(root.rglob("*.new"))
    assert ACT.what not in ok(root, "check").stderr


def test_whoever_opens_the_workspace_reads_the_new_text(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(root, monkeypatch, 1)
    assert set(Workspace(root).mappings) == {"work-files"}
    assert finish_cut_off(root) is None


def test_work_done_since_is_never_written_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(root, monkeypatch, 1)
    (root / PARENTS).write_text(TEXT[PARENTS] + "# của tôi\n")
    before = read_texts(root, changed(root))
    refused = run(root, "check")
    assert refused.exit_code == 2
    assert f"{PARENTS}: changed-since-cut-off" in refused.stderr.replace("\n", "")
    assert read_texts(root, changed(root)) == before
    (root / PARENTS).rename(root / "của tôi.csv")
    ok(root, "check")
    assert read_texts(root, changed(root)) == changed(root)


def test_pages_go_on_while_it_cannot_be_finished(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ok(root, "measure")
    cut_off(root, monkeypatch, 1)
    (root / PARENTS).write_text("của tôi")
    with pytest.raises(UserError, match="changed-since-cut-off"):
        Workspace(root)
    opened = Workspace(root, last_good=True)
    assert [problem.code for problem in opened.text_faults] == ["changed-since-cut-off"]


def test_a_damaged_journal_is_named(root: Path) -> None:
    (root / ".kieng").mkdir(exist_ok=True)
    (root / ".kieng" / JOURNAL).write_bytes(b"PK")
    refused = run(root, "check")
    assert (refused.exit_code, "journal-damaged" in refused.stderr) == (2, True)


def test_a_file_is_another_meanwhile(root: Path) -> None:
    new = changed(root)
    old = read_texts(root, new)
    (root / WEIGHTS).write_text("khác")
    with pytest.raises(UserError, match="changed-meanwhile"):
        replace_texts(root, old, new, ACT)
    assert (root / PARENTS).read_text() == TEXT[PARENTS]


def test_an_init_that_was_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "new"
    with monkeypatch.context() as patch:
        patch.setattr(text_files, "_bring_all", _die)
        with pytest.raises(Killed):
            run(None, "init", root)
    assert "was cut off half-way" in ok(None, "init", root).stderr
    ok(root, "check")
    assert run(None, "init", root).exit_code == 2


def _die(*_: object) -> None:
    raise Killed


def test_a_restore_that_was_cut_off(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_files(root, files_csv(tmp_path / "f.csv", ["1,21550,2024-01-01,2024-01-04,1,0,"]))
    ok(root, "backup", tmp_path / "b")
    (backup,) = tmp_path.glob("b/*Z")
    restored = tmp_path / "r"
    with monkeypatch.context() as patch:
        patch.setattr("kieng.workspace.backup.copy_ledger", _die)
        with pytest.raises(Killed):
            run(None, "restore", backup, restored)
    refused = run(restored, "measure")
    assert refused.exit_code == 2
    assert "restore-cut-off" in refused.stderr
    again = ok(None, "restore", backup, restored)
    assert "was cut off half-way" in again.stderr
    assert "1 batches" in ok(restored, "verify").stderr


def test_a_backup_that_was_cut_off(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = write_workspace(tmp_path / "other")
    for one in (root, other):
        with monkeypatch.context() as patch:
            patch.setattr("kieng.workspace.backup.copy_ledger", _die)
            with pytest.raises(Killed):
                run(one, "backup", tmp_path / "b")
    assert len(list(tmp_path.glob("b/*Z"))) == 2
    assert (
        "was cut off half-way and could not be used; it is removed"
        in ok(root, "backup", tmp_path / "b").stderr
    )
    assert len(list(tmp_path.glob("b/*Z/complete.json"))) == 1
    assert len(list(tmp_path.glob("b/*Z"))) == 2  # the other workspace may be at its own just now
