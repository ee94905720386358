"""Baselines that an office chose: read with every problem named, and held against what they name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kieng.plan.baseline_periods import BaselinePeriods, chosen_for
from kieng.plan.load_baseline_periods import load_baseline_periods
from kieng.plan.period import Period
from kieng.problems import Place, Problems
from kieng.words import Name

HEADER = "indicator,level,agency,first,last,because,because_en,decided_by,decided_on,source"
GOOD = "fibre,commune,,2024-01,2024-12,Đổi mẫu báo cáo,New form,UBND tỉnh,2025-01-15,QĐ 12/QĐ-UBND"


def read(folder: Path, *rows: str) -> tuple[tuple[BaselinePeriods, ...], Problems]:
    (folder / "baselines.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    problems = Problems()
    found = load_baseline_periods(folder, {"fibre", "ports"}, {"an-lao"}, {"commune", "province"}, problems)
    return found, problems


def test_a_baseline_keeps_who_chose_it_when_and_why(tmp_path: Path) -> None:
    found, problems = read(tmp_path, GOOD)
    assert not problems
    assert found == (
        BaselinePeriods(
            "fibre",
            Period.parse("2024-01"),
            Period.parse("2024-12"),
            Name("Đổi mẫu báo cáo", "New form"),
            "UBND tỉnh",
            date(2025, 1, 15),
            "commune",
            None,
            "QĐ 12/QĐ-UBND",
            Place("baselines.csv", 2),
        ),
    )
    assert load_baseline_periods(tmp_path / "none", (), (), (), problems) == ()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("fibres,,,2024-01,2024-12,a,,b,2025-01-15,", "unknown-indicator"),
        ("fibre,ward,,2024-01,2024-12,a,,b,2025-01-15,", "unknown-level"),
        ("fibre,,an-lo,2024-01,2024-12,a,,b,2025-01-15,", "unknown-agency"),
        ("fibre,commune,an-lao,2024-01,2024-12,a,,b,2025-01-15,", "two-scopes"),
        ("fibre,,,01/2024,2024-12,a,,b,2025-01-15,", "not-a-period"),
        ("fibre,,,2024-01,9999-12,a,,b,2025-01-15,", "not-a-period"),
        ("fibre,,,2024-12,2024-01,a,,b,2025-01-15,", "broken-baseline"),
        ("fibre,,,2024-01,2024-Q4,a,,b,2025-01-15,", "broken-baseline"),
        ("fibre,,,2024-01,2024-12,a,,b,2024-12-31,", "decided-too-early"),
        ("fibre,,,2024-01,2024-12,,,b,2025-01-15,", "empty-cell"),
        ("fibre,,,2024-01,2024-12,a,,,2025-01-15,", "empty-cell"),
        ("fibre,,,2024-01,2024-12,a,,b,,", "empty-cell"),
        ("fibre,,,2024-01,2024-12,a,,b,15/1/2025,", "not-a-date"),
    ],
)
def test_a_faulty_row_is_named_and_left_out(tmp_path: Path, row: str, code: str) -> None:
    found, problems = read(tmp_path, row)
    assert found == ()
    assert [problem.code for problem in problems] == [code]


def test_two_for_the_same_series_from_the_same_period_are_refused(tmp_path: Path) -> None:
    found, problems = read(tmp_path, GOOD, GOOD, GOOD.replace("fibre", "ports"))
    assert [one.indicator for one in found] == ["fibre", "ports"]
    assert [problem.code for problem in problems] == ["same-baseline-twice"]


def test_the_nearer_row_holds_where_two_begin_together(tmp_path: Path) -> None:
    mine = "fibre,,an-lao,2024-01,2024-06,a,,b,2025-01-15,"
    later = "fibre,,,2025-01,2025-12,a,,b,2026-01-15,"
    found, _ = read(tmp_path, later, mine, GOOD)
    told = [(str(one.last), one.agency) for one in chosen_for(found, "fibre", "an-lao", "commune")]
    assert told == [("2024-06", "an-lao"), ("2025-12", None)]
    assert [str(one.last) for one in chosen_for(found, "fibre", "other", "commune")] == ["2024-12", "2025-12"]
    assert [str(one.last) for one in chosen_for(found, "fibre", "so", "department")] == ["2025-12"]
    assert chosen_for(found, "ports", "an-lao", "commune") == ()
