"""When the disk would not take it: in a civil servant's words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
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
