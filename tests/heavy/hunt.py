"""Many numbered trials in processes of their own, so that a crash, a hang or a flood of memory has a number.

A trial is a function of one number that raises when the promise is broken. The number alone makes the trial:
``python -m tests.heavy.hunt tests.heavy.input_trials:trial 4711 4712`` does one again.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import resource
import subprocess
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 120  # for one trial, on a machine that does other things too
MEMORY = 20 * 2**30  # of addresses: DuckDB and Arrow set 12 GB aside from the start
ENOUGH = 30  # broken trials after which a process stops looking


@dataclass(frozen=True)
class Broken:
    """``why`` ends with the traceback, or says how the process died."""

    number: int
    why: str

    def __str__(self) -> str:
        return f"trial {self.number}: {self.why}"


def hunt(trial: str, count: int, first: int = 0, processes: int = 1) -> list[Broken]:
    """The broken ones of the trials ``first`` to ``first + count``. ``trial`` is ``module:function``."""
    share = -(-count // processes)
    starts = range(first, first + count, share)
    ranges = [(start, min(start + share, first + count)) for start in starts]
    with ThreadPoolExecutor(processes) as pool:
        found = pool.map(lambda one: _hunt_range(trial, *one), ranges)
        return [broken for part in found for broken in part]


def _hunt_range(trial: str, first: int, after: int) -> list[Broken]:
    """A process that dies is started again after the trial it died of."""
    broken: list[Broken] = []
    while first < after and len(broken) < ENOUGH:
        found, reached, how = _process(trial, first, after)
        broken += found
        if reached == after:
            break
        broken.append(Broken(reached, how))
        first = reached + 1
    return broken


def _process(trial: str, first: int, after: int) -> tuple[list[Broken], int, str]:
    """What one process found, how far it came, and how it ended."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    command = [sys.executable, "-m", "tests.heavy.hunt", trial, str(first), str(after)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True
    )
    reached, broken = first, []
    for line in done.stdout.splitlines():
        said = json.loads(line)
        reached = said["number"]
        if "why" in said:
            broken.append(Broken(reached, said["why"]))
    return broken, reached, f"the process ended with {done.returncode}:\n{done.stderr[-4000:]}"


def main(trial: str, first: str, after: str) -> None:
    """Do the trials and tell the parent, a JSON object a line."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    module, _, name = trial.partition(":")
    function: Callable[[int], None] = getattr(importlib.import_module(module), name)
    broken = 0
    for number in range(int(first), int(after)):
        _tell(number=number)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        try:
            function(number)
        except Exception:  # noqa: BLE001 that none comes is what is tried
            _tell(number=number, why=traceback.format_exc()[-4000:])
            broken += 1
        faulthandler.cancel_dump_traceback_later()
        if broken >= ENOUGH:
            break
    _tell(number=int(after))


def _tell(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
