"""One check after the other, none stopped by another: what each finds, in both languages.

A check gives results; their words stand in ``words.yaml`` by key. What a check raises becomes a fault of its
own, and one that never ends is left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import yaml

from kieng.problem_words import in_vietnamese
from kieng.problems import UserError
from kieng.words import Name

#: Seconds after which a check is given up: a disk or a server that does not answer.
PATIENCE = 60.0


class Level(IntEnum):
    """The exit code of `kieng doctor` is the worst."""

    OK = 0
    WARNING = 1
    FAULT = 2


@dataclass(frozen=True)
class Patient:
    """What is looked at. ``folder`` is ``.kieng``; neither need be there."""

    root: Path
    now: datetime

    @property
    def folder(self) -> Path:
        return self.root / ".kieng"


@dataclass(frozen=True)
class Result:
    """What a check found. ``values`` fill the blanks of the words."""

    level: Level
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def said(self) -> Name:
        return Name(self._filled("vi"), self._filled("en"))

    @property
    def mend(self) -> Name:
        """What to do; empty where nothing is to be done."""
        return Name(self._filled("mend_vi"), self._filled("mend_en"))

    def _filled(self, part: str) -> str:
        return words()["results"][self.key].get(part, "").format(**self.values)


def fine(key: str, **values: object) -> Result:
    return Result(Level.OK, key, values)


def warn(key: str, **values: object) -> Result:
    return Result(Level.WARNING, key, values)


def bad(key: str, **values: object) -> Result:
    return Result(Level.FAULT, key, values)


#: What is looked for; its name stands in ``words.yaml``. The first result tells of the whole.
Check = Callable[[Patient], Iterable[Result]]


@dataclass(frozen=True)
class Examined:
    """All that one check found."""

    check: str
    results: Sequence[Result]
    hangs: bool = False

    @property
    def level(self) -> Level:
        return max((one.level for one in self.results), default=Level.OK)

    @property
    def name(self) -> Name:
        return name_of(self.check)

    def told(self) -> list[dict[str, Any]]:
        """As JSON, an object for each result."""
        return [
            {
                "check": self.check,
                "level": one.level.name.lower(),
                "result": one.key,
                "vi": one.said.vi,
                "en": one.said.en,
                "mend": {"vi": one.mend.vi, "en": one.mend.en} if one.mend.vi else None,
            }
            for one in self.results
        ]


def examine(name: str, check: Check, patient: Patient, patience: float = PATIENCE) -> Examined:
    """What ``check`` finds, whatever happens meanwhile."""
    beside = ThreadPoolExecutor(1, thread_name_prefix=name)
    found = beside.submit(lambda: list(check(patient)))
    try:
        error = found.exception(patience)
    except TimeoutError:
        beside.shutdown(wait=False)
        return Examined(name, [bad("hangs", seconds=round(patience))], hangs=True)
    beside.shutdown()
    return Examined(name, found.result() if error is None else [_of_error(error)])


def _of_error(error: BaseException) -> Result:
    if isinstance(error, PermissionError):
        return bad("not-allowed", place=error.filename or "?")
    if not isinstance(error, UserError):
        told = f"{type(error).__name__}: {error}"[:300]
        return bad("check-failed", why=told)
    return refused("refused", error)


def refused(key: str, error: UserError) -> Result:
    """A fault of what was refused with words of its own."""
    problem = error.problems[0]
    vi = in_vietnamese(problem) or (problem.why, problem.remedy)
    place, code = str(problem.place), problem.code
    en = (problem.why, problem.remedy)
    return bad(key, place=place, code=code, why_vi=vi[0], why_en=en[0], remedy_vi=vi[1], remedy_en=en[1])


def name_of(check: str) -> Name:
    told = words()["checks"][check]
    return Name(told["vi"], told["en"])


@cache
def words() -> dict[str, dict[str, dict[str, str]]]:
    """``checks`` by name, ``results`` by key."""
    text = files("kieng.workspace.doctor").joinpath("words.yaml").read_text("utf-8")
    return cast("dict[str, dict[str, dict[str, str]]]", yaml.safe_load(text))
