"""Indicator (chỉ số, chỉ tiêu thống kê): a dated rule that turns records into a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from kieng.plan.dated import Dated
from kieng.plan.formula.nodes import AggregateKind, Formula
from kieng.plan.lead import Lead
from kieng.plan.period import Grain, Period
from kieng.plan.stated import Stated
from kieng.problems import Place
from kieng.words import Name

PERCENT = "percent"
RANK = "hạng"  # the unit of a place in a ranking, as plans write it


@dataclass(frozen=True)
class Source:
    """Where a rule or a published figure comes from. ``confidence`` is H, M, L or D as in the docs.

    ``document`` is what the document is called in its own language; ``name`` tells it in both.
    """

    document: str
    date: date | None = None
    clause: str | None = None
    url: str | None = None
    confidence: str | None = None
    document_en: str | None = None
    clause_en: str | None = None

    @property
    def name(self) -> Name:
        return Name(self.document, self.document_en or self.document)

    @property
    def place_in(self) -> Name | None:
        """The clause, where one is stated."""
        return Name(self.clause, self.clause_en or self.clause) if self.clause else None


class Membership(StrEnum):
    """Which periods a record belongs to.

    ``by``: the one its date lies in. ``open``: every period it overlaps, from ``start`` to ``end``
    inclusive. ``in_force``: every period on whose last day it holds (``end`` exclusive).
    """

    BY = "by"
    OPEN = "open"
    IN_FORCE = "in_force"


@dataclass(frozen=True)
class Counting:
    """``month and year, by closed_on``: the grains measured and how records fall into periods.

    ``end`` is None for ``by``. A null ``start`` puts the record in no period; a null ``end`` means
    "still so". ``open`` and ``in_force`` reach at most to the period that holds the cut-off.
    """

    grains: tuple[Grain, ...]
    membership: Membership
    start: str
    end: str | None = None


class RollUp(StrEnum):
    """``sums``: components are added along the tree (distinct counts and percentiles are made anew
    from records). ``none``: each agency's figure stands alone, no level is made from another."""

    SUMS = "sums"
    NONE = "none"


class Within(StrEnum):
    """``all``: a figure counts the records of everything below. ``tier``: only of agencies of the
    same tier (a province's own departments, not its communes)."""

    ALL = "all"
    TIER = "tier"


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True)
class Watch:
    """A level at which the indicator is read, until the level is closed (exclusive)."""

    level: str
    until: date | None = None


@dataclass(frozen=True)
class Reports:
    """How the reporters send their figures: for every period of ``every`` (None: the rule's shortest),
    ``due`` days after it ends (None: the usual, a dated parameter of judgement).

    ``owed`` is False of figures that nobody sends, as of those taken from what others published.
    """

    owed: bool = True
    every: Grain | None = None
    due: int | None = None
    source: Source | None = None


@dataclass(frozen=True)
class Example:
    """A rule's own worked example: records in, the answer out; run before any real number is made.

    ``expect`` is written as people do: ``66.67 (2 / 3)``, ``12``, ``no data`` or ``zero denominator``.
    """

    records: tuple[Mapping[str, object], ...]
    expect: str
    place: Place
    cut_off: date | None = None


@dataclass(frozen=True)
class Rule:
    """How an indicator is counted for periods whose last day lies in [valid_from, valid_to)."""

    record: str
    counting: Counting
    formula: Formula
    roll_up: RollUp
    within: Within
    reporters: tuple[str, ...]  # levels expected to have records, for coverage
    recast_by: str  # weight basis for split moves
    breakdowns: tuple[str, ...] = ()
    stale_after: int | None = None  # months without a delivery; 0: never, None: as kieng.plan.silence says
    examples: tuple[Example, ...] = ()
    reports: Reports | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: Source | None = None
    place: Place = Place("")

    @cached_property
    def is_stock(self) -> bool:
        """Whether it counts nothing but the newest reported figures (``latest`` in the formula's nodes)."""
        kinds = {aggregate.kind for aggregate in self.formula.aggregates}
        return self.counting.membership is Membership.BY and kinds == {AggregateKind.LATEST}

    @cached_property
    def at_end(self) -> bool:
        """Whether it counts what stands on a period's reporting day (its last, or the cut-off of a running
        one), so that it is that day's map on which it stands and whose agencies report it."""
        return self.is_stock or self.counting.membership is Membership.IN_FORCE

    def holds_in(self, period: Period) -> bool:
        day = period.last_day
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


@dataclass(frozen=True)
class Indicator:
    """``unit`` is the unit of the number (đơn vị tính): ``percent`` shows a ratio times 100. ``stated``
    says of published figures how exactly their sources state them.

    ``leads`` (chủ trì) answer for it, ``cooperating`` agencies (phối hợp) for their part, also where the
    figure is another's; a target may name its own.
    """

    id: str
    name: Name
    pillar: str
    unit: str
    better: Better
    watch: tuple[Watch, ...]
    leads: tuple[Lead, ...]
    rules: tuple[Rule, ...]
    source: Source | None = None
    note: Name | None = None
    decimals: int = 2
    place: Place = Place("")
    unit_en: str | None = None
    stated: tuple[Stated, ...] = ()
    cooperating: tuple[Lead, ...] = ()

    @property
    def is_rank(self) -> bool:
        return self.unit == RANK

    @property
    def unit_name(self) -> Name:
        """The unit as people read it: "%" of a percentage."""
        if self.unit == PERCENT:
            return Name("%", "%")
        return Name(self.unit, self.unit_en or self.unit)

    def rule_for(self, period: Period) -> Rule | None:
        return next((rule for rule in self.rules if rule.holds_in(period)), None)


@dataclass(frozen=True)
class NotApplicable:
    """An agency for which an indicator has no meaning, so that it is not expected to report."""

    indicator: str
    agency: str
    because: str
    valid_from: date | None = None
    valid_to: date | None = None
    place: Place = Place("")

    def overlaps(self, other: NotApplicable) -> bool:
        """Whether both hold on some day."""
        mine, theirs = (Dated(None, one.valid_from, one.valid_to) for one in (self, other))
        return mine.overlaps(theirs)
