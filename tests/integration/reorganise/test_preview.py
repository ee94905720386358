"""What a reorganisation would change, shown before; and which change sets are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.helpers.reorganising import (
    ABOLISH,
    CASES,
    MERGE,
    RENAME,
    SPLIT,
    cells,
    change,
    everything,
    run,
)

from kieng.cli.main import kieng
from kieng.problems import UserError
from kieng.records.batch import Origin
from kieng.workspace.folder import Workspace
from kieng.workspace.reorganise import applied, propose

# --- the preview --------------------------------------------------------------------------------


def test_a_preview_touches_nothing(root: Path) -> None:
    before = everything(root)
    result = run(root, change(root, MERGE))
    assert result.exit_code == 0, result.output
    assert everything(root) == before
    assert applied(root) == []


def test_a_preview_says_who_ends_who_opens_and_whose_posts_change(loaded: Path) -> None:
    result = run(loaded, change(loaded, MERGE))
    assert cells(result, "Agencies that end: 2") == [
        ["Commune A", "xa-a", "Commune", "New commune"],
        ["Commune B", "xa-b", "Commune", "New commune"],
    ]
    assert cells(result, "Agencies that open: 1") == [["New commune", "xa-moi", "Commune", "District"]]
    assert cells(result, "Heads: 2") == [
        ["Commune A", "Chair of A", "-"],
        ["New commune", "-", "Chair of the new commune"],
    ]


def test_a_preview_says_what_becomes_of_targets_tasks_and_leads(loaded: Path) -> None:
    result = run(loaded, change(loaded, MERGE))
    assert cells(result, "Targets: 2") == [
        ["Cases received", "at least 100 count", "2026-12-31", "Commune A, Commune B", "New commune"],
        ["Cases received", "at least 30 count", "2026-12-31", "Commune B", "New commune"],
    ]
    assert cells(result, "Tasks: 1") == [["Digitise", "2026-06-30", "Commune A", "New commune"]]
    assert cells(result, "Indicators whose lead ends: 1") == [["Cases received", "Commune A", "New commune"]]


def test_a_preview_counts_what_the_ended_agencies_leave_open(loaded: Path) -> None:
    """Of A: finished at midnight of the day and not finished at all; what comes in later is not left."""
    result = run(loaded, change(loaded, MERGE))
    assert cells(result, "Records still open") == [
        ["Commune A", "Case", "2", "0", "measured"],
        ["Commune A", "Reported figure", "0", "1", "measured"],
        ["Commune B", "Case", "1", "0", "measured"],
        ["Commune B", "Reported figure", "0", "1", "measured"],
    ]


def test_the_newest_version_decides_what_is_open(loaded: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.csv"
    newer.write_text(
        CASES.splitlines()[0]
        + "\n2,xa-a,p2,2025-05-05T08:00,\n4,xa-a,p4,2025-05-07T08:00,2025-06-01T08:00\n"
        + "5,xa-c,p5,2025-05-08T08:00,\n",
        encoding="utf-8",
    )
    Workspace(loaded).take("case", [newer], "cases", origin=Origin.SYNTHETIC, by="test")
    rows = cells(run(loaded, change(loaded, MERGE)), "Records still open")
    assert [row for row in rows if row[1] == "Case"] == [
        ["Commune A", "Case", "2", "0", "measured, SYNTHETIC"]
    ]


def test_a_split_shows_its_shares_their_source_and_what_cannot_be_recast(root: Path) -> None:
    result = run(root, change(root, SPLIT))
    assert result.exit_code == 0, result.output
    assert cells(result, "Shared out by weight: 2") == [
        ["Commune A", "Commune B", "population 0.6", "Đề án 1"],
        ["Commune A", "Commune C", "population 0.4", "Đề án 1"],
    ]
    assert cells(result, "Cannot be recast on the new map: 1") == [
        ["Applicants", "Commune A", "count_distinct cannot be shared out by weight"]
    ]


def test_shares_by_another_weight_than_an_indicator_uses_are_an_obstacle(root: Path) -> None:
    result = run(root, change(root, SPLIT.replace("population", "households")))
    assert ["Cases received", "Commune A", "no shares by population are given"] in cells(
        result, "Cannot be recast"
    )


def test_a_preview_shows_old_and_new_facts(root: Path) -> None:
    result = run(root, change(root, RENAME))
    assert cells(result, "Agencies that change: 2") == [
        ["Ward C", "name", "Commune C", "Ward C"],
        ["Ward C", "code", "00003", "00009"],
    ]


def test_an_abolished_level_closes_its_targets_and_its_children_go_up(root: Path) -> None:
    result = run(root, change(root, ABOLISH))
    assert result.exit_code == 0, result.output
    assert cells(result, "Targets: 1")[0][-1] == "closes: hết cấp huyện"
    assert cells(result, "Agencies that change: 3")[0] == ["Commune A", "parent", "District", "Province"]
    assert cells(result, "Agencies that end: 1") == [["District", "huyen", "District", "Province"]]


def test_a_target_nobody_takes_over_is_named(root: Path) -> None:
    """A commune that becomes a ward leaves the target set for communes, and no target for wards follows."""
    settings = root / "kieng.yaml"
    settings.write_text(
        settings.read_text("utf-8") + "  ward: {name: {vi: Phường, en: Ward}, tier: commune}\n", "utf-8"
    )
    text = RENAME.replace('code: "00009"', "level: ward")
    result = run(root, change(root, text))
    assert cells(result, "Targets: 1")[0][-2:] == ["Ward C", "NOBODY takes it over"]


def test_vietnamese_comes_first(root: Path) -> None:
    result = CliRunner().invoke(kieng, ["-w", str(root), "reorganise", str(change(root, MERGE))])
    lines = result.output.splitlines()
    assert lines[0] == "Sắp xếp xã: từ 01/07/2025"
    assert lines[1] == "Communes rearranged: from 2025-07-01"
    assert lines.index("Cơ quan kết thúc: 2") + 1 == lines.index("Agencies that end: 2")


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MERGE.replace("from: xa-b", "from: xa-z"), "unknown-agency"),
        (SPLIT.replace("0.4", "0.3"), "shares-do-not-add-up"),
        (ABOLISH.replace("  - {agency: xa-c, parent: tinh}\n", ""), "parent-not-there"),
        (MERGE.replace("id: xa-moi", "id: xa-c"), "duplicate-id"),
        (MERGE.replace("level: commune", "level: xa"), "unknown-level"),
        ("id: [", "broken-yaml"),
    ],
)
def test_bad_change_sets_are_refused_with_exit_code_2(root: Path, text: str, code: str) -> None:
    before = everything(root)
    result = run(root, change(root, text), "--apply")
    assert result.exit_code == 2
    assert code in result.output
    assert "Traceback" not in result.output
    assert everything(root) == before
    assert applied(root) == []


def test_an_unknown_agency_is_named_once_at_its_line(root: Path) -> None:
    with pytest.raises(UserError) as caught:
        propose(Workspace(root), change(root, MERGE.replace("from: xa-b", "from: xa-z")))
    unknown = [p for p in caught.value.problems if p.code == "unknown-agency"]
    assert [(Path(p.place.file).name, p.place.line, p.value) for p in unknown] == [
        ("change.yaml", 13, "xa-z")
    ]


@pytest.mark.parametrize(
    "words", [[], ["--apply"], ["change.yaml", "--undo", "nhap"], ["--undo", "x", "--apply"]]
)
def test_a_file_or_an_undo_has_to_be_asked_for(root: Path, words: list[str]) -> None:
    assert run(root, *words).exit_code == 2
