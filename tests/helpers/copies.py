"""A workspace of one's own, taken from one that others read at the same time."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

_TRIES = 20


def copied(original: Path, root: Path) -> Path:
    """``original`` copied to ``root``. SQLite's log comes and goes with its readers: where it went between
    the list and the copy, the copy is made again."""
    for _ in range(_TRIES):
        try:
            return shutil.copytree(original, root)
        except (shutil.Error, FileNotFoundError):
            shutil.rmtree(root, ignore_errors=True)
            time.sleep(0.1)
    return shutil.copytree(original, root)
