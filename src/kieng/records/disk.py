"""The disk: what it says when it will not, in a civil servant's words, and a lock between processes."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from kieng.problems import refuse

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def writing_to(folder: Path, left: str, again: str) -> Iterator[None]:
    """Raise UserError for an OSError inside. ``left`` says what is there after it, ``again`` what to do."""
    try:
        yield
    except OSError as error:
        full = error.errno in _FULL
        code, remedy = (
            ("disk-full", f"free some space and {again}")
            if full
            else ("cannot-write", f"check the disk and who may write there, then {again}")
        )
        why = f"{error.filename or folder} could not be written ({error.strerror or error}); {left}"
        raise refuse(str(folder), code, why, remedy) from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock of the file ``path``: other processes wait. It is let go when its holder dies.

    Raises UserError where the file may not be made or locked.
    """
    with ExitStack() as held:
        with writing_to(path.parent, "nothing was begun", "try again"):
            file = held.enter_context(path.open("ab"))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def whole_or_not_there(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Passing paths to write to; at the end each gets its own name, whole and on the disk, one after the
    other. On any fault they are removed and ``paths`` are as before. OSError when that fails."""
    passing = tuple(path.with_name(f".{path.name}.{os.getpid()}") for path in paths)
    try:
        yield passing
        for path in passing:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        for new, path in zip(passing, paths, strict=True):
            new.replace(path)
    finally:
        for path in passing:
            path.unlink(missing_ok=True)


#: What nobody but the owner may do with what lies in a workspace's own folder: read, write, look into it.
OTHERS = 0o077


def owner_only() -> None:
    """Let everything that this process makes from now on be its owner's alone: records as they were sent in,
    passwords' hashes, sessions and secrets lie in these files."""
    os.umask(OTHERS)


def close_to_others(folder: Path) -> None:
    """Take from everybody else what an earlier Kiềng, or a copy, left open in ``folder`` and the files right
    in it. What belongs to somebody else stays as it is."""
    for path in (folder, *folder.iterdir()):
        with suppress(OSError):  # gone meanwhile, or not ours
            mode = path.lstat().st_mode
            if mode & OTHERS and not path.is_symlink():
                path.chmod(mode & 0o7777 & ~OTHERS)
