from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from kieng.measurement.measurement import Status
from kieng.measurement.value import Answer, Valuer, nothing_earlier, rounded
from kieng.plan.formula.parse import parse
from kieng.problems import Place


def answer(formula: str, *parts: str | None, unit: str = "lượt", **more) -> Answer:
    valuer = Valuer(parse(formula, Place("f")), unit)
    exact = [None if part is None else Decimal(part) for part in parts]
    return valuer.answer(exact, more.get("earlier", nothing_earlier), more.get("absence"))


def test_a_ratio_is_made_last_from_its_exact_parts():
    found = answer("count(where good) / count(*)", "2.000000000000000", "3", unit="percent")

    assert found == Answer(Status.VALUE, None, Decimal("66.666666667"), Decimal(2), Decimal(3))


def test_a_share_that_is_not_in_percent_is_not_multiplied():
    assert answer("count(where good) / count(*)", "1", "2").value == Decimal("0.5")


def test_a_reported_percentage_is_shown_as_it_was_reported():
    assert answer("latest(amount)", "55.5", unit="percent").value == Decimal("55.5")


def test_nought_and_no_data_and_a_zero_denominator_are_three_things():
    assert answer("count(*)", "0") == Answer(Status.VALUE, None, Decimal(0))
    assert answer("sum(amount)", None).status is Status.NO_DATA
    divided = answer("count(where good) / count(*)", "0", "0", unit="percent")
    assert divided.status is Status.ZERO_DENOMINATOR
    assert (divided.value, divided.numerator, divided.denominator) == (None, Decimal(0), Decimal(0))


@pytest.mark.parametrize("absence", ["no_data", "not_applicable", "zero_denominator"])
def test_a_record_may_say_which_kind_of_no_number_it_has(absence):
    assert answer("latest(amount)", None, absence=absence).status is Status(absence)


def test_an_absence_does_not_hide_a_number():
    assert answer("sum(amount)", "3", absence="no_data").status is Status.VALUE


def test_growth_looks_at_the_same_period_a_year_earlier():
    before = {"year": [Decimal(80)]}

    found = answer("sum(amount) / last_year(sum(amount)) - 1", "100", unit="percent", earlier=before.get)

    assert found == Answer(Status.VALUE, None, Decimal(25))


def test_growth_without_an_earlier_period_says_so():
    found = answer("sum(amount) - previous(sum(amount))", "100")

    assert found.status is Status.NO_DATA
    assert found.reason == "no_earlier"


def test_growth_from_nought_has_a_zero_denominator():
    before = {"year": [Decimal(0)]}

    found = answer("sum(amount) / last_year(sum(amount)) - 1", "100", earlier=before.get)

    assert found.status is Status.ZERO_DENOMINATOR


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(1, 3), "0.333333333"),
        (Fraction(5, 10**10), "0.000000000"),  # half, to even
        (Fraction(15, 10**10), "0.000000002"),
        (Fraction(-15, 10**10), "-0.000000002"),
        (Fraction(-5, 3), "-1.666666667"),
    ],
)
def test_a_value_is_rounded_once_half_to_even(number, text):
    assert rounded(number) == Decimal(text)


def test_no_surrounding_precision_rounds_a_large_value():
    with localcontext() as context:
        context.prec = 5
        assert str(rounded(Fraction(10**30 + 1, 2))) == "500000000000000000000000000000.500000000"
