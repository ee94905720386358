"""A reorganisation applied, measured in both readings, and undone."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from tests.helpers.reorganising import (
    ABOLISH,
    EVE,
    MERGE,
    RENAME,
    SPLIT,
    TEXT,
    change,
    everything,
    run,
)

from kieng.measurement.request import AS_WAS
from kieng.plan.load import text_of
from kieng.problems import UserError
from kieng.workspace import text_files
from kieng.workspace.folder import Workspace
from kieng.workspace.reorganise import applied, apply, propose, undo

# --- applied, measured, undone ----------------------------------------------------------------------


@pytest.mark.parametrize("text", [MERGE, SPLIT, RENAME, ABOLISH])
def test_apply_then_undo_gives_the_same_bytes(root: Path, text: str) -> None:
    before = everything(root)
    id_ = text.split()[1]
    assert run(root, change(root, text), "--apply").exit_code == 0
    after = everything(root)
    assert after != before
    assert all(path in before or path.startswith("agencies") for path in after)
    Workspace(root)  # raises if what was written is not sound
    result = run(root, "--undo", id_)
    assert result.exit_code == 0, result.output
    assert everything(root) == before
    assert applied(root) == []


def test_what_was_there_is_kept_with_who_and_when(root: Path) -> None:
    before = text_of(root)
    run(root, change(root, MERGE), "--apply", "--by", "Văn phòng")
    (one,) = applied(root)
    assert (one.id, one.by, one.number) == ("nhap", "Văn phòng", 1)
    assert one.old["agencies/agencies.csv"] == before["agencies/agencies.csv"]
    assert one.old["agencies/reorganisations/nhap.yaml"] is None
    run(root, "--undo", "nhap", "--by", "Sở")
    (filed,) = (root / ".kieng" / "reorganisations" / "undone").glob("nhap-*.zip")
    with zipfile.ZipFile(filed) as file:
        assert json.loads(file.read("undone.json"))["by"] == "Sở"


def test_the_same_reorganisation_is_applied_once(root: Path) -> None:
    assert run(root, change(root, MERGE), "--apply").exit_code == 0
    again = run(root, change(root, MERGE), "--apply")
    assert again.exit_code == 2
    assert "already-applied" in again.output
    run(root, "--undo", "nhap")
    assert run(root, change(root, MERGE), "--apply").exit_code == 0


def totals(workspace: Workspace, reading: str) -> dict[str, Fraction]:
    """Cases of the first half of 2025, by agency."""
    found: dict[str, Fraction] = {}
    for one in workspace.stored.read("cases", None, None, reading, False):
        if one.period.last_day <= EVE:
            found[one.agency] = found.get(one.agency, Fraction(0)) + Fraction(one.value or 0)
    return found


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (MERGE, {"xa-moi": 5, "xa-c": 1}),
        (SPLIT, {"xa-b": Fraction(34, 10), "xa-c": Fraction(26, 10)}),
        (RENAME, {"xa-a": 4, "xa-b": 1, "xa-c": 1}),
        (ABOLISH, {"xa-a": 4, "xa-b": 1, "xa-c": 1}),
    ],
)
def test_both_readings_are_right_and_their_totals_equal(
    loaded: Path, text: str, new: dict[str, Fraction]
) -> None:
    """In the first half of 2025 A received four cases, B and C one each."""
    run(loaded, change(loaded, text), "--apply")
    workspace = Workspace(loaded)
    today = workspace.measure().map_day.isoformat()
    as_was, on_the_new_map = totals(workspace, str(AS_WAS)), totals(workspace, today)
    assert as_was == {"tinh": 6, "huyen": 6, "xa-a": 4, "xa-b": 1, "xa-c": 1}
    assert {one: on_the_new_map[one] for one in on_the_new_map if one.startswith("xa")} == new
    assert on_the_new_map["tinh"] == 6
    assert workspace.ledger.records(workspace.definitions.record_types["case"]).tail.num_rows == 7


def test_later_reorganisations_are_taken_back_first(root: Path) -> None:
    run(root, change(root, MERGE), "--apply")
    run(root, change(root, RENAME), "--apply")
    refused = run(root, "--undo", "nhap")
    assert refused.exit_code == 2
    assert "applied-later" in refused.output
    assert "doi-ten" in refused.output
    assert run(root, "--undo", "doi-ten").exit_code == 0
    assert run(root, "--undo", "nhap").exit_code == 0


def test_an_undo_never_loses_a_later_change(root: Path) -> None:
    run(root, change(root, MERGE), "--apply")
    weights = root / "agencies" / "weights.csv"
    weights.write_text(weights.read_text("utf-8").replace("9000", "9001"), "utf-8")
    changed = everything(root)
    refused = run(root, "--undo", "nhap")
    assert refused.exit_code == 2
    assert "agencies/weights.csv: changed-since" in refused.output
    assert everything(root) == changed


def test_an_undo_is_refused_when_the_text_has_come_to_rest_on_it(root: Path) -> None:
    run(root, change(root, MERGE), "--apply")
    plan = root / "plans" / "plan.yaml"
    plan.write_text(plan.read_text("utf-8").replace("scope: tinh", "scope: xa-moi"), "utf-8")
    assert run(root, "--undo", "nhap").exit_code == 2
    assert [one.id for one in applied(root)] == ["nhap"]


@pytest.mark.parametrize("id_", ["never", "../../kieng", ""])
def test_only_what_was_applied_can_be_undone(root: Path, id_: str) -> None:
    result = run(root, "--undo", id_)
    assert result.exit_code == 2
    assert "not-applied" in result.output


def test_a_damaged_archive_is_named(root: Path) -> None:
    run(root, change(root, MERGE), "--apply")
    (root / ".kieng" / "reorganisations" / "nhap.zip").write_bytes(b"PK")
    result = run(root, "--undo", "nhap")
    assert result.exit_code == 2
    assert "archive-damaged" in result.output


def test_a_file_changed_while_the_preview_was_read_is_not_overwritten(root: Path) -> None:
    workspace = Workspace(root)
    proposal = propose(workspace, change(root, MERGE))
    (root / "agencies" / "weights.csv").write_text(TEXT["agencies/weights.csv"] + "\n", "utf-8")
    changed = everything(root)
    with pytest.raises(UserError, match="changed-meanwhile"):
        apply(workspace, proposal, "test")
    assert everything(root) == changed
    assert applied(root) == []


# --- faults while writing -----------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("successes", [0, 1, 3])
def test_a_fault_half_way_leaves_the_text_as_it_was(
    root: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, successes: int
) -> None:
    before = everything(root)
    workspace = Workspace(root)
    proposal = propose(workspace, change(root, MERGE))
    assert len(proposal.new) == 4
    calls = iter(range(100))
    replace = os.replace

    def failing(source: Path, target: Path) -> None:
        if next(calls) == successes:
            raise fault
        replace(source, target)

    monkeypatch.setattr(text_files.os, "replace", failing)
    with pytest.raises((UserError, KeyboardInterrupt)):
        apply(workspace, proposal, "test")
    assert everything(root) == before
    assert applied(root) == []


def test_an_apply_that_was_killed_half_way_can_be_undone(root: Path) -> None:
    before = everything(root)
    run(root, change(root, MERGE), "--apply")
    (root / "agencies" / "heads.csv").write_text(TEXT["agencies/heads.csv"], "utf-8")
    (root / "agencies" / "reorganisations" / "nhap.yaml").unlink()
    undo(root, "nhap", "test")
    assert everything(root) == before


@pytest.mark.parametrize("broken", ["mkdir", "write", "unlink"])
def test_an_undo_whose_archive_cannot_be_filed_is_refused_and_nothing_is_half_done(
    root: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """``unlink``: the text has been put back already when the archive turns out to stay where it is."""
    run(root, change(root, MERGE), "--apply")
    before = everything(root)
    with monkeypatch.context() as patch:
        if broken == "write":
            patch.setattr(text_files, "write_durably", _full)
        else:
            patch.setattr(Path, broken, _full_below_archive(getattr(Path, broken)))
        result = run(root, "--undo", "nhap")
    assert (result.exit_code, "disk-full" in result.output) == (2, True)
    assert everything(root) == before
    assert [one.id for one in applied(root)] == ["nhap"]
    assert list((root / ".kieng" / "reorganisations").glob("undone/*")) == []
    assert run(root, "--undo", "nhap").exit_code == 0


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def _full_below_archive(real: Callable[..., None]) -> Callable[..., None]:
    def failing(path: Path, **words: bool) -> None:
        if path.parent.name == "reorganisations" and path.parent.parent.name == ".kieng":
            _full()
        real(path, **words)

    return failing
