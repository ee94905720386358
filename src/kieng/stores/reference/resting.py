"""Which records a figure rests on: those it counts, and those by which an agency's part of it is nought."""

from __future__ import annotations

from collections.abc import Sequence

from kieng.plan.formula.nodes import Row
from kieng.plan.indicator import Rule
from kieng.plan.record_type import RecordType
from kieng.stores.reference.rows import Context, Record, truth


def resting_on(records: Sequence[Record], rule: Rule, kind: RecordType, context: Context) -> list[Record]:
    """The records that one cell's figure rests on, of all that lie in it.

    An agency none of whose records a condition counts is nought by what it delivered: by all of its records
    of the type. Of a type that carries figures the other figures of an agency do not speak for this one:
    there only a cell in which nothing counts rests on all of it.
    """
    groups: dict[tuple[str | None, str | None], list[Record]] = {}
    for record in records:
        place = record[kind.placed_in] if kind.placed_in else None
        groups.setdefault((record[kind.agency_field], place), []).append(record)
    found: list[Record] = []
    for condition in rule.formula.widest_conditions():
        for delivered in groups.values():
            counted = [record for record in delivered if _counts(condition, record, context)]
            found += counted or ([] if kind.carries_figures else delivered)
    return found or list(records)


def _counts(condition: Row | None, record: Record, context: Context) -> bool:
    return condition is None or truth(condition, record, context) is True
