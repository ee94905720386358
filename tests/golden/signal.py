"""Sentences on what a series does now, and on what its limits rest."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.judgement.cast import PERCENT, indicator
from tests.unit.judgement.test_control_chart import QUIET, chart, chosen, of_hundred, shares

from kieng.judgement.control_chart import Chart, control_chart
from kieng.judgement.family import Family
from kieng.words import Name

Sentence = Callable[[], Name]

STEADY = [90, 91, 89] * 4
FEWER = indicator(better="lower")


def said(*parts: int, after: tuple[int, ...] = (), unit: object = PERCENT) -> Sentence:
    """Of 100 cases a month: a quiet year, then ``parts``."""
    return lambda: control_chart(unit, of_hundred(*STEADY, *after, *parts)).finding  # type: ignore[arg-type]


def finding(found: Callable[[], Chart]) -> Sentence:
    return lambda: found().finding


def note(found: Callable[[], Chart], place: int) -> Sentence:
    return lambda: found().notes[place]


def past(*parts: int) -> Sentence:
    """The note on what was before, where there is one."""

    def told() -> Name:
        notes = control_chart(PERCENT, of_hundred(*STEADY, *parts)).notes
        return next((one for one in notes if "trước" in one.vi.lower()), Name("", ""))

    return told


CASES: dict[str, tuple[Sentence, Sentence]] = {
    "ordinary": (said(88), said(70)),
    "worse-than-before": (said(72), said(88)),
    "better-than-before": (said(10, unit=FEWER), said(88, unit=FEWER)),
    "improving-though-still-worse": (
        said(78, 79, 78, after=(60, 61, 59, 60, 61, 59, 60, 61)),
        said(60, 61, 60, after=(60, 61, 59, 60, 61, 59, 60, 61)),
    ),
    "at-another-level": (said(*[97, 98, 96, 97] * 4), said(*[90, 91, 89, 90] * 4)),
    "three-together": (said(82, 82, 82), said(90, 82, 90)),
    "too-few-to-judge": (
        finding(lambda: chart([*QUIET[:11], None])),
        finding(lambda: chart([*QUIET, 11])),
    ),
    "still-of-the-baseline": (
        finding(lambda: chart([*QUIET[:11], 40])),
        finding(lambda: chart([*QUIET, 40])),
    ),
    "a-baseline-that-never-moved": (
        finding(lambda: chart([*[5] * 12, 6])),
        finding(lambda: chart([*QUIET, 6])),
    ),
    "default-baseline": (
        note(lambda: chart([*QUIET, 11]), 0),
        note(lambda: chart([*QUIET, *QUIET, 11], chosen=[chosen(0, 23)]), 0),
    ),
    "chosen-baseline": (
        note(lambda: chart([*QUIET, 11, 40, *[30, 32] * 6, 31], chosen=[chosen(14, 25)]), 0),
        note(lambda: chart([*QUIET, 11, 40, *[30, 32] * 6, 31]), 0),
    ),
    "false-alarms-of-one": (
        note(lambda: chart([*QUIET, 11]), -1),
        note(lambda: chart([*QUIET, 11], family=Family(135)), -1),
    ),
    "false-alarms-of-many": (
        note(lambda: chart([*QUIET, 11], family=Family(135)), -1),
        note(lambda: chart([*QUIET, 11], family=Family(1)), -1),
    ),
    "restless-by-itself": (
        note(lambda: control_chart(PERCENT, shares(*[(100, 100), (80, 100)] * 6, (88, 100))), 1),
        note(lambda: control_chart(PERCENT, of_hundred(*STEADY, 90)), 1),
    ),
    "a-signal-that-is-over": (past(60, 90, 90), past(90, 90, 90)),
}
