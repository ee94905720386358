"""Work of which the next piece is done in another thread while the last one's answer is used.

An engine computes outside Python, and what is made of its answers is made in Python: on two processors
each has one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

_TURN = 0.0005  # seconds

What = TypeVar("What")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Job(Generic[What, Answer]):
    """``what`` is asked, and ``answer`` works it out. ``beside``: it may be worked out while an earlier
    answer is still in use; without it only when that is done with, so that both need not find room."""

    what: What
    answer: Callable[[], Answer]
    beside: bool = True


def one_ahead(
    jobs: Iterable[Job[What, Answer]], interrupt: Callable[[], None] = lambda: None
) -> Iterator[tuple[What, Answer]]:
    """What each job asks with its answer, in their order. Raises what a job raises, when its turn comes.

    Jobs are taken from ``jobs`` in the thread of whoever reads this, the next one after one that needs the
    room only when its answer has been used. ``interrupt`` ends a job that works: whoever stops reading, by
    Ctrl-C say, need not wait for its end.
    """
    waiting: tuple[What, Future[Answer]] | None = None
    all_read = False
    with _quick_turns(), ThreadPoolExecutor(1, "ahead") as other:
        try:
            for job in jobs:
                if waiting is not None and not job.beside:
                    yield waiting[0], waiting[1].result()
                    waiting = None
                started = job.what, other.submit(job.answer)
                if waiting is not None:
                    yield waiting[0], waiting[1].result()
                waiting, alone = started, not job.beside
                del job, started  # lest they hold what is done with while the next is made
                if alone:
                    yield waiting[0], waiting[1].result()
                    waiting = None
            if waiting is not None:
                yield waiting[0], waiting[1].result()
            all_read = True
        finally:
            if not all_read:
                interrupt()


@contextmanager
def _quick_turns() -> Iterator[None]:
    """DuckDB asks for Python's lock again and again, to see whether somebody interrupts it: with the usual
    turns it waits 5 ms each time, and nothing is done at the same time."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
