"""What can be wrong with what people give us, said so that they can mend it.

A problem names what, where, why and how to mend. Readers of plans and of record
files collect problems and go on, so that a person sees all of them at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kieng.words import Name


@dataclass(frozen=True, order=True)
class Place:
    """Where a piece of text stands. Lines and columns count from 1; 0 means "the whole file"."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    ``code`` is a stable kebab-case name (``unknown-field``), for tests and for translation.
    ``why`` and ``remedy`` are whole sentences a civil servant understands.
    ``value`` is the offending text as it stood in the source, if there is one.
    ``vietnamese`` is why and remedy in Vietnamese where they hold more than ``problems.vi.yaml`` can say
    by the code alone (see :mod:`kieng.problem_words`).
    """

    place: Place
    code: str
    why: str
    remedy: str
    value: str | None = None
    vietnamese: tuple[str, str] | None = field(default=None, compare=False)

    def __str__(self) -> str:
        shown = "" if self.value is None else f" {shorten(self.value)!r}:"
        return f"{self.place}: {self.code}:{shown} {self.why} → {self.remedy}"


def shorten(text: str, most: int = 80) -> str:
    """``text`` cut to ``most`` characters, so that a huge cell never floods a message."""
    return text if len(text) <= most else text[: most - 1] + "…"


@dataclass
class Problems:
    """A list that collects problems while work goes on."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, code: str, why: str, remedy: str, value: object = None) -> None:
        text = None if value is None else str(value)
        self.found.append(Problem(place, code, why, remedy, text))

    def extend(self, others: Iterable[Problem]) -> None:
        self.found.extend(others)

    def sorted(self) -> list[Problem]:
        return sorted(self.found, key=lambda p: (p.place, p.code))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __bool__(self) -> bool:
        return bool(self.found)


class UserError(Exception):
    """Bad input: shown without a traceback; the command line ends with exit code 2.

    Carries every problem found, never only the first.
    """

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


def refuse(place: Place | str, code: str, why: str, remedy: str, value: object = None) -> UserError:
    """A :class:`UserError` of one problem, ready to raise."""
    where = place if isinstance(place, Place) else Place(place)
    text = None if value is None else str(value)
    return UserError(Problem(where, code, why, remedy, text))


def near(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown word: the one that was probably meant, or all there are."""
    return near_name(word, known).en


def near_name(word: str, known: Iterable[str]) -> Name:
    """The same in both languages."""
    words = list(known)
    close = difflib.get_close_matches(word[:80], words, n=1)
    if close:
        return Name(f"Có phải là `{close[0]}`?", f"Did you mean `{close[0]}`?")
    if not words:
        return Name("Chưa có mục nào để chọn.", "There is none to choose from.")
    shown = ", ".join(words[:20])
    if len(words) <= 20:
        return Name(f"Có: {shown}.", f"There are: {shown}.")
    return Name(f"Có: {shown}, … (tất cả {len(words)}).", f"There are: {shown}, … ({len(words)} in all).")
