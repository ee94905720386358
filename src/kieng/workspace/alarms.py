"""What must wake somebody: one table. Each alarm stands while its reason does, and ends by itself.

Whoever watches (the process beside the pages, ``/suc-khoe/``, ``/so-do/``, `kieng doctor`) asks here. Nothing
of it needs the database: what must tell that the database is away cannot rest on it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import yaml

from kieng.words import Name
from kieng.workspace.operations import Operation, Operations, Work, operations

#: Hours without a whole backup after which somebody is woken: a night may be missed, two not.
BACKUP_HOURS = "KIENG_BACKUP_HOURS"
_BACKUP_HOURS = 36.0
#: Less than so much of the disk, or so many bytes, whichever is less: a measuring needs room to begin.
_FREE_PART, _FREE_BYTES = 0.05, 2_000_000_000
#: Clocks that are put right differ by so many seconds.
CLOCKS_DIFFER = 120.0
#: How long workers that died one after another are told of, in seconds.
_FELL = 900.0
#: No work takes so many seconds.
_LONGEST = 6 * 3600.0
_LEDGER = frozenset({"ledger-damaged", "database-damaged", "kept-damaged"})
#: What `/suc-khoe/` may say without anybody having to come. The last stands for: it was not asked.
_FINE = frozenset({"fine", "nothing measured", ""})
NO_ANSWER = "no answer"


class Level(StrEnum):
    """``fault``: now. ``warning``: today."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True)
class Seen:
    """What alarms are judged by. ``health`` is what `/suc-khoe/` says; ``demo``: nothing here is of worth."""

    folder: Path
    now: datetime
    operations: Operations = field(default_factory=dict)
    health: str = ""
    text_faults: int = 0
    demo: bool = False

    def of(self, work: Work) -> Operation | None:
        return self.operations.get(work)


@dataclass(frozen=True)
class Alarm:
    """``stands`` says why it stands (numbers, codes), or None. Its words are in ``alarms.yaml``."""

    code: str
    level: Level
    stands: Callable[[Seen], str | None]

    @property
    def said(self) -> Name:
        """What is wrong."""
        return Name(_words()[self.code]["vi"], _words()[self.code]["en"])

    @property
    def mend(self) -> Name:
        """What to do."""
        return Name(_words()[self.code]["mend_vi"], _words()[self.code]["mend_en"])


@cache
def _words() -> dict[str, dict[str, str]]:
    text = files("kieng.workspace").joinpath("alarms.yaml").read_text("utf-8")
    return cast("dict[str, dict[str, str]]", yaml.safe_load(text))


@dataclass(frozen=True)
class Standing:
    """An alarm that stands, and why."""

    alarm: Alarm
    why: str

    def told(self) -> Mapping[str, Any]:
        """As one JSON object."""
        one = self.alarm
        return {
            "alarm": one.code,
            "level": one.level.value,
            "vi": one.said.vi,
            "en": one.said.en,
            "mend": {"vi": one.mend.vi, "en": one.mend.en},
            "why": self.why,
        }


def look(
    folder: Path,
    *,
    health: str = "",
    text_faults: int = 0,
    demo: bool = False,
    now: datetime | None = None,
) -> list[Standing]:
    """The alarms that stand over the workspace whose ``.kieng`` is ``folder``."""
    seen = Seen(folder, now or datetime.now(UTC), operations(folder), health, text_faults, demo)
    found = ((one, one.stands(seen)) for one in ALARMS)
    return [Standing(one, why) for one, why in found if why is not None]


def backup_hours() -> float:
    """How old the last backup may be, as KIENG_BACKUP_HOURS says; what is no such number is not believed."""
    try:
        hours = float(os.environ.get(BACKUP_HOURS, _BACKUP_HOURS))
    except ValueError:
        return _BACKUP_HOURS
    return hours if 0 < hours < float("inf") else _BACKUP_HOURS


def free_of(folder: Path) -> tuple[int, int] | None:
    """Bytes free and in all on the disk of ``folder``; None where it cannot be asked."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return usage.free, usage.total


def nearly_full(free: int, total: int) -> bool:
    return free < min(_FREE_PART * total, _FREE_BYTES)


def last_moment(known: Operations) -> float | None:
    """The newest moment that something was done."""
    return max(
        (at for one in known.values() for at in (one.began, one.ended) if at is not None), default=None
    )


# --- why each stands ------------------------------------------------------------------------------


def _ledger_damaged(seen: Seen) -> str | None:
    if seen.health in _LEDGER:
        return seen.health
    last = seen.of(Work.VERIFY)
    # A verifying that was cut off has found nothing: that is no damage.
    return None if last is None or last.ended is None else _failed(seen, Work.VERIFY)


def failed(last: Operation | None, now: datetime) -> str | None:
    """Why the last try of a work was not whole; None where it was, or goes on. Who killed it left no word:
    it has not ended, long after it began."""
    if last is None:
        return None
    if last.ended is None:
        return "cut off" if now.timestamp() - last.began > _LONGEST else None
    return None if last.fine else last.told or "failed"


def _failed(seen: Seen, work: Work) -> str | None:
    return failed(seen.of(work), seen.now)


def _not_answering(seen: Seen) -> str | None:
    return seen.health if seen.health == NO_ANSWER else None


def _out_of_reach(seen: Seen) -> str | None:
    return None if seen.health in _FINE | _LEDGER | {NO_ANSWER} else seen.health


def _workers(seen: Seen) -> str | None:
    last = seen.of(Work.WORKERS)
    if last is None or last.ended is None or not 0 <= seen.now.timestamp() - last.ended < _FELL:
        return None
    return last.told or "fell"


def _measuring(seen: Seen) -> str | None:
    return _failed(seen, Work.MEASURE)


def _backup(seen: Seen) -> str | None:
    last = seen.of(Work.BACKUP)
    if seen.demo:
        return None
    if (why := _failed(seen, Work.BACKUP)) is not None:
        return why
    if last is None or last.fine_at is None:
        return "never"
    hours = (seen.now.timestamp() - last.fine_at) / 3600
    return f"{hours:.0f} h" if hours > backup_hours() else None


def _disk(seen: Seen) -> str | None:
    found = free_of(seen.folder)
    return f"{found[0] / 1e9:.1f} GB" if found is not None and nearly_full(*found) else None


def _clock(seen: Seen) -> str | None:
    last = last_moment(seen.operations)
    back = 0.0 if last is None else last - seen.now.timestamp()
    return f"{back / 60:.0f} min" if back > CLOCKS_DIFFER else None


def _text(seen: Seen) -> str | None:
    return str(seen.text_faults) if seen.text_faults else None


ALARMS = (
    Alarm("ledger-damaged", Level.FAULT, _ledger_damaged),
    Alarm("not-answering", Level.FAULT, _not_answering),
    Alarm("out-of-reach", Level.FAULT, _out_of_reach),
    Alarm("workers-dying", Level.FAULT, _workers),
    Alarm("measuring-failed", Level.FAULT, _measuring),
    Alarm("backup-too-old", Level.FAULT, _backup),
    Alarm("disk-nearly-full", Level.FAULT, _disk),
    Alarm("clock-set-back", Level.FAULT, _clock),
    Alarm("text-faults", Level.WARNING, _text),
)
