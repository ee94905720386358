"""docs/interview.md: 36 statements, each in both languages, each carried by something that is there."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from kieng.examples.generate.everything import WORKSPACE
from kieng.plan.load import load
from kieng.web.accounts.models import Role

PAGE = Path(__file__).parents[2] / "docs" / "interview.md"
STATEMENTS = 36


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    table = [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line.startswith("| ")
    ]
    return [row for row in table if row[0].isdigit()]


@pytest.fixture(scope="module")
def there() -> AbstractSet[str]:
    """Every name that may carry a statement."""
    known, problems = load(WORKSPACE)
    assert known is not None, [str(problem) for problem in problems]
    fields = [field for kind in known.record_types.values() for field in kind.fields.values()]
    sources = re.findall(r"^  ([A-Z0-9]+):", (WORKSPACE / "kieng.yaml").read_text(encoding="utf-8"), re.M)
    return {
        *known.plans,
        *(target.id for plan in known.plans.values() for target in plan.targets),
        *known.indicators,
        *known.pillars,
        *known.record_types,
        *known.areas.types,
        *(value for field in fields for value in field.value_names),
        *(role.value for role in Role),
        *sources,
    }


def test_every_statement_has_a_row() -> None:
    assert [int(row[0]) for row in rows()] == list(range(1, STATEMENTS + 1))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_statement_stands_in_both_languages_and_is_carried(row: list[str], there: AbstractSet[str]) -> None:
    number, statement, carried, will = row
    assert len(statement.split(" · ")) == 2, number
    names = re.findall(r"`([^`]+)`", carried)
    assert names, number
    assert will, number
    for name in names:
        if name.startswith("/"):
            try:
                resolve(name)
            except Resolver404:  # pragma: no cover
                pytest.fail(f"{number}: there is no page {name}")
        else:
            assert name in there, f"{number}: nothing is called {name}"


def test_every_published_figure_of_the_interview_is_named() -> None:
    """Whatever the interview says of mid-2022 stands in the table as a published figure."""
    told = PAGE.read_text(encoding="utf-8")
    figures = (WORKSPACE / "data" / "published.csv").read_text(encoding="utf-8").splitlines()
    ours = [line.split(",")[1] for line in figures if "phỏng vấn Phó Giám đốc" in line]
    assert len(ours) >= 12
    assert not [f for f in ours if f"`{f.removeprefix('published-')}-published`" not in told]
