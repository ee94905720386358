"""Whether somebody answers for every indicator and every target, on every day it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from kieng.plan.definitions import Definitions
from kieng.plan.lead import Lead
from kieng.plan.succession import on_the_day
from kieng.plan.target import Plan, Target
from kieng.problems import Place, Problems, near

_DAY = timedelta(days=1)


def check_leads(definitions: Definitions, problems: Problems) -> None:
    """Every named agency exists, and some lead of each target, or what it became, does while it runs."""
    for indicator in definitions.indicators.values():
        _check_names("lead", indicator.leads, indicator.place, definitions, problems)
        _check_names("cooperating", indicator.cooperating, indicator.place, definitions, problems)
        _check_both(indicator.leads, indicator.cooperating, indicator.place, problems)
    for plan in definitions.plans.values():
        for target in plan.targets:
            _check_names("lead", target.leads, target.place, definitions, problems)
            _check_names("cooperating", target.cooperating, target.place, definitions, problems)
            _check_both(target.leads, target.cooperating, target.place, problems)
            _check_target(target, plan, definitions, problems)


def _check_names(
    key: str, leads: Iterable[Lead], place: Place, definitions: Definitions, problems: Problems
) -> None:
    agencies = definitions.tree.agencies
    for lead in leads:
        if lead.agency not in agencies:
            why = f"No agency has the id that `{key}:` names."
            problems.add(place, "unknown-lead", why, near(lead.agency, agencies), lead.agency)


def _check_both(leads: Iterable[Lead], cooperating: Iterable[Lead], place: Place, problems: Problems) -> None:
    """Who leads does not help beside it."""
    for lead in leads:
        if any(one.agency == lead.agency and one.overlaps(lead) for one in cooperating):
            why = f"{lead.agency} leads and cooperates on the same days."
            problems.add(place, "leads-and-cooperates", why, "Name it once.", lead.agency)


def _check_target(target: Target, plan: Plan, definitions: Definitions, problems: Problems) -> None:
    """The last day on which the target is asked for is the one on which somebody has to answer."""
    indicator = definitions.indicators.get(target.indicator)  # one that did not read is told by itself
    leads = target.leads or (indicator.leads if indicator else ())
    known = [lead for lead in leads if lead.agency in definitions.tree.agencies]
    last = max(target.closes - _DAY if target.closes else target.by, plan.valid_from)
    if len(known) < len(leads) or not leads or any(_answers(lead, last, definitions) for lead in known):
        return
    named = ", ".join(lead.agency for lead in leads)
    why = f"No one answers for this target: on {last} there is neither its lead, {named}, nor an heir of it."
    remedy = "Name in `lead:` whoever leads by then, or tell in a reorganisation what the lead became."
    problems.add(target.place, "target-without-lead", why, remedy, named)


def _answers(lead: Lead, day: date, definitions: Definitions) -> bool:
    tree, events = definitions.tree, definitions.reorganisations
    return lead.holds_on(day) and bool(on_the_day(tree, events, lead.agency, day))
