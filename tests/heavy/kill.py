"""A process that works on a folder, and its end by SIGKILL at any moment.

``python -m tests.heavy.kill WORK FOLDER ACKS`` does the work and writes an acknowledged key a line, each on
the disk before the next begins.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kieng.records.ledger import Ledger

ROOT = Path(__file__).parents[2]
_LONGEST = 600.0


@dataclass(frozen=True)
class Killable:
    """A work, how to open its ledger, and what must be the same at the end as if nobody had been killed."""

    work: str  # module:function of (folder, acknowledge)
    ledger_in: Callable[[Path], Ledger]
    outcome: Callable[[Path], object]

    def do(self, folder: Path) -> None:
        """The whole work, in this process."""
        folder.mkdir(exist_ok=True)
        work_named(self.work)(folder, lambda _: None)


def work_named(name: str) -> Callable[[Path, Callable[[str], None]], None]:
    module, _, function = name.partition(":")
    found: Callable[[Path, Callable[[str], None]], None] = getattr(importlib.import_module(module), function)
    return found


def start(work: str, folder: Path, acks: Path) -> subprocess.Popen[str]:
    """The process, at the moment at which it begins to work."""
    folder.mkdir(exist_ok=True)
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    command = [sys.executable, "-m", "tests.heavy.kill", work, str(folder), str(acks)]
    environment = os.environ | {"PYTHONPATH": paths}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def normal_seconds(work: str, folder: Path) -> float:
    """How long the work takes when nobody is killed, from "ready" to the end."""
    process = start(work, folder, folder.with_suffix(".acks"))
    began = time.monotonic()
    process.communicate(timeout=_LONGEST)
    assert process.returncode == 0
    return time.monotonic() - began


def kill_once(killable: Killable, folder: Path, normal: float, chance: Random) -> bool:
    """Kill the work somewhere, and hold what is left against what was acknowledged. True when the kill came
    before the end."""
    acks = folder.with_suffix(".acks")
    process = start(killable.work, folder, acks)
    time.sleep(chance.uniform(0, normal))
    process.kill()
    process.communicate(timeout=_LONGEST)
    assert process.returncode in (-signal.SIGKILL, 0), process.returncode
    lines = acks.read_text().split("\n") if acks.exists() else [""]
    every_acknowledged_delivery_is_there_once(killable.ledger_in(folder), lines[:-1])
    return process.returncode != 0


def every_acknowledged_delivery_is_there_once(ledger: Ledger, acknowledged: list[str]) -> None:
    assert [str(finding) for finding in ledger.verify() if finding.damage] == []
    keys = [batch.key for batch in ledger.batches()]
    assert len(set(keys)) == len(keys)
    assert keys[: len(acknowledged)] == acknowledged
    assert len(keys) <= len(acknowledged) + 1, "more than one delivery came in without a word"


def sent_again_all_is_as_if_never_killed(killable: Killable, folder: Path, control: Path) -> None:
    killable.do(folder)
    ledger, expected = killable.ledger_in(folder), killable.ledger_in(control)
    assert [batch.key for batch in ledger.batches()] == [batch.key for batch in expected.batches()]
    assert killable.outcome(folder) == killable.outcome(control)
    ledger.sweep()
    assert [str(finding) for finding in ledger.verify()] == []


def main(work: str, folder: str, acks: str) -> None:
    done = work_named(work)
    with Path(acks).open("a") as file:

        def acknowledge(key: str) -> None:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())

        sys.stdout.write("ready\n")
        sys.stdout.flush()
        done(Path(folder), acknowledge)


if __name__ == "__main__":
    main(*sys.argv[1:])
