"""Backups: a workspace's text, ledger and people as they stood at one moment, and a workspace of them again.

A backup folder holds a folder per backup, named by its moment, and the ledger's files once for all of
them: they never change, so the next backup copies only what is new, and mends what was damaged since. What
can be made again (stored measurements) is left out; what is kept how stands in ``kept_whole``.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from kieng.problems import Place, Problem, UserError, refuse
from kieng.records.chain import sha256
from kieng.records.disk import alone, writing_to
from kieng.records.segments import SegmentFolder, sync_folder, write_durably
from kieng.records.verify import Finding
from kieng.stores.sql.copying import copy_ledger
from kieng.stores.sql.manifest import SqlManifest
from kieng.stores.sql.sqlite import SqliteDatabase, copy_whole
from kieng.stores.sql.upgrades import upgrade
from kieng.workspace.demo import DELIVERIES
from kieng.workspace.folder import FOLDER, Workspace
from kieng.workspace.kept_whole import Keeping, named
from kieng.workspace.operations import Work, damage_told, noted
from kieng.workspace.people_elsewhere import bring_in, bring_out
from kieng.workspace.place import RESTORING, refuse_no_workspace, refuse_occupied
from kieng.workspace.server import server_parts
from kieng.workspace.text_files import unchanging
from kieng.workspace.web_secret import PEOPLE, secret_apart, secret_missing

_TEXT, _LEDGER = "text", "ledger.db"
_RESTORING = "restoring.db"
_COMPLETE = "complete.json"  # written last: without it a backup was cut off
_BEFORE_SUMS = {"batches", "files"}  # all it said then
#: There until a backup is complete; names the workspace.
_UNDER_WAY = "under-way"
#: What of a backup's folder is no part of the workspace, or comes by other means.
_OF_THE_BACKUP = (_TEXT, _LEDGER, f"{_LEDGER}-wal", f"{_LEDGER}-shm", _COMPLETE, _UNDER_WAY)
#: Of a file that cannot even be read.
_UNREADABLE = "unreadable"
_OTHERS_STAND = ("this backup is not complete; earlier ones are", "back up again")
_LOCK = "backing-up"
_BACKUP_STANDS = ("the workspace is not complete; the backup is as it was", "restore into another folder")


@dataclass(frozen=True)
class Backup:
    """A complete backup. ``copied`` of its ``files`` were not there from an earlier one, ``mended`` were
    there and damaged; what ``findings`` name is damaged in the workspace itself. ``secret_apart``: people's
    second factors need a secret that is not in it, but in the environment. ``cut_off``: folders of backups
    that were begun before and never finished; they are gone."""

    folder: Path
    batches: int
    files: int
    copied: int
    mended: int
    findings: tuple[Finding, ...]
    secret_apart: bool
    cut_off: tuple[Path, ...] = ()


@noted(
    Work.BACKUP, lambda made: not made.findings, lambda made: damage_told(made.findings) or str(made.folder)
)
def back_up(workspace: Workspace, folder: Path) -> Backup:
    """Write a backup into ``folder`` while others read and write.

    People are copied before the ledger: an act that waits in the one and stands in the other already is
    taken once, one that is in neither would be lost.

    Raises UserError when the disk is full or may not be written; the backups made before stay whole.
    """
    if folder.resolve().is_relative_to(workspace.root.resolve()):
        why = "This folder lies in the workspace, and each backup would hold those before it."
        raise refuse(str(folder), "backup-inside", why, "Name a folder elsewhere, best on another disk.")
    with alone(workspace.folder / _LOCK), writing_to(folder, *_OTHERS_STAND):
        cut_off = _remove_cut_off(workspace.root, folder)
        return replace(_back_up(workspace, folder), cut_off=cut_off)


def _remove_cut_off(root: Path, folder: Path) -> tuple[Path, ...]:
    """Backups of this workspace that were begun and not finished: nobody but us backs it up now."""
    found = []
    for mark in sorted(folder.glob(f"*/{_UNDER_WAY}")):
        if mark.read_text("utf-8", "replace") != str(root.resolve()):
            continue
        if (mark.parent / _COMPLETE).exists():  # it was ended between its last two steps
            mark.unlink()
        else:
            shutil.rmtree(mark.parent)
            found.append(mark.parent)
    return tuple(found)


def _back_up(workspace: Workspace, folder: Path) -> Backup:
    target = folder / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    with ExitStack() as stack:
        target.mkdir(parents=True)
        (target / _UNDER_WAY).write_text(str(workspace.root.resolve()), "utf-8")
        for name in named(workspace.folder, Keeping.FIRST, Keeping.COPY):
            _copy_all(workspace.folder / name, target / name)
        databases = list(named(workspace.folder, Keeping.DATABASE))
        done = [_copy_database(workspace.folder / name, target / name) for name in databases]
        if server_parts():
            done.append(bring_out(workspace.root, target / PEOPLE) or _THERE)
        copy = SqliteDatabase(target / _LEDGER)
        copy_ledger(workspace.database, copy)
        batches, sums = _state(copy)
        copy.close()  # all of it is in the one file then
        done += [_keep(workspace.folder / path, folder / path, sums[path]) for path in sums]
        stack.enter_context(unchanging(workspace.root))  # no half of a change of several files
        for path in _texts(workspace.root):
            _copy(path, target / _TEXT / path.relative_to(workspace.root))
        stack.close()
        damaged = tuple(one for one in done if isinstance(one, Finding))
        counts = (batches, len(sums), done.count(_COPIED), done.count(_MENDED))
        made = Backup(target, *counts, damaged, secret_apart(target))
        told = {"batches": batches, "files": len(sums), "sums": _sums(target)}
        write_durably(target / f".{_COMPLETE}", json.dumps(told).encode())
        (target / f".{_COMPLETE}").replace(target / _COMPLETE)
        sync_folder(target)
        (target / _UNDER_WAY).unlink()
    return made


def restore(backup: Path, root: Path) -> list[Finding]:
    """Make a workspace in the new or empty folder ``root`` of a backup, and verify it: what was damaged in
    the backup is named first, and what is whole comes back all the same.

    Raises UserError for a folder that is no complete backup or is occupied, and where the ledger's tables
    themselves are damaged.
    """
    if not (backup / _COMPLETE).is_file():
        remedy = "Name the folder of one backup, such as backups/2026-11-24T020000.000000Z."
        raise refuse(str(backup), "no-backup", "This is no complete backup.", remedy)
    if not (root / FOLDER / RESTORING).exists():
        refuse_occupied(root)
    damaged = _damaged(backup)
    if str(backup / _LEDGER) in [one.place for one in damaged]:
        why = "The ledger's tables are not as they were backed up; nothing can be made of them."
        raise refuse(str(backup / _LEDGER), "backup-damaged", why, "Restore another backup.")
    with writing_to(root, *_BACKUP_STANDS), _half_made(root, backup):
        inner = root / FOLDER
        shutil.copytree(backup / _TEXT, root, dirs_exist_ok=True)
        for path in sorted(backup.iterdir()):
            if path.name not in _OF_THE_BACKUP:
                _copy_all(path, inner / path.name)
        # A copy: an older backup's tables are brought to this version, and backups are never changed.
        for log in ("", "-wal"):
            _copy_all(backup / f"{_LEDGER}{log}", inner / f"{_RESTORING}{log}")
        copy = SqliteDatabase(inner / _RESTORING, any_version=True)
        upgrade(copy, inner)
        for path in _state(copy)[1]:
            if (backup.parent / path).is_file():  # one that is not there is named by verify
                _copy(backup.parent / path, inner / path)
        restored = _opened(root, damaged)
        copy_ledger(copy, restored.database)
        copy.close()
        (inner / _RESTORING).unlink()
    lost = secret_missing(inner), bring_in(root, inner / PEOPLE) if server_parts() else None
    return [*damaged, *(one for one in lost if one), *restored.ledger.verify()]


@contextmanager
def _half_made(root: Path, backup: Path) -> Iterator[None]:
    """While this lasts, and when it is ended half-way, the folder says that it is no workspace yet. What an
    earlier restoring has left of one goes first."""
    inner = root / FOLDER
    mark = inner / RESTORING
    again = mark.exists()
    inner.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(mark):
        if again:
            if not mark.exists():  # whoever was at it has just finished
                refuse_occupied(root)
            _clear(root, mark)
        mark.write_text(str(backup), "utf-8")
        _sync(mark)
        sync_folder(inner)
        yield
        mark.unlink()


def _clear(root: Path, mark: Path) -> None:
    kept = (mark, mark.with_name("database"))  # which says that its ledger on a server is this workspace's
    for path in [*root.iterdir(), *mark.parent.iterdir()]:
        if path not in (*kept, mark.parent):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _opened(root: Path, damaged: Sequence[Finding]) -> Workspace:
    """The workspace whose text has come back. Raises UserError when it cannot be opened, naming before the
    faults of the text what of the backup was damaged: they come of it."""
    try:
        refuse_no_workspace(root)
        return Workspace(root, restoring=True)
    except UserError as error:
        raise UserError([*map(_as_problem, damaged), *error.problems]) from error


def _as_problem(damaged: Finding) -> Problem:
    said = "Tệp này của bản sao lưu không còn, hoặc không còn như lúc sao lưu."
    again = "Khôi phục từ một bản sao lưu khác vào một thư mục khác."
    why, remedy = f"{damaged.why}.", "Restore another backup into another folder."
    return Problem(Place(damaged.place), "backup-damaged", why, remedy, vietnamese=(said, again))


def _state(copy: SqliteDatabase) -> tuple[int, dict[Path, str]]:
    """How many batches a copied ledger has, and its files, as paths below ``.kieng``, with their SHA-256."""
    below = SegmentFolder(Path())
    with SqlManifest(copy).reading() as state:
        pieces = [piece for piece in state.pieces(None) if not piece.in_tail]
        sums = {below.path_of(p): p.sha256 for p in pieces}
        return state.through(), sums | {below.index_of(p): p.keys_sha256 or "" for p in pieces}


_THERE, _COPIED, _MENDED = "there", "copied", "mended"


def _keep(source: Path, target: Path, expected: str) -> str | Finding:
    """Have a file of the ledger in the backup, whole: one that is there is read again, and copied anew when
    it is not what it was. A finding when the workspace's own is not either."""
    was_there = target.exists()
    if was_there and _sum(target) == expected:
        return _THERE
    found = _sum(source)
    if found != expected:
        kind = "missing-file" if not source.exists() else "changed-file"
        return Finding(kind, None, str(source), "its bytes are not those that were committed")
    target.unlink(missing_ok=True)
    _copy(source, target)
    return _MENDED if was_there else _COPIED


def _copy_database(source: Path, target: Path) -> str | Finding:
    """One state of a database that others write meanwhile. One that is damaged keeps nothing else from being
    backed up."""
    why = copy_whole(source, target)
    if why is not None:
        target.unlink(missing_ok=True)
        return Finding("changed-file", None, str(source), why)
    _sync(target)
    return _THERE


def _sums(folder: Path) -> Mapping[str, str]:
    """SHA-256 of every file of a backup but the ledger's, which are named by theirs."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != _UNDER_WAY)
    return {str(path.relative_to(folder)): _sum(path) for path in files}


def _damaged(backup: Path) -> list[Finding]:
    """What is not as it was when the backup was made."""
    sums = _stated_sums(backup / _COMPLETE)
    if sums is None:
        why = "its list of sums cannot be read: what else is damaged here is not known"
        return [Finding("changed-file", None, str(backup / _COMPLETE), why)]
    found = []
    for name, expected in sums.items():
        path = backup / name
        if not path.is_file():
            found.append(
                Finding("missing-file", None, str(path), "the backup had this file; it is not there")
            )
        elif _sum(path) != expected:
            found.append(
                Finding("changed-file", None, str(path), "its bytes are not those that were backed up")
            )
    return found


def _stated_sums(complete: Path) -> Mapping[str, str] | None:
    """None where there is no list that can be read. A backup made before sums were kept says of how many
    batches it is and has none."""
    try:
        told = json.loads(complete.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or "batches" not in told:
        return None
    if set(told) == _BEFORE_SUMS:
        return {}
    sums = told.get("sums")
    fits = isinstance(sums, dict) and all(isinstance(one, str) for one in sums.values())
    return sums if fits else None


def _sum(path: Path) -> str:
    try:
        return sha256(path.read_bytes())
    except OSError:
        return _UNREADABLE


def _texts(root: Path) -> Iterator[Path]:
    """Every file of a workspace but its ledger's and the generated deliveries of a demo."""
    for path in _files_in(root):
        if path.relative_to(root).parts[0] not in (FOLDER, DELIVERIES):
            yield path


def _files_in(folder: Path) -> Iterator[Path]:
    """Every file, in the order of names; also of folders that lie elsewhere and are linked, each once."""
    seen: set[Path] = set()
    for at, inner, names in os.walk(folder, followlinks=True):
        inner[:] = sorted(one for one in inner if (Path(at) / one).resolve() not in seen)
        seen |= {(Path(at) / one).resolve() for one in inner}
        yield from (Path(at) / name for name in sorted(names) if (Path(at) / name).is_file())


def _copy(source: Path, target: Path) -> bool:
    """Copy a file unless it is there; it gets its name only when it is whole."""
    if target.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    passing = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copy2(source, passing)
        _sync(passing)
        passing.replace(target)
    finally:
        passing.unlink(missing_ok=True)
    return True


def _copy_all(source: Path, target: Path) -> None:
    """Copy a file or a folder, if it is there."""
    files: Iterable[Path] = [source] if source.is_file() else _files_in(source)
    for path in files:
        _copy(path, target / path.relative_to(source) if path != source else target)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
