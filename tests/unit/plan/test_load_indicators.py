"""Indicators read from text, and every way in which one is refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kieng.plan.indicator import (
    Better,
    Counting,
    Membership,
    NotApplicable,
    Reports,
    RollUp,
    Source,
    Watch,
    Within,
)
from kieng.plan.lead import Lead
from kieng.plan.load_indicators import load_indicators, load_not_applicable
from kieng.plan.load_record_types import load_record_types
from kieng.plan.period import Grain
from kieng.problems import Place, Problems
from kieng.words import Name

TYPES = load_record_types(None, Problems(), Path("w"))
SOURCES = {"S0": Source("Báo Bình Định", date(2022, 6, 30))}
LEVELS = ["province", "department", "district", "commune"]

#: One line each, in this order, so that a test can name the line it changes.
LINES = {
    "id": "work-files-online",
    "name": "{vi: Hồ sơ công việc trên mạng, en: Work files online}",
    "pillar": "government",
    "unit": "percent",
    "better": "higher",
    "watch": "[province, district until 2025-07-01, commune]",
    "lead": "so-khcn",
    "record": "work_file",
    "period": "month and year, by closed_on",
    "value": "count(where all_steps_online and not secret) / count(where not secret)",
}


def text(**changes):
    """The indicator's text with some lines changed, added, or (None) left out."""
    lines = {**LINES, **changes}
    return "".join(f"{key}: {value}\n" for key, value in lines.items() if value is not None)


@pytest.fixture
def load(tmp_path):
    def read(content, name="a.yaml"):
        folder = tmp_path / "indicators"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
        problems = Problems()
        found = load_indicators(
            tmp_path, TYPES, SOURCES, LEVELS, ["government", "economy"], ["nd61", "qd766"], problems
        )
        return found, problems.sorted()

    return read


def test_a_whole_indicator(load):
    found, said = load(
        text(
            within="tier",
            roll_up="none",
            reporters="[department, commune]",
            recast_by="households",
            breakdowns="[signed_digitally]",
            source="S0",
            note="{vi: Ghi chú, en: Note}",
            decimals="1",
        )
    )
    assert said == []
    indicator = found["work-files-online"]
    assert indicator.name == Name("Hồ sơ công việc trên mạng", "Work files online")
    assert (indicator.pillar, indicator.unit) == ("government", "percent")
    assert indicator.leads == (Lead("so-khcn"),)
    assert (indicator.better, indicator.decimals) == (Better.HIGHER, 1)
    assert indicator.watch == (Watch("province"), Watch("district", date(2025, 7, 1)), Watch("commune"))
    assert indicator.source == SOURCES["S0"]
    assert indicator.place == Place("indicators/a.yaml", 1, 1)
    (rule,) = indicator.rules
    assert rule.record == "work_file"
    assert rule.counting == Counting((Grain.MONTH, Grain.YEAR), Membership.BY, "closed_on")
    assert rule.formula.text == LINES["value"]
    assert (rule.roll_up, rule.within) == (RollUp.NONE, Within.TIER)
    assert (rule.reporters, rule.recast_by) == (("department", "commune"), "households")
    assert rule.breakdowns == ("signed_digitally",)
    assert rule.source == SOURCES["S0"]


def test_what_is_left_out_has_a_meaning(load):
    found, said = load(text())
    assert said == []
    indicator = found["work-files-online"]
    (rule,) = indicator.rules
    assert (rule.roll_up, rule.within, rule.recast_by) == (RollUp.SUMS, Within.ALL, "population")
    assert rule.reporters == ("province", "district", "commune")
    assert (rule.breakdowns, rule.examples, rule.valid_from, rule.valid_to) == ((), (), None, None)
    assert indicator.decimals == 2


def test_a_file_holds_one_or_a_list(load):
    second = text(id="second").replace("\n", "\n  ").rstrip()
    found, said = load("- " + text().replace("\n", "\n  ").rstrip() + "\n- " + second)
    assert (list(found), said) == (["work-files-online", "second"], [])


def test_levels_are_watched_in_either_form(load):
    found, _ = load(text(watch="[commune, {level: district, until: 2025-07-01}]"))
    assert found["work-files-online"].watch == (Watch("commune"), Watch("district", date(2025, 7, 1)))


@pytest.mark.parametrize(
    ("period", "counting"),
    [
        ("month, by closed_on", Counting((Grain.MONTH,), Membership.BY, "closed_on")),
        ("Quarter AND half, BY closed_on", Counting((Grain.QUARTER, Grain.HALF), Membership.BY, "closed_on")),
        ("year , open from opened_on to closed_on",
         Counting((Grain.YEAR,), Membership.OPEN, "opened_on", "closed_on")),
        ("month, in force from opened_on to closed_on",
         Counting((Grain.MONTH,), Membership.IN_FORCE, "opened_on", "closed_on")),
    ],
)  # fmt: skip
def test_periods(load, period, counting):
    found, said = load(text(period=period))
    assert said == []
    assert found["work-files-online"].rules[0].counting == counting


# --- dated versions ------------------------------------------------------------------------------

VERSIONS = """
  - {valid_to: 2022-06-01, value: count(where all_steps_online) / count(*), source: {document: QĐ 1}}
  - {valid_from: 2022-06-01, reporters: [commune]}"""


def test_versions_take_what_they_do_not_say_from_above(load):
    found, said = load(text(rules=VERSIONS, source="S0"))
    assert said == []
    old, new = found["work-files-online"].rules
    assert (old.valid_from, old.valid_to) == (None, date(2022, 6, 1))
    assert (new.valid_from, new.valid_to) == (date(2022, 6, 1), None)
    assert old.formula.text == "count(where all_steps_online) / count(*)"
    assert new.formula.text == LINES["value"]
    assert (old.source, new.source) == (Source("QĐ 1"), SOURCES["S0"])
    assert (old.reporters, new.reporters) == (("province", "district", "commune"), ("commune",))
    assert old.place == Place("indicators/a.yaml", 12, 5)


def test_versions_are_put_in_order_of_time(load):
    lines = VERSIONS.strip("\n").split("\n")
    found, said = load(text(rules="\n" + "\n".join(reversed(lines))))
    assert said == []
    assert [rule.valid_from for rule in found["work-files-online"].rules] == [None, date(2022, 6, 1)]


@pytest.mark.parametrize(
    ("first", "second", "code", "remedy"),
    [
        ("valid_to: 2022-06-02", "valid_from: 2022-06-01", "overlapping-rules", "valid_to: 2022-06-01"),
        ("unit: x", "valid_from: 2022-06-01", "overlapping-rules", "valid_to: 2022-06-01"),
        ("valid_to: 2022-06-01", "valid_from: 2022-07-01", "gap-between-rules", "valid_from: 2022-06-01"),
    ],
)
def test_versions_that_do_not_join_are_refused(load, first, second, code, remedy):
    first = first if first != "unit: x" else "recast_by: population"
    _, said = load(text(rules=f"\n  - {{{first}}}\n  - {{{second}}}"))
    (problem,) = said
    assert (str(problem.place), problem.code) == ("indicators/a.yaml:13:5", code)
    assert remedy in problem.remedy


def test_a_version_ends_after_it_begins(load):
    _, said = load(text(valid_from="2022-06-01", valid_to="2022-06-01"))
    assert [(p.place.line, p.code) for p in said] == [(12, "ends-before-it-begins")]


def test_a_fault_shared_by_two_versions_is_said_once(load):
    _, said = load(text(record="work_fil", rules=VERSIONS))
    assert [(str(p.place), p.code) for p in said] == [("indicators/a.yaml:8:9", "unknown-record-type")]


@pytest.mark.parametrize(
    ("written", "reports"),
    [
        ("none", Reports(owed=False)),
        ("{every: quarter}", Reports(every=Grain.QUARTER)),
        ("{due: 1 day after, source: S0}", Reports(due=1, source=SOURCES["S0"])),
    ],
)
def test_how_a_figure_is_reported(load, written, reports):
    found, said = load(text(reports=written))
    assert said == []
    assert found["work-files-online"].rules[0].reports == reports


def test_two_versions_are_reported_in_two_ways(load):
    found, said = load(
        text(rules="\n  - {valid_to: 2022-06-01}\n  - {valid_from: 2022-06-01, reports: {every: quarter}}")
    )
    assert said == []
    assert [rule.reports for rule in found["work-files-online"].rules] == [None, Reports(every=Grain.QUARTER)]


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "place", "code", "remedy"),
    [
        ({"lead": None}, "1:1", "no-lead", "`lead:`"),
        ({"reports": "{due: ten days}"}, "11:16", "unreadable-due", "10 days after"),
        ({"reports": "{every: week}"}, "11:18", "unknown-choice", "month"),
        ({"reports": "{due: 10 days after, by: month}"}, "11:31", "unknown-key", "due"),
        ({"period": "year, by closed_on", "reports": "{every: month}"}, "11:18", "reported-too-often", "Add"),
        ({"id": None}, "1:1", "missing-key", "id"),
        ({"id": "Tỷ lệ"}, "1:5", "not-an-id", "small letters"),
        ({"name": "Work files"}, "2:7", "not-a-mapping", "key: value"),
        ({"pillar": "goverment"}, "3:9", "unknown-pillar", "`government`"),
        ({"better": "highest"}, "5:9", "unknown-choice", "`higher`"),
        ({"watch": None}, "1:1", "missing-key", "watch"),
        ({"watch": "[]"}, "6:8", "nothing-watched", "There are: province"),
        ({"watch": "[province, comune]"}, "6:19", "unknown-level", "`commune`"),
        ({"watch": "[district until 1/7/2025]"}, "6:9", "not-a-date", "2025-12-31"),
        ({"watch": "[district up to 2025]"}, "6:9", "unreadable-level", "until"),
        ({"watch": "[{level: district, until: 2025-02-30}]"}, "6:34", "no-such-day", "Correct"),
        ({"watch": "[{level: distrit}]"}, "6:9", "unknown-level", "`district`"),
        ({"record": "workfile"}, "8:9", "unknown-record-type", "`work_file`"),
        ({"period": "monthly, by closed_on"}, "9:9", "unknown-period-length", "`month`"),
        ({"period": "month"}, "9:9", "unreadable-period", "by closed_on"),
        ({"period": "month, in force from opened_on"}, "9:9", "unreadable-period", "in force from"),
        ({"period": "month, by closed_at"}, "9:9", "unknown-field", "`closed_on`"),
        ({"period": "month, by secret"}, "9:9", "not-a-date-field", "opened_on, due_on, closed_on"),
        ({"value": None}, "1:1", "missing-key", "value"),
        ({"value": "count(where secrt) / count()"}, "10:20", "unknown-field", "`secret`"),
        ({"value": "'count(where secrt) / count()'"}, "10:21", "unknown-field", "`secret`"),
        ({"value": "count(where secret) /"}, "10:28", "formula-syntax", "share"),
        ({"value": "count(where secret)"}, "10:8", "percent-without-ratio", "another unit"),
        ({"unit": '"%"'}, "10:8", "percent-by-hand", "unit: percent"),
        ({"unit": "Phần trăm"}, "10:8", "percent-by-hand", "unit: percent"),
        ({"value": "count(where on_time('nd61')) / count()"}, "10:20", "no-clock", "clock"),
        ({"roll_up": "mean"}, "11:10", "unknown-choice", "sums, none"),
        ({"reporters": "[comune]"}, "11:13", "unknown-level", "`commune`"),
        ({"breakdowns": "[documents]"}, "11:14", "not-a-breakdown", "secret"),
        ({"source": "S1"}, "11:9", "unknown-source", "There are: S0"),
        ({"decimals": "12"}, "11:11", "too-many-decimals", "0 to 9"),
        ({"leed": "x"}, "11:1", "unknown-key", "`lead`"),
    ],
)
def test_a_faulty_indicator_is_refused_with_place_and_remedy(load, changes, place, code, remedy):
    _, said = load(text(**changes))
    (problem,) = said
    assert (str(problem.place), problem.code) == (f"indicators/a.yaml:{place}", code)
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"value": "sum(percent) / sum(denominator)"}, "10:8", "ratio-of-percentages"),
        ({"value": "mean(percent)"}, "10:8", "sum-of-ratios"),
        ({"value": "sum(amount)", "unit": "people"}, "10:8", "sum-of-a-stock"),
        ({"value": "count(where figur = 'a')", "unit": "people"}, "10:20", "unknown-field"),
    ],
)
def test_nonsense_about_reports_is_refused(load, changes, place, code):
    _, said = load(text(record="report", period="year, by period_end", **changes))
    assert (f"indicators/a.yaml:{place}", code) in [(str(p.place), p.code) for p in said]
    assert all(p.remedy for p in said)


def test_a_formula_over_several_lines_keeps_its_places(load):
    _, said = load(text(value=">-\n  count(where all_steps_online)\n  / count(where secrt)"))
    assert [(str(p.place), p.code) for p in said] == [("indicators/a.yaml:12:17", "unknown-field")]


def test_all_problems_are_named_at_once(load):
    _, said = load(text(lead=None, pillar="x", value="count(where a) / sum(b)"))
    assert [p.code for p in said] == ["no-lead", "unknown-pillar", "unknown-field", "unknown-field"]


def test_a_faulty_indicator_can_still_be_named_by_a_plan(load):
    found, said = load(text(value="count("))
    assert said
    assert found["work-files-online"].rules == ()


def test_two_indicators_of_one_id_are_refused(load):
    load(text())
    _, said = load(text(), "b.yaml")
    assert [(str(p.place), p.code) for p in said] == [("indicators/b.yaml:1:5", "duplicate-id")]
    assert "indicators/a.yaml:1:1" in said[0].why


def test_no_indicators_are_no_problem(tmp_path):
    problems = Problems()
    assert load_indicators(tmp_path, TYPES, SOURCES, LEVELS, [], [], problems) == {}
    assert not problems


# --- examples ------------------------------------------------------------------------------------


def test_examples_hold_typed_values(load):
    examples = """
  - records:
      - {procedure: "1.0", received_at: 2024-03-05T09:30, due_at: 2024-03-06, fee_due: 0.10, limit: 3,
         paid_online: yes, channel: online, finished_at: }
    expect: "100 (1 / 1)"
    cut_off: 2024-03-31"""
    changes = {"record": "case", "period": "month, by received_at"}
    found, said = load(text(value="count(where paid_online) / count()", examples=examples, **changes))
    assert said == []
    (example,) = found["work-files-online"].rules[0].examples
    assert example.records == (
        {
            "procedure": "1.0",
            "received_at": datetime(2024, 3, 5, 9, 30),
            "due_at": datetime(2024, 3, 6),
            "fee_due": Decimal("0.10"),
            "limit": 3,
            "paid_online": True,
            "channel": "online",
            "finished_at": None,
        },
    )
    assert (example.expect, example.cut_off) == ("100 (1 / 1)", date(2024, 3, 31))
    assert example.place == Place("indicators/a.yaml", 12, 5)


@pytest.mark.parametrize("expect", ["12", "-0.5", "66.67 (2 / 3)", "no data", "zero denominator"])
def test_answers(load, expect):
    found, said = load(text(examples=f"[{{records: [], expect: {expect}}}]"))
    assert said == []
    assert found["work-files-online"].rules[0].examples[0].expect == expect


@pytest.mark.parametrize(
    ("example", "column", "code", "remedy"),
    [
        ("records: [{secrt: true}], expect: 1", 24, "unknown-field", "`secret`"),
        ("records: [{secret: maybe}], expect: 1", 32, "not-true-or-false", "true or false"),
        ("records: [{closed_on: 31/12/2024}], expect: 1", 35, "not-a-date", "2025-12-31"),
        ("records: [{documents: 1.5}], expect: 1", 35, "not-a-whole-number", "decimals"),
        ("records: [], expect: about 12", 34, "unreadable-answer", "66.67 (2 / 3)"),
        ("records: []", 12, "missing-key", "expect"),
        ("expect: 1", 12, "missing-key", "records"),
        ("records: [], expect: 1, cutoff: 2024-01-01", 37, "unknown-key", "`cut_off`"),
        ("records: [], expect: 1, cut_off: soon", 46, "not-a-date", "2025-12-31"),
    ],
)
def test_a_faulty_example_is_refused(load, example, column, code, remedy):
    _, said = load(text(examples=f"[{{{example}}}]"))
    (problem,) = said
    assert (problem.place.line, problem.place.column, problem.code) == (11, column, code)
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("record", "code", "remedy"),
    [
        ("{received_at: 2024-03-05 25:00}", "not-a-moment", "T14:30:00"),
        ("{received_at: yesterday}", "not-a-moment", "T14:30:00"),
        ("{channel: onlin}", "unknown-value", "`online`"),
        ("{fee_due: '1,5'}", "not-a-number", "1234.5"),
    ],
)
def test_values_of_an_example_fit_their_fields(load, record, code, remedy):
    changes = {"record": "case", "period": "month, by received_at", "value": "count()", "unit": "cases"}
    _, (problem,) = load(text(examples=f"[{{records: [{record}], expect: 1}}]", **changes))
    assert (problem.place.line, problem.code) == (11, code)
    assert remedy in problem.remedy


@pytest.mark.parametrize("months", ["-1", "1201"])
def test_no_silence_is_negative_or_a_century(load, months):
    found, (problem,) = load(text(stale_after=months))
    assert (problem.code, problem.place.line) == ("months-out-of-range", 11)
    assert found["work-files-online"].rules[0].stale_after == int(months)


# --- not applicable ------------------------------------------------------------------------------


def test_not_applicable_rows_keep_their_line(tmp_path):
    (tmp_path / "not_applicable.csv").write_text(
        "indicator,agency,because,valid_from,valid_to\n"
        "fibre,ly-son,Đảo,,\n"
        "ports,an-lao,Không có biển,2022-01-01,2025-07-01\n",
        encoding="utf-8",
    )
    problems = Problems()
    assert load_not_applicable(tmp_path, problems) == (
        NotApplicable("fibre", "ly-son", "Đảo", None, None, Place("not_applicable.csv", 2)),
        NotApplicable(
            "ports",
            "an-lao",
            "Không có biển",
            date(2022, 1, 1),
            date(2025, 7, 1),
            Place("not_applicable.csv", 3),
        ),
    )
    assert not problems


def test_not_applicable_is_said_once_of_a_day(tmp_path):
    lines = [
        "indicator,agency,because,valid_from,valid_to",
        "ports,an-lao,Không có biển,,2025-07-01",
        "ports,an-lao,Không có biển,2025-07-01,",
        "ports,an-lao,Ở trên núi,2026-01-01,2027-01-01",
    ]
    (tmp_path / "not_applicable.csv").write_text("\n".join(lines), encoding="utf-8")
    problems = Problems()
    assert len(load_not_applicable(tmp_path, problems)) == 3  # what is kept from before is read as it was
    assert [(p.place.line, p.code) for p in problems] == [(4, "not-applicable-twice")]


def test_a_faulty_row_of_not_applicable_is_named(tmp_path):
    lines = [
        "indicator,agency,because,valid_from,valid_to",
        "fibre,,Đảo,,",
        "ports,a,b,2025-01-01,2025-01-01",
    ]
    (tmp_path / "not_applicable.csv").write_text("\n".join(lines), encoding="utf-8")
    problems = Problems()
    assert load_not_applicable(tmp_path, problems) == ()
    assert [(p.place.line, p.code) for p in problems] == [(2, "empty-cell"), (3, "ends-before-it-begins")]
    assert all(p.remedy for p in problems)


def test_a_workspace_without_exceptions(tmp_path):
    assert load_not_applicable(tmp_path, Problems()) == ()
