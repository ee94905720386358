"""Through which day records are known. A month that ended yesterday is not whole when the last delivery came
ten days before its end, however complete it looks: nobody can know of what came after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from kieng.measurement.measure import cut_off_day
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import AggregateKind
from kieng.plan.indicator import Membership, Rule
from kieng.records.batch import Batch

_COUNTED = (AggregateKind.COUNT, AggregateKind.COUNT_DISTINCT, AggregateKind.PERCENTILE)


def known_through(definitions: Definitions, batches: Iterable[Batch], cut_off: date) -> Mapping[str, date]:
    """By indicator the local day of the last delivery of what it counts, where that was before ``cut_off``.

    Of what is reported as a whole (a sum, the newest figure) a delivery says for itself which period it is
    about: who has reported is coverage.
    """
    last: dict[str, Batch] = {}
    for batch in batches:
        if batch.record_type not in last or last[batch.record_type].recorded_at < batch.recorded_at:
            last[batch.record_type] = batch
    days = {record_type: cut_off_day(definitions, one.recorded_at) for record_type, one in last.items()}
    found = {}
    for indicator in definitions.indicators.values():
        rule = indicator.rules[-1]
        day = days.get(rule.record)
        if day is not None and day < cut_off and _counts_what_happens(rule):
            found[indicator.id] = day
    return found


def _counts_what_happens(rule: Rule) -> bool:
    """What is in force holds by itself until a delivery says otherwise (:mod:`kieng.measurement.silence`)."""
    counted = any(one.kind in _COUNTED for one in rule.formula.aggregates)
    return counted and rule.counting.membership is not Membership.IN_FORCE
