from __future__ import annotations

from datetime import date

import pytest
from tests.unit.measurement.cast import example, indicator, rule, world

from kieng.measurement.examples import run_examples
from kieng.plan.indicator import Counting, Membership
from kieng.plan.period import Grain
from kieng.problems import Place
from kieng.stores.duckdb import DuckdbEngine
from kieng.stores.reference.engine import ReferenceEngine

DAY = date(2024, 3, 5)
TWO_OF_THREE = [{"on_day": DAY, "good": good} for good in (True, True, False)]


def problems(formula: str, *examples, unit: str = "percent", **changes):
    definitions = world(indicator(rule(formula, examples=examples, **changes), unit=unit))
    return run_examples(definitions, DuckdbEngine(threads=1))


@pytest.mark.parametrize("expect", ["66.67 (2 / 3)", "66.67", "67", "66.666667 (2/3)"])
def test_an_answer_is_compared_with_as_many_digits_as_it_is_written_with(expect):
    assert problems("count(where good) / count(*)", example(expect, *TWO_OF_THREE)) == []


@pytest.mark.parametrize("expect", ["66.66 (2 / 3)", "66.67 (4 / 6)", "no data", "two thirds", ""])
def test_a_wrong_answer_is_a_problem_at_the_examples_place(expect):
    [problem] = problems("count(where good) / count(*)", example(expect, *TWO_OF_THREE))

    assert (problem.place, problem.code) == (Place("rule.yaml", 9, 5), "example-fails")
    assert "(2 / 3)" in problem.why
    assert expect in problem.why


def test_no_records_is_no_data():
    assert problems("count(*)", example("no data"), unit="lượt") == []


def test_nothing_to_divide_by_is_a_zero_denominator():
    records = [{"on_day": DAY, "good": False}]

    assert problems("count(*) / count(where good)", example("zero denominator", *records)) == []


def test_growth_takes_its_earlier_period_from_the_same_example():
    records = [{"on_day": date(2024, 2, 5), "number": 3}, {"on_day": DAY, "number": 5}]

    assert problems("sum(number) - previous(sum(number))", example("2", *records), unit="lượt") == []


def test_an_example_may_be_read_before_its_period_ends():
    records = [{"on_day": DAY}, {"on_day": date(2024, 3, 20)}]

    early, late = example("1", *records, cut_off=date(2024, 3, 10)), example("2", *records)

    assert problems("count(*)", early, late, unit="lượt") == []


def test_the_first_grain_is_the_examples_period():
    counting = Counting((Grain.YEAR, Grain.MONTH), Membership.BY, "on_day")
    records = [{"on_day": date(2024, 1, 1)}, {"on_day": date(2024, 12, 31)}]

    assert problems("count(*)", example("2", *records), unit="lượt", counting=counting) == []


def test_examples_do_not_disturb_each_other():
    first = example("1", {"on_day": DAY, "good": True})
    second = example("no data", {"on_day": DAY, "good": False})

    assert problems("count(where good)", first, second, unit="lượt") == []


def test_every_engine_runs_them():
    wrong = rule("count(*)", examples=(example("7", *TWO_OF_THREE),))

    [problem] = run_examples(world(indicator(wrong)), ReferenceEngine())

    assert "“3”" in problem.why
