"""What became of an agency, and what was above it: through every reorganisation, to a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kieng.plan.agency import AgencyTree
from kieng.plan.reorganisation import Reorganisation


def on_the_day(
    tree: AgencyTree, reorganisations: Sequence[Reorganisation], agency: str, day: date
) -> frozenset[str]:
    """The agencies of ``day`` that ``agency`` is or became, or that it was made of.

    Itself while it exists; afterwards everything that some of it went to; before, everything that some
    of it came from. Empty where the trail ends: closed without a heir, or opened out of nothing later.
    """
    found: set[str] = set()
    waiting, seen = [agency], {agency}
    while waiting:
        at = tree.agencies[waiting.pop()]
        if at.exists_on(day):
            found.add(at.id)
            continue
        forward = at.closed is not None and at.closed <= day
        turn = at.closed if forward else at.opened
        for event in reorganisations:
            if event.day == turn:
                ways = event.targets_of if forward else event.sources_of
                new = ways.get(at.id, frozenset()) - seen
                seen |= new
                waiting += sorted(new)
    return frozenset(found)


def ever_above(tree: AgencyTree, agency: str) -> Iterator[str]:
    """``agency``, and every agency it was ever below of, on any day's tree."""
    waiting, seen = [agency], set[str]()
    while waiting:
        one = waiting.pop()
        if one in seen or one not in tree.agencies:
            continue
        seen.add(one)
        yield one
        waiting += [fact.value for fact in tree.agencies[one].parents if fact.value]
