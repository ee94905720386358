"""When each work on a workspace was last done and how it ended: what alarms, `kieng doctor` and whoever
watches go by. A small file of its own: it can be lost without any loss to the ledger.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from kieng.problems import UserError
from kieng.records.disk import whole_or_not_there

if TYPE_CHECKING:  # the watch beside the pages loads none of what reads records
    from kieng.records.verify import Finding

NAME = "operations"
_FOREVER = 1e11  # the year 5138
_INTERRUPTED = "interrupted"

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Work(StrEnum):
    """What is noted."""

    MEASURE = "measure"
    VERIFY = "verify"
    BACKUP = "backup"
    WORKERS = "workers"  # those that make pages died one after another


@dataclass(frozen=True)
class Operation:
    """The last time a work was done. Moments in seconds since 1970 (UTC); ``ended`` None while it is done,
    and for good where it was killed. ``told``: what it made, or the codes of what hindered it. ``fine_at``:
    when it last ended well, ``seconds`` how long that took."""

    began: float
    ended: float | None = None
    fine: bool = False
    told: str = ""
    fine_at: float | None = None
    seconds: float | None = None


Operations = Mapping[Work, Operation]


def operations(folder: Path) -> Operations:
    """What is noted in ``folder`` (``.kieng``); nothing where the file is missing, or is none."""
    try:
        told = json.loads((folder / NAME).read_text("utf-8"))
        return {Work(name): _checked(Operation(**one)) for name, one in told.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _checked(one: Operation) -> Operation:
    """ValueError for what no Kiềng has noted: whoever reads goes by these as by numbers."""
    for moment in (one.began, one.ended, one.fine_at, one.seconds):
        if moment is not None and not (isinstance(moment, int | float) and abs(moment) < _FOREVER):
            raise ValueError(moment)
    return replace(one, fine=one.fine is True, told=str(one.told))


def note(folder: Path, work: Work, change: Callable[[Operation | None], Operation]) -> None:
    """Note ``work`` as ``change`` makes it of what was noted before. A folder that cannot be written is left:
    the work itself says what hinders it."""
    with suppress(OSError), alone_in(folder):
        noted = dict(operations(folder))
        noted[work] = change(noted.get(work))
        with whole_or_not_there(folder / NAME) as (passing,):
            passing.write_text(json.dumps({name: asdict(one) for name, one in noted.items()}), "utf-8")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One writer of small notes at a time, by a lock of the folder itself: it needs no file of its own.
    OSError where there is no such folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class Noting:
    """While this lasts a work is being done; how it ends is noted, also when it is given up."""

    def __init__(self, folder: Path, work: Work) -> None:
        self._folder, self._work, self._fine, self._told = folder, work, True, ""
        self._began = 0.0

    def __enter__(self) -> Noting:
        self._began = began = _now()
        note(
            self._folder, self._work, lambda last: replace(last or Operation(began), began=began, ended=None)
        )
        return self

    def ended(self, fine: bool, told: str) -> None:
        """How it ended, where it was not given up."""
        self._fine, self._told = fine, told

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if kind is not None:
            self._fine, self._told = False, _why(error)
        now = _now()
        done = Operation(self._began, now, self._fine, self._told)
        note(self._folder, self._work, lambda last: _after(last, done, now))


def _after(last: Operation | None, done: Operation, now: float) -> Operation:
    if done.fine:
        return replace(done, fine_at=now, seconds=round(max(0.0, now - done.began), 3))
    return done if last is None else replace(done, fine_at=last.fine_at, seconds=last.seconds)


def noted(
    work: Work, fine: Callable[[Any], bool] = lambda _: True, told: Callable[[Any], str] = lambda _: ""
) -> Callable[[Callable[Given, Made]], Callable[Given, Made]]:
    """Note a function's work in the ``folder`` of its first argument. ``fine`` and ``told`` are asked of what
    it gives back."""

    def around(function: Callable[Given, Made]) -> Callable[Given, Made]:
        @wraps(function)
        def inner(*args: Given.args, **kwargs: Given.kwargs) -> Made:
            of: Any = args[0]
            with Noting(of.folder, work) as noting:
                made = function(*args, **kwargs)
                noting.ended(fine(made), told(made))
            return made

        return inner

    return around


def damage_told(findings: Iterable[Finding]) -> str:
    """The kinds of what is damaged, each once."""
    return ", ".join(sorted({one.kind for one in findings if one.damage}))


def _why(error: BaseException | None) -> str:
    if isinstance(error, UserError):
        return ", ".join(sorted({one.code for one in error.problems}))
    return _INTERRUPTED if isinstance(error, KeyboardInterrupt) else type(error).__name__


def _now() -> float:
    return datetime.now(UTC).timestamp()
