"""``show --as-of T`` gives, later, the figures that ``show`` gave at T: to the last digit and letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.helpers import postgres
from tests.helpers.workspace import (
    files_csv,
    load_files,
    ok,
    replace_in,
    reports_csv,
    run,
    shown,
    the_one,
    write_workspace,
)

FIRST = (
    "1,21550,2024-03-01,2024-03-05,1,0,",
    "2,21553,2024-03-01,2024-03-06,0,0,",
    "3,21553,2024-03-01,2024-03-06,0,0,",
    "4,23560,2024-03-01,2024-03-06,1,0,",
    "5,23560,2024-03-01,2024-04-06,1,1,",
    "6,21550,2025-08-01,2025-08-06,0,0,",
)
LATER = (
    "1,21550,2024-03-01,2024-03-05,0,0,",  # another version
    "2,21553,2024-03-01,2024-03-06,0,0,9",  # withdrawn
    "3,21550,2024-03-01,2024-05-06,1,0,",  # elsewhere, and in another month
    "7,23560,2024-03-01,2024-03-06,0,0,",  # new
    "8,23560,2026-01-05,2026-01-06,0,0,",
)
GDP = "gdp-2024,tinh-a,kinh-te-so,2024-12-31"
BOTH = ("as-was", "today")


def load_reports(root: Path, path: Path) -> None:
    ok(root, "load", "report", path, "--mapping", "reports", "--by", "thu")


def whole(root: Path, *more: str) -> dict[str, str]:
    """Everything ``show`` says, as it stands, on both maps."""
    return {
        map_: ok(root, "show", "--breakdowns", "--map", map_, "--format", "json", *more).stdout
        for map_ in BOTH
    }


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def history(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A workspace, on each database, in which everything has changed since a first measuring, and what was
    shown then."""
    root = write_workspace(tmp_path_factory.mktemp("as-of"))
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "postgres":
            patch.setenv("KIENG_DATABASE", postgres.fresh_database(root))
        yield root, changed_since(root)


def changed_since(root: Path) -> dict[str, Any]:
    load_files(root, files_csv(root / "1.csv", FIRST))
    load_reports(root, reports_csv(root / "r1.csv", [f"{GDP},1500.5,uoc"]))
    ok(root, "measure")
    captured = whole(root)
    captured["missing"] = ok(root, *MISSING).stdout
    captured["board"] = ok(root, "show").stdout
    captured["at"] = shown(root)[0]["as_of"]

    load_files(root, files_csv(root / "2.csv", LATER))
    load_reports(root, reports_csv(root / "r2.csv", [f"{GDP},1400,chinh thuc"]))
    replace_in(root / "indicators/work-files-online.yaml", "/ count(where not secret)", "/ count(*)")
    replace_in(root / "plans/ke-hoach.yaml", "at_least: 90", "at_least: 95")
    ok(root, "measure")
    return captured


MISSING = ("show", "work-files-online", "--period", "2024-04", "--format", "json")


def test_everything_has_changed_since(history: tuple[Path, dict[str, Any]]) -> None:
    root, captured = history
    now = whole(root)
    assert all(now[map_] != captured[map_] for map_ in BOTH)
    assert "ít nhất 95 %" in ok(root, "show").stdout
    question = ("work-files-online", "--agency", "tinh-b", "--period", "2024")
    assert the_one(root, *question)["denominator"] == 3
    assert the_one(root, *question, "--as-of", captured["at"])["denominator"] == 1


@pytest.mark.parametrize("map_", BOTH)
def test_every_figure_is_what_it_was(history: tuple[Path, dict[str, Any]], map_: str) -> None:
    root, captured = history
    assert whole(root, "--as-of", captured["at"])[map_] == captured[map_]
    assert captured[map_].count('"indicator"') > 10


def test_what_was_not_there_and_the_board_are_what_they_were(history: tuple[Path, dict[str, Any]]) -> None:
    root, captured = history
    assert ok(root, *MISSING, "--as-of", captured["at"]).stdout == captured["missing"]
    assert '"no_data"' in captured["missing"]
    assert ok(root, "show", "--as-of", captured["at"]).stdout == captured["board"]


def test_the_moment_that_is_printed_is_the_one_to_ask_for(history: tuple[Path, dict[str, Any]]) -> None:
    _, captured = history
    assert f"As of {captured['at']}." in captured["board"]


def test_an_estimate_stays_one_as_of_then(history: tuple[Path, dict[str, Any]]) -> None:
    root, captured = history
    question = ("digital-economy", "--agency", "tinh-a", "--period", "2024")
    now, then = the_one(root, *question), the_one(root, *question, "--as-of", captured["at"])
    assert (now["value"], now["state"]) == (1400, "confirmed")
    assert (then["value"], then["state"]) == (1500.5, "estimate")
    assert "1.500,5 tỷ đồng (ước)" in ok(root, "show", *question, "--as-of", captured["at"]).stdout
    assert "(chính thức)" in ok(root, "show", *question).stdout


def test_a_figure_of_then_is_explained_by_the_text_and_records_of_then(
    history: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    root, captured = history
    question = ("work-files-online", "--agency", "huyen-a", "--period", "2024")
    explain = ("explain", *question, "--as-of", captured["at"], "--bundle", tmp_path / "b.zip")
    then = ok(root, *explain).stdout
    assert "/ count(where not secret)" in then
    assert "= 33,33 %  1 / 3" in then
    assert "2.csv" not in then
    now = ok(root, "explain", *question).stdout
    assert "/ count(*)" in now
    assert "đã có bản mới hơn" in now
    assert "nguồn đã rút lại" in now
    assert ok(None, "recompute", tmp_path / "b.zip").exit_code == 0


def test_before_the_first_record_there_is_no_figure(history: tuple[Path, dict[str, Any]]) -> None:
    root, _ = history
    assert shown(root, "--as-of", "2020-06-30") == []


def test_today_can_be_asked_about_and_a_day_to_come_cannot(history: tuple[Path, dict[str, Any]]) -> None:
    root, _ = history
    assert shown(root, "--as-of", f"{datetime.now(ZoneInfo('Asia/Ho_Chi_Minh')):%Y-%m-%d}")
    for command in (("show",), ("explain", "work-files-online", "--agency", "xa-3", "--period", "2024")):
        result = run(root, *command, "--as-of", "2199-01-01")
        assert (result.exit_code, "moment-to-come" in result.stderr) == (2, True)
