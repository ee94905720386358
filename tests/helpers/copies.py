"""A workspace of one's own, taken from one that others read at the same time."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

_TRIES = 20


def copied(original: Path, root: Path) -> Path:
    """``original`` copied to ``root``. SQLite's log comes and goes with its readers: where it went between
    the list and the copy, the copy is made again."""
    for left in reversed(range(_TRIES)):
        try:
            shutil.copytree(original, root)
            return root
        except (shutil.Error, FileNotFoundError):
            if not left:
                raise
            shutil.rmtree(root, ignore_errors=True)
            time.sleep(0.1)
    raise AssertionError("unreachable")
