"""A target that nobody answers for is refused: it would stand on no page as met and on none as missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.workspace import write_workspace

from kieng.plan.load import read

HEAD = """\
id: kh
name: {vi: Kế hoạch, en: Plan}
document: KH
targets: [{indicator: work-files-online, targets: [{at_least: 50, %s}]}]
scope: %s
valid_from: %s
"""


def said(root: Path, target: str, scope: str, valid_from: str) -> list[tuple[str, str | None]]:
    plan = HEAD % (target, scope, valid_from)
    _, problems = read(write_workspace(root, {"plans/ke-hoach.yaml": plan}))
    return [(problem.code, problem.value) for problem in problems]


@pytest.mark.parametrize(
    ("target", "scope", "valid_from", "code", "value"),
    [
        ("agency: xa-12, by: 2025-03-31", "tinh-a", "2021-09-01", "deadline-before-agency", "xa-12"),
        ("agency: xa-1, by: 2025-12-31", "tinh-ab", "2025-09-01", "agency-before-plan", "xa-1"),
        ("level: commune, by: 2025-12-31", "tinh-a", "2025-09-01", "scope-before-plan", "tinh-a"),
        (
            "level: commune, by: 2025-12-31, closes: 2020-01-01, because: x",
            "tinh-a",
            "2021-09-01",
            "closes-before-plan",
            "2020-01-01",
        ),
        ("level: province, by: 2025-12-31", "xa-3", "2021-09-01", "nobody-answers", "province"),
        # What a district promised does not bind the province into which it ended.
        ("agency: huyen-a, by: 2025-12-31", "tinh-a", "2021-09-01", "nobody-answers", "huyen-a"),
    ],
)
def test_each_way_to_have_nobody_is_named(
    tmp_path: Path, target: str, scope: str, valid_from: str, code: str, value: str
) -> None:
    assert (code, value) in said(tmp_path, target, scope, valid_from)


@pytest.mark.parametrize(
    ("target", "scope", "valid_from"),
    [
        ("agency: xa-12, by: 2025-12-31", "tinh-a", "2021-09-01"),
        ("agency: xa-1, by: 2025-12-31", "tinh-a", "2021-09-01"),
        ("level: commune, by: 2025-12-31", "tinh-b", "2021-09-01"),
        ("agency: huyen-a, by: 2025-12-31, closes: 2025-07-01, because: x", "tinh-a", "2021-09-01"),
    ],
)
def test_somebody_or_an_heir_answers(tmp_path: Path, target: str, scope: str, valid_from: str) -> None:
    assert said(tmp_path, target, scope, valid_from) == []
