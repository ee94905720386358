"""What really happened in the synthetic ministry: plain rows, from which the foreign files are written and
the expected figures counted. Made up, and the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")

MERGER = date(2025, 7, 1)  # two departments become one, and a division changes its parent
SPLIT = date(2025, 10, 1)  # cp-cang becomes cp-cang-bac (0.6) and cp-cang-nam (0.4)
_NEW_SYSTEM = MERGER  # inspections opened from then on come from the new system
_LAST = datetime(2026, 3, 10)


@dataclass(frozen=True)
class Inspection:
    number: str
    division: str
    vessel: str
    kind: str
    opened: datetime
    due: datetime | None
    finished: datetime | None
    findings: int | None
    fine: Decimal | None
    severity: str | None
    score: Decimal | None
    remote: bool

    @property
    def in_new_system(self) -> bool:
        return self.opened.date() >= _NEW_SYSTEM


@dataclass(frozen=True)
class Permit:
    id: str
    agency: str
    procedure: str
    sector: str
    channel: str
    holder: str
    applied: datetime
    granted: date | None
    ends: date | None
    tonnage: Decimal | None
    fees: tuple[Decimal, ...]
    papers: int
    databases: int
    digitised: bool | None
    e_result: bool
    withdrawn: bool = False


class _Dice:
    """Only ``random()`` is used: its sequence is the same in every version of Python."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, limit: int) -> int:
        return int(self._random() * limit)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]


def inspections() -> list[Inspection]:
    """About 220, from January 2024 to March 2026; the first has its hours on both sides of New Year."""
    dice = _Dice(1)
    rows = [_new_year_inspection()]
    opened = datetime(2024, 1, 3, 8)
    while opened < _LAST:
        rows.append(_inspection(len(rows), opened, dice))
        opened += timedelta(hours=48 + dice.below(80), minutes=15 * dice.below(4))
        opened = opened.replace(hour=8 + dice.below(9))
    return rows


def _new_year_inspection() -> Inspection:
    """17:30 UTC on 31 December 2024 is already 2025 in Vietnam."""
    opened, due = datetime(2025, 1, 1, 0, 30), datetime(2025, 1, 10, 17)
    finished = datetime(2025, 1, 10, 16, 30)
    return Inspection(
        "KT-0000", "at-bac", "VN-001", "surprise", opened, due, finished, 2, Decimal("1234.5"), "minor",
        Decimal("8.25"), True,
    )  # fmt: skip


def _inspection(number: int, opened: datetime, dice: _Dice) -> Inspection:
    before = opened.date() < MERGER
    directly = ("an-toan", "kiem-tra") if before else ("giam-sat",)
    severity = dice.pick(("minor", "minor", "major", "critical", None))
    open_still = dice.below(7) == 0
    return Inspection(
        number=f"KT-{number:04}",
        division=dice.pick(("at-bac", "at-bac", "at-nam", "kt-cang", "kt-khoi", "kt-khoi", *directly)),
        vessel=f"VN-{dice.below(60):03}",
        kind=dice.pick(("routine", "routine", "surprise", "complaint")),
        opened=opened,
        due=None if dice.below(12) == 0 else opened.replace(hour=17, minute=0) + timedelta(days=12),
        finished=None if open_still else _before_last(opened + timedelta(days=dice.below(18), hours=2)),
        findings=None if dice.below(10) == 0 else dice.below(8),
        fine=None if severity is None else Decimal(dice.below(900_000)) / 100,
        severity=severity,
        score=None if dice.below(6) == 0 else Decimal(dice.below(1001)) / 100,
        remote=dice.below(3) == 0,
    )


def _before_last(finished: datetime) -> datetime | None:
    return finished if finished < _LAST else None


def permits() -> list[Permit]:
    """About 180, of three port divisions of their day and one vessel division."""
    dice = _Dice(2)
    rows: list[Permit] = []
    applied = datetime(2024, 1, 2, 7, 45)
    while applied < _LAST:
        rows.append(_permit(len(rows), applied, dice))
        applied += timedelta(hours=70 + dice.below(70))
        applied = applied.replace(hour=dice.below(24), minute=dice.below(60))
    return rows


def _permit(number: int, applied: datetime, dice: _Dice) -> Permit:
    ports = ("cp-cang",) if applied.date() < SPLIT else ("cp-cang-bac", "cp-cang-nam")
    granted = None if dice.below(9) == 0 else applied.date() + timedelta(days=2 + dice.below(40))
    granted = granted if granted and granted < _LAST.date() else None
    return Permit(
        id=f"G10.99-{number:06}",
        agency=dice.pick(("cp-tau", *ports)),
        procedure=f"1.00{dice.below(5)}",
        sector=dice.pick(("fishing", "port", "tourism")),
        channel=dice.pick(("online", "online", "direct", "post")),
        holder=f"Hợp tác xã giả lập {dice.below(70)}",
        applied=applied,
        granted=granted,
        ends=granted and granted + timedelta(days=dice.pick((90, 180, 365, 730))),
        tonnage=None if dice.below(8) == 0 else Decimal(dice.below(50_000)) / 10,
        fees=tuple(Decimal(dice.below(4000)) / 4 for _ in range(dice.below(4))),
        papers=1 + dice.below(6),
        databases=dice.below(3),
        digitised=None if dice.below(10) == 0 else dice.below(2) == 0,
        e_result=granted is not None and dice.below(3) > 0,
        withdrawn=dice.below(20) == 0,
    )


@dataclass(frozen=True)
class YearbookRow:
    """One line of the wide table; texts where the table has a sign instead of a figure."""

    name: str
    vessels: tuple[int | str, int | str]
    catch: tuple[float | str, float | str]
    workers: tuple[int | str, int | str]
    trained: tuple[int | str, int | str]
    rank: tuple[int | str, int | str]
    safety: tuple[float | str, float | str]
    plan: tuple[str, str]


# fmt: off
YEARBOOK = (
    YearbookRow("BỘ KINH TẾ BIỂN", ("x", "x"), ("x", "x"), ("", ""), ("", ""), (5, 2), ("", ""),
                ("chưa", "có")),
    YearbookRow("Phòng An toàn phía Bắc", (120, 132), (10.5, 11.25), (40, 44), (20, 33), (2, 1), (91.5, 93),
                ("", "")),
    YearbookRow("Phòng An toàn Khánh Hoà", (200, 190), (20.1, 19.9), (60, 50), (15, 20), (3, 4), ("-", 88.8),
                ("", "")),
    YearbookRow("Phòng Kiểm tra cảng", (80, 98), (0, 0.05), (30, 30), (30, 30), (1, 2), ("x", "x"),
                ("", "")),
    YearbookRow("Phòng kiểm tra  ngoài khơi", (90, 87), ("", 7.3), (0, 0), (0, 0), (4, 3), ("", "-"),
                ("", "")),
    YearbookRow("Phòng Cấp phép tàu", ("x", "x"), ("x", "x"), (12, 12), (6, 9), (5, 5), (75, 75.5),
                ("x", "x")),
)
# fmt: on
