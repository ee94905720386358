"""Every operation cut off at any write, name, wait for the disk or commit; on disks and servers that fail.

Nothing is lost, doubled or half-written; the next command ends well or in words; run again, the operation
ends as if nothing had happened. The ordinary suite tries a few moments, ``make test-heavy`` hundreds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.injection import EIO, ENOSPC, KILL, STOP, TORN, WAL
from tests.faults.scenes import SCENES
from tests.heavy.sizes import KILLS
from tests.helpers import postgres

ROOT = Path(__file__).parents[2]
#: Of these the database alone says what is there.
IN_LEDGER = ("load", "withdraw", "load-large", "tidy", "measure")


def tried(scene: str, mode: str, count: int, folder: Path) -> None:
    paths = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [
        sys.executable,
        "-m",
        "tests.faults.trials",
        scene,
        mode,
        str(count),
        "1",
        str(folder / "trials"),
    ]
    done = subprocess.run(command, cwd=ROOT, env=paths, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["wrong"] == []
    assert sum(report["hit"].values()) == count
    told = f"{count} of {report['points']} points, {report['hit']}, {report['ended']}"
    sys.stdout.write(f"{scene} {mode}: {told}\n")


@pytest.mark.slow  # a process for every trial
@pytest.mark.parametrize(
    ("scene", "mode"),
    [("reorganise", KILL), ("restore", KILL), ("load-large", EIO), ("tidy", TORN), ("load", WAL)],
)
def test_a_few(tmp_path: Path, scene: str, mode: str) -> None:
    tried(scene, mode, 2, tmp_path)


@pytest.mark.slow  # a process for every trial, and a server
@pytest.mark.parametrize("mode", [KILL, STOP])
def test_a_few_on_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """``stop``: the server ends and begins again in the middle of it."""
    monkeypatch.setenv(postgres.SERVER, postgres.server())
    tried("load", mode, 2, tmp_path)


@pytest.mark.heavy
@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize("scene", sorted(SCENES))
def test_kills(tmp_path: Path, scene: str) -> None:
    tried(scene, KILL, max(KILLS // 4, 2), tmp_path)


@pytest.mark.heavy
@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize("mode", [EIO, ENOSPC, TORN])
@pytest.mark.parametrize("scene", sorted(SCENES))
def test_disks_that_fail(tmp_path: Path, scene: str, mode: str) -> None:
    tried(scene, mode, max(KILLS // 10, 2), tmp_path)


@pytest.mark.heavy
@pytest.mark.parametrize("scene", IN_LEDGER)
def test_a_log_that_is_cut_short(tmp_path: Path, scene: str) -> None:
    tried(scene, WAL, max(KILLS // 5, 2), tmp_path)


@pytest.mark.heavy
@pytest.mark.parametrize("scene", IN_LEDGER)
def test_a_server_that_begins_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: str) -> None:
    monkeypatch.setenv(postgres.SERVER, postgres.server())
    tried(scene, STOP, max(KILLS // 10, 2), tmp_path)
