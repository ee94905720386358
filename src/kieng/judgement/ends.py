"""From where to where the course of a figure may be told: between periods that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from kieng.judgement.bounds import covered_share
from kieng.judgement.phrases import both, figure, period_of
from kieng.measurement.measurement import Measurement
from kieng.measurement.spans import part_of
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.words import Name

#: A figure that fewer had than this part of those who have one now is no beginning of a course.
_AS_MANY = Fraction(9, 10)


def comparable(
    definitions: Definitions, indicator: Indicator, known: Sequence[Measurement]
) -> list[Measurement]:
    """Those of ``known`` (with a value, in the order of time) that may stand as the ends of a course: of
    whole periods that are over, from the first on since which as many (of agencies and of people) have had a
    figure as have now. Where no period is whole, the newest."""
    told = [one for one in known if not one.running and not any(part_of(definitions, indicator, one))]
    if not told:
        return list(known[-1:])
    enough = covered_share(told[-1].coverage) * _AS_MANY
    first = next((n + 1 for n in range(len(told) - 1, -1, -1) if covered_share(told[n].coverage) < enough), 0)
    return told[first:]


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
