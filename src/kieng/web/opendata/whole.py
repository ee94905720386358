"""Files made whole before their first byte goes out, and kept for whoever asks next.

A measuring that ends while a file is made is noticed (``StateMoved``) before anything was sent, and the file
is made anew of the newer state; one that ends while a file goes out changes nothing, for what goes out is a
file of the disk. All workers share the folder. It holds at most :data:`MOST_BYTES`, besides the file being
made; the one not asked for longest goes first.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from kieng.web import door

MOST_BYTES = 1_000_000_000
#: One file is made at a time; so many seconds somebody waits for the turn.
_PATIENCE, _GLANCE = 20.0, 0.05
_LOCK = "lock"
_UNFINISHED = "unfinished-"
Make = Callable[[], Iterable[bytes]]


def kept(name: str) -> BinaryIO | None:
    """The file of this name, opened; None when it is not kept."""
    path = _folder() / _short(name)
    try:
        found = path.open("rb")
    except FileNotFoundError:
        return None
    with contextlib.suppress(FileNotFoundError):  # dropped meanwhile: it is open all the same
        os.utime(path)
    return found


def whole(name: str, make: Make) -> BinaryIO:
    """The kept file of this name, or else what ``make`` gives, kept. Busy when the wait is too long; what
    ``make`` raises leaves nothing behind."""
    found = kept(name)
    if found is not None:
        return found
    with _turn():
        return kept(name) or _made(_folder() / _short(name), make)


def _made(path: Path, make: Make) -> BinaryIO:
    for left in path.parent.glob(_UNFINISHED + "*"):  # of a process that died; ours is the turn
        left.unlink()
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_UNFINISHED, delete=False) as file:
        unfinished = Path(file.name)
        try:
            file.writelines(make())
            file.flush()
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
    opened = path.open("rb")
    _drop_oldest(path.parent)
    return opened


def _drop_oldest(folder: Path) -> None:
    """Whoever is being sent a file that goes still gets it whole: it is open."""
    files = [(one.stat(), one) for one in folder.iterdir() if one.name != _LOCK]
    size = sum(told.st_size for told, _ in files)
    for told, one in sorted(files, key=lambda each: each[0].st_mtime_ns):
        if size <= MOST_BYTES:
            break
        one.unlink()
        size -= told.st_size


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    until = time.monotonic() + _PATIENCE
    with (_folder() / _LOCK).open("w") as file:
        while not _locked(file.fileno()):
            if time.monotonic() > until:
                raise door.Busy
            time.sleep(_GLANCE)
        yield  # closing the file ends the lock


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _folder() -> Path:
    folder = Path(settings.WORKSPACE) / ".kieng" / "files"
    folder.mkdir(exist_ok=True)
    return folder


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]
