"""One verdict for a promise: by both figures where something cannot be cut, by one where all can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kieng.judgement.due import is_due
from kieng.judgement.judge import Judgement
from kieng.judgement.phrases import both, day, figure
from kieng.judgement.promise import Basis, has_value
from kieng.judgement.standing import Standing
from kieng.measurement.measurement import Measurement
from kieng.plan.definitions import Definitions
from kieng.plan.target import Target
from kieng.words import Name

Judge = Callable[[Measurement | None], Judgement]

_FEW = 3  # agencies: so many are named one by one


def verdict(
    definitions: Definitions, target: Target, basis: Basis | None, agency: str, today: date, judge: Judge
) -> tuple[Measurement | None, Judgement]:
    """The figure that a promise is judged by, and the judgement. ``agency`` answers for it."""
    if basis is None:
        return None, judge(None)
    if not has_value(basis.whole):
        return basis.own, _with_note(judge(basis.own), _why_of_heir(target, basis))
    if basis.of_heir:
        return basis.own, _without_the_half(definitions, target, basis, agency, today, judge)
    if not has_value(basis.own):
        said = _includes(definitions, basis, agency)
        return basis.whole, _with_note(judge(basis.whole), said)
    return _of_two(definitions, target, basis, agency, judge)


def _of_two(
    definitions: Definitions, target: Target, basis: Basis, agency: str, judge: Judge
) -> tuple[Measurement | None, Judgement]:
    """Both figures say the same, or the verdict is open."""
    indicator = definitions.indicators[target.indicator]
    without, whole = judge(basis.own), judge(basis.whole)
    own, both_halves = _value(basis.own), _value(basis.whole)
    said = {
        "own": figure(own, indicator),
        "whole": figure(both_halves, indicator),
        "includes": _includes(definitions, basis, agency),
    }
    if without.standing is whole.standing:
        vi, en = "{r}; không tính phần dùng chung: {own}", "{r}; without what is shared: {own}"
        told = replace(whole, reason=both(vi, en, r=whole.reason, own=said["own"]))
        return basis.whole, _with_note(told, said["includes"])
    words = {"w": whole.standing.words, "o": without.standing.words}
    reason = both(
        "{whole} ({w}) khi tính cả phần dùng chung, {own} ({o}) khi không tính: chưa kết luận. {includes}",
        "{whole} ({w}) with what is shared, {own} ({o}) without it: open. {includes}",
        **said,
        **words,
    )
    return basis.whole, replace(whole, standing=Standing.OPEN, reason=reason)


def _without_the_half(
    definitions: Definitions, target: Target, basis: Basis, agency: str, today: date, judge: Judge
) -> Judgement:
    """There is a figure of the whole, and none of the half that promised."""
    if has_value(basis.own):
        return judge(basis.own)
    found = judge(None)
    if found.standing is Standing.CLOSED:
        return found
    closed = definitions.tree.agencies[basis.node].closed
    vi = (
        "Không có số riêng của {node}: từ {closed} chỉ có {kind} của cả {all}, {v} ({p});"
        " {heir} còn phải báo cáo số riêng"
    )
    en = (
        "There is no figure of {node} alone: from {closed} on only {kind} of all {all}, {v} ({p});"
        " {heir} has yet to report that of {node}"
    )
    heir = _name(definitions, agency, basis.period.last_day)
    estimate = basis.whole is not None and basis.whole.state == "estimate"
    reason = both(
        vi,
        en,
        node=_node(definitions, basis, agency),
        heir=heir,
        closed=day(closed) if closed else "",
        all=_who(definitions, basis) if len(basis.shared) > 1 else heir,
        kind=Name("số ước", "an estimate") if estimate else Name("số", "that"),
        v=figure(_value(basis.whole), definitions.indicators[target.indicator]),
        p=basis.period,
    )
    standing = Standing.DUE_NO_FIGURE if is_due(target, today) else Standing.NO_DATA
    return replace(found, standing=standing, reason=reason)


def _includes(definitions: Definitions, basis: Basis, agency: str) -> Name:
    """Who is in the figure though they serve others too."""
    heir = _name(definitions, agency, basis.period.last_day)
    node = _node(definitions, basis, agency)
    return both(
        "Gồm {who} của {heir}, nay không chỉ phục vụ {node} nên không tách riêng được",
        "Includes {who} of {heir}, which now serve more than {node} and cannot be cut",
        who=_who(definitions, basis),
        heir=heir,
        node=node,
    )


def _who(definitions: Definitions, basis: Basis) -> Name:
    names = [_name(definitions, one, basis.period.last_day) for one in basis.shared]
    if len(names) <= _FEW:
        return Name(", ".join(name.vi for name in names), ", ".join(name.en for name in names))
    return both("{n} cơ quan", "{n} agencies", n=len(names))


def _why_of_heir(target: Target, basis: Basis) -> Name | None:
    """The plan's own word that the heir reports the very thing that was promised, once the heir does."""
    followed = basis.own is not None and basis.own.reading != "as-was"
    return target.heir_reports if followed else None


def _value(one: Measurement | None) -> Decimal:
    if one is None or one.value is None:
        raise ValueError("there is no figure")
    return one.value


def _node(definitions: Definitions, basis: Basis, agency: str) -> Name:
    """The name of what promised; told apart from an heir that has taken it over."""
    name = _name(definitions, basis.node, basis.period.last_day)
    if name.vi != _name(definitions, agency, basis.period.last_day).vi:
        return name
    return both("{name} (cũ)", "{name}, the former one", name=name)


def _name(definitions: Definitions, agency: str, on: date) -> Name:
    return definitions.tree.name(agency, on)


def _with_note(found: Judgement, note: Name | None) -> Judgement:
    return found if note is None else replace(found, notes=(*found.notes, note))
