"""A figure's trail: what became of every version, by which weight it came, and who is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from tests.unit.measurement.cast import AS_OF, SPLIT_DAY, indicator, rule, visits, world

from kieng.measurement.closure import Maps
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, WEIGHT_UNIT, Reading
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Rule
from kieng.plan.period import Grain, Period
from kieng.problems import UserError
from kieng.stores.reference.engine import ReferenceEngine
from kieng.trace.bundle import figure_of
from kieng.trace.question import Question, periods_needed, request_for, rule_in_force
from kieng.trace.select import versions_for
from kieng.trace.trace import Trace, Verdict, trace

GOOD = rule("count(where good)")
VISITS = """
id | agency | on_day     | good | @batch | @recorded  | @withdrawn
1  | a      | 2024-06-10 | yes  | 1      | 2024-06-20 |
2  | a      | 2024-06-11 | no   | 1      | 2024-06-20 |
3  | a      | 2024-06-12 |      | 1      | 2024-06-20 |
4  | a      | 2024-06-13 | no   | 1      | 2024-06-20 |
4  | a      | 2024-06-13 | yes  | 2      | 2024-07-02 |
5  | a      | 2024-06-14 | yes  | 1      | 2024-06-20 |
5  | a      | 2024-06-14 | yes  | 2      | 2024-07-02 | yes
6  | a      | 2024-06-15 | yes  | 1      | 2024-06-20 |
6  | a      | 2024-05-15 | yes  | 2      | 2024-07-02 |
7  | a      | 2024-06-16 | yes  | 1      | 2024-06-20 |
7  | b      | 2024-06-16 | yes  | 2      | 2024-07-02 |
8  | b      | 2024-06-16 | yes  | 2      | 2024-07-02 |
9  | c      | 2024-07-16 | yes  | 2      | 2024-07-17 |
"""
JUNE = Period(date(2024, 6, 1), Grain.MONTH)


def asked(agency: str, reading: Reading = AS_WAS, period: Period = JUNE) -> Question:
    return Question("visits", agency, period, reading, AS_OF)


def traced(question: Question, text: str = VISITS, of: Rule = GOOD) -> tuple[Trace, Measurement]:
    definitions = world(indicator(of))
    request, records = request_for(definitions, question), visits(text)
    versions = versions_for(Maps(definitions), records, of, question)
    measurement = figure_of(request, question, ReferenceEngine(), records)
    return trace(definitions, question, request, versions, measurement, (), date(2024, 9, 30)), measurement


def verdicts(found: Trace) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for one in found.records:
        told.setdefault(one.key.removeprefix("test:"), set()).add(one.verdict.value)
    return told


def test_every_version_has_its_verdict() -> None:
    found, measurement = traced(asked("a"))
    assert verdicts(found) == {
        "1": {"used"},
        "2": {"condition_false"},
        "3": {"condition_unknown"},
        "4": {"superseded", "used"},
        "5": {"superseded", "withdrawn"},
        "6": {"superseded", "other_period"},
        "7": {"superseded", "other_agency"},
    }
    assert found.verdicts[Verdict.USED] == measurement.used == 2
    assert measurement.value == 2


def test_every_verdict_has_words_in_both_languages() -> None:
    words = [verdict.words for verdict in Verdict]
    assert len({word.vi for word in words}) == len({word.en for word in words}) == len(Verdict)


def test_what_each_agency_brings_adds_up_to_the_figure() -> None:
    found, measurement = traced(asked("tinh"))
    brought = {one.agency: (one.used, one.weight) for one in found.contributions}
    assert brought == {"a": (2, WEIGHT_UNIT), "b": (2, WEIGHT_UNIT)}
    assert measurement.value == 4


def test_a_split_is_named_with_its_weight() -> None:
    found, measurement = traced(asked("c", Reading(date(2024, 9, 1))))
    (one,) = found.contributions
    assert (one.agency, one.used, one.weight * 10) == ("a", 2, WEIGHT_UNIT * 6)
    assert measurement.weighted == "population"
    assert [event.day for event in found.events] == [SPLIT_DAY]
    assert found.tree_day == date(2024, 9, 1)


def test_only_reorganisations_that_carried_a_record_are_named() -> None:
    assert traced(asked("a"))[0].events == ()
    assert traced(asked("b", Reading(date(2024, 9, 1))))[0].events == ()
    year = Period(date(2024, 1, 1), Grain.YEAR)
    of = rule("count(where good)", grains=(Grain.YEAR,))
    back, _ = traced(asked("a", Reading(date(2024, 1, 1)), year), of=of)
    assert back.events == ()  # c's record began after the split, in the year of it
    july = Period(date(2024, 7, 1), Grain.MONTH)
    back, _ = traced(asked("a", Reading(date(2024, 6, 1)), july))
    assert [(one.agency, one.used) for one in back.contributions] == [("c", 1)]


def test_who_has_no_records_is_missing() -> None:
    assert traced(asked("tinh"))[0].reporters.missing == ()
    assert traced(asked("tinh"), "agency | on_day | good\nb | 2024-06-01 | yes\n")[0].reporters.missing == (
        "a",
    )


def test_a_figure_that_is_not_there_is_explained_too() -> None:
    found, measurement = traced(asked("b"), "agency | on_day | good\na | 2024-06-01 | yes\n")
    assert (measurement.value, found.records, found.reporters.missing) == (None, (), ("b",))


# --- the question -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question("visit", "a", JUNE, AS_WAS, AS_OF), "unknown-indicator"),
        (asked("x"), "unknown-agency"),
        (asked("a", period=Period(date(2024, 1, 1), Grain.YEAR)), "no-rule-for-period"),
    ],
)
def test_a_question_without_an_answer_is_refused(question: Question, code: str) -> None:
    with pytest.raises(UserError) as refused:
        rule_in_force(definitions_of_good(), question)
    assert [problem.code for problem in refused.value.problems] == [code]


def definitions_of_good() -> Definitions:
    return world(indicator(GOOD))


def test_an_agency_that_is_not_watched_has_no_figure() -> None:
    with pytest.raises(UserError, match="nothing-to-explain"):
        traced(asked("d"), "agency | on_day | good\na | 2024-06-01 | yes\n")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("count(*)", ["2024-06"]),
        ("previous(count(*))", ["2024-06", "2024-05"]),
        ("count(*) / last_year(count(*))", ["2024-06", "2023-06"]),
        ("count(*) - previous(count(*)) + last_year(count(*))", ["2024-06", "2023-06", "2024-05"]),
    ],
)
def test_the_periods_a_formula_looks_back_to(formula: str, expected: list[str]) -> None:
    needed = periods_needed(rule(formula).formula, JUNE)
    assert needed[0] == JUNE
    assert sorted(map(str, needed)) == sorted(expected)


# --- what goes along ---------------------------------------------------------------------


def keys(question: Question, of: Rule = GOOD, text: str = VISITS) -> list[str]:
    table = versions_for(Maps(world(indicator(of))), visits(text), of, question)
    return sorted_short(table["_key"].to_pylist())


def sorted_short(found: Iterable[str]) -> list[str]:
    return sorted(key.removeprefix("test:") for key in found)


def test_whole_histories_of_all_that_can_count_go_along() -> None:
    assert keys(asked("b")) == ["7", "7", "8"]
    assert keys(asked("a")) == [n for n in "1234567" for _ in range(1 if n in "123" else 2)]


def test_nothing_known_later_goes_along() -> None:
    before = Question("visits", "a", JUNE, AS_WAS, AS_OF.replace(month=6, day=25))
    assert keys(before) == list("1234567")


def test_on_another_map_those_who_come_over_the_split_go_along() -> None:
    assert keys(asked("c", Reading(date(2024, 9, 1)))) == keys(asked("a"))


def test_the_earlier_period_of_a_formula_goes_along() -> None:
    text = "id | agency | on_day\n1 | a | 2024-05-02\n2 | a | 2024-04-02\n3 | a | 2024-06-02\n"
    assert keys(asked("a"), rule("count(*) - previous(count(*))"), text) == ["1", "3"]


STOCKS = """
id | agency | on_day     | number
1  | a      | 2024-06-10 | 5
2  | a      | 2024-06-20 | 7
3  | b      | 2024-06-15 | 2
4  | c      | 2024-08-01 | 3
5  | b      | 2024-08-02 | 4
"""


def test_a_stock_is_made_of_the_newest_figures_alone() -> None:
    found, measurement = traced(asked("tinh"), STOCKS, rule("latest(number)"))
    assert verdicts(found) == {"1": {"older_figure"}, "2": {"used"}, "3": {"used"}}
    assert measurement.value == 7 + 2
    assert [(one.agency, one.used) for one in found.contributions] == [("a", 1), ("b", 1)]


def test_on_a_map_an_agency_that_closed_within_the_period_lends_no_stock() -> None:
    year, of = Period(date(2024, 1, 1), Grain.YEAR), rule("latest(number)", grains=(Grain.YEAR,))
    found, measurement = traced(asked("tinh", Reading(date(2024, 9, 30)), year), STOCKS, of)
    assert verdicts(found) == {
        "1": {"older_figure"},
        "2": {"older_figure"},
        "3": {"older_figure"},
        "4": {"used"},
        "5": {"used"},
    }
    assert measurement.value == 3 + 4
