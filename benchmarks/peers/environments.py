"""Makes an environment for each peer below a work folder: never in Kiềng's own, never in the repository.

    .venv/bin/python benchmarks/peers/environments.py --work /var/tmp/peers

Python peers get a venv with what ``requirements/`` pins; Cube gets ``node_modules`` (Node 20 with npm).
What is there already is left as it is. A peer that does not install is named, and the others go on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PYTHON_PEERS = ("bsl", "metricflow", "datasette")
WORK = Path(tempfile.gettempdir()) / "kieng-peers"
#: Without these Cube 0.31 looks for a binary of its own store, which is in no package registry.
CUBE_ENVIRONMENT = {
    "CUBESTORE_SKIP_POST_INSTALL": "true",
    "CUBEJS_CACHE_AND_QUEUE_DRIVER": "memory",
    "CUBEJS_TELEMETRY": "false",
}


def python_of(work: Path, peer: str) -> Path:
    return work / peer / "bin" / "python"


def make_python(work: Path, peer: str) -> None:
    """A venv with the peer's pinned packages."""
    if (work / peer / "installed").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", work / peer], check=True)
    packages = ["-r", HERE / "requirements" / f"{peer}.txt"]
    subprocess.run([python_of(work, peer), "-m", "pip", "install", "-q", *packages], check=True)
    (work / peer / "installed").touch()


def make_cube(work: Path) -> None:
    """Cube's packages beside its model."""
    folder = work / "cube"
    shutil.copytree(HERE / "cube", folder, dirs_exist_ok=True)
    if (folder / "installed").exists():
        return
    npm = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"]
    subprocess.run(npm, cwd=folder, env=os.environ | CUBE_ENVIRONMENT, check=True)
    (folder / "installed").touch()


def make(work: Path, peer: str) -> bool:
    """Whether the peer is there now."""
    work.mkdir(parents=True, exist_ok=True)
    try:
        make_cube(work) if peer == "cube" else make_python(work, peer)
    except (subprocess.CalledProcessError, FileNotFoundError) as problem:
        print(f"{peer} does not install here: {problem}", file=sys.stderr)
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("peers", nargs="*", default=[*PYTHON_PEERS, "cube"])
    chosen = parser.parse_args()
    for peer in chosen.peers:
        print(peer, "ready" if make(chosen.work, peer) else "missing")


if __name__ == "__main__":
    main()
