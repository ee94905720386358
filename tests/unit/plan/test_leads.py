"""Who leads and who helps, read from text; a target that nobody answers for is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.helpers.workspace import write_workspace

from kieng.plan.lead import Lead
from kieng.plan.load import read
from kieng.problems import Problem

SHARE, PLAN = "indicators/work-files-online.yaml", "plans/ke-hoach.yaml"
LEAD = "lead: so-khcn"


@pytest.fixture
def said(tmp_path: Path):
    """The indicator's leads and helpers, and every problem, with another text for its ``lead:`` line."""

    def told(
        lead: str, *, file: str = SHARE, right: str = LEAD
    ) -> tuple[tuple[Lead, ...], tuple[Lead, ...], list[Problem]]:
        root = write_workspace(tmp_path / "w")
        text = (root / file).read_text("utf-8")
        assert right in text
        (root / file).write_text(text.replace(right, lead, 1), "utf-8")
        definitions, problems = read(root)
        assert definitions is not None
        found = definitions.indicators["work-files-online"]
        return found.leads, found.cooperating, problems.sorted()

    return told


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("so-khcn", (Lead("so-khcn"),)),
        ("[so-khcn, tinh-a]", (Lead("so-khcn"), Lead("tinh-a"))),
        ("{agency: so-khcn, assumed: true}", (Lead("so-khcn", assumed=True),)),
        (
            "[{agency: so-khcn, until: 2024-01-01}, {agency: tinh-a, from: 2024-01-01}]",
            (Lead("so-khcn", valid_to=date(2024, 1, 1)), Lead("tinh-a", valid_from=date(2024, 1, 1))),
        ),
    ],
)
def test_one_several_dated_and_assumed(said, text, leads):
    assert said(f"lead: {text}") == (leads, (), [])
    assert said(f"lead: so-xd\ncooperating: {text}")[1] == leads


def test_who_leads_does_not_help_beside_it_on_the_same_days(said):
    assert {one.code for one in said("lead: so-khcn\ncooperating: [tinh-a, so-khcn]")[2]} == {
        "leads-and-cooperates"
    }
    handed_over = "lead: [{agency: so-khcn, until: 2023-01-01}, {agency: tinh-a, from: 2023-01-01}]"
    assert said(f"{handed_over}\ncooperating: {{agency: tinh-a, until: 2023-01-01}}")[2] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lead: []", "nobody-named"),
        ("lead: [so-khcn, so-khcn]", "named-twice"),
        ("lead: {agency: so-khcn, from: 2025-01-01, until: 2024-01-01}", "ends-before-it-begins"),
        ("lead: {agency: so-khcn, since: 2025-01-01}", "unknown-key"),
        ("lead: so-khcn\ncooperating: so-khnc", "unknown-lead"),
    ],
)
def test_what_is_wrong_with_a_lead_is_named(said, text, code):
    assert code in [problem.code for problem in said(text)[2]]


def test_one_agency_may_lead_at_two_times(said):
    first = "{agency: so-khcn, until: 2022-01-01}"
    assert said(f"lead: [{first}, {{agency: so-khcn, from: 2023-01-01}}]")[2] == []


def test_a_target_whose_lead_has_ended_without_an_heir_by_its_last_day(said):
    problems = said("lead: {agency: so-khcn, until: 2024-01-01}")[2]
    assert {problem.code for problem in problems} == {"target-without-lead"}
    assert "2025-12-31" in problems[0].why
    assert "so-khcn" in problems[0].why


def test_a_target_of_an_indicator_that_did_not_read_is_told_and_nothing_breaks(tmp_path: Path):
    root = write_workspace(tmp_path / "w")
    (root / SHARE).unlink()
    assert "unknown-indicator" in {problem.code for problem in read(root)[1].sorted()}


def test_a_target_names_its_own_lead_before_the_indicators(said):
    own = "at_least: 90, lead: {agency: tinh-a, assumed: true}"
    assert said(own, file=PLAN, right="at_least: 90")[2] == []
    gone = said("at_least: 90, lead: huyen-x", file=PLAN, right="at_least: 90")[2]
    assert [problem.code for problem in gone] == ["unknown-lead"]
