"""What a funnel shows, in words that say no more than its limits do.

"Chance explains it" is said only where nobody lies outside *and* the family as a whole lies no farther
apart than chance puts it. Where it does, the limits were widened by the family's own differences: then an
agency within them is not explained by chance, it only does not stand apart from the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kieng.judgement.phrases import both, number
from kieng.judgement.position import Placed, Position, Spread, Tails
from kieng.words import Name

_NAMED = 3


def finding_of(placed: Sequence[Placed], family: int, spread: Spread, kind: Name) -> Name:
    """What there is to see among ``placed``, which are all of the ``family`` compared or some of it."""
    judged = [one for one in placed if one.position is not Position.NOT_JUDGED]
    if not judged:
        return both("Chưa so sánh được các {kind}", "The {kind} cannot be compared", kind=kind)
    outside = _outside(judged)
    of = _of(len(judged), family, kind)
    if not spread.beyond_chance:
        return _by_chance(outside, of)
    phi = number(spread.phi, 1)
    if outside is None:
        vi = "{of} khác nhau nhiều hơn ngẫu nhiên (φ = {phi}); không đơn vị nào tách hẳn khỏi nhóm"
        en = "{of} differ by more than chance (φ = {phi}); none stands apart from the group"
        return both(vi, en, of=of, phi=phi)
    if not spread.widens:
        return _by_chance(outside, of)
    vi = "{of} khác nhau nhiều hơn ngẫu nhiên (φ = {phi}); tách hẳn khỏi nhóm: {s}"
    en = "{of} differ by more than chance (φ = {phi}); apart from the group: {s}"
    return both(vi, en, of=of, phi=phi, s=outside)


def _by_chance(outside: Name | None, of: Name) -> Name:
    if outside is None:
        vi = "{of} khác nhau trong khoảng dao động thông thường: ngẫu nhiên giải thích được"
        en = "{of} differ within the ordinary range: chance explains it"
        return both(vi, en, of=of)
    vi = "Tín hiệu trong {of}: {s} (vượt mức ngẫu nhiên giải thích được)"
    en = "Signals among {of}: {s} (more than chance explains)"
    return both(vi, en, of=of, s=outside)


def _of(shown: int, family: int, kind: Name) -> Name:
    """ "58 xã", or "12 xã (xét chung 135)" where a page shows some of those compared."""
    if shown == family:
        return both("{n} {kind}", "{n} {kind}", n=shown, kind=kind)
    vi, en = "{n} {kind} (xét chung {all})", "{n} {kind} (of {all} held together)"
    return both(vi, en, n=shown, kind=kind, all=family)


def _outside(judged: Sequence[Placed]) -> Name | None:
    """ "2 (A, B) thấp hơn; 1 (C) cao hơn"."""
    lower, higher = _named(judged, Position.SIGNAL_LOW), _named(judged, Position.SIGNAL_HIGH)
    said = []
    if lower is not None:
        said.append(both("{who} thấp hơn", "{who} lower", who=lower))
    if higher is not None:
        said.append(both("{who} cao hơn", "{who} higher", who=higher))
    return Name("; ".join(s.vi for s in said), "; ".join(s.en for s in said)) if said else None


def _named(placed: Sequence[Placed], position: Position) -> Name | None:
    """ "3 (A, B, C)": how many lie there, and the first of them by name."""
    names = [one.agency.name for one in placed if one.position is position]
    if not names:
        return None
    shown, more = names[:_NAMED], "…" if len(names) > _NAMED else ""
    who = Name(", ".join(n.vi for n in shown) + more, ", ".join(n.en for n in shown) + more)
    return both("{k} ({who})", "{k} ({who})", k=len(names), who=who)


def notes_of(
    placed: Sequence[Placed], family: int, tails: Tails, spread: Spread, kind: Name
) -> Iterator[Name]:
    """What a reader should know beside it: false alarms, widened limits, who is not compared."""
    judged = sum(one.position is not Position.NOT_JUDGED for one in placed)
    if judged:
        vi = "Chỉ do ngẫu nhiên, đã có khoảng {near}/{n} {kind} ra ngoài giới hạn trong, "
        vi += "{signal} ra ngoài giới hạn ngoài"
        en = "Chance alone puts about {near} of {n} {kind} beyond the inner limits, {signal} beyond the outer"
        near, signal = number(2 * tails.near * family, 1), number(2 * tails.signal * family, 2)
        yield both(vi, en, near=near, signal=signal, n=family, kind=kind)
    if spread.widens:
        vi = "Giới hạn đã nới rộng {width} lần (√φ), vì các {kind} khác nhau nhiều hơn ngẫu nhiên"
        en = "The limits are {width} times as wide (√φ), for the {kind} differ by more than chance"
        yield both(vi, en, width=number(spread.drawn_in.sqrt(), 1), kind=kind)
    if judged < len(placed):
        vi, en = "{k}/{n} {kind} chưa so sánh được", "{k} of {n} {kind} cannot be compared"
        yield both(vi, en, k=len(placed) - judged, n=len(placed), kind=kind)
