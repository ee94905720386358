"""The question every contestant is asked, and how its answers are timed. Runs in any peer's Python.

One question: the ratio of one element by district and month, over twelve months: 11 x 12 numbers.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

COMMUNES, DISTRICTS, ELEMENTS = 159, 11, 120
MONTHS = [f"{year}-{month:02}" for year in range(2021, 2026) for month in range(1, 13)]
_WARM_UP = 3

Key = str  # district and month, with a blank between
Answer = Iterable[tuple[object, object, object]]  # district, month (a date, or text that begins so), ratio


@dataclass(frozen=True)
class Question:
    """``first`` and ``last`` are months (``2024-01``), both included."""

    element: str
    first: str
    last: str

    @property
    def first_day(self) -> str:
        return f"{self.first}-01"

    @property
    def last_month_day(self) -> str:
        return f"{self.last}-01"


def element(number: int) -> str:
    return f"e{number:03}"


def questions() -> list[Question]:
    """A question per element, each asked once, so that no cache of answers can help."""
    return [Question(element(n), "2024-01", "2024-12") for n in range(ELEMENTS)]


def warm_up() -> list[Question]:
    """Other questions, asked before: what starts late (compilers, connections) has then started."""
    return [Question(element(n), "2022-01", "2022-12") for n in range(_WARM_UP)]


def contest(ask: Callable[[Question], Answer]) -> None:
    """Ask everything and print, as JSON, the seconds of each question and its answer."""
    for question in warm_up():
        list(ask(question))
    seconds, answers = [], []
    for question in questions():
        start = time.perf_counter()
        rows = list(ask(question))
        seconds.append(time.perf_counter() - start)
        answers.append({f"{district} {str(month)[:7]}": float(ratio) for district, month, ratio in rows})
    json.dump({"seconds": seconds, "answers": answers}, sys.stdout)


def asked_folder() -> Path:
    """The folder of the data: what a contestant is started with."""
    return Path(sys.argv[1])
