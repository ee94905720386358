"""Which agencies, of those expected to report, have records, and how many people they hold."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from kieng.measurement.request import Ask
from kieng.plan.agency import Agency, AgencyTree
from kieng.plan.dated import on_day
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.stores.reference.rows import Record


def reporters_among(
    records: Iterable[Record], ask: Ask, period: Period, definitions: Definitions
) -> set[str]:
    """The expected reporters that ``records`` come from, each once.

    A record that names its place may come from an agency that nobody knows.
    """
    agency_field = definitions.record_types[ask.rule.record].agency_field
    known = definitions.tree.agencies
    sources = {record[agency_field] for record in records} & known.keys()
    return {source for source in sources if is_expected(known[source], ask, period, definitions)}


def is_expected(agency: Agency, ask: Ask, period: Period, definitions: Definitions) -> bool:
    """Whether ``agency`` should have records: its level on its last day in ``period`` reports, and the
    indicator has not been declared without meaning for it."""
    day = agency.last_day_in(period)
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
