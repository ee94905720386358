"""What the workers have counted, added up over all of them: how many questions, how they ended, how long.

A worker counts in its memory and adds it to one small file each second: a question costs no system call. By
the page's *name* alone, never by its address, so that nothing tells who asked for whom. The file can be
deleted: whoever watches takes that for a restart. A worker that is killed loses its last second.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from kieng.workspace.operations import alone_in

#: Of a question's environment: the name of the page that answered it. What no page answered: files of the
#: site, addresses that lead nowhere, what was refused before.
PAGE, NO_PAGE = "kieng.page", "-"
NAME = "counters"
#: Upper bounds of seconds; what took longer is counted in a last one.
BOUNDS = (0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
#: A worker that has not been heard of for so many seconds is gone.
_GONE = 30.0


@dataclass
class Counted:
    """``requests`` by page and status; ``took`` by page: how many below each bound and above the last, then
    their seconds; ``refused`` by reason."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, page: str, status: int, seconds: float) -> None:
        self.requests[page, status] += 1
        took = self.took.get(page)
        if took is None:
            took = self.took[page] = [0.0] * (len(BOUNDS) + 2)
        took[bisect_left(BOUNDS, seconds)] += 1
        took[-1] += seconds

    def add_all(self, other: Counted) -> None:
        self.requests += other.requests
        self.refused += other.refused
        for page, took in other.took.items():
            self.took[page] = [
                a + b for a, b in zip(self.took.get(page, [0.0] * len(took)), took, strict=True)
            ]


@dataclass(frozen=True)
class Worker:
    """What a worker last said of itself: when, and how many questions wait for a turn and have one."""

    at: float
    waiting: int
    having: int


@dataclass
class Totals:
    """Over all workers; those that were heard of lately, by their process."""

    counted: Counted = field(default_factory=Counted)
    workers: dict[int, Worker] = field(default_factory=dict)


def totals(folder: Path) -> Totals:
    """What stands in ``folder`` (``.kieng``); nothing where the file is missing, or is none."""
    try:
        told = json.loads((folder / NAME).read_text("utf-8"))
        found = Counted(
            Counter({_page_and_status(name): int(n) for name, n in told["requests"].items()}),
            {page: _took(one) for page, one in told["took"].items()},
            Counter({str(name): int(n) for name, n in told["refused"].items()}),
        )
        return Totals(found, _heard_of({int(pid): _worker(*one) for pid, one in told["workers"].items()}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return Totals()


def add(folder: Path, counted: Counted, waiting: int, having: int) -> bool:
    """Add what this worker counted, and what it is at. False where the file cannot be written now."""
    try:
        with alone_in(folder):
            known = totals(folder)
            known.counted.add_all(counted)
            known.workers[os.getpid()] = Worker(time.time(), waiting, having)
            _write(folder / NAME, known)
    except OSError:
        return False
    return True


def _write(path: Path, known: Totals) -> None:
    passing = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    counted = known.counted
    told: Mapping[str, Any] = {
        "requests": {f"{page} {status}": n for (page, status), n in counted.requests.items()},
        "took": counted.took,
        "refused": counted.refused,
        "workers": {pid: [one.at, one.waiting, one.having] for pid, one in known.workers.items()},
    }
    try:
        passing.write_text(json.dumps(told), "utf-8")
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)


def _page_and_status(name: str) -> tuple[str, int]:
    page, _, status = name.rpartition(" ")
    return page, int(status)


def _worker(at: float, waiting: int, having: int) -> Worker:
    return Worker(float(at), int(waiting), int(having))


def _took(told: list[float]) -> list[float]:
    if len(told) != len(BOUNDS) + 2:  # of a Kiềng with other bounds
        raise ValueError
    took = [float(one) for one in told]
    if not all(map(isfinite, took)):
        raise ValueError
    return took


def _heard_of(workers: Mapping[int, Worker]) -> dict[int, Worker]:
    now = time.time()
    return {pid: one for pid, one in workers.items() if abs(now - one.at) < _GONE}
