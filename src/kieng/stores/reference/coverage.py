"""Which agencies are expected to report, for whom records speak, and how many people they hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kieng.measurement.request import Ask
from kieng.plan.agency import Agency, AgencyTree
from kieng.plan.dated import on_day
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Membership
from kieng.plan.period import Period
from kieng.plan.recast import Atlas


def reporters_of(
    agencies: Iterable[str], ask: Ask, period: Period, until: date, definitions: Definitions, atlas: Atlas
) -> dict[str, str]:
    """For each of ``agencies``, the expected reporter that its records speak for, if there is one;
    ``until`` is the last day of ``period`` that is looked at.

    A record that names its place may come from an agency that nobody knows.
    """
    found: dict[str, str] = {}
    for one in set(agencies) & definitions.tree.agencies.keys():
        reporter = _stands_as(definitions.tree.agencies[one], ask, period, until, atlas)
        if reporter is not None and is_expected(reporter, ask, period, until, definitions):
            found[one] = reporter.id
    return found


def _stands_as(agency: Agency, ask: Ask, period: Period, until: date, atlas: Atlas) -> Agency | None:
    """``agency`` itself if it is on the map as it was, else, of what lasts and of stocks, the one it became
    whole."""
    if _day_on_the_map(agency, ask, period, until) is not None:
        return agency
    if ask.rule.counting.membership is Membership.BY and not ask.rule.is_stock:
        return None
    at_end = until if ask.rule.at_end else None
    landings = atlas.place(agency.id, period, at_end, "population", until).landings
    return atlas.tree.agencies[landings[0].agency] if len(landings) == 1 else None


def _day_on_the_map(agency: Agency, ask: Ask, period: Period, until: date) -> date | None:
    """The day on which the map as it was shows ``agency``: its last one in the period, or ``until`` for what
    stands at the period's end."""
    if ask.rule.at_end:
        return until if agency.exists_on(until) else None
    return agency.last_day_in(period, until)


def is_expected(agency: Agency, ask: Ask, period: Period, until: date, definitions: Definitions) -> bool:
    """Whether ``agency`` should have records: its level on the map as it was reports, and the indicator
    has not been declared without meaning for it."""
    day = _day_on_the_map(agency, ask, period, until)
    level = on_day(agency.levels, day) if day else None
    if day is None or level is None or level not in ask.rule.reporters:
        return False
    return not any(
        declared.indicator == ask.indicator
        and declared.agency == agency.id
        and (declared.valid_from is None or declared.valid_from <= day)
        and (declared.valid_to is None or day < declared.valid_to)
        for declared in definitions.not_applicable
    )


def people_of(reporters: Iterable[str], period: Period, tree: AgencyTree) -> Decimal | None:
    """The population of ``reporters`` on the period's last day; None where none is known."""
    weights = [tree.agencies[agency].weight("population", period.last_day) for agency in reporters]
    known = [weight.amount for weight in weights if weight is not None]
    return sum(known, Decimal(0)) if known else None
