"""A fair comparison of agencies (biểu đồ phễu): a small commune is not shamed by noise.

Every agency is held against one centre with limits as wide as chance makes a figure of its size: by the
binomial law for shares, by the Poisson law for counts against what is expected. Between the inner
limits 95 % of agencies would lie by chance alone, between the outer 99.8 % (Spiegelhalter 2005), or more
where so many are compared that the family's allowance of false alarms asks for it. Only what lies beyond
the outer limits is called a signal: among many agencies, some always lie beyond the inner ones.

**Overdispersion.** Agencies differ also for reasons that no record shows, and large ones then fall out of
any funnel. Where they do so beyond doubt, the limits are widened by √φ, φ being the mean square of their
standardised distances after those of the outermost tenths were drawn in. Widened limits are those of
chance with their distance to the centre times √φ; then nothing within them is said to be chance.

**One family.** Centre, φ and limits are those of all agencies of a level; a page that shows some of them
places those between the same limits, so that an agency is a signal on every page or on none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from kieng.judgement.chance import Chances, binomial, poisson
from kieng.judgement.family import chance_each
from kieng.judgement.funnel_words import finding_of, notes_of
from kieng.judgement.kinds import is_counted_share
from kieng.judgement.parameters import Parameters, built_in
from kieng.judgement.phrases import NO_NUMBER
from kieng.judgement.position import Counted, Limits, Placed, Position, Spread, Tails
from kieng.measurement.measurement import VALUE_DIGITS, Measurement, Status
from kieng.plan.formula.nodes import Aggregate, AggregateKind, Ratio
from kieng.plan.indicator import Indicator, Rule
from kieng.words import Name

_PLACES = Decimal(1).scaleb(-VALUE_DIGITS)


class Law(StrEnum):
    """``binomial``: a share of cases, each of which did or did not. ``poisson``: events against a size."""

    BINOMIAL = "binomial"
    POISSON = "poisson"


_NOT_COUNTED = Name(
    "Số chia theo trọng số, không còn là số đếm", "Shared out by weight, so no count any more"
)
_NOT_A_SHARE = Name("Tử số lớn hơn mẫu số", "The numerator is larger than the denominator")
_TOO_FEW = Name(
    "Quá ít đơn vị có số để so sánh với nhau",
    "Too few agencies have a figure to compare them with one another",
)


@dataclass(frozen=True)
class Funnel:
    """``placed`` lie between limits that the whole family makes: ``size`` agencies, of which ``placed`` may
    be some. ``centre`` is exact. ``factor`` turns a ratio into the indicator's unit. ``finding`` and
    ``notes`` say what there is to see."""

    law: Law
    factor: int
    tails: Tails
    centre: Fraction
    spread: Spread
    size: int
    placed: tuple[Placed, ...]
    kind: Name

    @property
    def finding(self) -> Name:
        return finding_of(self.placed, self.size, self.spread, self.kind)

    @property
    def notes(self) -> tuple[Name, ...]:
        return tuple(notes_of(self.placed, self.size, self.tails, self.spread, self.kind))

    @property
    def centre_shown(self) -> Decimal:
        return _shown(float(self.centre), self.factor)

    def of(self, agencies: Iterable[Counted], kind: Name | None = None) -> Funnel:
        """Other agencies between the same limits: some of the family, or who has no part in it."""
        placed = tuple(self.place(one) for one in agencies)
        return replace(self, placed=placed, kind=kind or self.kind)

    def place(self, one: Counted) -> Placed:
        """Where ``one`` lies between the family's limits."""
        why_none = _why_not(one, self.law) or (None if self.spread.enough else _TOO_FEW)
        if one.part is None or not one.whole:
            return Placed(one, None, None, Position.NOT_JUDGED, why_none)
        value = _shown(float(Fraction(one.part) / Fraction(one.whole)), self.factor)
        if why_none is not None:
            return Placed(one, value, None, Position.NOT_JUDGED, why_none)
        limits = self.limits_at(one.whole)
        return Placed(one, value, limits, limits.position(value))

    def limits_at(self, whole: Decimal) -> Limits:
        """The limits for an agency whose denominator (or expected number) is ``whole``."""
        chances, middle, size = _chances(self.law, self.centre, whole), float(self.centre), float(whole)
        near_low, near_high = chances.limits(float(self.tails.near))
        signal_low, signal_high = chances.limits(float(self.tails.signal))
        highest = 1.0 if self.law is Law.BINOMIAL else float("inf")
        width = sqrt(float(self.spread.drawn_in)) if self.spread.widens else 1.0
        ratios = (
            middle + (at / size - middle) * width for at in (signal_low, near_low, near_high, signal_high)
        )
        return Limits(*(_shown(min(max(ratio, 0.0), highest), self.factor) for ratio in ratios))

    def curve(self, wholes: Iterable[int]) -> Iterator[tuple[int, Limits]]:
        """Points of the limits for drawing; :func:`grid` gives fitting denominators."""
        return ((whole, self.limits_at(Decimal(whole))) for whole in wholes)


def grid(least: int, most: int, points: int = 60) -> list[int]:
    """About ``points`` whole numbers from ``least`` to ``most``, close together where limits bend."""
    least, most = max(1, least), max(1, least, most)
    step = (most / least) ** (1 / max(1, points - 1))
    return sorted(
        {least, most, *(round(least * step**n) for n in range(points))} & set(range(least, most + 1))
    )


def counted(measurement: Measurement | None, id: str, name: Name) -> Counted:
    """The counts of an agency's measurement."""
    if measurement is None:
        return Counted(id, name, None, None, NO_NUMBER[Status.NO_DATA])
    part, whole = measurement.numerator, measurement.denominator
    if measurement.value is None:
        return Counted(id, name, part, whole, NO_NUMBER[measurement.status])
    return Counted(id, name, part, whole, _NOT_COUNTED if measurement.weighted else None)


def law_of(indicator: Indicator, rule: Rule) -> Law | None:
    """The law by which chance makes the indicator's figures; None when no count underlies them."""
    root = rule.formula.root
    if is_counted_share(indicator, rule):
        return Law.BINOMIAL
    over = root.numerator if isinstance(root, Ratio) else None
    counts = isinstance(over, Aggregate) and over.kind is AggregateKind.COUNT
    return Law.POISSON if counts else None


def funnel(
    agencies: Sequence[Counted],
    law: Law,
    day: date,
    factor: int = 100,
    kind: Name | None = None,
    parameters: Parameters | None = None,
) -> Funnel:
    """``agencies``, a whole family, compared with one another. ``day`` says which thresholds hold. ``kind``
    is what the agencies are called, in the plural."""
    known = parameters or built_in()
    judged = [one for one in agencies if _why_not(one, law) is None]
    centre = _centre(judged)
    outer = min(known.on("funnel_signal_tail", day), chance_each(len(judged), day, known) / 2)
    found = Funnel(
        law,
        factor,
        Tails(known.on("funnel_warning_tail", day), outer),
        centre,
        _spread(judged, law, centre, day, known),
        len(judged),
        (),
        kind or Name("đơn vị", "agencies"),
    )
    return found.of(agencies)


# --- reckoning ---------------------------------------------------------------------------


def _why_not(one: Counted, law: Law) -> Name | None:
    if one.why_none is not None:
        return one.why_none
    if one.part is None or one.whole is None or one.whole <= 0:
        return NO_NUMBER[Status.NO_DATA if one.part is None else Status.ZERO_DENOMINATOR]
    whole_number = one.whole % 1 == 0 or law is Law.POISSON
    if one.part % 1 != 0 or not whole_number:
        return _NOT_COUNTED
    return _NOT_A_SHARE if law is Law.BINOMIAL and one.part > one.whole else None


def _centre(judged: Sequence[Counted]) -> Fraction:
    whole = sum((Fraction(one.whole or 0) for one in judged), Fraction(0))
    part = sum((Fraction(one.part or 0) for one in judged), Fraction(0))
    return part / whole if whole else Fraction(0)


def _spread(judged: Sequence[Counted], law: Law, centre: Fraction, day: date, known: Parameters) -> Spread:
    """Chance does not pass 1 and twice the standard deviation that it gives the mean square."""
    enough = len(judged) >= known.on("funnel_least_agencies", day)
    one_case = float(centre * (1 - centre) if law is Law.BINOMIAL else centre)
    if one_case <= 0 or not judged:
        return Spread(Decimal(1), Decimal(1), Decimal(1), enough)
    wholes = [float(one.whole or 1) for one in judged]
    z = sorted(
        _distance(one, centre) / sqrt(one_case / whole) for one, whole in zip(judged, wholes, strict=True)
    )
    ends = int(float(known.on("funnel_winsorised", day)) * len(z))
    drawn = [min(max(x, z[ends]), z[-1 - ends]) for x in z]
    most = 1 + 2 * sqrt(sum(_variance(law, one_case, whole) for whole in wholes)) / len(z)
    return Spread(_mean_square(drawn), _mean_square(z), Decimal(most).quantize(_PLACES), enough)


def _variance(law: Law, one_case: float, whole: float) -> float:
    """Of a squared standardised distance, by its law: 2 for many cases, more for few."""
    kurtosis = (1 - 6 * one_case) if law is Law.BINOMIAL else 1.0
    return 2 + kurtosis / (whole * one_case)


def _mean_square(values: Sequence[float]) -> Decimal:
    return Decimal(sum(x * x for x in values) / len(values)).quantize(_PLACES)


def _distance(one: Counted, centre: Fraction) -> float:
    return float(Fraction(one.part or 0) / Fraction(one.whole or 1) - centre)


def _chances(law: Law, centre: Fraction, whole: Decimal) -> Chances:
    if law is Law.BINOMIAL:
        return binomial(int(whole), float(centre))
    return poisson(float(centre * Fraction(whole)))


def _shown(ratio: float, factor: int) -> Decimal:
    return (Decimal(ratio) * factor).quantize(_PLACES)
