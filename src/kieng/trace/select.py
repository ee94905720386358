"""The versions that can have a say in one figure, out of the whole ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.closure import Maps, Variant
from kieng.plan.indicator import Membership, Rule
from kieng.plan.period import Period
from kieng.records.batch import VersionedRecords
from kieng.records.reading import dataset_of
from kieng.trace.question import Question, periods_needed, reading_in

_DAY = timedelta(days=1)


def agencies_of(maps: Maps, rule: Rule, question: Question, periods: Iterable[Period]) -> set[str]:
    """Every agency whose records can count in the figure: those that land on or below its agency. Also those
    that take the place of the stock of one of them."""
    variant, found = Variant.of(rule), set()
    for period in periods:
        reading = reading_in(maps.definitions, question, period)
        for agency in maps.definitions.tree.agencies:
            if question.agency in maps.agencies_above(agency, period, reading, variant):
                found |= {agency, *maps.displacing(agency, period)}
    return found


def versions_for(maps: Maps, records: VersionedRecords, rule: Rule, question: Question) -> pa.Table:
    """All versions known at ``as_of`` of every record of which some version can count in the figure.

    Whole histories are kept, since the newest version decides, also when it moved the record elsewhere.
    """
    periods = periods_needed(rule.formula, question.period)
    agencies = agencies_of(maps, rule, question, periods)
    record_type = maps.definitions.record_types[rule.record]
    belongs = pc.field(record_type.agency_field).isin(pa.array(sorted(agencies), pa.string()))
    if record_type.placed_in:
        belongs = belongs | pc.field(record_type.placed_in).is_valid()
    known = pc.field("_recorded_at") <= pa.scalar(question.as_of, pa.timestamp("us", tz="UTC"))
    wanted = belongs & _in_time(rule, periods) & known
    source = dataset_of(records)
    keys = source.to_table(columns=["_key"], filter=wanted)["_key"].unique()
    return source.to_table(filter=pc.field("_key").isin(keys) & known)


def _in_time(rule: Rule, periods: Iterable[Period]) -> pc.Expression:
    """A wide net: records whose dates may put them into one of the periods."""
    first = min(period.start for period in periods)
    end = max(period.end for period in periods)
    start = pc.field(rule.counting.start)
    begun = start < pa.scalar(end)
    if rule.counting.membership is Membership.BY:
        return begun & (start >= pa.scalar(first))
    assert rule.counting.end is not None
    finish = pc.field(rule.counting.end)
    return begun & (finish.is_null() | (finish >= pa.scalar(first - _DAY)))
