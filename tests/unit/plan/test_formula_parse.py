"""Formula text read into nodes, and what is said when it is none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kieng.plan.formula import grammar
from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    And,
    Arithmetic,
    Coalesce,
    Combine,
    Compare,
    Comparison,
    Constant,
    CutOff,
    DaysBetween,
    Earlier,
    FieldRef,
    Formula,
    InList,
    IsNull,
    Literal,
    Not,
    OnTime,
    Operation,
    Or,
    Ratio,
)
from kieng.plan.formula.parse import parse, parse_condition
from kieng.problems import Place, UserError

HERE = Place("indicators/a.yaml", 8, 8)
X, Y, Z = FieldRef("x"), FieldRef("y"), FieldRef("z")
COUNT = Aggregate(AggregateKind.COUNT)


def count(where=None):
    return Aggregate(AggregateKind.COUNT, None, where)


def total(argument, where=None):
    return Aggregate(AggregateKind.SUM, argument, where)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("count(*)", COUNT),
        ("count()", COUNT),
        ("COUNT ( WHERE x AND NOT y )", count(And((X, Not(Y))))),
        ("count(where x) / count(*)", Ratio(count(X), COUNT)),
        ("sum(x where y)", total(X, Y)),
        ("min(x)", Aggregate(AggregateKind.MIN, X)),
        ("max(x where y)", Aggregate(AggregateKind.MAX, X, Y)),
        (
            "latest(x where y = 'a')",
            Aggregate(AggregateKind.LATEST, X, Compare(Comparison.EQ, Y, Literal("a"))),
        ),
        ("count(distinct x where y)", Aggregate(AggregateKind.COUNT_DISTINCT, X, Y)),
        ("median(x)", Aggregate(AggregateKind.PERCENTILE, X, None, Decimal("0.5"))),
        ("percentile(x, 0.9 where y)", Aggregate(AggregateKind.PERCENTILE, X, Y, Decimal("0.9"))),
        ("mean(x)", Ratio(total(X), count(Not(IsNull(X))))),
        ("mean(x where y)", Ratio(total(X, Y), count(And((Y, Not(IsNull(X))))))),
        ("share(x of y)", Ratio(count(And((Y, X))), count(Y))),
        ("share(x OF y)", Ratio(count(And((Y, X))), count(Y))),
        ("previous(count())", Earlier(COUNT, "period")),
        (
            "sum(x) / last_year(sum(x)) - 1",
            Combine(Operation.SUBTRACT, Ratio(total(X), Earlier(total(X), "year")), Constant(Decimal(1))),
        ),
        (
            "(1.5 + count()) * -2",
            Combine(
                Operation.MULTIPLY,
                Combine(Operation.ADD, Constant(Decimal("1.5")), COUNT),
                Constant(Decimal(-2)),
            ),
        ),
        ("-count()", Combine(Operation.SUBTRACT, Constant(Decimal(0)), COUNT)),
        (
            "sum(x * y - 1)",
            total(Arithmetic(Operation.SUBTRACT, Arithmetic(Operation.MULTIPLY, X, Y), Literal(1))),
        ),
    ],
)
def test_values(text, root):
    formula = parse(text, HERE)
    assert formula == Formula(text, root)
    assert formula.place == HERE


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("x", X),
        ("not x or y and z", Or((Not(X), And((Y, Z))))),
        ("x and (y and z)", And((X, Y, Z))),
        ("x = 'Hòa'", Compare(Comparison.EQ, X, Literal("Hòa"))),
        ("x = 'nhà''s'", Compare(Comparison.EQ, X, Literal("nhà's"))),
        ("x <> 3", Compare(Comparison.NE, X, Literal(3))),
        ("x != 3.50", Compare(Comparison.NE, X, Literal(Decimal("3.50")))),
        ("x < -3", Compare(Comparison.LT, X, Literal(-3))),
        ("x <= y", Compare(Comparison.LE, X, Y)),
        ("x > y", Compare(Comparison.GT, X, Y)),
        ("x >= date '2024-02-29'", Compare(Comparison.GE, X, Literal(date(2024, 2, 29)))),
        ("x = true", Compare(Comparison.EQ, X, Literal(True))),
        ("x is null", IsNull(X)),
        ("x IS NOT NULL", Not(IsNull(X))),
        ("x in ('a', 'b')", InList(X, (Literal("a"), Literal("b")))),
        ("x not in (1, -2)", Not(InList(X, (Literal(1), Literal(-2))))),
        (
            "x between 1 and 2",
            And((Compare(Comparison.GE, X, Literal(1)), Compare(Comparison.LE, X, Literal(2)))),
        ),
        ("coalesce(x, y, false)", Coalesce((X, Y, Literal(False)))),
        ("days(x, cut_off) > 3", Compare(Comparison.GT, DaysBetween(X, CutOff(), False), Literal(3))),
        ("working_days(x, y) > 3", Compare(Comparison.GT, DaysBetween(X, Y, True), Literal(3))),
        ("on_time('qd766')", OnTime("qd766")),
        ("-x > 0", Compare(Comparison.GT, Arithmetic(Operation.SUBTRACT, Literal(0), X), Literal(0))),
    ],
)
def test_conditions(text, row):
    assert parse_condition(text, HERE) == row


@pytest.mark.parametrize(
    "word",
    [
        "limit",
        "rank",
        "percent",
        "kind",
        "size",
        "status",
        "state",
        "unit",
        "date",
        "text",
        "operator",
        "interval",
        "case",
        "any",
        "filter",
        "of",
        "year",
    ],
)
def test_words_of_sql_may_be_fields(word):
    assert parse(f"count(where {word} = 3)", HERE) == Formula(
        f"count(where {word} = 3)", count(Compare(Comparison.EQ, FieldRef(word), Literal(3)))
    )


def test_numbers_are_exact():
    (aggregate,) = parse("sum(x + 0.1)", HERE).aggregates
    assert aggregate.argument == Arithmetic(Operation.ADD, X, Literal(Decimal("0.1")))
    assert isinstance(aggregate.argument.right.value, Decimal)


def test_nodes_know_their_place():
    formula = parse("count(where x) /\n  count(where yy = 1)", HERE)
    first, second = formula.aggregates
    assert first.place == HERE
    assert first.where.place == Place(HERE.file, 8, 20)
    assert second.place == Place(HERE.file, 9, 3)
    assert second.where.left.place == Place(HERE.file, 9, 15)


def test_places_may_be_told_from_outside():
    formula = parse("count(where x)", HERE, lambda offset: Place("b", 1, offset))
    assert formula.root.where.place == Place("b", 1, 12)


@pytest.mark.parametrize(
    ("text", "column", "code"),
    [
        ("", 8, "formula-syntax"),
        ("   ", 8, "formula-syntax"),
        ("count(where x", 21, "formula-syntax"),
        ("count(where )", 20, "formula-syntax"),
        ("count(x y)", 16, "formula-syntax"),
        ("count() +", 17, "formula-syntax"),
        ("count() count()", 16, "formula-syntax"),
        ("count(where x = 'abc)", 24, "formula-syntax"),
        ("count(); drop", 17, "formula-syntax"),
        ("count(where x = = y)", 24, "formula-syntax"),
        ("x", 8, "field-outside-aggregate"),
        ("count() / x", 18, "field-outside-aggregate"),
        ("days(x, y)", 8, "field-outside-aggregate"),
        ("'text'", 8, "not-in-language"),
        ("count(where x) over ()", 8, "not-in-language"),
        ("count(where a.b)", 20, "not-in-language"),
        ("count(where x is true)", 20, "not-in-language"),
        ("count(where x[1])", 20, "not-in-language"),
        ("count(where previous(x))", 20, "not-in-language"),
        ("count(where x = count())", 24, "aggregate-inside"),
        ("sum(x / y)", 12, "division-in-record"),
        ('count(where x = "a")', 24, "double-quotes"),
        ("avg(x)", 8, "unknown-function"),
        ("count(where lower(x) = 'a')", 20, "unknown-function"),
        ("count(x)", 8, "wrong-arguments"),
        ("count(distinct)", 8, "wrong-arguments"),
        ("sum(*)", 8, "wrong-arguments"),
        ("sum(distinct x)", 8, "wrong-arguments"),
        ("share(x)", 8, "wrong-arguments"),
        ("percentile(x)", 8, "wrong-arguments"),
        ("percentile(x, 90)", 22, "wrong-arguments"),
        ("percentile(x, y)", 22, "wrong-arguments"),
        ("sum(x, 0.5)", 8, "wrong-arguments"),
        ("previous(count(), 2)", 8, "wrong-arguments"),
        ("count(where days(x) > 1)", 20, "wrong-arguments"),
        ("count(where on_time(x))", 28, "wrong-arguments"),
        ("count(where coalesce(x))", 20, "wrong-arguments"),
        ("count(where x = null)", 20, "null-compared"),
        ("count(where x in (1, null))", 29, "null-compared"),
        ("count(where x = 1e5)", 24, "not-a-number"),
        ("count(where x = 0.1234567)", 24, "not-a-number"),
        ("count(where x = ٣)", 24, "not-in-language"),
        ("count(where x is null = 3e)", 32, "not-a-number"),
        ("count(where x = date '2024-02-30')", 29, "not-a-date"),
    ],
)
def test_what_is_no_formula_is_refused_at_its_place_with_a_remedy(text, column, code):
    with pytest.raises(UserError) as refusal:
        parse(text, HERE)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.place.line, problem.place.column) == (code, 8, column)
    assert problem.why
    assert problem.remedy


def test_a_syntax_fault_lists_what_exists():
    with pytest.raises(UserError, match=r"working_days.*cut_off"):
        parse("select x from y", HERE)


def test_an_unknown_function_is_named_with_the_one_meant():
    with pytest.raises(UserError, match="Did you mean `percentile`"):
        parse("percentil(x, 0.5)", HERE)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + "count()" + ")" * 5_000,
        "count(where " + "not " * 1_000 + "x)",
        "-" * 1_000 + "count()",
        "+".join(["count()"] * 300),
        "count(where " + " and ".join(["x"] * 100_000) + ")",
        "count(where x in (" + ", ".join(["1"] * 3_000) + "))",
        "x" * 1_000_000,
        "\x00",
        "count(where \ud800 = 1)",
        "‮count()",
        "{{ x }}",
        "{% x %}",
    ],
)
def test_hostile_text_is_refused_without_a_traceback(text):
    with pytest.raises(UserError):
        parse(text, HERE)


def test_a_long_chain_of_conditions_is_no_depth():
    formula = parse("count(where " + " or ".join(f"x = {n}" for n in range(300)) + ")", HERE)
    assert len(formula.root.where.parts) == 300


TOKENS = """count sum share percentile median previous days on_time coalesce where of distinct and or not is
null in between date '2024-01-01' 'a' x y 1 0.5 cut_off true ( ) , + - * / = < >= ; : [ { " ' ."""
WORDS = st.sampled_from(TOKENS.split())


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map(" ".join)))
def test_any_text_is_a_formula_or_a_problem(text):
    try:
        outcome = parse(text, HERE)
    except UserError as refusal:
        outcome = refusal
    problems = getattr(outcome, "problems", [])
    assert isinstance(outcome, Formula) != bool(problems)
    assert all(problem.remedy and problem.place.file == HERE.file for problem in problems)


def test_every_function_of_the_grammar_is_reachable():
    for name in grammar.AGGREGATES:
        argument = {"count": "where x", "share": "x of y", "percentile": "x, 0.5"}.get(name, "x")
        assert parse(f"{name}({argument})", HERE).aggregates
