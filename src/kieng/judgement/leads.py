"""Who leads what on a day: followed through reorganisations, and what a lead may see for it.

The text names an agency once; the lead is that agency as long as it exists and afterwards whatever it
became (Sở TT&TT, from 1/3/2025 Sở KH&CN). Before a named agency opened it is the one that it was made of;
where it was made of several, nobody can tell which of them led, and none is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.plan.lead import Lead
from kieng.plan.lineage import predecessors
from kieng.plan.succession import ever_above, on_the_day
from kieng.plan.target import Plan, Target
from kieng.words import Name


@dataclass(frozen=True)
class Leading:
    """An agency that leads (or helps) on a day; ``named`` is the one of the text that it was or became."""

    agency: str
    named: str
    assumed: bool


def leads_on(definitions: Definitions, leads: Iterable[Lead], day: date) -> tuple[Leading, ...]:
    """Who leads on ``day`` of those that the text names, in its order, each once. What one text names and
    another assumes is named."""
    found: dict[str, Leading] = {}
    for lead in leads:
        if not lead.holds_on(day):
            continue
        for agency in _on(definitions, lead.agency, day):
            before = found.get(agency)
            if before is None or (before.assumed and not lead.assumed):
                found[agency] = Leading(agency, lead.agency, lead.assumed)
    return tuple(found.values())


def target_leads(definitions: Definitions, target: Target, day: date) -> tuple[Leading, ...]:
    """Who leads ``target`` on ``day``: whom its plan names for it, else the indicator's leads but for those
    of another territory (a department of one province leads no promise of the next)."""
    if target.leads:
        return leads_on(definitions, target.leads, day)
    found = leads_on(definitions, definitions.indicators[target.indicator].leads, day)
    scopes = _on(definitions, definitions.plans[target.plan].scope, day)
    return tuple(one for one in found if not _elsewhere(definitions, one.agency, scopes, day))


def target_cooperating(definitions: Definitions, target: Target, day: date) -> tuple[Leading, ...]:
    """Who helps with ``target`` on ``day``."""
    named = target.cooperating or definitions.indicators[target.indicator].cooperating
    return leads_on(definitions, named, day)


def led_targets(definitions: Definitions, agency: str, day: date) -> tuple[Target, ...]:
    """Every target of the plans made by ``day`` that ``agency`` leads then, in the order of the text."""
    plans = [plan for plan in definitions.plans.values() if plan.valid_from <= day]
    return tuple(target for plan in plans for target in _led(definitions, plan, agency, day))


def _led(definitions: Definitions, plan: Plan, agency: str, day: date) -> Iterator[Target]:
    for target in plan.targets:
        if any(one.agency == agency for one in target_leads(definitions, target, day)):
            yield target


def led_indicators(definitions: Definitions, agency: str, day: date) -> tuple[Indicator, ...]:
    """The indicators that ``agency`` leads on ``day``, by themselves or by a target."""
    return tuple(one for one in definitions.indicators.values() if _leads(definitions, agency, one, day))


def _leads(definitions: Definitions, agency: str, indicator: Indicator, day: date) -> bool:
    if any(one.agency == agency for one in leads_on(definitions, indicator.leads, day)):
        return True
    targets = [
        target
        for plan in definitions.plans.values()
        if plan.valid_from <= day
        for target in plan.targets
        if target.indicator == indicator.id and target.leads
    ]
    return any(one.agency == agency for target in targets for one in target_leads(definitions, target, day))


def leads_for(definitions: Definitions, leader: str, indicator: str, agency: str, day: date) -> bool:
    """Whether ``leader`` leads ``indicator`` on ``day`` and ``agency`` is of its territory: the agency that
    the leader stands below, whatever that was made of, and all that was ever below of these."""
    if agency not in definitions.tree.agencies or indicator not in definitions.indicators:
        return False
    if not _leads(definitions, leader, definitions.indicators[indicator], day):
        return False
    return reaches(definitions, leader, agency, day)


def reaches(definitions: Definitions, leader: str, agency: str, day: date) -> bool:
    """Whether ``agency`` is, or has been, of the territory of ``leader``."""
    return not territory(definitions, leader, day).isdisjoint(ever_above(definitions.tree, agency))


def territory(definitions: Definitions, leader: str, day: date) -> frozenset[str]:
    """The agency that ``leader`` stands below on ``day`` (itself at the top), and what that was made of."""
    tree = definitions.tree.on(day)
    if leader not in tree:
        return frozenset()
    top = tree.parent_of[leader] or leader
    return frozenset({top} | predecessors(definitions.reorganisations, top))


def _on(definitions: Definitions, agency: str, day: date) -> tuple[str, ...]:
    """``agency`` on ``day``, as a lead is followed."""
    found = on_the_day(definitions.tree, definitions.reorganisations, agency, day)
    opened = definitions.tree.agencies[agency].opened
    if opened is not None and day < opened and len(found) > 1:
        return ()
    return tuple(sorted(found))


def _elsewhere(definitions: Definitions, agency: str, scopes: Iterable[str], day: date) -> bool:
    """Whether ``agency`` stands below another agency of the level of ``scopes``, and below none of these."""
    tree, mine = definitions.tree.on(day), set(scopes)
    above = set(tree.ancestors(agency))
    levels = {tree.level_of[one] for one in mine}
    return above.isdisjoint(mine) and any(tree.level_of[one] in levels for one in above)


def lead_said(name: Name, one: Leading) -> Name:
    """An agency's name with the mark of an assumption."""
    return Name(f"{name.vi} (giả định)", f"{name.en} (assumed)") if one.assumed else name
