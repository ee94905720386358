"""Who leads an indicator and who helps: today, and when each plan was made where that was another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from kieng.judgement.leads import Leading, lead_said, leads_on, target_leads
from kieng.judgement.phrases import both
from kieng.judgement.phrases import day as day_said
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.words import Name

_LEADS, _HELP = Name("Cơ quan chủ trì", "Lead agency"), Name("Cơ quan phối hợp", "Cooperating agencies")
Answering = tuple[Name, tuple[tuple[Leading, Name], ...]]


def answering(definitions: Definitions, indicator: Indicator, today: date) -> tuple[Answering, ...]:
    """What each is called, with the agencies; nothing of what nobody is named for."""
    now = leads_on(definitions, indicator.leads, today)
    told = [(_LEADS, now, today), *_then(definitions, indicator, {one.agency for one in now})]
    told.append((_HELP, leads_on(definitions, indicator.cooperating, today), today))
    return tuple((part, _named(definitions, found, day)) for part, found, day in told if found)


def _then(
    definitions: Definitions, indicator: Indicator, now: set[str]
) -> Iterator[tuple[Name, tuple[Leading, ...], date]]:
    """Per plan with a target of the indicator, who led on its first day."""
    for plan in definitions.plans.values():
        day = plan.valid_from
        found = {
            one.agency: one
            for target in plan.targets
            if target.indicator == indicator.id
            for one in target_leads(definitions, target, day)
        }
        if found and set(found) != now:
            vi, en = "Chủ trì khi giao ({day}, {plan})", "Lead when set ({day}, {plan})"
            yield both(vi, en, day=day_said(day), plan=plan.name), tuple(found.values()), day


def _named(definitions: Definitions, found: Iterable[Leading], day: date) -> tuple[tuple[Leading, Name], ...]:
    return tuple((one, lead_said(definitions.tree.name(one.agency, day), one)) for one in found)
