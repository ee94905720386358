"""From where to where the course of a figure may be told: between periods that can be compared.

Its two ends are of whole periods, by one rule, and hold the same territory: what is more because another
province has come to it has not grown.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kieng.judgement.bounds import covered_share
from kieng.judgement.phrases import both, figure, period_of
from kieng.measurement.lineage_ways import shared_in
from kieng.measurement.measurement import Coverage, Measurement
from kieng.measurement.request import LINEAGE, LINEAGE_SHARED
from kieng.measurement.spans import part_of
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.words import Name

#: A figure of fewer than this part of those whom another holds is not of the same.
_AS_MANY = Fraction(9, 10)
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class _Held:
    """Whom a figure holds. Of a share of people it is known how much of the territory it is; where none is
    known, ``out_of`` how many agencies, and no more than half of them might be another half."""

    share: Fraction
    by_people: bool
    out_of: int

    @staticmethod
    def by(coverage: Coverage) -> _Held:
        return _Held(covered_share(coverage), coverage.people_share is not None, coverage.expected)

    def lacks(self, other: _Held) -> bool:
        """Whether this one may lack what ``other`` holds."""
        if self.share < other.share * _AS_MANY:
            return True
        if min(self.share, other.share) >= _AS_MANY or (self.by_people and other.by_people):
            return False
        return self.out_of != other.out_of or min(self.share, other.share) <= _HALF


def comparable(
    definitions: Definitions, indicator: Indicator, known: Sequence[Measurement]
) -> list[Measurement]:
    """Those of ``known`` (with a value, in the order of time) that may stand as the ends of a course: of
    whole periods that are over, from the first on since which the figure is made by the rule of the last and
    holds the territory that the last one holds. Where no period is whole, the newest."""
    told = [one for one in known if not one.running and not any(part_of(definitions, indicator, one))]
    if not told:
        return list(known[-1:])
    *before, last = told
    held, first = _Held.by(last.coverage), len(before)
    while (
        first and before[first - 1].rule == last.rule and not _Held.by(before[first - 1].coverage).lacks(held)
    ):
        first -= 1
    whose = _whose(definitions, indicator, last) if before[first:] else None
    others = [n for n in range(first, len(before)) if _whose(definitions, indicator, before[n]) != whose]
    first = others[-1] + 1 if others else first
    # Nor does it begin with more than the last one holds: what an agency has lost is no fall.
    while first < len(before) and held.lacks(_Held.by(before[first].coverage)):
        first += 1
    return told[first:]


def _whose(definitions: Definitions, indicator: Indicator, one: Measurement) -> Hashable:
    """Whose records a figure holds beside the agency's own: after its end offices may serve its territory and
    others' at once, and a figure with them, or one that has lost them, is of something else."""
    if one.reading not in (str(LINEAGE), str(LINEAGE_SHARED)):
        return None
    ended = definitions.lineages.followed(one.period, one.cut_off).ended.get(one.agency)
    rule = indicator.rules[one.rule]
    if ended is None or not _is_shared(definitions, indicator, one):
        return None
    straddles = one.period.start < ended and not rule.at_end
    return one.reading, one.period if straddles else None


def _is_shared(definitions: Definitions, indicator: Indicator, one: Measurement) -> bool:
    rule, tree = indicator.rules[one.rule], definitions.tree
    found = shared_in(definitions, rule, one.period, one.agency, one.cut_off)
    return any(tree.agencies[agency].levels[-1].value in rule.reporters for agency in found)


def course_in_words(
    definitions: Definitions, indicator: Indicator, known: Sequence[Measurement]
) -> Name | None:
    """ "từ 42,6 % (06/2023) đến 88 % (10/2026)"; of one period that it has no other to compare with; None
    without any."""
    told = comparable(definitions, indicator, known)
    if not told:
        return None
    first, last = told[0], told[-1]
    said = {
        "a": figure(first.value or Decimal(0), indicator),
        "p": period_of(first, part_of(definitions, indicator, first)),
        "b": figure(last.value or Decimal(0), indicator),
        "q": period_of(last),
    }
    if len(told) == 1:
        return both(
            "{a} ({p}); chưa có kỳ khác so sánh được",
            "{a} ({p}); no other period to compare it with yet",
            **said,
        )
    return both("từ {a} ({p}) đến {b} ({q})", "from {a} ({p}) to {b} ({q})", **said)
