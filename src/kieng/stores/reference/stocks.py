"""Which records make a stock (``latest``): for each agency its newest, chosen before anything is carried."""

from __future__ import annotations

from collections.abc import Iterable

from kieng.measurement.request import Reading
from kieng.plan.agency import AgencyTree
from kieng.plan.indicator import Membership, Rule
from kieng.plan.period import Period
from kieng.plan.record_type import RecordType
from kieng.stores.reference.aggregates import newest_per_agency
from kieng.stores.reference.rows import Record


def stock_keys(
    counted: Iterable[Record],
    rule: Rule,
    kind: RecordType,
    period: Period,
    reading: Reading,
    tree: AgencyTree,
) -> set[str]:
    """The keys of the records that make the stock, of those in ``period`` that an aggregate counts."""
    newest = newest_per_agency(counted, rule.counting, kind)
    return {r["_key"] for r in newest if lends_stock(r, rule, kind, period, reading, tree)}


def lends_stock(
    record: Record, rule: Rule, kind: RecordType, period: Period, reading: Reading, tree: AgencyTree
) -> bool:
    """False on the map of one day for an agency that closed within the period: its heirs' stock has
    taken its place, and both would count the same thing twice. A record that names its place stays."""
    if reading.map_day is None or rule.counting.membership is not Membership.BY:
        return True
    if kind.placed_in and record[kind.placed_in] in tree.on(reading.map_day):
        return True
    agency = tree.agencies.get(record[kind.agency_field])
    closed = agency.closed if agency else None
    return closed is None or not period.start < closed <= period.last_day
