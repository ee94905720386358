"""A fair comparison of agencies (biểu đồ phễu): a small commune is not shamed by noise.

Every agency is held against one centre with limits as wide as chance makes a figure of its size: by the
binomial law for shares, by the Poisson law for counts against what is expected. Between the inner
limits 95 % of agencies would lie by chance alone, between the outer 99.8 % (Spiegelhalter 2005). Only
what lies beyond the outer limits is called a signal: among many agencies, some always lie beyond the
inner ones.

**Overdispersion.** Agencies differ also for reasons that no record shows, and large ones then fall out of
any funnel. Where they do so beyond doubt, the limits are widened by √φ, φ being the mean square of their
standardised distances after those of the outermost tenths were drawn in; the result says so and by
how much. Widened limits are those of chance with their distance to the centre times √φ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from kieng.judgement.chance import Chances, binomial, poisson
from kieng.judgement.kinds import is_counted_share
from kieng.judgement.parameters import Parameters, built_in
from kieng.judgement.phrases import NO_NUMBER, both, number
from kieng.measurement.measurement import VALUE_DIGITS, Measurement, Status
from kieng.plan.formula.nodes import Aggregate, AggregateKind, Ratio
from kieng.plan.indicator import Indicator, Rule
from kieng.words import Name

_PLACES = Decimal(1).scaleb(-VALUE_DIGITS)
_NAMED = 3


class Law(StrEnum):
    """``binomial``: a share of cases, each of which did or did not. ``poisson``: events against a size."""

    BINOMIAL = "binomial"
    POISSON = "poisson"


class Position(StrEnum):
    """Where an agency lies."""

    ORDINARY = "ordinary"
    NEAR_LOW = "near_low"
    NEAR_HIGH = "near_high"
    SIGNAL_LOW = "signal_low"
    SIGNAL_HIGH = "signal_high"
    NOT_JUDGED = "not_judged"

    @property
    def words(self) -> Name:
        return _WORDS[self]

    @property
    def is_signal(self) -> bool:
        return self in (Position.SIGNAL_LOW, Position.SIGNAL_HIGH)


_WORDS = {
    Position.ORDINARY: Name("dao động thường", "ordinary variation"),
    Position.NEAR_LOW: Name("thấp, nhưng chưa đủ để gọi là tín hiệu", "low, but not enough to be a signal"),
    Position.NEAR_HIGH: Name("cao, nhưng chưa đủ để gọi là tín hiệu", "high, but not enough to be a signal"),
    Position.SIGNAL_LOW: Name(
        "tín hiệu: thấp hơn mức ngẫu nhiên giải thích được", "signal: lower than chance explains"
    ),
    Position.SIGNAL_HIGH: Name(
        "tín hiệu: cao hơn mức ngẫu nhiên giải thích được", "signal: higher than chance explains"
    ),
    Position.NOT_JUDGED: Name("chưa so sánh được", "cannot be compared"),
}
_NOT_COUNTED = Name(
    "Số chia theo trọng số, không còn là số đếm", "Shared out by weight, so no count any more"
)
_NOT_A_SHARE = Name("Tử số lớn hơn mẫu số", "The numerator is larger than the denominator")
_TOO_FEW = Name(
    "Quá ít đơn vị có số để so sánh với nhau",
    "Too few agencies have a figure to compare them with one another",
)


@dataclass(frozen=True)
class Counted:
    """An agency's counts; ``why_none`` where they are not to be compared."""

    id: str
    name: Name
    part: Decimal | None
    whole: Decimal | None
    why_none: Name | None = None


@dataclass(frozen=True)
class Limits:
    """In the unit of the values, outermost first and last."""

    signal_low: Decimal
    near_low: Decimal
    near_high: Decimal
    signal_high: Decimal


@dataclass(frozen=True)
class Placed:
    """An agency in the funnel; ``value`` and ``limits`` in the indicator's unit."""

    agency: Counted
    value: Decimal | None
    limits: Limits | None
    position: Position
    why_none: Name | None = None


@dataclass(frozen=True)
class Tails:
    """How much chance is left beyond each inner and each outer limit."""

    near: Decimal
    signal: Decimal


@dataclass(frozen=True)
class Funnel:
    """``centre`` and ``spread`` (φ) are exact and nine places; ``widened``: the limits are times √φ.

    ``factor`` turns a ratio into the indicator's unit. ``finding`` and ``notes`` say what there is to see.
    """

    law: Law
    factor: int
    tails: Tails
    centre: Fraction
    spread: Decimal
    widened: bool
    placed: tuple[Placed, ...]
    finding: Name
    notes: tuple[Name, ...]

    @property
    def centre_shown(self) -> Decimal:
        return _shown(float(self.centre), self.factor)

    def limits_at(self, whole: Decimal) -> Limits:
        """The limits for an agency whose denominator (or expected number) is ``whole``."""
        return _limits(self.law, self.centre, whole, self.factor, self.tails, self._width)

    def curve(self, wholes: Iterable[int]) -> Iterator[tuple[int, Limits]]:
        """Points of the limits for drawing; :func:`grid` gives fitting denominators."""
        return ((whole, self.limits_at(Decimal(whole))) for whole in wholes)

    @property
    def _width(self) -> float:
        return sqrt(float(self.spread)) if self.widened else 1.0


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
    centre: Fraction | None = None,
    kind: Name | None = None,
    widen: bool = True,
    parameters: Parameters | None = None,
) -> Funnel:
    """``agencies`` compared with one another, or with ``centre`` (a ratio, 0.9 for 90 %) when it is given.

    ``day`` says which thresholds hold. ``kind`` is what the agencies are called, in the plural. ``widen``:
    whether overdispersion widens the limits; it is reckoned and said either way.
    """
    known = parameters or built_in()
    tails = Tails(known.on("funnel_warning_tail", day), known.on("funnel_signal_tail", day))
    judged = [one for one in agencies if _why_not(one, law) is None]
    enough = len(judged) >= known.on("funnel_least_agencies", day)
    middle = _centre(judged) if centre is None else centre
    spread, over = _spread(judged, law, middle, float(known.on("funnel_winsorised", day)))
    over = over and enough  # a few agencies would set the limits that they are held against
    width = sqrt(float(spread)) if over and widen else 1.0
    placed = tuple(
        _placed(one, law, middle, factor, tails, width, None if enough or centre is not None else _TOO_FEW)
        for one in agencies
    )
    named = kind or Name("đơn vị", "agencies")
    notes = tuple(_notes(placed, tails, spread, over, widen, named))
    return Funnel(law, factor, tails, middle, spread, over and widen, placed, _finding(placed, named), notes)


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


def _spread(judged: Sequence[Counted], law: Law, centre: Fraction, drawn_in: float) -> tuple[Decimal, bool]:
    """φ, and whether it is larger than chance makes it: above 1 + 2 √(2 / number of agencies)."""
    one_case = float(centre * (1 - centre) if law is Law.BINOMIAL else centre)
    if one_case <= 0 or not judged:
        return Decimal(1), False
    z = sorted(_distance(one, centre) / sqrt(one_case / float(one.whole or 1)) for one in judged)
    ends = int(drawn_in * len(z))
    z = [min(max(x, z[ends]), z[-1 - ends]) for x in z]
    phi = sum(x * x for x in z) / len(z)
    return Decimal(phi).quantize(_PLACES), phi > 1 + 2 * sqrt(2 / len(z))


def _distance(one: Counted, centre: Fraction) -> float:
    return float(Fraction(one.part or 0) / Fraction(one.whole or 1) - centre)


def _limits(law: Law, centre: Fraction, whole: Decimal, factor: int, tails: Tails, width: float) -> Limits:
    chances, middle, size = _chances(law, centre, whole), float(centre), float(whole)
    near_low, near_high = chances.limits(float(tails.near))
    signal_low, signal_high = chances.limits(float(tails.signal))
    highest = 1.0 if law is Law.BINOMIAL else float("inf")
    found = (signal_low, near_low, near_high, signal_high)
    ratios = (middle + (count / size - middle) * width for count in found)
    return Limits(*(_shown(min(max(ratio, 0.0), highest), factor) for ratio in ratios))


def _chances(law: Law, centre: Fraction, whole: Decimal) -> Chances:
    if law is Law.BINOMIAL:
        return binomial(int(whole), float(centre))
    return poisson(float(centre * Fraction(whole)))


def _placed(
    one: Counted, law: Law, centre: Fraction, factor: int, tails: Tails, width: float, doubt: Name | None
) -> Placed:
    why_none = _why_not(one, law) or doubt
    if one.part is None or not one.whole:
        return Placed(one, None, None, Position.NOT_JUDGED, why_none)
    value = _shown(float(Fraction(one.part) / Fraction(one.whole)), factor)
    if why_none is not None:
        return Placed(one, value, None, Position.NOT_JUDGED, why_none)
    limits = _limits(law, centre, one.whole, factor, tails, width)
    return Placed(one, value, limits, _position(value, limits))


def _position(value: Decimal, limits: Limits) -> Position:
    if value < limits.signal_low:
        return Position.SIGNAL_LOW
    if value > limits.signal_high:
        return Position.SIGNAL_HIGH
    if value < limits.near_low:
        return Position.NEAR_LOW
    return Position.NEAR_HIGH if value > limits.near_high else Position.ORDINARY


def _shown(ratio: float, factor: int) -> Decimal:
    return (Decimal(ratio) * factor).quantize(_PLACES)


# --- words -------------------------------------------------------------------------------


def _finding(placed: Sequence[Placed], kind: Name) -> Name:
    judged = [one for one in placed if one.position is not Position.NOT_JUDGED]
    if not judged:
        return both("Chưa so sánh được các {kind}", "The {kind} cannot be compared", kind=kind)
    lower = _named(judged, Position.SIGNAL_LOW)
    higher = _named(judged, Position.SIGNAL_HIGH)
    if lower is None and higher is None:
        vi = "Khác biệt giữa {n} {kind} đều là dao động thường: ngẫu nhiên giải thích được"
        en = "All differences between the {n} {kind} are ordinary variation: chance explains them"
        return both(vi, en, n=len(judged), kind=kind)
    said = []
    if lower is not None:
        said.append(
            both(
                "{who} thấp hơn mức ngẫu nhiên giải thích được", "{who} lower than chance explains", who=lower
            )
        )
    if higher is not None:
        said.append(
            both(
                "{who} cao hơn mức ngẫu nhiên giải thích được",
                "{who} higher than chance explains",
                who=higher,
            )
        )
    signals = Name("; ".join(s.vi for s in said), "; ".join(s.en for s in said))
    return both(
        "Tín hiệu trong {n} {kind}: {s}", "Signals among {n} {kind}: {s}", n=len(judged), kind=kind, s=signals
    )


def _named(placed: Sequence[Placed], position: Position) -> Name | None:
    """ "3 (A, B, C)": how many lie there, and the first of them by name."""
    names = [one.agency.name for one in placed if one.position is position]
    if not names:
        return None
    shown, more = names[:_NAMED], "…" if len(names) > _NAMED else ""
    who = Name(", ".join(n.vi for n in shown) + more, ", ".join(n.en for n in shown) + more)
    return both("{k} ({who})", "{k} ({who})", k=len(names), who=who)


def _notes(
    placed: Sequence[Placed], tails: Tails, spread: Decimal, over: bool, widen: bool, kind: Name
) -> Iterator[Name]:
    judged = sum(one.position is not Position.NOT_JUDGED for one in placed)
    if judged:
        vi = "Riêng ngẫu nhiên cũng đưa khoảng {near}/{n} {kind} ra ngoài giới hạn trong, {signal} ra hẳn"
        en = "Chance alone puts about {near} of {n} {kind} beyond the inner limits, {signal} beyond the outer"
        near, signal = number(2 * tails.near * judged, 1), number(2 * tails.signal * judged, 1)
        yield both(vi, en, near=near, signal=signal, n=judged, kind=kind)
    if over:
        said = {"phi": number(spread, 1), "width": number(spread.sqrt(), 1), "kind": kind}
        vi = "Các {kind} khác nhau nhiều hơn ngẫu nhiên (φ = {phi})"
        en = "The {kind} differ more than by chance (φ = {phi})"
        vi += ", nên giới hạn đã nới rộng {width} lần" if widen else "; giới hạn không nới rộng"
        en += ", so the limits are {width} times as wide" if widen else "; the limits are not widened"
        yield both(vi, en, **said)
    if judged < len(placed):
        vi, en = "{k}/{n} {kind} chưa so sánh được", "{k} of {n} {kind} cannot be compared"
        yield both(vi, en, k=len(placed) - judged, n=len(placed), kind=kind)
