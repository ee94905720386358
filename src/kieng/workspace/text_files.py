"""Several files of a workspace changed together: all of them or none, whatever ends the process that does it.

What is to stand in every file is first written into one journal, ``.kieng/changing``, whole and on the disk;
then file after file is brought to it. Whoever opens the workspace and finds a journal of a process that is no
more finishes the change. A process that was ended before its journal was whole has changed nothing.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from kieng.plan.definitions import Definitions
from kieng.plan.load import load, stamps_of
from kieng.problems import Place, Problem, Problems, UserError, refuse
from kieng.records.disk import alone, writing_to
from kieng.records.segments import sync_folder, write_durably
from kieng.workspace.kept_whole import FOLDER

#: Contents by path in the workspace; None where there is, or is to be, no file.
Texts = Mapping[str, bytes | None]
JOURNAL, LOCK = "changing", "changing.lock"
_PASSING = ".changing."
_ABOUT, _NEW = "about.json", "new/"
_READINGS = 5  # of a text that changes again and again; then it is taken as it is
_AS_BEFORE = ("the text stands as before", "try again")


@dataclass(frozen=True)
class Act:
    """What changes the files, in the words of a command, and who does it."""

    what: str
    by: str


@dataclass(frozen=True)
class CutOff:
    """A change that somebody's process began and did not finish; now it is done."""

    what: str
    by: str
    at: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class _Journal:
    act: Act
    at: str
    old: Mapping[str, str | None]  # SHA-256 of what stood there
    new: Texts


def read_texts(root: Path, paths: Iterable[str]) -> dict[str, bytes | None]:
    return {path: (root / path).read_bytes() if (root / path).is_file() else None for path in paths}


def replace_texts(root: Path, old: Texts, new: Texts, act: Act) -> None:
    """Bring every file of ``new`` to its content, if each still has that of ``old``.

    On any fault, a stop from the keyboard included, what was changed gets its old content back.

    Raises :class:`~kieng.problems.UserError` when a file is another meanwhile, or the disk will not take it.
    """
    inner = root / FOLDER
    with writing_to(root, *_AS_BEFORE):
        inner.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(inner / LOCK):
        _finish(root)
        _refuse_changed(root, old)
        with writing_to(root, *_AS_BEFORE):
            _write_journal(
                inner, _Journal(act, datetime.now(UTC).isoformat(timespec="seconds"), _sums(old), new)
            )
            done = False
            try:
                _bring_all(root, new)
                done = True
            finally:
                if not done:
                    _bring_all(
                        root, old
                    )  # if this fails too the journal stays, and the change is finished later
                (inner / JOURNAL).unlink()
                sync_folder(inner)


def finish_cut_off(root: Path) -> CutOff | None:
    """Finish the change whose process has ended half-way, if there is one; the change of a process that still
    works at it is waited for.

    Raises :class:`~kieng.problems.UserError` when a file was changed since by somebody else, and when the
    disk will not take it.
    """
    if not (root / FOLDER / JOURNAL).exists():
        return None
    with alone(root / FOLDER / LOCK):
        return _finish(root)


def read_whole(root: Path) -> tuple[Definitions | None, tuple[Problem, ...]]:
    """The text and its problems, as no change of several files has left it half-way: one that was cut off is
    finished first, and who reads while files change reads again."""
    for _ in range(_READINGS):
        try:
            finish_cut_off(root)
        except UserError as error:
            return None, tuple(error.problems)
        before = stamps_of(root)
        definitions, faults = load(root)
        if stamps_of(root) == before:
            break
    return definitions, tuple(faults.sorted())


@contextmanager
def unchanging(root: Path) -> Iterator[None]:
    """While this lasts no change of several files is begun, and none stands half-done."""
    with alone(root / FOLDER / LOCK):
        _finish(root)
        yield


def nothing_but_begun(folder: Path) -> bool:
    """Whether there is nothing in ``folder`` but what a change leaves that came to nothing: a lock, a journal
    that is not whole, folders without a file."""
    inner = folder / FOLDER
    files = [path for path in folder.rglob("*") if not path.is_dir()]
    passing = (path.name == LOCK or path.name.startswith(_PASSING) for path in files)
    return inner.is_dir() and all(passing) and all(path.parent == inner for path in files)


# --- under the lock -------------------------------------------------------------------------


def _finish(root: Path) -> CutOff | None:
    inner = root / FOLDER
    for left in inner.glob(f"{_PASSING}*"):  # of a process that is no more: nobody else holds the lock
        left.unlink(missing_ok=True)
    if not (inner / JOURNAL).exists():
        return None
    journal = _read_journal(inner / JOURNAL)
    _refuse_foreign(root, journal)
    with writing_to(root, "the change that was cut off is not finished", "run the command again"):
        _bring_all(root, journal.new)
        (inner / JOURNAL).unlink()
        sync_folder(inner)
    return CutOff(journal.act.what, journal.act.by, journal.at, tuple(journal.new))


def _refuse_changed(root: Path, old: Texts) -> None:
    for path, content in read_texts(root, old).items():
        if content != old[path]:
            remedy = "Run the command again, and look at what it shows now."
            raise refuse(path, "changed-meanwhile", "The file has just been changed.", remedy)


def _refuse_foreign(root: Path, journal: _Journal) -> None:
    """A file that is neither as before nor as it is to be is somebody's work since. One that is not there is
    nobody's."""
    problems = Problems()
    now, new = _sums(read_texts(root, journal.new)), _sums(journal.new)
    for path, found in now.items():
        if found is not None and found not in (journal.old[path], new[path]):
            what, by, at = journal.act.what, journal.act.by, journal.at
            why = f"`{what}` ({by}, {at}) was cut off half-way, and this file has been changed since."
            remedy = (
                "Move your version of the file elsewhere and run the command again: it finishes the change."
            )
            vietnamese = (
                f"`{what}` ({by}, {at}) bị ngắt giữa chừng, và từ đó tệp này đã bị sửa.",
                "Chuyển bản của mình ra chỗ khác rồi chạy lại lệnh: Kiềng sẽ làm nốt việc dở dang.",
            )
            problems.found.append(
                Problem(Place(path), "changed-since-cut-off", why, remedy, vietnamese=vietnamese)
            )
    if problems:
        raise UserError(problems)


def _sums(texts: Texts) -> dict[str, str | None]:
    return {path: None if one is None else sha256(one).hexdigest() for path, one in texts.items()}


def _write_journal(inner: Path, journal: _Journal) -> None:
    """One file, whole under its name or not there at all."""
    about = {
        "what": journal.act.what,
        "by": journal.act.by,
        "at": journal.at,
        "old": journal.old,
        "gone": [path for path, content in journal.new.items() if content is None],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(_ABOUT, json.dumps(about, ensure_ascii=False))
        for path, content in journal.new.items():
            if content is not None:
                file.writestr(_NEW + path, content)
    passing = inner / f"{_PASSING}{secrets.token_hex(4)}"
    try:
        write_durably(passing, buffer.getvalue())
        os.replace(passing, inner / JOURNAL)
    finally:
        passing.unlink(missing_ok=True)
    sync_folder(inner)


def _read_journal(path: Path) -> _Journal:
    try:
        with zipfile.ZipFile(path) as file:
            about = json.loads(file.read(_ABOUT))
            new: dict[str, bytes | None] = dict.fromkeys(about["gone"])
            for name in file.namelist():
                if name.startswith(_NEW):
                    new[name.removeprefix(_NEW)] = file.read(name)
        return _Journal(Act(about["what"], about["by"]), about["at"], about["old"], new)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        why = "A change of several files was cut off, and what it was to write cannot be read."
        remedy = "Look at the files of the text, restore what is wrong from a backup, and remove this file."
        raise refuse(str(path), "journal-damaged", why, remedy) from error


def _bring_all(root: Path, texts: Texts) -> None:
    """Every file to its content, and on the disk. Beside each lies meanwhile what no reader of the text takes
    for one of its own; run again it goes on where it was ended."""
    staged = {path: (root / path).with_name(f"{Path(path).name}.new") for path in texts}
    try:
        for path, content in texts.items():
            if content is not None and read_texts(root, [path])[path] != content:
                _stage(root / path, staged[path], content)
        for path, content in texts.items():
            if content is None:
                (root / path).unlink(missing_ok=True)
            elif staged[path].exists():
                os.replace(staged[path], root / path)
        for folder in {(root / path).parent for path in texts}:
            if folder.is_dir():
                sync_folder(folder)
    finally:
        for beside in staged.values():
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def _stage(path: Path, beside: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside.unlink(missing_ok=True)
    write_durably(beside, content)
    if path.exists():
        shutil.copymode(path, beside)
