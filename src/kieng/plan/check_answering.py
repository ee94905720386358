"""Whether every target is somebody's: on the last day it is asked for, an agency answers for it.

A target that nobody answers for would stand on no page as missed, and on none as met.
"""

from __future__ import annotations

from datetime import date, timedelta

from kieng.plan.agency import AgencyTree
from kieng.plan.answering import answers_for
from kieng.plan.check_targets import level_held
from kieng.plan.definitions import Definitions
from kieng.plan.target import Plan, Target
from kieng.problems import Problems

_DAY = timedelta(days=1)


def check_answering(definitions: Definitions, problems: Problems) -> None:
    """Name every target that nobody answers for, and why."""
    for plan in definitions.plans.values():
        if _scope_is_there(plan, definitions.tree, problems):
            for target in plan.targets:
                _check(target, plan, definitions, problems)


def _scope_is_there(plan: Plan, tree: AgencyTree, problems: Problems) -> bool:
    scope = tree.agencies.get(plan.scope)
    if scope is None:
        return False  # told elsewhere
    if scope.closed is None or scope.closed > plan.valid_from:
        return True
    why = f"The plan is for {plan.scope}, which ended on {scope.closed}, before the plan begins"
    why += f" ({plan.valid_from}): nobody answers for its targets."
    remedy = "Name in `scope:` the agency that is there when the plan begins, or correct `valid_from:`."
    problems.add(plan.place, "scope-before-plan", why, remedy, plan.scope)
    return False


def _check(target: Target, plan: Plan, definitions: Definitions, problems: Problems) -> None:
    last = target.closes - _DAY if target.closes else target.by
    if target.closes and target.closes <= plan.valid_from:
        why = f"The target is closed on {target.closes}, and the plan begins on {plan.valid_from}:"
        why += " nobody ever answers for it."
        remedy = "Correct `closes:`, or leave the target out of this plan."
        problems.add(target.place, "closes-before-plan", why, remedy, target.closes)
    elif last >= plan.valid_from and _lived(target, plan, last, definitions.tree, problems):
        _check_somebody(target, plan, last, definitions, problems)


def _lived(target: Target, plan: Plan, last: date, tree: AgencyTree, problems: Problems) -> bool:
    """Whether the agency that a target names, where it does, is there some day of the target's time."""
    if target.agency is None:
        return target.level is not None and level_held(tree, target.level, last)  # else told elsewhere
    agency = tree.agencies.get(target.agency)
    if agency is None:
        return False
    if agency.opened is not None and agency.opened > last:
        why = f"{agency.id} opens on {agency.opened}, after the target's last day, {last}."
        remedy = "Correct the deadline or the agency's first day, or name the agency that was there before."
        problems.add(target.place, "deadline-before-agency", why, remedy, agency.id)
        return False
    if agency.closed is not None and agency.closed <= plan.valid_from:
        why = f"{agency.id} ended on {agency.closed}, before the plan begins ({plan.valid_from})."
        remedy = "Name in `agency:` whoever took its place."
        problems.add(target.place, "agency-before-plan", why, remedy, agency.id)
        return False
    return True


def _check_somebody(
    target: Target, plan: Plan, last: date, definitions: Definitions, problems: Problems
) -> None:
    if any(answers_for(definitions, target, one, last) for one in definitions.tree.on(last).level_of):
        return
    if target.agency:
        why = f"On {last} neither {target.agency} nor an heir of its level is there to answer."
        remedy = "Say `closes:` and `because:`, or tell in a reorganisation what the agency became."
    else:
        why = f"On {last} no agency of the level {target.level} stands under {plan.scope}."
        remedy = "Set the target for a level that the plan's scope has, correct `scope:`, or say"
        remedy += " `closes:` and `because:`."
    problems.add(target.place, "nobody-answers", why, remedy, target.agency or target.level)
