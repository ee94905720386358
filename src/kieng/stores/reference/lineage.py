"""Which lineages count an agency's records of a period: the prose of
:mod:`kieng.measurement.lineage_ways` once more, written out case by case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kieng.measurement.request import WEIGHT_UNIT, Line
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import RollUp, Rule, Within
from kieng.plan.period import Period
from kieng.plan.recast import Atlas

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """Of which period, looked at ``until`` a day, and by which rule."""

    rule: Rule
    period: Period
    until: date
    definitions: Definitions
    atlas: Atlas


def lineages_counting(agency: str, line: Line, asked: Asked) -> Mapping[str, int]:
    """Weights (of WEIGHT_UNIT) by the agency whose lineage counts the records of ``agency``."""
    definitions = asked.definitions
    if agency not in definitions.tree.agencies:
        return {}
    followed = definitions.lineages.followed(asked.period, asked.until)
    found: dict[str, int] = {}
    if line is Line.OWN:
        for first_day, nodes in followed.opened.items():
            for node in nodes:
                found[node] = _of_one_that_opened(agency, node, first_day, asked)
    for node in followed.ended:
        own = _of_one_that_ended(agency, node, asked)
        if line is Line.OWN:
            found[node] = own or 0
        elif _shares_something(node, asked):
            found[node] = WEIGHT_UNIT if own is None else own
    return {node: weight for node, weight in found.items() if weight}


def _counting(day: date, agency: str, asked: Asked) -> tuple[str, ...]:
    """Who counts what lands on ``agency`` of the map of ``day``."""
    rule = asked.rule
    return (agency,) if rule.roll_up is RollUp.NONE else asked.atlas.climb(day, agency, rule.within)


def _of_one_that_opened(agency: str, node: str, first_day: date, asked: Asked) -> int:
    rule, atlas = asked.rule, asked.atlas
    end = asked.until if rule.at_end else None
    placed = atlas.place(agency, asked.period, end, rule.recast_by, asked.until)
    total = 0
    for landing in placed.landings:
        if placed.day >= first_day:
            if node in _counting(placed.day, landing.agency, asked):
                total += landing.weight
        else:
            for later in atlas.recast(landing.agency, placed.day, first_day, rule.recast_by):
                if node in _counting(first_day, later.agency, asked):
                    total += later.weight
    return total


def _of_one_that_ended(agency: str, node: str, asked: Asked) -> int | None:
    """Its part of ``agency``; None when ``agency`` is shared, so that no part can be told."""
    tree, rule = asked.definitions.tree, asked.rule
    closed, opened = tree.agencies[node].closed, tree.agencies[node].opened
    assert closed is not None
    day = _last_day(agency, asked)
    if day >= closed:
        return _of_an_heir(agency, node, day, closed - _DAY, asked)
    looked_at = max(day, opened or day, closed - _DAY if rule.at_end else day)
    if looked_at == day:
        return WEIGHT_UNIT if node in _counting(day, agency, asked) else 0
    landings = asked.atlas.recast(agency, day, looked_at, rule.recast_by)
    return sum(one.weight for one in landings if node in _counting(looked_at, one.agency, asked))


def _of_an_heir(agency: str, node: str, day: date, last: date, asked: Asked) -> int | None:
    """``agency`` is there on ``day``, after ``node`` ended with ``last``."""

    definitions = asked.definitions

    def were(one: str) -> frozenset[str]:
        return definitions.lineages.origins(one, day, last)

    def all_stood_under(one: str) -> bool:
        then = definitions.tree.on(last)
        return bool(were(one)) and all(node in then.ancestors(origin) for origin in were(one))

    came_from_it = any(node in _counting(last, origin, asked) for origin in were(agency))
    same_tier = asked.atlas.climb(day, agency, Within.TIER)
    if came_from_it and all(all_stood_under(one) for one in same_tier):
        return WEIGHT_UNIT
    counted_by = _counting(day, agency, asked)
    # Of an agency out of nothing every heir that counts it; of another, an heir whose office it is.
    through = counted_by if not were(agency) else [one for one in same_tier if one in counted_by]
    if came_from_it or any(node in were(one) for one in through):
        return None
    return 0


def _shares_something(node: str, asked: Asked) -> bool:
    agencies = asked.definitions.tree.agencies.values()
    there = [one.id for one in agencies if one.last_day_in(asked.period, asked.until)]
    return any(_of_one_that_ended(one, node, asked) is None for one in there)


def _last_day(agency: str, asked: Asked) -> date:
    known = asked.definitions.tree.agencies[agency]
    last = known.last_day_in(asked.period, asked.until)
    if last is not None:
        return last
    if known.closed is not None and known.closed <= asked.until:
        return known.closed - _DAY
    assert known.opened is not None
    return known.opened
