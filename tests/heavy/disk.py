"""Disks that are small or full, folders that are closed, and the command run on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.helpers.workspace import FILES_HEADER

ROOT = Path(__file__).parents[2]
#: Without these even root may write only where the modes of files and folders say so.
_POWERLESS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


def kieng(root: Path, *arguments: object, powerless: bool = False) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "KIENG_LANG": "both"}
    command = [sys.executable, "-m", "kieng.cli.main", "-w", str(root), *map(str, arguments)]
    before = _POWERLESS if powerless and os.geteuid() == 0 else ()
    return subprocess.run([*before, *command], env=environment, capture_output=True, text=True)


def load(root: Path, path: Path, powerless: bool = False) -> subprocess.CompletedProcess[str]:
    command = ("load", "work_file", path, "--mapping", "work-files", "--by", "test")
    return kieng(root, *command, "--refused", path.parent / "refused", powerless=powerless)


def refused_in_words(done: subprocess.CompletedProcess[str], code: str) -> None:
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert code in done.stderr
    assert "Traceback" not in done.stderr
    assert any(word in done.stderr for word in ("đĩa", "ổ", "ghi được", "không ghi", "Không ghi")), (
        done.stderr
    )


def write_files(path: Path, rows: int, first: int = 0) -> Path:
    codes = (21550, 21553, 23560)
    lines = (
        f"{first + n},{codes[n % 3]},2024-0{n % 9 + 1}-01,2025-01-0{n % 9 + 1},{n % 2},0,"
        for n in range(rows)
    )
    path.write_text("\n".join([FILES_HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def verified(root: Path, *options: str) -> str:
    done = kieng(root, "verify", *options)
    assert done.returncode == 0, done.stderr
    return done.stderr


def fill(path: Path, leave: int) -> None:
    """Write to ``path`` until ``leave`` bytes are free."""
    free = shutil.disk_usage(path.parent).free - leave
    path.write_bytes(b"\0" * max(free, 0))


def allow(path: Path, writing: bool) -> None:
    """Everything below ``path`` may be written to, or only read."""
    for each in [path, *path.rglob("*")]:
        mode = 0o755 if each.is_dir() else 0o644
        each.chmod(mode if writing else mode & 0o555)
