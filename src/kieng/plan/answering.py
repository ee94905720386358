"""Whose promise a target is, after agencies have merged, split or ended.

A plan binds those it was made for and whoever came after them. After two provinces merge, the new one
carries the targets of both, side by side; a commune of one of them carries that one's only. Who gave a part
away and lives on answers alone for what it promised.
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


def agencies_for(definitions: Definitions, target: Target, day: date) -> list[str]:
    """The agencies that answer for ``target`` on ``day``: its own agency or that agency's heirs, or those
    of its level that the plan binds."""
    return sorted(a for a in definitions.tree.on(day).level_of if answers_for(definitions, target, a, day))


def answers_for(definitions: Definitions, target: Target, agency: str, day: date) -> bool:
    """Whether ``agency`` answers for ``target`` on ``day``."""
    level = definitions.tree.on(day).level_of.get(agency)
    if level is None or target.level not in (None, level):
        return False
    plan = definitions.plans[target.plan]
    return plan.valid_from <= day and _is_put_to(target, plan, definitions, agency, day)


def _targets_in(plan: Plan, definitions: Definitions, indicator: str, agency: str, day: date) -> list[Target]:
    found = (target for target in plan.targets if target.indicator == indicator)
    return [target for target in found if _is_put_to(target, plan, definitions, agency, day)]


def _is_put_to(target: Target, plan: Plan, definitions: Definitions, agency: str, day: date) -> bool:
    """Whether ``agency``, which is there on ``day``, answers for ``target``."""
    if target.agency is None:
        level = definitions.tree.on(day).level_of[agency]
        return target.level == level and _binds(plan, definitions, agency, day)
    return agency == target.agency or _is_heir(target.agency, plan, definitions, agency, day)


def _is_heir(promised: str, plan: Plan, definitions: Definitions, agency: str, day: date) -> bool:
    """Whether ``agency`` stands for ``promised`` on its own level: what a district promised does not bind the
    province into which the district ended."""
    tree, since = definitions.tree, made_on(plan, definitions.tree)
    if not definitions.lineages.stands_for(agency, promised, since, day):
        return False
    opened = tree.agencies[promised].opened
    first = max(since, opened) if opened else since
    return tree.on(first).level_of[promised] == tree.on(day).level_of[agency]


def _binds(plan: Plan, definitions: Definitions, agency: str, day: date) -> bool:
    """Whether ``agency``, or one that ended in it, stood under the plan's scope when the plan was made. One
    made out of parts is bound as those were who gave them; one that came out of nothing since is bound by
    where it stands."""
    tree, made = definitions.tree, made_on(plan, definitions.tree)
    lineages = definitions.lineages
    once = lineages.forebears(agency, day, made) or lineages.origins(agency, day, made)
    if once:
        return any(plan.scope in tree.on(made).ancestors(one) for one in once)
    scopes = {plan.scope} | successors(definitions.reorganisations, plan.scope)
    return not scopes.isdisjoint(tree.on(day).ancestors(agency))
