"""Sentences on a figure that was said once and later otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from tests.unit.judgement.cast import PEOPLE, PERCENT, RANK

from kieng.judgement.correction import Saying, first_said, said_anew
from kieng.plan.indicator import Indicator
from kieng.plan.stated import Precision, Stated
from kieng.records.batch import Origin
from kieng.words import Name

Sentence = Callable[[], Name]

FIRST, LATER = date(2023, 12, 31), date(2024, 3, 15)
DERIVED = Stated("x", FIRST, Decimal("93.5"), (Precision.DERIVED,))
OVER = Stated("x", FIRST, Decimal(25378), (Precision.ESTIMATED, Precision.OVER))


def saying(value: object, state: str | None = None, origin: Origin = Origin.PUBLISHED, on: date = FIRST,
           stated: Stated | None = None, withdrawn: bool = False) -> Saying:  # fmt: skip
    figure = None if value is None else Decimal(str(value))
    return Saying(on, figure, state, (origin,), stated, withdrawn)


def first(unit: Indicator, said: Saying) -> Sentence:
    return lambda: first_said(unit, said)


def anew(unit: Indicator, before: Saying, value: object, state: str | None = None,
         stated: Stated | None = None, withdrawn: bool = False) -> Sentence:  # fmt: skip
    now = saying(value, state, on=LATER, stated=stated, withdrawn=withdrawn)
    return lambda: said_anew(unit, before, now)


ESTIMATE = saying("101.3", "estimate")
SETTLED = saying("97.2", "confirmed")

CASES: dict[str, tuple[Sentence, Sentence]] = {
    "published": (first(PERCENT, ESTIMATE), first(PERCENT, saying("101.3", "confirmed"))),
    "reported": (
        first(PEOPLE, saying(840, "provisional", Origin.REPORTED)),
        first(PEOPLE, saying(840, "provisional", Origin.PUBLISHED)),
    ),
    "made-up": (
        first(PERCENT, saying("77.64", None, Origin.SYNTHETIC)),
        first(PERCENT, saying("77.64", None, Origin.MEASURED)),
    ),
    "published-as-an-estimate-of-over": (
        first(PEOPLE, saying(25378, stated=OVER)),
        first(PEOPLE, saying(25378)),
    ),
    "reported-as-having-no-data": (
        first(PERCENT, saying(None, origin=Origin.REPORTED)),
        first(PERCENT, saying(0, origin=Origin.REPORTED)),
    ),
    "settled-lower": (
        anew(PERCENT, ESTIMATE, "93.5", "provisional", DERIVED),
        anew(PERCENT, saying("101.3", "provisional"), "93.5", "provisional", DERIVED),
    ),
    "settled-unchanged": (
        anew(PERCENT, ESTIMATE, "101.3", "confirmed"),
        anew(PERCENT, ESTIMATE, "101.4", "confirmed"),
    ),
    "corrected-lower": (
        anew(PERCENT, SETTLED, "96.05", "confirmed"),
        anew(PERCENT, SETTLED, "98", "confirmed"),
    ),
    "corrected-higher": (
        anew(PEOPLE, saying(1000, "confirmed"), 1060, "confirmed"),
        anew(PEOPLE, saying(1120, "confirmed"), 1060, "confirmed"),
    ),
    "corrected-rank": (anew(RANK, saying(28), 31), anew(RANK, saying(34), 31)),
    "corrected-from-no-data": (anew(PERCENT, saying(None), "88.43"), anew(PERCENT, saying(0), "88.43")),
    "corrected-to-no-data": (anew(PERCENT, SETTLED, None), anew(PERCENT, SETTLED, 0)),
    "no-longer-confirmed": (
        anew(PERCENT, SETTLED, "97.6", "provisional"),
        anew(PERCENT, saying("97.2", "estimate"), "97.6", "provisional"),
    ),
    "withdrawn": (
        anew(PERCENT, SETTLED, None, withdrawn=True),
        anew(PERCENT, SETTLED, None),
    ),
}
