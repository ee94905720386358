"""People whose tables a PostgreSQL server keeps: brought into a backup's file and out of it.

The pages know their tables, and Django is theirs alone: a process of its own does it.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from kieng.records.verify import Finding

_MOVING = "kieng.web.moving"
_THERE_ALREADY = 3  # how kieng.web.moving ends then


def bring_out(root: Path, target: Path) -> Finding | None:
    """Write the people of the workspace's server into the new SQLite file ``target``."""
    if find_spec("django") is None:
        return Finding("people-not-copied", None, str(target), "the packages of the pages are not installed")
    done = _moved(root, "--out", target)
    if done.returncode:
        target.unlink(missing_ok=True)
        return Finding("people-not-copied", None, str(target), _why(done))
    return None


def bring_in(root: Path, source: Path) -> Finding | None:
    """Put the people of the SQLite file ``source`` on the workspace's server; the file goes when all are
    there, and else stays."""
    if not source.is_file():
        return None
    if find_spec("django") is None:
        why = "the packages of the pages are not installed"
        return Finding("people-not-restored", None, str(source), why)
    done = _moved(root, "--in", source)
    if done.returncode == _THERE_ALREADY:
        why = "there are people in the database already"
        return Finding("people-not-restored", None, str(source), why)
    if done.returncode:
        return Finding("people-not-restored", None, str(source), _why(done))
    for end in ("", "-wal", "-shm"):
        source.with_name(f"{source.name}{end}").unlink(missing_ok=True)
    return None


def _moved(root: Path, way: str, file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", _MOVING, "--workspace", str(root), way, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _why(done: subprocess.CompletedProcess[str]) -> str:
    """What the process said last: the error, without the way to it."""
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"the process ended with {done.returncode}"
