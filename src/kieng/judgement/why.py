"""Why: what each part (an agency below, a procedure, a channel, an operator) makes of the distance of a
figure from its aim.

**A ratio** whose numerator and denominator add up: a part makes (its numerator - aim x its denominator)
/ the whole's denominator. That is what it lacks to the aim, as heavy as it weighs in the whole.

**A figure that adds up** (a count, a sum, a stock): a part makes its figure less its own aim. Where parts
have no aims, the whole's aim is shared out by a weight (people, households): "as many as its people
would ask for". Without either nothing is defensible, and nothing is said: a large agency is no cause.

**Anything else** (a median, a distinct count, a rank, an index) is no sum of its parts, and has no shares.

Whatever the parts do not make is ``beside``: records at none of them, parts without a figure, aims that
do not add up to the whole's. So all of it sums to the whole distance exactly, in fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate

from kieng.judgement.aim import aim_of, goal_of, leads_up
from kieng.judgement.kinds import adds_up, factor
from kieng.judgement.parameters import Parameters, built_in
from kieng.judgement.phrases import NO_NUMBER, both, difference, number
from kieng.judgement.trajectory import expected_on
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.value import rounded
from kieng.plan.formula.nodes import Ratio
from kieng.plan.indicator import Indicator, Rule
from kieng.plan.target import Target
from kieng.words import Name

Amount = Decimal | Fraction
_NIL = Fraction(0)
_NAMED = 3  # as many parts are named in a sentence; the table beside it has all


class SharedBy(StrEnum):
    """The rule by which a distance is shared out over the parts."""

    RATIO = "ratio"
    OWN_AIMS = "own_aims"
    WEIGHTS = "weights"
    NONE = "none"

    @property
    def words(self) -> Name:
        return _RULES[self]


_RULES = {
    SharedBy.RATIO: Name(
        "(tử số − mục tiêu × mẫu số của từng phần) / mẫu số chung",
        "(each part's numerator − aim × its denominator) / denominator of the whole",
    ),
    SharedBy.OWN_AIMS: Name("số của từng phần − mục tiêu riêng của nó", "each part's figure − its own aim"),
    SharedBy.WEIGHTS: Name(
        "số của từng phần − phần mục tiêu chung chia theo trọng số",
        "each part's figure − its share of the whole's aim by weight",
    ),
    SharedBy.NONE: Name("không chia được", "cannot be shared out"),
}
_NO_SUM = Name(
    "Chỉ số này không phải tổng của các phần nên không chia được khoảng cách cho từng phần",
    "This indicator is no sum of its parts, so its distance cannot be shared out over them",
)
_NO_AIMS = Name(
    "Các phần không có mục tiêu riêng và không có trọng số nên không chia được khoảng cách",
    "The parts have neither aims of their own nor weights, so the distance cannot be shared out",
)
_OUTSIDE = Name(
    "Phần thiếu hụt không nằm ở phần nào được liệt kê", "What falls short lies at none of the parts listed"
)


@dataclass(frozen=True)
class Part:
    """One part of the whole. ``aim`` and ``weight`` are used where the figure is no ratio."""

    id: str
    name: Name
    measurement: Measurement | None
    aim: Amount | None = None
    weight: Amount | None = None


@dataclass(frozen=True)
class Contribution:
    """What a part makes of the distance, in the indicator's unit; negative by what it takes away.

    ``amount`` is exact, None with ``why_none`` where there is none. ``share`` is its share of all that
    falls short (between 0 and 1), None for a part that does not fall short.
    """

    part: Part
    amount: Fraction | None
    share: Fraction | None = None
    why_none: Name | None = None

    @property
    def shown(self) -> Decimal | None:
        """``amount`` to nine places."""
        return None if self.amount is None else rounded(self.amount)


@dataclass(frozen=True)
class Why:
    """``contributions`` from what makes most of the gap to what makes up for it, those without a figure
    last; they and ``beside`` sum to ``distance`` exactly, unless ``shared_by`` is none.

    ``distance`` is negative by how much the figure falls short, as in a judgement. ``finding`` says what
    there is to see, ``missing`` what is not in the sum, ``notes`` what else a reader should know.
    """

    shared_by: SharedBy
    distance: Fraction | None
    contributions: tuple[Contribution, ...]
    beside: Fraction
    finding: Name
    missing: Name | None = None
    notes: tuple[Name, ...] = ()


@dataclass(frozen=True)
class _Case:
    """What is asked. ``sign`` is 1 where more is better, -1 where less is."""

    indicator: Indicator
    whole: Measurement
    parts: Sequence[Part]
    aim: Fraction
    sign: int
    kind: Name

    @property
    def rule(self) -> Rule:
        return self.indicator.rules[self.whole.rule]


def held_against(target: Target, indicator: Indicator, day: date) -> tuple[Fraction, bool] | None:
    """The figure to explain a distance from on ``day``, and whether more is better: the trajectory's, or
    the target's limit where there is no trajectory or the baseline fulfilled the target already. None for
    a range without baseline and for a direction without one."""
    aim = aim_of(target, indicator)
    if aim is None:
        return None
    limit = aim.low if aim.is_floor else aim.high if aim.is_ceiling else None
    kept = target.baseline is not None and not target.milestones and aim.holds(target.baseline.value)
    way = None if kept else expected_on(target, goal_of(target, aim), day)
    figure = way if way is not None else limit
    return None if figure is None else (Fraction(figure), leads_up(target, aim))


def why(
    indicator: Indicator,
    whole: Measurement,
    parts: Sequence[Part],
    aim: Amount,
    more_is_better: bool = True,
    kind: Name | None = None,
    parameters: Parameters | None = None,
) -> Why:
    """What ``parts`` make of the distance of ``whole`` from ``aim`` (target or trajectory, in the
    indicator's unit; see :func:`held_against`). ``kind`` is what the parts are called, in the plural:
    "xã", "communes"."""
    sign, named = (1 if more_is_better else -1), kind or Name("đơn vị", "agencies")
    case = _Case(indicator, whole, parts, Fraction(aim), sign, named)
    if whole.value is None:
        return _untold(case, None, NO_NUMBER[whole.status])
    distance = sign * (_figure(case, whole) - case.aim)
    shared_by = _shared_by(case)
    if shared_by is SharedBy.NONE:
        return _untold(case, distance, _NO_AIMS if adds_up(case.rule) else _NO_SUM)
    amounts = [_amount(case, part, shared_by) for part in parts]
    beside = distance - sum((a for a in amounts if a is not None), _NIL)
    found = _contributions(case, amounts, beside)
    finding = _finding(case, found, distance, parameters or built_in())
    return Why(
        shared_by, distance, found, beside, finding, _missing(case, found), _notes(case, found, beside)
    )


def _untold(case: _Case, distance: Fraction | None, because: Name) -> Why:
    """The parts as they came, without amounts."""
    found = tuple(Contribution(part, None, None, _no_figure(part) or because) for part in case.parts)
    return Why(SharedBy.NONE, distance, found, _NIL, because, _missing(case, found))


# --- amounts -----------------------------------------------------------------------------


def _shared_by(case: _Case) -> SharedBy:
    if not adds_up(case.rule):
        return SharedBy.NONE
    if isinstance(case.rule.formula.root, Ratio):
        return SharedBy.RATIO
    told = [part for part in case.parts if _no_figure(part) is None]
    if told and all(part.aim is not None for part in told):
        return SharedBy.OWN_AIMS
    weights = [part.weight for part in case.parts if part.weight is not None]
    shared = len(weights) == len(case.parts) and any(weights)
    return SharedBy.WEIGHTS if shared else SharedBy.NONE


def _figure(case: _Case, measurement: Measurement) -> Fraction:
    """The exact figure: a ratio made anew from its numerator and denominator."""
    over, under = measurement.numerator, measurement.denominator
    if over is None or not under:
        return Fraction(measurement.value or 0)
    return Fraction(over) / Fraction(under) * factor(case.indicator, case.rule)


def _amount(case: _Case, part: Part, shared_by: SharedBy) -> Fraction | None:
    """What ``part`` makes of the distance; None without a figure."""
    measurement = part.measurement
    if measurement is None or _no_figure(part) is not None:
        return None
    if shared_by is SharedBy.RATIO:
        return case.sign * _ratio_amount(case, measurement)
    aim = part.aim if shared_by is SharedBy.OWN_AIMS else _share_of_aim(case, part)
    return case.sign * (Fraction(measurement.value or 0) - Fraction(aim or 0))


def _ratio_amount(case: _Case, part: Measurement) -> Fraction:
    times = factor(case.indicator, case.rule)
    over, under = Fraction(part.numerator or 0), Fraction(part.denominator or 0)
    return (over * times - case.aim * under) / Fraction(case.whole.denominator or 1)


def _share_of_aim(case: _Case, part: Part) -> Fraction:
    return case.aim * Fraction(part.weight or 0) / sum((Fraction(p.weight or 0) for p in case.parts), _NIL)


def _no_figure(part: Part) -> Name | None:
    """Why ``part`` has no figure; None when it has one. A part with a denominator of nought has nothing
    to be counted, so it makes nothing of the distance: that is no figure missing."""
    if part.measurement is None:
        return NO_NUMBER[Status.NO_DATA]
    found = part.measurement
    counted = found.status is Status.ZERO_DENOMINATOR and found.numerator is not None
    return None if found.value is not None or counted else NO_NUMBER[found.status]


def _contributions(
    case: _Case, amounts: Sequence[Fraction | None], beside: Fraction
) -> tuple[Contribution, ...]:
    short = sum((-a for a in (*amounts, beside) if a is not None and a < 0), _NIL)
    found = [
        Contribution(part, amount, -amount / short if amount and amount < 0 else None, _no_figure(part))
        for part, amount in zip(case.parts, amounts, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.amount is None, one.amount or _NIL, one.part.id)))


# --- words -------------------------------------------------------------------------------


def _finding(
    case: _Case, found: tuple[Contribution, ...], distance: Fraction, parameters: Parameters
) -> Name:
    if distance >= 0:
        return _no_gap(case, found, distance)
    short = [one for one in found if one.share is not None]
    if not short:
        return _OUTSIDE
    return _who(case, short, any(one.amount is not None and one.amount > 0 for one in found), parameters)


def _who(case: _Case, short: Sequence[Contribution], offset: bool, parameters: Parameters) -> Name:
    """The fewest parts that make most of the gap, by name; or that it takes too many for that."""
    day, parts = case.whole.period.last_day, len(case.parts)
    reached = list(accumulate(one.share or _NIL for one in short))
    most = Fraction(parameters.on("most_of_gap", day))
    count = next((n for n, share in enumerate(reached, 1) if share >= most), len(short))
    few = Fraction(count, parts) <= Fraction(parameters.on("few_of_many", day))
    gap = Name("phần thiếu hụt", "what falls short") if offset else Name("khoảng thiếu", "the gap")
    said = {"k": count, "n": parts, "kind": case.kind, "share": _percent(reached[count - 1]), "gap": gap}
    if few or parts <= _NAMED:
        names = _names([one.part.name for one in short[:count]])
        makes = Name("làm nên", "makes" if count == 1 else "make")
        vi = "{k}/{n} {kind} {makes} {share} {gap}: {names}"
        en = "{k} of {n} {kind} {makes} {share} of {gap}: {names}"
        return both(vi, en, **said, makes=makes, names=names)
    return both(
        "Thiếu hụt trải rộng: phải {k}/{n} {kind} mới làm nên {share} {gap}; nhiều nhất: {first} ({largest})",
        "The gap is spread: {k} of {n} {kind} are needed for {share} of {gap}; the most: {first} ({largest})",
        **said,
        first=short[0].part.name,
        largest=_percent(short[0].share or _NIL),
    )


def _no_gap(case: _Case, found: tuple[Contribution, ...], distance: Fraction) -> Name:
    ahead = Name("đúng bằng mức cần đạt", "just what is asked for")
    if distance > 0:
        how_far = difference(rounded(distance), case.indicator)
        ahead = both("hơn mức cần đạt {d}", "{d} ahead of what is asked for", d=how_far)
    worst = next((one for one in found if one.share is not None), None)
    if worst is None or worst.shown is None:
        return both("Không thiếu: {ahead}", "No gap: {ahead}", ahead=ahead)
    vi = "Không thiếu: {ahead}; riêng {first} làm giảm {d}"
    en = "No gap: {ahead}; {first} alone takes {d} away"
    lost = difference(-worst.shown, case.indicator)
    return both(vi, en, ahead=ahead, first=worst.part.name, d=lost)


def _missing(case: _Case, found: Sequence[Contribution]) -> Name | None:
    without = [one.part.name for one in found if _no_figure(one.part) is not None]
    if not without:
        return None
    vi = "{k}/{n} {kind} chưa có số nên không nằm trong phép cộng này: {names}"
    en = "{k} of {n} {kind} have no figure and are not in this sum: {names}"
    return both(vi, en, k=len(without), n=len(found), kind=case.kind, names=_names(without))


def _notes(case: _Case, found: Sequence[Contribution], beside: Fraction) -> tuple[Name, ...]:
    ahead = rounded(sum((one.amount for one in found if one.amount and one.amount > 0), _NIL))
    notes = []
    if ahead > 0 and any(one.share is not None for one in found):
        vi, en = "Các {kind} vượt mức bù lại {d}", "The {kind} that are ahead make up for {d}"
        notes.append(both(vi, en, kind=case.kind, d=difference(ahead, case.indicator)))
    if rounded(beside):
        vi = "Còn {d} nằm ngoài các {kind} được liệt kê có số"
        en = "{d} lie beside the {kind} listed with a figure"
        notes.append(both(vi, en, d=difference(rounded(beside), case.indicator), kind=case.kind))
    return tuple(notes)


def _names(names: Sequence[Name]) -> Name:
    shown = Name(", ".join(n.vi for n in names[:_NAMED]), ", ".join(n.en for n in names[:_NAMED]))
    more = len(names) - _NAMED
    return both("{names} và {k} nữa", "{names} and {k} more", names=shown, k=more) if more > 0 else shown


def _percent(share: Fraction) -> Name:
    """A share in whole percent; one decimal where that would look like nothing or all."""
    percent = share * 100
    whole = number(rounded(percent), 0 if 1 <= percent <= 99 or share in (0, 1) else 1)
    return both("{n} %", "{n}%", n=whole)
