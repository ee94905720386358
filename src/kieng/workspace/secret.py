"""The secret of a workspace: the key of the hashes that stand for persons."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from kieng.problems import refuse
from kieng.records.disk import writing_to

_SIZE = 32  # bytes
_NOTHING_READ = ("no record was read", "try again")


def secret_in(folder: Path) -> bytes:
    """The secret in ``folder`` (``.kieng``); made once, readable by its owner only.

    Raises UserError when it can be neither read nor made, and when it is not whole: hashes made with a
    part of it would stand for nobody.
    """
    path = folder / "secret"
    if not path.exists():
        with writing_to(folder, *_NOTHING_READ):
            make_once(path, secrets.token_bytes(_SIZE))
    try:
        found = path.read_bytes()
    except OSError as error:
        why = f"The secret cannot be read: {error.strerror or error}."
        raise refuse(str(path), "unreadable-file", why, "Check who may read it.") from error
    if len(found) != _SIZE:
        why = f"The secret has {len(found)} bytes instead of {_SIZE}."
        raise refuse(str(path), "secret-damaged", why, "Restore it from a backup.")
    return found


def make_once(path: Path, content: bytes) -> None:
    """A file for its owner alone. It gets its name when it is whole, and only one of several makers names
    theirs. OSError when it cannot be written."""
    passing = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(passing, path)
    finally:
        passing.unlink(missing_ok=True)
