"""Whose promise a target is, after agencies have merged, split or ended.

A plan binds those it was made for and whoever came after them. After two provinces merge, the new one
carries the targets of both, side by side; a commune of one of them carries that one's only.
"""

from __future__ import annotations

from datetime import date, timedelta

from kieng.plan.definitions import Definitions
from kieng.plan.lineage import made_on, successors
from kieng.plan.target import Plan, Target

_DAY = timedelta(days=1)


def targets_for(definitions: Definitions, indicator: str, agency: str, day: date) -> tuple[Target, ...]:
    """Every target of ``indicator`` that ``agency`` answers for on ``day``, of all plans in force by then,
    in the order of their deadlines; also those that are closed.

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


def _targets_in(plan: Plan, definitions: Definitions, indicator: str, agency: str, day: date) -> list[Target]:
    targets = [target for target in plan.targets if target.indicator == indicator]
    if not targets:
        return []
    tree, then = definitions.tree, made_on(plan, definitions.tree)
    level = tree.on(day).level_of[agency]
    once = definitions.lineages.origins(agency, day, then)
    # What a district promised does not bind the province into which the district ended.
    heir_of = {agency} | {one for one in once if tree.on(then).level_of[one] == level}
    bound = _binds(plan, definitions, agency, day, once)
    return [t for t in targets if t.agency in heir_of or (bound and t.level == level)]


def _binds(plan: Plan, definitions: Definitions, agency: str, day: date, once: frozenset[str]) -> bool:
    """Whether some of ``agency`` stood under the plan's scope when the plan was made; an agency that
    came out of nothing since is bound by where it stands."""
    tree = definitions.tree
    if once:
        then = tree.on(made_on(plan, tree))
        return any(plan.scope in then.ancestors(one) for one in once)
    scopes = {plan.scope} | successors(definitions.reorganisations, plan.scope)
    return not scopes.isdisjoint(tree.on(day).ancestors(agency))
