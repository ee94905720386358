"""Backups: a workspace's text and ledger as they stood at one moment, and a workspace made of them again.

A backup folder holds a folder per backup, named by its moment, and the ledger's files once for all of
them: they never change, so the next backup copies only what is new. What can be made again (stored
measurements) is left out.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kieng.problems import refuse
from kieng.records.disk import writing_to
from kieng.records.segments import SegmentFolder
from kieng.records.verify import Finding
from kieng.stores.sql.copying import copy_ledger
from kieng.stores.sql.manifest import SqlManifest
from kieng.stores.sql.sqlite import SqliteDatabase
from kieng.stores.sql.upgrades import upgrade
from kieng.workspace.demo import DELIVERIES
from kieng.workspace.folder import FOLDER, Workspace, refuse_no_workspace, refuse_occupied

_TEXT, _LEDGER = "text", "ledger.db"
_RESTORING = "restoring.db"
_COMPLETE = "complete.json"  # written last: without it a backup was cut off
_WITNESS = "witness"
_ALSO_KEPT = ("secret", "reorganisations")  # of .kieng, beside the ledger and its witness
_OTHERS_STAND = ("this backup is not complete; earlier ones are", "back up again")
_BACKUP_STANDS = ("the workspace is not complete; the backup is as it was", "restore into another folder")


@dataclass(frozen=True)
class Backup:
    """A complete backup. ``copied`` of its ``files`` were not there from an earlier one."""

    folder: Path
    batches: int
    files: int
    copied: int


def back_up(workspace: Workspace, folder: Path) -> Backup:
    """Write a backup into ``folder`` while others read and write.

    Raises UserError when the disk is full or may not be written; the backups made before stay whole.
    """
    target = folder / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    with writing_to(folder, *_OTHERS_STAND):
        target.mkdir(parents=True)
        # Before the tables: what comes meanwhile may be in them and not in the witness, never the other way.
        _copy_all(workspace.folder / _WITNESS, target / _WITNESS)
        copy = SqliteDatabase(target / _LEDGER)
        copy_ledger(workspace.database, copy)
        batches, paths = _state(copy)
        copy.close()  # all of it is in the one file then
        copied = sum(_copy(workspace.folder / path, folder / path) for path in paths)
        for name in _ALSO_KEPT:
            _copy_all(workspace.folder / name, target / name)
        for path in _texts(workspace.root):
            _copy(path, target / _TEXT / path.relative_to(workspace.root))
        made = Backup(target, batches, len(paths), copied)
        (target / _COMPLETE).write_text(json.dumps({"batches": batches, "files": len(paths)}))
    return made


def restore(backup: Path, root: Path) -> list[Finding]:
    """Make a workspace in the new or empty folder ``root`` of a backup, and verify its ledger.

    Raises UserError for a folder that is no complete backup or is occupied.
    """
    if not (backup / _COMPLETE).is_file():
        remedy = "Name the folder of one backup, such as backups/2026-11-24T020000.000000Z."
        raise refuse(str(backup), "no-backup", "This is no complete backup.", remedy)
    refuse_occupied(root)
    with writing_to(root, *_BACKUP_STANDS):
        shutil.copytree(backup / _TEXT, root, dirs_exist_ok=True)
        inner = root / FOLDER
        inner.mkdir()
        for name in (_WITNESS, *_ALSO_KEPT):
            _copy_all(backup / name, inner / name)
        # A copy: an older backup's tables are brought to this version, and backups are never changed.
        for log in ("", "-wal"):
            _copy_all(backup / f"{_LEDGER}{log}", inner / f"{_RESTORING}{log}")
        copy = SqliteDatabase(inner / _RESTORING, any_version=True)
        upgrade(copy, inner)
        for path in _state(copy)[1]:
            if (backup.parent / path).is_file():  # one that is not there is named by verify
                _copy(backup.parent / path, inner / path)
        refuse_no_workspace(root)
        restored = Workspace(root)
        copy_ledger(copy, restored.database)
        copy.close()
        (inner / _RESTORING).unlink()
    return restored.ledger.verify()


def _state(copy: SqliteDatabase) -> tuple[int, list[Path]]:
    """How many batches a copied ledger has, and its files, as paths below ``.kieng``."""
    below = SegmentFolder(Path())
    with SqlManifest(copy).reading() as state:
        pieces = [piece for piece in state.pieces(None) if not piece.in_tail]
        names = [path for p in pieces for path in (below.path_of(p), below.index_of(p))]
        return state.through(), names


def _texts(root: Path) -> Iterator[Path]:
    """Every file of a workspace but its ledger's and the generated deliveries of a demo."""
    for path in sorted(root.rglob("*")):
        first = path.relative_to(root).parts[0]
        if path.is_file() and first not in (FOLDER, DELIVERIES):
            yield path


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
    files: Iterable[Path] = [source] if source.is_file() else sorted(source.rglob("*"))
    for path in files:
        if path.is_file():
            _copy(path, target / path.relative_to(source) if path != source else target)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
