"""What ``show`` tells: which figures, on which map, in which format, and what is no number."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from tests.helpers.workspace import files_csv, load_files, ok, run, shown, the_one, write_workspace

ROWS = (
    "1,21550,2024-03-01,2024-03-05,1,0,",
    "2,21553,2024-03-01,2024-03-06,0,0,",
    "3,21553,2024-03-01,2024-03-06,0,0,",
    "4,23560,2024-03-01,2024-03-06,1,0,",
    "5,23560,2024-03-01,2024-04-06,1,1,",  # secret only: nothing to divide by
    "6,21553,2023-03-01,2023-03-06,1,0,",  # in a year in which it does not apply to this commune
    "7,23560,2025-08-01,2025-08-06,1,0,",
    "8,21550,2025-08-01,2025-08-06,0,0,",
    "9,23560,2025-08-01,2025-08-07,1,0,",
)
SHARE = "work-files-online"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read only."""
    root = write_workspace(tmp_path_factory.mktemp("show"))
    load_files(root, files_csv(root / "a.csv", ROWS))
    ok(root, "measure")
    return root


def csv_rows(root: Path, *arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ok(root, "show", *arguments, "--format", "csv").stdout)))


def test_a_ratio_is_the_sum_over_the_sum_at_every_level(root: Path) -> None:
    found = {one["agency"]: one for one in shown(root, SHARE, "--period", "2024")}
    assert {agency: (one["numerator"], one["denominator"]) for agency, one in found.items()} == {
        "tinh-a": (1, 3),
        "huyen-a": (1, 3),
        "xa-1": (1, 1),
        "xa-2": (0, 2),
        "tinh-b": (1, 1),
        "huyen-b": (1, 1),
        "xa-3": (1, 1),
    }
    assert found["tinh-a"]["value"] == 33.333333333


def test_history_on_todays_map_and_on_a_day_s(root: Path) -> None:
    today = {
        one["agency"]: one["denominator"] for one in shown(root, SHARE, "--period", "2024", "--map", "today")
    }
    assert today == {"tinh-ab": 4, "xa-12": 3, "xa-3": 1}
    day = shown(root, SHARE, "--period", "2024", "--map", "2026-01-01")
    assert {one["agency"]: one["denominator"] for one in day} == today
    assert {one["reading"] for one in day} == {"2026-01-01"}
    back = {
        one["agency"]: one["denominator"]
        for one in shown(root, SHARE, "--period", "2025", "--map", "2025-06-30")
    }
    assert (back["tinh-b"], back["xa-3"]) == (2, 2)


def test_an_agency_goes_by_its_id_or_by_the_code_it_had(root: Path) -> None:
    by_id = shown(root, SHARE, "--agency", "xa-1", "--period", "2024-03")
    assert by_id == shown(root, SHARE, "--agency", "21550", "--period", "2024-03")
    assert [one["agency"] for one in by_id] == ["xa-1"]
    later = shown(root, SHARE, "--agency", "21550", "--period", "2025-08")
    assert [one["agency"] for one in later] == ["xa-12"]


def test_years_come_before_months(root: Path) -> None:
    found = [one["period"] for one in shown(root, SHARE, "--agency", "xa-3")]
    assert found == ["2024", "2025", "2024-03", "2024-04", "2025-08"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("work-file-online",), "`work-files-online`"),
        (("--agency", "xa-99"), "agencies/agencies.csv"),
        (("--map", "yesterday"), "2025-07-01"),
        (("--period", "2024-13"), "2025-Q3"),
        (("--as-of", "30/6/2024"), "2024-06-30"),
        (("--format", "pdf"), "'table', 'json', 'csv'"),
    ],
)
def test_what_is_not_known_is_refused_with_a_remedy(
    root: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run(root, "show", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


#: An indicator, agency and period for 0 and for each kind of "no number".
KINDS = {
    "value": (SHARE, "xa-2", "2024-03", "0 %"),
    "zero_denominator": (SHARE, "xa-3", "2024-04", "Mẫu số bằng 0"),
    "no_data": (SHARE, "xa-1", "2024-04", "Chưa có số liệu"),
    "not_applicable": (SHARE, "xa-2", "2023-03", "Không áp dụng cho cơ quan này"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_zero_and_the_kinds_of_no_number_are_different_things(root: Path, kind: str) -> None:
    indicator, agency, period, words = KINDS[kind]
    question = (indicator, "--agency", agency, "--period", period)
    found = the_one(root, *question)
    assert (found["status"], found["value"]) == (kind, 0 if kind == "value" else None)
    (row,) = csv_rows(root, *question)
    assert (row["status"], row["value"]) == (kind, "0" if kind == "value" else "")
    (line,) = [line for line in ok(root, "show", *question).stdout.splitlines() if indicator in line]
    assert re.split(r"\s{2,}", line.strip())[3] == words


def test_csv_says_what_json_says_in_columns_that_never_change(root: Path) -> None:
    rows, objects = csv_rows(root), shown(root)
    assert [row["period"] for row in rows] == [one["period"] for one in objects]
    few = csv_rows(root, "secret-files", "--agency", "xa-1", "--period", "2019")
    assert list(few[0]) == list(rows[0])
    judged = next(row for row in rows if row["target.id"])
    assert judged["target.reason.vi"]
    nothing = ok(root, "show", "digital-economy", "--format", "csv").stdout
    assert nothing.splitlines() == [",".join(rows[0])]


def test_two_lineages_of_targets_stand_side_by_side_after_a_merger(root: Path) -> None:
    """Each of the merged province's two promises is judged by its own half, the whole year."""
    merged = [line for line in ok(root, "show").stdout.splitlines() if "Tỉnh AB" in line]
    (of_a,) = [line for line in merged if "kh-a" in line]
    (of_b,) = [line for line in merged if "kh-b" in line]

    assert len(merged) == 2
    assert "ít nhất 90 %" in of_a
    assert "  0 %  " in of_a
    assert "Không đạt" in of_a
    assert "ít nhất 50 %" in of_b
    assert "  100 %  " in of_b
    assert "Đạt" in of_b


def test_a_district_target_is_closed_with_its_reason_and_last_figure(root: Path) -> None:
    (line,) = [line for line in ok(root, "show").stdout.splitlines() if "ít nhất 80 %" in line]
    assert "Khép lại từ 01/07/2025: cấp huyện kết thúc" in line
    found = the_one(root, SHARE, "--agency", "huyen-a", "--period", "2024")
    assert found["standing"] == "closed"
    assert "cấp huyện kết thúc" in found["target"]["reason"]["vi"]


def test_explain_says_since_when_its_agency_was_there(root: Path) -> None:
    explained = ok(root, "explain", SHARE, "--agency", "tinh-ab", "--period", "2025").stdout
    assert "(cơ quan hoạt động từ 01/07/2025)" in explained


def test_a_merged_province_is_never_shown_as_a_plain_mean(root: Path) -> None:
    """(1/3 + 1/1) / 2 = 66,67 % of means; 2 of 4 = 50 % is the figure."""
    question = (SHARE, "--agency", "tinh-ab", "--period", "2024", "--map", "today")
    assert the_one(root, *question)["value"] == 50
    assert "66,67" not in ok(root, "show", *question).stdout
    explained = ok(root, "explain", *question).stdout
    (mean,) = [line for line in explained.splitlines() if line.startswith("66,67 %")]
    assert "DTI" in mean
    assert "không phải số của Kiềng" in mean
    assert "DTI" not in ok(root, "explain", SHARE, "--agency", "xa-3", "--period", "2024").stdout


def test_an_agency_that_cannot_have_a_figure_has_nothing_to_explain(root: Path) -> None:
    for question in (("--agency", "so-khcn"), ("--agency", "xa-12"), ("--agency", "tinh-ab")):
        result = run(root, "explain", SHARE, *question, "--period", "2024-03")
        assert result.exit_code == 2
        assert "nothing-to-explain" in result.stderr


def test_the_board_tells_not_applicable_from_no_data(tmp_path: Path) -> None:
    changes = {"not_applicable.csv": f"indicator,agency,because,valid_from,valid_to\n{SHARE},xa-12,Chưa,,\n"}
    root = write_workspace(tmp_path, changes)
    load_files(root, files_csv(root / "a.csv", ROWS[:4]))
    ok(root, "measure")
    lines = [line for line in ok(root, "show").stdout.splitlines() if "2025" in line]
    (commune,) = [line for line in lines if "Xã Mười Hai" in line]
    assert "Không áp dụng" in commune
    assert all("Chưa có số liệu" in line for line in lines if "Tỉnh AB" in line)


def test_either_language_alone(root: Path) -> None:
    question = ("show", SHARE, "--agency", "xa-3", "--period", "2024-04")
    english = run(root, *question, env={"KIENG_LANG": "en"}).stdout
    assert "Commune 3" in english
    assert "Xã Ba" not in english
    assert "As of" not in run(root, *question, env={"KIENG_LANG": "vi"}).stdout
