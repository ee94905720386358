"""Sentences that compare agencies, areas and a figure's parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.unit.judgement.cast import PEOPLE, PERCENT, measured
from tests.unit.judgement.test_funnel import APART, COMMUNES, ORDINARY, agency, compared
from tests.unit.judgement.test_why import shares

from kieng.judgement.by_area import AreaRow, AreaSum, area_told
from kieng.judgement.compare import merger_comparison
from kieng.judgement.coverage_words import coverage_text
from kieng.judgement.funnel import Funnel
from kieng.judgement.why import why
from kieng.measurement.measurement import Coverage, Status
from kieng.plan.agency import Part
from kieng.plan.area import AreaType
from kieng.plan.indicator import Indicator
from kieng.words import Name

Sentence = Callable[[], Name]
SINCE_JULY = (date(2025, 7, 1), None)


def finding(found: Funnel) -> Sentence:
    return lambda: found.finding


def note(found: Funnel, place: int = 0) -> Sentence:
    return lambda: found.notes[place] if place < len(found.notes) else Name("", "")


def area(mine: str, other: str, unit: Indicator = PERCENT, by_chance: bool = False) -> Sentence:
    """Rural communes beside urban ones."""
    rural = AreaType("rural", Name("Nông thôn", "Rural"), "urban")
    one, two = (AreaSum((), Status.VALUE, Decimal(v), None, None, (), Coverage(1, 1, None), False, None, ())
                for v in (mine, other))  # fmt: skip
    gap = one.value - two.value if unit is PERCENT and one.value and two.value else None

    def said() -> Name:
        told = area_told(AreaRow(rural, one, Name("Đô thị", "Urban"), two, gap, by_chance), unit)
        assert told is not None
        return told

    return said


def unlike_times(*spans: Part, beside: tuple[Part, ...] = ((None, None),)) -> Sentence:
    """Rural communes, new ones among them, beside the urban ones, which were there all the year."""
    rural = AreaType("rural", Name("Nông thôn", "Rural"), "urban")
    one, two = (AreaSum((), Status.VALUE, Decimal(v), None, None, (), Coverage(1, 1, None), False, None, ())
                for v in ("71.2", "90.4"))  # fmt: skip
    one, two = replace(one, spans=spans), replace(two, spans=beside)
    row = AreaRow(rural, one, Name("Đô thị", "Urban"), two, None, unequal=True)
    return lambda: area_told(row, PERCENT) or Name("", "")


def gap(total: tuple[int, int], **parts: tuple[int, int]) -> Sentence:
    """What makes the distance to 80 %."""
    whole = shares(all=total)[0].measurement
    assert whole is not None
    return lambda: why(PERCENT, whole, shares(**parts), Decimal(80), kind=COMMUNES).finding


def merger(merged: str, *parts: str | None) -> Sentence:
    return lambda: merger_comparison(measured(merged), [measured(one) for one in parts]).note


def coverage(share: str, expected: int = 135, **counted: int) -> Sentence:
    told = Coverage(131, expected, Decimal(share))
    return lambda: coverage_text(replace(told, **counted)) or Name("", "")


CASES: dict[str, tuple[Sentence, Sentence]] = {
    "chance-explains": (finding(compared(*ORDINARY)), finding(compared(*APART))),
    "a-signal-among-communes": (
        finding(compared(*ORDINARY, agency("A", 800, 1000), agency("B", 8, 10))),
        finding(compared(*ORDINARY, agency("A", 8, 10), agency("B", 8, 10))),
    ),
    "beyond-chance-none-apart": (
        finding(compared(*APART)),
        finding(compared(*ORDINARY[:15])),
    ),
    "beyond-chance-one-apart": (
        finding(compared(*APART, agency("A", 50, 1000))),
        finding(compared(*APART, agency("A", 900, 1000))),
    ),
    "cannot-be-compared": (
        finding(compared(agency("A", 80, 100), agency("B", 20, 100))),
        finding(compared(*ORDINARY)),
    ),
    "chance-puts-some-outside": (note(compared(*ORDINARY)), note(compared(*ORDINARY[:10]))),
    "limits-widened": (note(compared(*APART), 1), note(compared(*ORDINARY), 1)),
    "an-area-behind": (area("71.2", "90.4"), area("90.4", "90.4")),
    "an-area-behind-by-chance": (area("58.73", "75", by_chance=True), area("58.73", "75")),
    "areas-there-since-july": (unlike_times(SINCE_JULY), unlike_times((None, None), SINCE_JULY)),
    "areas-partly-there-since-july": (
        unlike_times((None, None), SINCE_JULY, beside=((None, None), SINCE_JULY)),
        unlike_times((None, None), SINCE_JULY),
    ),
    "areas-alike": (area("90.4", "90.4"), area("90.4", "90.3")),
    "areas-of-unlike-size": (area("1200", "5400", PEOPLE), area("5400", "1200", PEOPLE)),
    "one-part-makes-the-gap": (
        gap((60, 100), A=(2, 40), B=(16, 20), C=(14, 20), D=(28, 20)),
        gap((60, 100), A=(15, 25), B=(15, 25), C=(15, 25), D=(15, 25)),
    ),
    "the-gap-is-spread": (
        gap((60, 100), A=(15, 25), B=(15, 25), C=(15, 25), D=(15, 25)),
        gap((60, 100), A=(2, 40), B=(16, 20), C=(14, 20), D=(28, 20)),
    ),
    "no-gap-one-pulls-down": (
        gap((90, 100), A=(15, 25), B=(25, 25), C=(50, 50)),
        gap((70, 100), A=(15, 25), B=(25, 25), C=(30, 50)),
    ),
    "a-merged-province-in-dti": (merger("82.7", "90", "10"), merger("82.7", "90", None)),
    "who-has-a-figure": (coverage("0.982", no_data=4), coverage("0.982", no_data=1)),
    "to-whom-it-does-not-apply": (coverage("1", 131, not_applicable=4), coverage("1", 131)),
}
