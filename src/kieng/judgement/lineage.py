"""Whose promise a target is, after agencies have merged, split or ended.

A plan binds those it was made for and whoever came after them. After two provinces merge, the new one
carries the targets of both, side by side; a commune of one of them carries that one's only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from kieng.judgement.due import is_closed
from kieng.plan.agency import AgencyTree
from kieng.plan.definitions import Definitions
from kieng.plan.reorganisation import Reorganisation
from kieng.plan.target import Plan, Target

_DAY = timedelta(days=1)


def predecessors(reorganisations: Iterable[Reorganisation], agency: str) -> set[str]:
    """Every agency that some of ``agency`` came from, however far back; never itself."""
    return _reached(agency, [event.sources_of for event in reorganisations])


def successors(reorganisations: Iterable[Reorganisation], agency: str) -> set[str]:
    """Every agency that some of ``agency`` went to, however far on; never itself."""
    return _reached(agency, [event.targets_of for event in reorganisations])


def _reached(start: str, steps: Sequence[Mapping[str, frozenset[str]]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        new = {there for step in steps for there in step.get(at, ())} - found
        found |= new
        waiting += new
    return found - {start}


def origins(
    tree: AgencyTree, reorganisations: Sequence[Reorganisation], agency: str, day: date, back_to: date
) -> set[str]:
    """What ``agency`` of the map of ``day`` was on the map of ``back_to``: itself if nothing happened to
    it, its predecessors if it was made of others; empty if it was opened later out of nothing."""
    now = {agency}
    events = [r for r in reorganisations if back_to < r.day <= day]
    for moved_on in sorted({r.day for r in events}, reverse=True):
        steps = [r.sources_of for r in events if r.day == moved_on]
        # An agency may pass through another on one day (communes merge within the province that ends).
        before = set().union(*({one} | _reached(one, steps) for one in now))
        now = {one for one in before if tree.agencies[one].exists_on(moved_on - _DAY)}
    return {one for one in now if tree.agencies[one].exists_on(back_to)}


def targets_for(definitions: Definitions, indicator: str, agency: str, day: date) -> tuple[Target, ...]:
    """Every target of ``indicator`` that ``agency`` answers for on ``day``, of all plans in force by then,
    in the order of their deadlines; also those that are closed (:func:`closed_targets` tells them).

    An agency that is gone by ``day`` has the targets of its last day.
    """
    known = definitions.tree.agencies[agency]
    if known.closed is not None and known.closed <= day:
        day = known.closed - _DAY
    if not known.exists_on(day):
        return ()
    found = [
        target
        for plan in definitions.plans.values()
        if plan.valid_from <= day
        for target in _targets_in(plan, definitions, indicator, agency, day)
    ]
    return tuple(sorted(found, key=lambda target: (target.by, target.id)))


def closed_targets(definitions: Definitions, day: date) -> tuple[Target, ...]:
    """Every target that was ended early, by ``day``."""
    return tuple(t for plan in definitions.plans.values() for t in plan.targets if is_closed(t, day))


def _targets_in(plan: Plan, definitions: Definitions, indicator: str, agency: str, day: date) -> list[Target]:
    targets = [target for target in plan.targets if target.indicator == indicator]
    if not targets:
        return []
    tree, made_on = definitions.tree, _made_on(plan, definitions.tree)
    level = tree.on(day).level_of[agency]
    once = origins(tree, definitions.reorganisations, agency, day, made_on)
    # What a district promised does not bind the province into which the district ended.
    heir_of = {agency} | {one for one in once if tree.on(made_on).level_of[one] == level}
    bound = _binds(plan, definitions, agency, day, once)
    return [t for t in targets if t.agency in heir_of or (bound and t.level == level)]


def _made_on(plan: Plan, tree: AgencyTree) -> date:
    """The day on which the plan began to bind; of a scope opened later, that agency's first day."""
    opened = tree.agencies[plan.scope].opened
    return max(plan.valid_from, opened) if opened else plan.valid_from


def _binds(plan: Plan, definitions: Definitions, agency: str, day: date, once: set[str]) -> bool:
    """Whether some of ``agency`` stood under the plan's scope when the plan was made; an agency that
    came out of nothing since is bound by where it stands."""
    tree = definitions.tree
    if once:
        then = tree.on(_made_on(plan, tree))
        return any(plan.scope in then.ancestors(one) for one in once)
    scopes = {plan.scope} | successors(definitions.reorganisations, plan.scope)
    return not scopes.isdisjoint(tree.on(day).ancestors(agency))
