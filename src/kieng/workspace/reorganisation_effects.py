"""What a proposed reorganisation means for heads, targets, tasks, indicators and open records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kieng.judgement.due import is_closed, is_due
from kieng.judgement.leads import leads_on
from kieng.plan.agency import Post
from kieng.plan.answering import targets_for
from kieng.plan.dated import on_day
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import RECOMPUTED
from kieng.plan.indicator import Indicator, Rule
from kieng.plan.target import Target, Task
from kieng.words import Name
from kieng.workspace.reorganise import Proposal


@dataclass(frozen=True)
class HeadChange:
    """An agency whose post changes: ``ends`` on the eve, ``begins`` on the day. Both None: an agency opens
    and nobody is named to answer for it."""

    agency: str
    ends: Post | None
    begins: Post | None


@dataclass(frozen=True)
class TargetChange:
    """A target that agencies which end (or leave its level) answered for, and who answers for it then."""

    target: Target
    agencies: tuple[str, ...]
    heirs: tuple[str, ...]
    closes: bool


@dataclass(frozen=True)
class Inherited:
    """A task, or the lead of an indicator, that an agency which ends leaves to ``heirs``."""

    agency: str
    heirs: tuple[str, ...]
    task: Task | None = None
    indicator: Indicator | None = None


@dataclass(frozen=True)
class Obstacle:
    """An indicator whose history cannot be read on the new map for ``agencies``, and why."""

    indicator: Indicator
    agencies: tuple[str, ...]
    why: Name


def heads(proposal: Proposal) -> list[HeadChange]:
    """Every post that ends or begins, and every new agency without one."""
    opened = {agency.id for agency in proposal.change.opens}
    return [
        change
        for agency in sorted(proposal.after.tree.agencies)
        if (change := _head(proposal, agency)).ends != change.begins
        or (agency in opened and not change.begins)
    ]


def _head(proposal: Proposal, agency: str) -> HeadChange:
    before = proposal.before.tree.agencies.get(agency)
    after = proposal.after.tree.agencies[agency]
    ends = on_day(before.heads, proposal.eve) if before and before.exists_on(proposal.eve) else None
    begins = on_day(after.heads, proposal.day) if after.exists_on(proposal.day) else None
    return HeadChange(agency, ends, begins)


def targets(proposal: Proposal) -> list[TargetChange]:
    """Targets still running that an ended agency, or one that changes its level, answered for."""
    leave = set(proposal.change.closes) | {f.agency for f in proposal.change.changes if f.fact == "level"}
    carried: dict[Target, dict[str, list[str]]] = {}
    for indicator in sorted({t.indicator for plan in proposal.after.plans.values() for t in plan.targets}):
        for agency in sorted(leave):
            for target in _running(proposal, indicator, agency):
                carried.setdefault(target, {})[agency] = _who_answers(proposal, target, agency)
    return [
        TargetChange(
            target=target,
            agencies=tuple(heirs),
            heirs=tuple(sorted({heir for found in heirs.values() for heir in found})),
            closes=is_closed(target, proposal.day),
        )
        for target, heirs in carried.items()
    ]


def _running(proposal: Proposal, indicator: str, agency: str) -> list[Target]:
    found = targets_for(proposal.after, indicator, agency, proposal.eve)
    return [t for t in found if not is_due(t, proposal.day) and not is_closed(t, proposal.eve)]


def _who_answers(proposal: Proposal, target: Target, agency: str) -> list[str]:
    """Of the agency's heirs, those that the target binds from the day on; nobody when it closes."""
    if is_closed(target, proposal.day):
        return []
    after, day = proposal.after, proposal.day
    return [h for h in proposal.heirs(agency) if target in targets_for(after, target.indicator, h, day)]


def tasks(proposal: Proposal) -> list[Inherited]:
    """Tasks not yet due that are assigned to agencies which end."""
    return [
        Inherited(task.agency, tuple(proposal.heirs(task.agency)), task=task)
        for plan in proposal.after.plans.values()
        for task in plan.tasks
        if task.agency in proposal.change.closes and task.by >= proposal.day
    ]


def leads(proposal: Proposal) -> list[Inherited]:
    """Indicators that agencies which end answer for."""
    return [
        Inherited(one.agency, tuple(proposal.heirs(one.agency)), indicator=indicator)
        for indicator in proposal.after.indicators.values()
        for one in leads_on(proposal.before, indicator.leads, proposal.eve)
        if one.agency in proposal.change.closes
    ]


def obstacles(proposal: Proposal) -> list[Obstacle]:
    """Indicators that cannot be carried over the splits of this reorganisation."""
    found = (
        obstacle
        for indicator in proposal.after.indicators.values()
        for rule in indicator.rules
        for obstacle in _obstacles(proposal, indicator, rule)
    )
    return list(dict.fromkeys(found))


def _obstacles(proposal: Proposal, indicator: Indicator, rule: Rule) -> Iterator[Obstacle]:
    split = [move for move in proposal.event.moves if not move.whole]
    sources = tuple(dict.fromkeys(move.source for move in split))
    kinds = sorted({a.kind.value for a in rule.formula.aggregates if a.kind in RECOMPUTED})
    if sources and kinds:
        yield Obstacle(indicator, sources, _not_a_sum(kinds, proposal.after, rule))
    without = tuple(dict.fromkeys(move.source for move in split if rule.recast_by not in move.shares))
    if without:
        vi, en = f"không có tỷ lệ chia theo {rule.recast_by}", f"no shares by {rule.recast_by} are given"
        yield Obstacle(indicator, without, Name(vi, en))


def _not_a_sum(kinds: list[str], definitions: Definitions, rule: Rule) -> Name:
    """A distinct count or a percentile has no parts that could be shared out by weight."""
    shown = ", ".join(kinds)
    placed_in = definitions.record_types[rule.record].placed_in
    if placed_in is None:
        return Name(f"{shown} không chia được theo tỷ lệ", f"{shown} cannot be shared out by weight")
    vi = f"{shown} chỉ tính lại được từ bản ghi có `{placed_in}`"
    return Name(vi, f"{shown} can be made anew only from records that say `{placed_in}`")
