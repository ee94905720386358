"""What the command line prints: Vietnamese first, English beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from kieng.problem_words import in_vietnamese
from kieng.problems import Problem, shorten

#: Figures and tables go to ``out``; everything about the work itself goes to ``err``.
#: Nothing in a name, a file or a formula is ever taken for markup.
out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

MOST_PROBLEMS_SHOWN = 50


def language() -> str:
    """``vi`` or ``en`` from KIENG_LANG, else both."""
    asked = os.environ.get("KIENG_LANG", "")
    return asked if asked in ("vi", "en") else "both"


def say(vi: str, en: str, console: Console = err) -> None:
    """One message in both languages, or the one asked for."""
    if language() != "en":
        console.print(Text(vi))
    if language() != "vi":
        console.print(Text(en, style="" if language() == "en" else "dim"))


def show_problems(problems: Iterable[Problem]) -> None:
    """Problems one by one, the first fifty in full and the rest as a count."""
    ordered = sorted(problems, key=lambda p: (p.place, p.code))
    for problem in ordered[:MOST_PROBLEMS_SHOWN]:
        err.print(problem_text(problem))
    if (rest := len(ordered) - MOST_PROBLEMS_SHOWN) > 0:
        say(f"… và {rest} lỗi nữa.", f"… and {rest} more.")
    say(f"{len(ordered)} lỗi.", f"{len(ordered)} problem{'s' if len(ordered) != 1 else ''}.")


def problem_text(problem: Problem) -> Text:
    """Place, code and value; then why and remedy in Vietnamese and, beneath, the exact English."""
    text = Text()
    if place := str(problem.place):
        text.append(f"{place}: ", style="bold")
    text.append(problem.code, style="red")
    if problem.value is not None:
        text.append(f" {shorten(problem.value)!r}")
    vietnamese = in_vietnamese(problem)
    if vietnamese is not None and language() != "en":
        text.append(_sentences(*vietnamese))
    if vietnamese is None or language() != "vi":
        beside = vietnamese is not None and language() == "both"
        text.append(_sentences(problem.why, problem.remedy), style="dim" if beside else None)
    return text


def _sentences(why: str, remedy: str) -> str:
    return f"\n    {why}\n    → {remedy}"


@contextmanager
def progress(vi: str, en: str) -> Iterator[Progress]:
    """A progress bar on a terminal, silence elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty())
    with bar:
        bar.add_task(en if language() == "en" else vi, total=None)
        yield bar
