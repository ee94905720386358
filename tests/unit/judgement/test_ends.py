"""A course begins and ends with figures of whole periods, by one rule, of one territory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.helpers.world import definitions, record_type_from, reorganisation, tree_from
from tests.unit.judgement.cast import PERCENT, measured

from kieng.judgement.ends import comparable, course_in_words
from kieng.measurement.measurement import Coverage

KIND = record_type_from({"id": "work_file", "anchor": "closed_on", "fields": {"closed_on": {"type": "date"}}})
TREE = tree_from("""
binh-dinh       province    ..2023-07-01  population=60
  bd-so         department  ..2023-07-01
  xa            commune     population=60 ; under gia-lai from 2023-07-01
gia-lai-cu      province    ..2023-07-01  population=40
  glc-so        department  ..2023-07-01
gia-lai         province    2023-07-01..  population=100
  gl-so         department  2023-07-01..
""")
MOVES = "binh-dinh -> gia-lai\ngia-lai-cu -> gia-lai\nbd-so -> gl-so\nglc-so -> gl-so"
WORLD = definitions(
    TREE, [KIND], reorganisations=[reorganisation(date(2023, 7, 1), "merge", MOVES)], promised=["binh-dinh"]
)
BOTH_RULES = replace(PERCENT, rules=(PERCENT.rules[0],) * 2)
FULL = Coverage(2, 2, Decimal(1))


def years(*given: tuple[int, object, dict[str, object]]) -> list[str]:
    """The years of a course that can stand as its ends."""
    known = [replace(measured(value, str(year)), **more) for year, value, more in given]  # type: ignore[arg-type]
    return [str(one.period) for one in comparable(WORLD, BOTH_RULES, known)]


def covering(reporting: int, expected: int, people: str | None) -> dict[str, object]:
    share = None if people is None else Decimal(people)
    return {"coverage": Coverage(reporting, expected, share), "reading": "2026-01-01"}


def test_it_begins_with_the_rule_that_it_ends_with():
    assert years((2020, 29, {"rule": 0}), (2021, 44, {"rule": 1}), (2022, 98, {"rule": 1})) == [
        "2021",
        "2022",
    ]


@pytest.mark.parametrize(
    ("first", "last", "goes_on"),
    [
        (covering(9, 10, "0.95"), covering(10, 10, "1"), True),
        (covering(1, 2, "0.5"), covering(2, 2, "1"), False),
        (covering(2, 2, "1"), covering(1, 2, "0.5"), False),  # what it has lost is no fall
        (covering(1, 2, "0.5"), covering(1, 3, None), False),  # nobody knows whom the last one holds
        (covering(1, 2, None), covering(1, 2, None), False),  # it may be the other one
        (covering(1, 2, None), covering(1, 1, None), False),
        (covering(7, 10, None), covering(7, 10, None), True),
        (covering(7, 10, None), covering(9, 12, None), False),
        (covering(130, 135, None), covering(129, 131, None), True),
        (covering(0, 0, None), covering(0, 0, None), True),
    ],
)
def test_both_ends_hold_the_same_territory(
    first: dict[str, object], last: dict[str, object], goes_on: bool
) -> None:
    assert years((2021, 50, first), (2022, 60, last)) == (["2021", "2022"] if goes_on else ["2022"])


def test_what_lies_between_may_hold_more():
    thin, whole = covering(1, 2, "0.5"), covering(2, 2, "1")
    assert years((2020, 1, thin), (2021, 2, whole), (2022, 3, thin)) == ["2020", "2021", "2022"]


def test_with_offices_that_serve_others_too_it_is_another_figure():
    """After the province's end its departments' work is shared with the other half of its heir."""
    before = replace(measured(61, "2022"))
    for reading in ("lineage", "lineage-shared"):
        since, later = (replace(measured(88, year), reading=reading) for year in ("2024", "2025"))
        straddling = replace(measured(80, "2023"), reading=reading)
        for rule, goes_on in ((("department", "commune"), False), (("commune",), True)):
            told = replace(PERCENT, rules=(replace(PERCENT.rules[0], reporters=rule),))
            assert (comparable(WORLD, told, [before, since])[0] is before) == goes_on
            assert (comparable(WORLD, told, [straddling, since])[0] is straddling) == goes_on
            assert comparable(WORLD, told, [since, later])[0] is since


def test_one_period_is_no_course():
    (one,) = [measured(61, "2022")]
    said = course_in_words(WORLD, PERCENT, [one])
    assert said is not None
    assert said.vi == "61 % (2022); chưa có kỳ khác so sánh được"
