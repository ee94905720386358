"""Builds the wheel into dist/, the same bytes from the same commit on any day, and proves it.

``python tools/wheel.py`` builds what is committed, twice, in two places: where the bytes differ nothing is
kept. What is not committed is not in it.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "dist"


def build(out: Path, commit: str = "HEAD") -> Path:
    """The wheel of a commit, in ``out``; files as git has them, dated by the commit."""
    asked = ["git", "-C", str(ROOT)]
    packed = subprocess.run([*asked, "archive", commit], check=True, capture_output=True).stdout
    day = subprocess.run([*asked, "show", "-s", "--format=%ct", commit], check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        wheel = ["-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps", "--no-index"]
        environ = os.environ | {"SOURCE_DATE_EPOCH": day.stdout.decode().strip(), "PYTHONHASHSEED": "0"}
        subprocess.run(
            [sys.executable, *wheel, "--no-build-isolation", "-w", str(out), folder],
            check=True,
            env=environ,
            umask=0o022,  # the rights of files stand in a wheel
        )
    (made,) = out.glob("kieng-*.whl")
    return made


def main() -> None:
    """Build twice, compare, keep one."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first, second = build(Path(one)), build(Path(two))
        if first.read_bytes() != second.read_bytes():
            sys.exit("two builds of one commit differ: nothing is kept")
        OUT.mkdir(exist_ok=True)
        for old in OUT.glob("kieng-*.whl"):
            old.unlink()
        kept = OUT / first.name
        kept.write_bytes(first.read_bytes())
    print(f"{hashlib.sha256(kept.read_bytes()).hexdigest()}  {kept.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
