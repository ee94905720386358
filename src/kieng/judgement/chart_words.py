"""What a control chart says: where the newest figure stands, where it goes, what its limits rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from kieng.judgement.course import ChartKind, Course, Now, Verdict, spread_used
from kieng.judgement.family import chance_each
from kieng.judgement.parameters import Parameters
from kieng.judgement.phases import Phase
from kieng.judgement.phrases import both, day, figure, number
from kieng.judgement.signals import Seen, Signal, SignalRule
from kieng.measurement.measurement import VALUE_DIGITS
from kieng.plan.indicator import Better
from kieng.words import Name

_PLACES = Decimal(1).scaleb(-VALUE_DIGITS)
_SHOWN_SPREAD = Decimal("1.2")
_NONE = Name("", "")


def finding_of(course: Course, standing: Now, limits: tuple[Decimal, Decimal]) -> Name:
    """The sentence above the chart. ``limits``: the ordinary range of the newest figure."""
    match standing.verdict:
        case Verdict.SIGNAL:
            return _signal(course, standing)
        case Verdict.LEFT:
            return _left(course, standing)
        case Verdict.ORDINARY | Verdict.TOO_FEW:
            vi = "Kỳ {p} ({v}) nằm trong khoảng dao động thông thường, {low} đến {high}"
            en = "{p} ({v}) lies within the ordinary range, {low} to {high}"
            low, high = (figure(limit, course.indicator) for limit in limits)
            value = _said(course, float(course.spots[course.newest].value))
            return both(vi, en, p=course.newest, v=value, low=low, high=high)


def _signal(course: Course, standing: Now) -> Name:
    if standing.left:
        head = _going(course, standing)
        said = _seen(course, standing.moving, standing.before) if standing.moving else _NONE
        return both(
            "Tín hiệu, {h}: {s}. {l}", "Signal, {h}: {s}. {l}", h=head, s=said, l=_left(course, standing)
        )
    side = standing.broken[0].range.side
    against = _better(
        course,
        side,
        "tốt hơn kỳ gốc",
        "xấu hơn kỳ gốc",
        "better than its baseline",
        "worse than its baseline",
    )
    said = _seen(course, standing.broken[0])
    if standing.moving is None:
        return both("Tín hiệu, {a}: {s}", "Signal, {a}: {s}", a=against, s=said)
    going, moved = _going(course, standing), _seen(course, standing.moving, standing.before)
    if standing.way == side:
        return both("Tín hiệu, {g}: {s}", "Signal, {g}: {s}", g=going, s=said)
    vi, en = "Tín hiệu, {g}: {m}, tuy còn {a}", "Signal, {g}: {m}, though still {a}"
    return both(vi, en, g=going, m=moved, a=against)


def _going(course: Course, standing: Now) -> Name:
    return _better(course, standing.way, "đang tốt lên", "đang xấu đi", "getting better", "getting worse")


def _left(course: Course, standing: Now) -> Name:
    """ "14 kỳ liền (09/2025 đến 10/2026) cùng cao hơn kỳ gốc: …"."""
    vi = "{n} kỳ liền ({first} đến {last}) cùng {way} kỳ gốc: đã sang mức khác, nên chọn lại kỳ gốc"
    en = "{n} periods in a row ({first} to {last}) are {way} the baseline: it is at another level, and the"
    en += " baseline should be chosen again"
    centre = sum((course.spots[p].value for p in course.phases[-1].base), start=0) / len(
        course.phases[-1].base
    )
    up = course.spots[standing.left[-1]].value > centre
    way = Name("cao hơn", "above") if up else Name("thấp hơn", "below")
    return both(vi, en, n=len(standing.left), first=standing.left[0], last=standing.left[-1], way=way)


def _better(course: Course, side: int, vi_good: str, vi_bad: str, en_good: str, en_bad: str) -> Name:
    good = (side > 0) == (course.indicator.better is Better.HIGHER)
    return Name(vi_good, en_good) if good else Name(vi_bad, en_bad)


def signal_words(course: Course, line: Sequence[Seen]) -> Name:
    """A signal of the past: what a rule said at its end, and since when."""
    said = _seen(course, line[-1])
    if len(line) == 1:
        return said
    vi, en = "{s} (có tín hiệu từ kỳ {p})", "{s} (a signal since {p})"
    return both(vi, en, s=said, p=line[0].spots[-1].period)


def _seen(course: Course, seen: Seen, before: Sequence[object] = ()) -> Name:
    """What is beyond which range: "kỳ 10/2026 là 72 %, thấp hơn khoảng dao động thông thường (83 % đến
    97 %)"."""
    first, last = seen.spots[0].period, seen.spots[-1].period
    if seen.rule is SignalRule.ONE:
        what = both("kỳ {p} là {v}", "{p} is {v}", p=last, v=_said(course, seen.range.value))
    else:
        vi, en = _TOGETHER[course.kind]
        value = _said(course, seen.range.value)
        what = both(vi, en, n=len(seen.spots), first=first, last=last, v=value)
    low, high = (_said(course, at) for at in (max(seen.range.low, _least(course)), seen.range.high))
    way = Name("cao hơn", "above") if seen.up else Name("thấp hơn", "below")
    if before:
        vi = "{w}, {way} hẳn {n} kỳ liền trước ({b})"
        en = "{w}, clearly {way} the {n} periods before ({b})"
        return both(vi, en, w=what, way=way, n=len(before), b=_said(course, seen.range.centre))
    vi = "{w}, {way} khoảng dao động thông thường ({low} đến {high})"
    en = "{w}, {way} the ordinary range ({low} to {high})"
    return both(vi, en, w=what, way=way, low=low, high=high)


_TOGETHER = {
    ChartKind.P: (
        "{n} kỳ {first} đến {last} tính chung là {v}",
        "the {n} periods {first} to {last} together are {v}",
    ),
    ChartKind.C: (
        "{n} kỳ {first} đến {last} trung bình {v} mỗi kỳ",
        "the {n} periods {first} to {last} have {v} each on average",
    ),
    ChartKind.XMR: (
        "{n} kỳ {first} đến {last} trung bình {v}",
        "the {n} periods {first} to {last} are {v} on average",
    ),
}


def _least(course: Course) -> float:
    return float("-inf") if course.kind is ChartKind.XMR else 0.0


def _said(course: Course, value: float) -> Name:
    return figure(Decimal(value).quantize(_PLACES), course.indicator)


# --- what the limits rest on --------------------------------------------------------------


def notes_of(course: Course, earlier: Sequence[Signal], known: Parameters) -> Iterator[Name]:
    """Which baseline and who chose it, how restless, how many false alarms, what was before."""
    decided = any(phase.chosen is not None for phase in course.phases)
    yield from (_baseline(phase, decided) for phase in reversed(course.phases) if phase.base)
    if course.kind is ChartKind.P:
        base = course.of(course.phases[-1].base)
        spread = Decimal(spread_used(course, base)[0])
        if spread > _SHOWN_SPREAD:
            vi = "Lúc bình thường số này cũng dao động hơn mức ngẫu nhiên (φ = {phi}); giới hạn đã tính đến"
            en = (
                "Even while nothing changes it moves more than by chance (φ = {phi}); the limits allow for it"
            )
            yield both(vi, en, phi=number(spread, 1))
    yield _false_alarms(course, known)
    if earlier:
        vi, en = "Trước đó đã có {n} tín hiệu, gần nhất: {s}", "There were {n} signals before, the last: {s}"
        if len(earlier) == 1:
            vi, en = "Trước đó đã có một tín hiệu: {s}", "There was one signal before: {s}"
        yield both(vi, en, n=len(earlier), s=earlier[-1].words)
    if course.dropped:
        vi, en = "{n} kỳ tính theo cách khác không đưa vào", "{n} periods by another rule are left out"
        yield both(vi, en, n=course.dropped)


def _baseline(phase: Phase, decided: bool) -> Name:
    said = {"n": len(phase.base), "first": phase.base[0], "last": phase.base[-1]}
    row = phase.chosen
    if row is None and decided:
        vi = "Kỳ gốc trước đó: {n} kỳ đầu tiên có số ({first} đến {last})"
        return both(vi, "Baseline before: the first {n} periods with a figure ({first} to {last})", **said)
    if row is None:
        vi = "Kỳ gốc: {n} kỳ đầu tiên có số ({first} đến {last}), chưa có quyết định chọn kỳ gốc khác"
        en = "Baseline: the first {n} periods with a figure ({first} to {last}); no other has been decided on"
        return both(vi, en, **said)
    vi = "Kỳ gốc: {first} đến {last}, do {who} chọn ngày {day}: {because}"
    en = "Baseline: {first} to {last}, chosen by {who} on {day}: {because}"
    source = Name(f" ({row.source})", f" ({row.source})") if row.source else _NONE
    told = both(vi, en, **said, who=row.decided_by, day=day(row.decided_on), because=row.because)
    return both("{t}{s}", "{t}{s}", t=told, s=source)


def _false_alarms(course: Course, known: Parameters) -> Name:
    size, on = course.family.size, course.newest.last_day
    chance = chance_each(size, on, known)
    if size == 1:
        vi = "Khi không có gì thay đổi, mỗi kỳ có không quá {c} % khả năng báo nhầm"
        en = "While nothing changes, a period is called a signal by mistake in at most {c}% of cases"
        return both(vi, en, c=number(100 * chance, 2))
    vi = (
        "Khi không có gì thay đổi, {n} đơn vị cùng cấp cộng lại trung bình không quá {k} tín hiệu nhầm mỗi kỳ"
    )
    en = "While nothing changes, the {n} agencies of the level together raise on average at most {k} false"
    en += " signals a period"
    return both(vi, en, n=size, k=number(chance * size, 2))


def too_few_words(course: Course, phase: Phase, least: int) -> Name:
    """Why the newest figure cannot be judged."""
    have = len(phase.base)
    if have < least:
        vi = "Mới có {have} kỳ gốc có số, cần ít nhất {least}: còn quá ít để phân biệt tín hiệu với dao động"
        en = "Only {have} periods of the baseline have a figure, {least} are needed: too few to judge"
    elif not phase.after:
        vi = "Kỳ {p} còn nằm trong kỳ gốc ({first} đến {p}): từ kỳ sau mới so được"
        en = "{p} is still of the baseline ({first} to {p}): the next period is the first to be judged"
    else:
        vi = "{have} kỳ gốc đều bằng nhau, nên chưa biết khoảng dao động thông thường"
        en = "All {have} periods of the baseline are equal, so the ordinary range is not known"
    told = {"first": phase.base[0], "p": phase.base[-1]} if phase.base else {}
    return both(vi, en, have=have, least=least, **told)
