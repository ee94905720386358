"""Which records make a stock (``latest``): for each agency its newest figure, chosen before anything is
carried, and not beside that of an heir."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kieng.plan.indicator import Rule
from kieng.plan.record_type import RecordType
from kieng.plan.stock_succession import StockSuccession
from kieng.stores.reference.aggregates import newest_per_agency
from kieng.stores.reference.rows import Record, day_of


def stock_keys(
    figures: Iterable[Record], rule: Rule, kind: RecordType, until: date, succession: StockSuccession
) -> set[str]:
    """The keys of the records that make the stock read on ``until``, of those of a period that give it a
    figure."""
    newest = newest_per_agency(figures, rule.counting, kind)
    days = {agency: day_of(record[rule.counting.start]) for agency, record in newest.items()}
    return {r["_key"] for agency, r in newest.items() if _stands(agency, days, until, succession)}


def _stands(agency: str, days: dict[str, date], until: date, succession: StockSuccession) -> bool:
    """Whether no other agency with a figure (``days``: of which day) has taken the place of ``agency``."""
    displacing = succession.displacing(agency, until)
    return not any(other in days and days[other] >= since for other, since in displacing.items())
