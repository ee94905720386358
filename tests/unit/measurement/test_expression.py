from __future__ import annotations

import pytest
from tests.unit.measurement.cast import VISIT

from kieng.measurement.expression import RowCompiler
from kieng.measurement.sql import column
from kieng.plan.formula.parse import parse, parse_condition
from kieng.plan.record_type import FieldType
from kieng.problems import Place


def compiler() -> RowCompiler:
    return RowCompiler(VISIT, {}, column("cut_off", "span"))


def sql_of(condition: str) -> str:
    return compiler().condition(parse_condition(condition, Place("f"))).sql("duckdb")


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        ("good", '"record"."good"'),
        ("kind = 'x'", '("record"."kind") = (\'x\')'),
        ("at <= cut_off", '(CAST("record"."at" AS DATE)) <= ("span"."cut_off")'),
        ("on_day >= date '2024-01-02'", '("record"."on_day") >= (CAST(\'2024-01-02\' AS DATE))'),
        ("at is null", '("record"."at") IS NULL'),
    ],
)
def test_conditions(condition, sql):
    assert sql_of(condition) == sql


def test_text_is_a_literal_and_never_part_of_the_query():
    assert sql_of("kind = '''; drop table known --'").count("'''; drop table known --'") == 1


def test_a_decimal_is_written_with_its_digits():
    assert sql_of("amount > 0.1").endswith("> (0.1)")


@pytest.mark.parametrize(
    ("argument", "kind", "scale"),
    [
        ("number", FieldType.INTEGER, 0),
        ("amount", FieldType.DECIMAL, 6),
        ("amount + number", FieldType.DECIMAL, 6),
        ("amount * amount", FieldType.DECIMAL, 12),
        ("number * 0.25", FieldType.DECIMAL, 2),
        ("coalesce(amount, number)", FieldType.DECIMAL, 6),
        ("days(on_day, at)", FieldType.INTEGER, 0),
    ],
)
def test_numbers_have_the_scale_their_arithmetic_needs(argument, kind, scale):
    [aggregate] = parse(f"sum({argument})", Place("f")).aggregates

    typed = compiler().typed(aggregate.argument)

    assert (typed.type, typed.scale) == (kind, scale)


def test_true_is_not_one():
    rows = compiler()

    one = rows.condition(parse_condition("number = 1", Place("f"))).sql()
    true = rows.condition(parse_condition("good = true", Place("f"))).sql()

    assert one.endswith("(1)")
    assert true.endswith("(TRUE)")


def test_working_days_are_worked_out_once_per_record_unless_they_reach_to_the_cut_off():
    rows = compiler()

    rows.condition(parse_condition("working_days(on_day, at) > 3", Place("f")))
    assert len(rows.once.items()) == 1

    rows.condition(parse_condition("working_days(on_day, cut_off) > 3", Place("f")))
    assert len(rows.once.items()) == 1
