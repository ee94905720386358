"""The batches a figure rests on: of the records it uses, of those by which a part of it is nought, and of
those that the earlier figure it looks back to rests on. Their origins are the figure's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from kieng.measurement.request import Request
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.plan.recast import Atlas
from kieng.stores.reference.known import newest_versions
from kieng.stores.reference.landing import agencies_counting
from kieng.stores.reference.membership import effective_cut_off, periods_of
from kieng.stores.reference.resting import resting_on
from kieng.stores.reference.rows import Context
from kieng.trace.question import Question, periods_needed, reading_in


def batches_rested_on(
    definitions: Definitions, question: Question, request: Request, versions: pa.Table
) -> frozenset[int]:
    """The numbers of the batches, from the ``versions`` that can have a say in the figure."""
    rule = request.asks[0].rule
    kind = definitions.record_types[rule.record]
    newest = newest_versions(versions.to_pylist(), question.as_of)
    known = [record for record in newest.values() if not record["_withdrawn"]]
    atlas = Atlas(definitions.tree, definitions.reorganisations)

    def in_cell(period: Period) -> Iterator[dict[str, Any]]:
        reading = reading_in(definitions, question, period)
        for record in known:
            if period in periods_of(record, rule.counting, period.grain, request):
                until = effective_cut_off(period, request)
                landed = agencies_counting(record, rule, period, reading, definitions, atlas, until)
                if question.agency in landed:
                    yield record

    found: set[int] = set()
    for period in periods_needed(rule.formula, question.period):
        day = effective_cut_off(period, request)
        context = Context(day, definitions.calendar, definitions.clocks, kind.clock)
        found.update(record["_batch"] for record in resting_on(list(in_cell(period)), rule, kind, context))
    return frozenset(found)
