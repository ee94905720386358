"""Figures by area type: exact parts added, on the period's day, through mergers; every fault named."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.helpers.workspace import TEXT, files_csv, load_files, ok, run, shown, write_workspace

SHARE = "work-files-online"
TYPES = """\
areas:
  level: commune
  types:
    rural: {name: {vi: Nông thôn, en: Rural}, against: urban}
    urban: {name: {vi: Đô thị, en: Urban}, against: rural}
    mountainous: {name: {vi: Miền núi, en: Mountainous}}
"""
AREAS = """\
agency,area,valid_from,valid_to,source
xa-1,urban,,,KH
xa-2,urban,,2024-06-01,KH
xa-2,rural,2024-06-01,,KH
xa-2,mountainous,,,KH
xa-3,rural,,,KH
"""
ROWS = (
    "1,21550,2024-03-01,2024-03-05,1,0,",
    "2,21553,2024-08-01,2024-08-06,0,0,",
    "3,21553,2024-03-01,2024-03-06,1,0,",
    "4,23560,2024-03-01,2024-03-06,1,0,",
    "5,21550,2025-03-01,2025-03-06,1,0,",
    "6,23560,2025-08-01,2025-08-06,1,0,",
    "7,21550,2025-08-01,2025-08-06,0,0,",
    "8,23560,2025-08-01,2025-08-07,0,0,",
)


def with_areas(root: Path, areas: str = AREAS, types: str = TYPES) -> Path:
    more = {"kieng.yaml": TEXT["kieng.yaml"] + types, "agencies/areas.csv": areas, "not_applicable.csv": ""}
    write_workspace(root, more)
    (root / "not_applicable.csv").unlink()
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read only."""
    root = with_areas(tmp_path_factory.mktemp("areas"))
    load_files(root, files_csv(root / "a.csv", ROWS))
    ok(root, "measure")
    return root


def told(root: Path, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        ok(root, "show", SHARE, "--by", "area", *arguments, "--format", "json").stdout
    )
    return found


def parts(found: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """By area: numerator, denominator, those of what it is held against, and the gap."""
    return {
        one["area"]: (
            one["numerator"],
            one["denominator"],
            one["beside"]["numerator"],
            one["beside"]["denominator"],
            one["gap"],
        )
        for one in found["areas"]
    }


def test_the_parts_of_each_kind_are_added_and_the_gap_told(root: Path) -> None:
    year = told(root, "--agency", "tinh-a", "--period", "2024")
    assert parts(year) == {
        "rural": (1, 2, 1, 1, -50),  # xa-2 is rural at the year's end
        "urban": (1, 1, 1, 2, 50),
        "mountainous": (1, 2, 1, 1, -50),
    }
    assert year["areas"][0]["beside"]["area"] == "urban"
    assert year["areas"][2]["beside"]["area"] is None
    march = told(root, "--agency", "tinh-a", "--period", "2024-03")
    assert parts(march)["urban"] == (2, 2, None, None, None)  # both are urban in March, and none is rural


def test_all_kinds_together_are_the_whole(root: Path) -> None:
    for agency, map_, period in (("tinh-a", "as-was", "2024"), ("tinh-ab", "as-was", "2025")):
        found = told(root, "--agency", agency, "--period", period, "--map", map_)
        (whole,) = shown(root, SHARE, "--agency", agency, "--period", period, "--map", map_)
        by_kind = sum(one["denominator"] or 0 for one in found["areas"] if one["area"] in ("rural", "urban"))
        silent = shown(root, SHARE, "--period", period, "--map", map_)
        left = sum(one["denominator"] for one in silent if one["agency"] in found["unclassified"])
        assert by_kind + left == whole["denominator"]


def test_an_heir_has_only_what_all_its_forebears_had(root: Path) -> None:
    found = told(root, "--agency", "tinh-ab", "--period", "2025", "--map", "today")
    assert found["unclassified"] == ["xa-12"]  # of an urban and a rural commune: nobody has said
    assert [one["area"] for one in found["areas"]] == ["rural"]
    assert parts(found)["rural"] == (1, 2, None, None, None)


def test_an_heir_of_like_ones_is_like_them(tmp_path: Path) -> None:
    alike = AREAS.replace("xa-1,urban", "xa-1,rural").replace(
        "xa-1,rural,,,KH", "xa-1,rural,,,KH\nxa-1,mountainous,,,KH"
    )
    root = with_areas(tmp_path, alike)
    load_files(root, files_csv(root / "a.csv", ROWS))
    ok(root, "measure")
    found = told(root, "--agency", "tinh-ab", "--period", "2025-08")
    assert found["unclassified"] == []
    assert parts(found)["mountainous"] == (0, 1, 1, 2, -50)


def test_coverage_and_origin_stand_beside(root: Path) -> None:
    rural = told(root, "--agency", "tinh-ab", "--period", "2025-08")["areas"][0]
    assert rural["coverage"] == {"reporting": 1, "expected": 1, "people_share": 1}
    assert rural["origin"] == ["reported"]
    silent = told(root, "--agency", "tinh-a", "--period", "2025-03")["areas"]
    (rural,) = (one for one in silent if one["area"] == "rural")
    assert (rural["status"], rural["value"]) == ("no_data", None)
    assert rural["coverage"] == {"reporting": 0, "expected": 1, "people_share": 0}


def test_what_does_not_add_up_says_why(root: Path) -> None:
    arguments = ("digital-economy", "--by", "area", "--agency", "tinh-a", "--period", "2024")
    found = json.loads(ok(root, "show", *arguments, "--format", "json").stdout)
    assert (found["areas"], found["why_not"]["code"]) == ([], "stands-alone")


def test_as_a_table_and_as_csv(root: Path) -> None:
    arguments = ("show", SHARE, "--by", "area", "--agency", "tinh-a", "--period", "2024")
    table = ok(root, *arguments).output
    assert "Nông thôn (1)" in table
    assert "chênh 50 điểm" in table
    assert "a gap of 50 points" in table
    rows = list(csv.DictReader(io.StringIO(ok(root, *arguments, "--format", "csv").stdout)))
    assert [(row["area"], row["value"], row["beside.value"], row["gap"]) for row in rows] == [
        ("rural", "50", "100", "-50"),
        ("urban", "100", "50", "50"),
        ("mountainous", "50", "100", "-50"),
    ]


def test_what_few_show_may_be_chance_in_every_form(root: Path) -> None:
    """Two files of two communes: an interval that holds nought."""
    arguments = ("show", SHARE, "--by", "area", "--agency", "tinh-a", "--period", "2024")
    assert [one["may_be_chance"] for one in told(root, *arguments[4:])["areas"]] == [True] * 3
    rows = csv.DictReader(io.StringIO(ok(root, *arguments, "--format", "csv").stdout))
    assert [row["may_be_chance"] for row in rows] == ["true"] * 3
    assert ok(root, *arguments).output.count("có thể chỉ do ngẫu nhiên") >= 3 + 1


def test_no_gap_is_told_of_unlike_times(tmp_path: Path) -> None:
    """xa-12 is there since July; xa-3 all the year."""
    root = with_areas(tmp_path, AREAS + "xa-12,urban,2025-07-01,,KH\n")
    load_files(root, files_csv(root / "a.csv", ROWS))
    ok(root, "measure")
    arguments = ("--agency", "tinh-ab", "--period", "2025")
    rural = told(root, *arguments)["areas"][0]
    assert (rural["spans"], rural["gap"]) == (["2025-01-01/2025-12-31"], None)
    assert rural["beside"]["spans"] == ["2025-07-01/2025-12-31"]
    table = " ".join(ok(root, "show", SHARE, "--by", "area", *arguments).output.split())
    assert "đô thị 0 % (cơ quan hoạt động từ 01/07/2025)" in table
    assert "hai bên không cùng khoảng thời gian nên không nêu mức chênh" in table
    later = told(root, "--agency", "tinh-ab", "--period", "2025-08")["areas"][0]
    assert (later["spans"], later["gap"]) == (["2025-08-01/2025-08-31"], 50)


def test_a_share_of_people_is_told_only_where_all_are_known(tmp_path: Path) -> None:
    root = with_areas(tmp_path, AREAS.replace("xa-1,urban", "xa-1,rural"))
    weights = (root / "agencies/weights.csv").read_text().replace("xa-1,population,600,2024,KH\n", "")
    (root / "agencies/weights.csv").write_text(weights)
    load_files(root, files_csv(root / "a.csv", ROWS))
    ok(root, "measure")
    rural = told(root, "--agency", "tinh-a", "--period", "2024-08")["areas"][0]
    assert rural["agencies"] == 2
    assert rural["coverage"] == {"reporting": 1, "expected": 2, "people_share": None}


def test_without_a_period_it_is_the_newest_that_is_over(root: Path) -> None:
    assert told(root, "--agency", "tinh-a")["period"] == "2025"
    assert told(root)["agency"] == "tinh-ab"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("xa-1,rurall,,,KH", "unknown-area"),
        ("xa-9,rural,,,KH", "unknown-agency"),
        ("huyen-a,rural,,,KH", "area-at-another-level"),
        ("xa-1,rural,,,KHX", "unknown-source"),
        ("xa-3,rural,2024-01-01,,KH", "overlapping-validity"),
        ("xa-1,rural,2024-01-01,2023-01-01,KH", "ends-before-it-begins"),
        ("xa-3,urban,2024-01-01,,KH", "areas-exclude"),
    ],
)
def test_check_names_what_is_wrong(tmp_path: Path, line: str, code: str) -> None:
    root = with_areas(tmp_path, AREAS + line + "\n")
    result = run(root, "check")
    assert result.exit_code != 0
    assert code in result.output
    assert "areas.csv:7" in result.output


def test_check_names_a_kind_that_is_held_against_nothing(tmp_path: Path) -> None:
    root = with_areas(tmp_path, types=TYPES.replace("against: urban", "against: town"))
    assert "unknown-area" in run(root, "check").output


def test_check_names_a_kind_that_is_held_against_itself(tmp_path: Path) -> None:
    root = with_areas(tmp_path, types=TYPES.replace("against: urban", "against: rural"))
    assert "area-against-itself" in run(root, "check").output
