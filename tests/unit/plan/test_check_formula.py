"""Formulas against record types: nonsense is refused with its place and remedy."""

from __future__ import annotations

import pytest

from kieng.plan.check_formula import check, check_breakdown, check_counting
from kieng.plan.formula.parse import parse
from kieng.plan.indicator import Counting, Membership, RollUp
from kieng.plan.period import Grain
from kieng.plan.record_type import ClockFields, Field, FieldType, Quantity, RecordType
from kieng.problems import Place
from kieng.words import Name

HERE = Place("indicators/a.yaml", 8, 8)
LABEL = Name("a", "a")
FIELDS = [
    Field("id", FieldType.TEXT, LABEL, required=True),
    Field("agency", FieldType.AGENCY, LABEL, required=True),
    Field("opened_on", FieldType.DATE, LABEL),
    Field("received_at", FieldType.DATETIME, LABEL),
    Field("online", FieldType.BOOLEAN, LABEL),
    Field("secret", FieldType.BOOLEAN, LABEL),
    Field("channel", FieldType.CODE, LABEL, values=("direct", "online", "post")),
    Field("procedure", FieldType.CODE, LABEL),
    Field("fee", FieldType.DECIMAL, LABEL, quantity=Quantity.FLOW),
    Field("documents", FieldType.INTEGER, LABEL, quantity=Quantity.FLOW),
    Field("staff", FieldType.INTEGER, LABEL, quantity=Quantity.STOCK),
    Field("percent", FieldType.DECIMAL, LABEL, quantity=Quantity.RATIO),
    Field("limit", FieldType.INTEGER, LABEL),
    Field("phone", FieldType.TEXT, LABEL, personal="drop"),
]
CASE = RecordType(
    "case",
    LABEL,
    {f.name: f for f in FIELDS},
    "id",
    "agency",
    "received_at",
    clock=ClockFields("received_at"),
)
FILE = RecordType("file", LABEL, {f.name: f for f in FIELDS}, "id", "agency", "opened_on")
BY = Counting((Grain.MONTH,), Membership.BY, "opened_on")
OPEN = Counting((Grain.MONTH,), Membership.OPEN, "opened_on", "received_at")
IN_FORCE = Counting((Grain.MONTH,), Membership.IN_FORCE, "opened_on", "received_at")


def problems(text, *, kind=CASE, counting=BY, roll_up=RollUp.SUMS, unit="count"):
    return check(parse(text, HERE), kind, counting, roll_up, unit, ["nd61", "qd766"])


def said(text, **rule):
    return [(p.place.column, p.code) for p in problems(text, **rule)]


@pytest.mark.parametrize(
    "text",
    [
        "count(where online and not secret) / count(where not secret)",
        "count(where channel = 'online' or channel in ('post', 'direct'))",
        "count(where on_time('nd61') and received_at > date '2024-01-01' and opened_on <= cut_off)",
        "count(where working_days(opened_on, received_at) <= 3)",
        "count(where coalesce(online, false) = secret)",
        "count(where procedure <> agency)",
        "count(distinct procedure where fee > 0.5)",
        "sum(fee * 2 + documents where channel is not null)",
        "sum(percent * documents) / sum(documents)",
        "mean(days(opened_on, received_at))",
        "median(percent)",
        "max(fee) - min(fee)",
        "latest(staff) / last_year(latest(staff)) - 1",
        "count(where online) / count() - previous(count(where online) / count())",
        "latest(staff where percent > 50)",
        "sum(coalesce(fee, 0))",
        "sum(1 where online)",
    ],
)
def test_sense_passes(text):
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "column", "code", "remedy"),
    [
        ("count(where onlin)", 20, "unknown-field", "Did you mean `online`?"),
        ("sum(fees)", 12, "unknown-field", "`fee`"),
        ("count(where zzz and online)", 20, "unknown-field", "There are: id, agency"),
        ("count(where phone is null)", 20, "personal-field", "another field"),
        ("count(where fee)", 20, "condition-expected", "fee is not null"),
        ("count(where online and channel)", 31, "condition-expected", "channel = …"),
        ("count(where not fee + 1)", 24, "condition-expected", "comparison"),
        ("count(where 1)", 20, "condition-expected", "comparison"),
        ("count(where fee = 'a')", 20, "types-differ", "without quotes"),
        ("count(where channel = 1)", 20, "types-differ", "without quotes"),
        ("count(where online = 'true')", 20, "types-differ", "field alone"),
        ("count(where opened_on > '2024-01-01')", 20, "types-differ", "date '2024-01-01'"),
        ("count(where opened_on > 2024)", 20, "types-differ", "date '2024-12-31'"),
        ("count(where cut_off = fee)", 20, "types-differ", "one kind"),
        ("count(where channel in ('online', 2))", 42, "types-differ", "quotes"),
        ("count(where coalesce(fee, 'a') = 1)", 34, "types-differ", "quotes"),
        ("count(where channel > 'a')", 20, "no-order", "x in ('a', 'b')"),
        ("count(where online > secret)", 20, "no-order", "="),
        ("count(where channel = 'onlin')", 30, "unknown-value", "Did you mean `online`?"),
        ("count(where 'onlin' = channel)", 20, "unknown-value", "`online`"),
        ("count(where channel in ('post', 'mail'))", 40, "unknown-value", "There are: direct"),
        ("count(where opened_on + 3 > cut_off)", 20, "date-arithmetic", "working_days"),
        ("sum(fee + channel)", 18, "number-expected", "number fields"),
        ("count(where days(fee, opened_on) > 1)", 25, "date-expected", "cut_off"),
        ("count(where on_time('nd16'))", 20, "unknown-clock", "`nd61`"),
        ("sum(online)", 12, "number-expected", "fee, documents"),
        ("min(online)", 12, "number-expected", "number fields"),
        ("max(opened_on)", 12, "number-expected", "number fields"),
        ("latest(channel)", 15, "number-expected", "number fields"),
        ("median(procedure)", 15, "number-expected", "number fields"),
        ("sum(limit)", 8, "quantity-unknown", "quantity: flow"),
        ("sum(percent)", 8, "sum-of-ratios", "sum(numerator) / sum(denominator)"),
        ("sum(percent + 1)", 8, "sum-of-ratios", "sum(numerator)"),
        ("latest(percent)", 8, "sum-of-ratios", "roll_up: none"),
        ("sum(staff)", 8, "sum-of-a-stock", "latest(x)"),
        ("sum(staff * 2)", 8, "sum-of-a-stock", "in force"),
        ("3 + 4", 8, "no-aggregate", "Count"),
        ("count() / 0", 18, "zero-denominator", "count"),
        ("count() / count() / count()", 8, "ratio-of-ratios", "one fraction"),
        ("count() / (1 - count() / count())", 19, "ratio-of-ratios", "one fraction"),
        ("(share(online of true) + share(secret of true)) / 2", 9, "ratio-of-ratios", "one fraction"),
        ("0.5 * (share(online of true) + share(secret of true))", 15, "sum-of-ratios", "Add first"),
        ("previous(last_year(count()) + 1)", 8, "earlier-twice", "once"),
        ("max(percent) / count()", 8, "ratio-of-percentages", "Add first"),
    ],
)
def test_nonsense_is_refused_with_place_and_remedy(text, column, code, remedy):
    found = {(p.place.column, p.code): p for p in problems(text)}
    assert (column, code) in found
    assert remedy in found[column, code].remedy
    assert found[column, code].place.line == 8


def test_a_mean_of_ratios_cannot_be_written():
    assert ("sum-of-ratios") in [code for _, code in said("mean(percent)")]


def test_a_sum_of_a_stock_is_fine_where_each_thing_is_there_once():
    assert said("sum(staff)", counting=IN_FORCE) == []
    assert said("sum(staff)", counting=OPEN) == [(8, "sum-of-a-stock")]


def test_the_latest_of_a_ratio_stands_alone_with_each_agency():
    assert said("latest(percent)", roll_up=RollUp.NONE) == []
    assert said("latest(percent)", roll_up=RollUp.NONE, unit="percent") == []


def test_percent_needs_a_ratio_and_no_hundred():
    assert said("count(where online) / count()", unit="percent") == []
    assert said("count(where online)", unit="percent") == [(8, "percent-without-ratio")]
    assert said("100 * count(where online) / count()", unit="percent") == [(8, "percent-twice")]
    assert said("100 * count(where online)", unit="people") == []
    mixed = "max(percent) - count(where online) / count()"
    assert said(mixed, unit="percent") == [(8, "ratio-with-percentage")]


def test_on_time_needs_a_clock():
    (problem,) = problems("count(where on_time('nd61'))", kind=FILE)
    assert (problem.code, problem.place.column) == ("no-clock", 20)
    assert "clock" in problem.remedy


def test_every_problem_is_named_at_once():
    assert said("count(where onlin and fee = 'a') / sum(percent)") == [
        (20, "unknown-field"),
        (30, "types-differ"),
        (43, "ratio-of-percentages"),
        (43, "sum-of-ratios"),
    ]


@pytest.mark.parametrize(
    ("name", "code", "remedy"),
    [("opened_at", "unknown-field", "`opened_on`"), ("online", "not-a-date-field", "opened_on, received_at")],
)
def test_periods_are_counted_by_dates(name, code, remedy):
    (problem,) = check_counting(Counting((Grain.YEAR,), Membership.OPEN, "opened_on", name), CASE, HERE)
    assert (problem.place, problem.code, problem.value) == (HERE, code, name)
    assert remedy in problem.remedy
    assert check_counting(OPEN, CASE, HERE) == []


@pytest.mark.parametrize(
    ("name", "code"), [("chanel", "unknown-field"), ("fee", "not-a-breakdown"), ("id", "not-a-breakdown")]
)
def test_breakdowns_are_by_codes(name, code):
    (problem,) = check_breakdown(name, CASE, HERE)
    assert (problem.place, problem.code) == (HERE, code)
    assert "channel" in problem.remedy
    assert check_breakdown("channel", CASE, HERE) == check_breakdown("online", CASE, HERE) == []
