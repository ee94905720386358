"""Agencies by code, id and name, on the day the record is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.intake import codes, csv_of, mapping, take

from kieng.records.intake import Intake


def found(folder: Path, by: str, text: str, day: str) -> Intake:
    made = mapping(folder, f"  note: {{value: {by}}}")
    fields = dict(made.fields)
    fields["agency"] = fields["agency"].__class__(**{**fields["agency"].__dict__, "by": by_of(by)})
    return take(csv_of(folder, f"1,{text},{day}"), made.__class__(**{**made.__dict__, "fields": fields}))


def by_of(word: str) -> object:
    from kieng.records.mapping import AgencyBy

    return AgencyBy(word)


@pytest.mark.parametrize(
    ("by", "text", "day", "agency"),
    [
        ("code", "00211", "30/06/2025", "hoa-an"),
        ("code", "00211", "01/07/2025", "hoa-an-moi"),
        ("id", "hoa-binh", "01/07/2025", "hoa-binh"),
        ("name", "xã hoà an", "30/06/2025", "hoa-an"),
        ("name", "XÃ HÒA BÌNH", "30/06/2025", "hoa-binh"),
    ],
)
def test_the_agency_of_that_day(tmp_path: Path, by: str, text: str, day: str, agency: str) -> None:
    taken = found(tmp_path, by, text, day)
    assert taken.rows["agency"].to_pylist() == [agency]


def test_a_closed_agency_names_its_heir(tmp_path: Path) -> None:
    taken = found(tmp_path, "id", "hoa-an", "01/07/2025")
    assert codes(taken.problems) == ["agency-not-on-day"]
    assert "2025-07-01" in taken.problems[0].why
    assert "hoa-an-moi" in taken.problems[0].remedy


def test_two_of_one_name_are_both_named(tmp_path: Path) -> None:
    taken = found(tmp_path, "name", "Xã Hòa Bình", "01/07/2025")
    assert codes(taken.problems) == ["ambiguous-agency"]
    assert "hoa-an-moi" in taken.problems[0].why
    assert "hoa-binh" in taken.problems[0].why


def test_zeros_that_excel_dropped_are_suggested_not_added(tmp_path: Path) -> None:
    taken = found(tmp_path, "code", "211", "01/07/2025")
    assert codes(taken.problems) == ["unknown-agency"]
    assert "00211" in taken.problems[0].remedy


def test_a_bad_day_is_one_problem_not_two(tmp_path: Path) -> None:
    taken = found(tmp_path, "code", "00211", "31/02/2024")
    assert codes(taken.problems) == ["no-such-day"]


def test_a_code_of_several_agencies_needs_a_day(tmp_path: Path) -> None:
    made = mapping(tmp_path, "")
    taken = take(csv_of(tmp_path, "1,00211,"), made)
    assert sorted(codes(taken.problems)) == ["agency-needs-day", "missing-value"]
