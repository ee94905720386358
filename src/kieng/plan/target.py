"""Target (mục tiêu, chỉ tiêu được giao): what an indicator should reach, by when, at which level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kieng.plan.indicator import Source
from kieng.plan.lead import Lead
from kieng.plan.stated import Precision
from kieng.problems import Place
from kieng.words import Name


class TargetKind(StrEnum):
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    ABOUT = "about"  # within ``tolerance`` of ``value``
    EXACTLY = "exactly"
    BETWEEN = "between"  # ``value`` to ``upper``, both inclusive
    RANK_AT_MOST = "rank_at_most"
    DONE = "done"  # yes or no, with evidence
    DIRECTION = "direction"  # better than the baseline, no figure given
    UNIVERSAL = "universal"  # for everybody, in the plan's own words (``wording``), no figure given


@dataclass(frozen=True)
class Milestone:
    by: date
    value: Decimal


@dataclass(frozen=True)
class Baseline:
    """Where the way began. ``value`` in the indicator's unit (percent as 55, not 0.55).

    An average ``over`` several years (first and last day) stands ``on`` the middle of them: it is the
    value of no other day. ``covers`` says what the figure is of where that is less than the indicator.
    ``out_of``: of how many a rank is. ``is_first_measurement``: no document gives it; it is the first
    figure measured.
    """

    value: Decimal
    on: date
    source: Source | None = None
    level: str | None = None
    precision: tuple[Precision, ...] = ()
    over: tuple[date, date] | None = None
    covers: Name | None = None
    out_of: int | None = None
    is_first_measurement: bool = False


@dataclass(frozen=True)
class Target:
    """One promise. Values are in the indicator's unit. Exactly one of ``level``/``agency`` is set.

    ``closes`` (exclusive) ends the target early, as when its level is abolished: it is closed with
    its history, never deleted. ``follows`` names the target that it continues after a reorganisation.
    ``heir_reports`` says why a figure that an heir of its agency reports is the very thing that was promised.
    ``leads`` and ``cooperating`` are those that the plan names for it; none: the indicator's.

    ``binds_above``/``binds_below``: more (less) than a range or an "about" names does not fulfil it
    either, where the indicator's better way is up (down). ``out_of``: of how many a rank is asked for.
    ``starts_measured``: the first measurement after the plan began is the baseline.
    """

    id: str
    plan: str
    indicator: str
    kind: TargetKind
    by: date
    value: Decimal | None = None
    upper: Decimal | None = None
    tolerance: Decimal | None = None
    level: str | None = None
    agency: str | None = None
    baseline: Baseline | None = None
    milestones: tuple[Milestone, ...] = ()
    closes: date | None = None
    because: str | None = None
    follows: str | None = None
    source: Source | None = None
    note: str | None = None
    wording: Name | None = None
    place: Place = Place("")
    leads: tuple[Lead, ...] = ()
    cooperating: tuple[Lead, ...] = ()
    heir_reports: Name | None = None
    binds_above: bool = False
    binds_below: bool = False
    out_of: int | None = None
    starts_measured: bool = False


@dataclass(frozen=True)
class Task:
    """Nhiệm vụ with its six clear points (6 rõ): person (post), work, time, responsibility, product,
    authority."""

    id: str
    plan: str
    work: Name
    agency: str
    post: str
    by: date
    responsibility: str
    product: str
    authority: str
    indicators: tuple[str, ...] = ()
    place: Place = Place("")


@dataclass(frozen=True)
class Plan:
    """Kế hoạch: a dated promise with a legal basis. ``scope`` is the agency it binds, with what is below."""

    id: str
    name: Name
    scope: str
    document: Source
    valid_from: date
    valid_to: date | None
    targets: tuple[Target, ...]
    tasks: tuple[Task, ...] = ()
    place: Place = Place("")
