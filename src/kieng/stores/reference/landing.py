"""For which agencies a record counts, and by which weight."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kieng.measurement.request import WEIGHT_UNIT, Reading
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import RollUp, Rule
from kieng.plan.period import Period
from kieng.plan.recast import Atlas
from kieng.plan.record_type import RecordType
from kieng.stores.reference.lineage import Asked, lineages_counting
from kieng.stores.reference.rows import Record


def agencies_counting(
    record: Record,
    rule: Rule,
    period: Period,
    reading: Reading,
    definitions: Definitions,
    atlas: Atlas,
    until: date,
) -> Mapping[str, int]:
    """Weights (of WEIGHT_UNIT) by agency: where the record lands, and every agency above that. ``until`` is
    the last day of ``period`` that is looked at.

    Pieces of a split that meet again under one agency add up to the whole there.
    """
    kind = definitions.record_types[rule.record]
    if reading.line is not None:
        agency, asked = record[kind.agency_field], Asked(rule, period, until, definitions, atlas)
        return {} if agency is None else lineages_counting(agency, reading.line, asked)
    day, landings = _landings(record, kind, rule, period, reading, atlas, until)
    weights: dict[str, int] = {}
    for landed_on, weight in landings.items():
        counted = (landed_on,) if rule.roll_up is RollUp.NONE else atlas.climb(day, landed_on, rule.within)
        for agency in counted:
            weights[agency] = weights.get(agency, 0) + weight
    return weights


def _landings(
    record: Record,
    kind: RecordType,
    rule: Rule,
    period: Period,
    reading: Reading,
    atlas: Atlas,
    until: date,
) -> tuple[date, Mapping[str, int]]:
    """The day of the map, and what lands on it; nothing when the record's agency cannot be placed. What
    stands at the end of the period stands on that day's map."""
    named = record[kind.placed_in] if kind.placed_in else None
    if reading.map_day is not None and named is not None and named in atlas.tree.on(reading.map_day):
        return reading.map_day, {named: WEIGHT_UNIT}
    agency = record[kind.agency_field]
    if agency is None:
        return until, {}
    day = reading.map_day or (until if rule.at_end else None)
    placement = atlas.place(agency, period, day, rule.recast_by, until)
    return placement.day, {landing.agency: landing.weight for landing in placement.landings}
