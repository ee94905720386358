"""Which lineages count an agency's records of a period: the prose of
:mod:`kieng.measurement.lineage_ways` once more, written out case by case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from kieng.measurement.request import WEIGHT_UNIT, Line
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import RollUp, Rule, Within
from kieng.plan.period import Period
from kieng.plan.recast import Atlas

_DAY = timedelta(days=1)


def lineages_counting(
    agency: str, rule: Rule, period: Period, line: Line, definitions: Definitions, atlas: Atlas
) -> Mapping[str, int]:
    """Weights (of WEIGHT_UNIT) by the agency whose lineage counts the records of ``agency``."""
    if agency not in definitions.tree.agencies:
        return {}
    followed = definitions.lineages.followed(period)
    found: dict[str, int] = {}
    if line is Line.OWN:
        for first_day, nodes in followed.opened.items():
            for node in nodes:
                found[node] = _of_one_that_opened(agency, node, first_day, rule, period, atlas)
    for node in followed.ended:
        own = _of_one_that_ended(agency, node, rule, period, definitions, atlas)
        if line is Line.OWN:
            found[node] = own or 0
        elif _shares_something(node, rule, period, definitions, atlas):
            found[node] = WEIGHT_UNIT if own is None else own
    return {node: weight for node, weight in found.items() if weight}


def _counting(day: date, agency: str, rule: Rule, atlas: Atlas) -> tuple[str, ...]:
    """Who counts what lands on ``agency`` of the map of ``day``."""
    return (agency,) if rule.roll_up is RollUp.NONE else atlas.climb(day, agency, rule.within)


def _of_one_that_opened(
    agency: str, node: str, first_day: date, rule: Rule, period: Period, atlas: Atlas
) -> int:
    placed = atlas.place(agency, period, period.last_day if rule.at_end else None, rule.recast_by)
    total = 0
    for landing in placed.landings:
        if placed.day >= first_day:
            if node in _counting(placed.day, landing.agency, rule, atlas):
                total += landing.weight
        else:
            for later in atlas.recast(landing.agency, placed.day, first_day, rule.recast_by):
                if node in _counting(first_day, later.agency, rule, atlas):
                    total += later.weight
    return total


def _of_one_that_ended(
    agency: str, node: str, rule: Rule, period: Period, definitions: Definitions, atlas: Atlas
) -> int | None:
    """Its part of ``agency``; None when ``agency`` is shared, so that no part can be told."""
    tree = definitions.tree
    closed, opened = tree.agencies[node].closed, tree.agencies[node].opened
    assert closed is not None
    day = _last_day(agency, period, definitions)
    if day >= closed:
        return _of_an_heir(agency, node, day, closed - _DAY, rule, definitions, atlas)
    looked_at = max(day, opened or day, closed - _DAY if rule.at_end else day)
    if looked_at == day:
        return WEIGHT_UNIT if node in _counting(day, agency, rule, atlas) else 0
    landings = atlas.recast(agency, day, looked_at, rule.recast_by)
    return sum(one.weight for one in landings if node in _counting(looked_at, one.agency, rule, atlas))


def _of_an_heir(
    agency: str, node: str, day: date, last: date, rule: Rule, definitions: Definitions, atlas: Atlas
) -> int | None:
    """``agency`` is there on ``day``, after ``node`` ended with ``last``."""

    def were(one: str) -> frozenset[str]:
        return definitions.lineages.origins(one, day, last)

    def all_stood_under(one: str) -> bool:
        then = definitions.tree.on(last)
        return bool(were(one)) and all(node in then.ancestors(origin) for origin in were(one))

    came_from_it = any(node in _counting(last, origin, rule, atlas) for origin in were(agency))
    same_tier = atlas.climb(day, agency, Within.TIER)
    if came_from_it and all(all_stood_under(one) for one in same_tier):
        return WEIGHT_UNIT
    counted_by = _counting(day, agency, rule, atlas)
    # Of an agency out of nothing every heir that counts it; of another, an heir whose office it is.
    through = counted_by if not were(agency) else [one for one in same_tier if one in counted_by]
    if came_from_it or any(node in were(one) for one in through):
        return None
    return 0


def _shares_something(node: str, rule: Rule, period: Period, definitions: Definitions, atlas: Atlas) -> bool:
    there = [one.id for one in definitions.tree.agencies.values() if one.last_day_in(period)]
    return any(_of_one_that_ended(one, node, rule, period, definitions, atlas) is None for one in there)


def _last_day(agency: str, period: Period, definitions: Definitions) -> date:
    known = definitions.tree.agencies[agency]
    last = known.last_day_in(period)
    if last is not None:
        return last
    if known.closed is not None and known.closed <= period.last_day:
        return known.closed - _DAY
    assert known.opened is not None
    return known.opened
