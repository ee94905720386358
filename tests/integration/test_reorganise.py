"""A reorganisation from its change set to the figures: shown, applied, measured in both readings, undone."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kieng.cli.main import kieng
from kieng.measurement.request import AS_WAS
from kieng.plan.load import text_of
from kieng.problems import UserError
from kieng.records.batch import Origin
from kieng.workspace import reorganise, text_files
from kieng.workspace.folder import Workspace
from kieng.workspace.reorganise import applied, apply, propose, undo

TEXT = {
    "kieng.yaml": """
name: {vi: Tỉnh, en: Province}
time_zone: Asia/Ho_Chi_Minh
calendar: {country: VN, first: 2020-01-01, last: 2030-12-31}
pillars: {government: {vi: Chính quyền số, en: Digital government}}
levels:
  province: {name: {vi: Tỉnh, en: Province}, tier: province}
  district: {name: {vi: Huyện, en: District}, tier: district}
  commune: {name: {vi: Xã, en: Commune}, tier: commune}
""",
    "agencies/agencies.csv": """\
id,opened,closed,name_vi,name_en,level,parent,code
tinh,,,Tỉnh,Province,province,,
huyen,,,Huyện,District,district,tinh,
xa-a,,,Xã A,Commune A,commune,huyen,00001
xa-b,,,Xã B,Commune B,commune,huyen,00002
xa-c,,,Xã C,Commune C,commune,huyen,00003
""",
    "agencies/heads.csv": """\
agency,title_vi,title_en,holder,valid_from,valid_to
tinh,Chủ tịch UBND tỉnh,Chair of the province,Chủ tịch UBND tỉnh,,
xa-a,Chủ tịch UBND xã A,Chair of A,Chủ tịch UBND xã A,,
""",
    "agencies/weights.csv": """\
agency,basis,amount,year,source
xa-a,population,6000,2024,Niên giám
xa-b,population,3000,2024,Niên giám
xa-c,population,1000,2024,Niên giám
""",
    "indicators/cases.yaml": """
- id: cases
  name: {vi: Hồ sơ tiếp nhận, en: Cases received}
  pillar: government
  unit: count
  better: higher
  watch: [province, {level: district, until: 2025-07-01}, commune]
  lead: xa-a
  record: case
  period: quarter, by received_at
  value: count()
- id: applicants
  name: {vi: Người nộp, en: Applicants}
  pillar: government
  unit: count
  better: higher
  watch: [province, commune]
  lead: tinh
  record: case
  period: quarter, by received_at
  value: count(distinct applicant)
""",
    "plans/plan.yaml": """
id: plan
name: {vi: Kế hoạch, en: Plan}
scope: tinh
document: {document: KH 1}
valid_from: 2025-01-01
targets:
  - indicator: cases
    targets:
      - {level: commune, by: 2026-12-31, at_least: 100}
      - {agency: xa-b, by: 2026-12-31, at_least: 30}
      - {level: district, by: 2026-12-31, at_least: 50, closes: 2025-07-01, because: hết cấp huyện}
      - {level: commune, by: 2025-06-30, at_least: 10}
tasks:
  - {id: t1, work: {vi: Số hóa, en: Digitise}, agency: xa-a, post: Chủ tịch, by: 2026-06-30,
     responsibility: làm, product: kho số, authority: quyết định}
  - {id: t0, work: {vi: Việc cũ, en: Old work}, agency: xa-a, post: Chủ tịch, by: 2025-03-31,
     responsibility: làm, product: kho số, authority: quyết định}
""",
    "mappings/cases.yaml": """
id: cases
record: case
source: test
format: {type: csv}
dates: [iso]
fields: {id: id, agency: {from: agency, by: id}, applicant: who, received_at: received, finished_at: finished}
""",
    "mappings/reports.yaml": """
id: reports
record: report
source: test
format: {type: csv}
dates: [iso]
fields: {id: id, agency: {from: agency, by: id}, figure: figure, period_end: period_end, state: state}
""",
}
CASES = """\
id,agency,who,received,finished
1,xa-a,p1,2025-02-03T08:00,2025-02-05T08:00
2,xa-a,p2,2025-05-05T08:00,2025-06-30T23:59
3,xa-a,p3,2025-05-06T08:00,2025-07-01T00:00
4,xa-a,p4,2025-05-07T08:00,
5,xa-b,p5,2025-05-08T08:00,
6,xa-c,p6,2025-05-09T08:00,
7,xa-a,p7,2025-07-02T08:00,
"""
REPORTS = """\
id,agency,figure,period_end,state
1,xa-a,f,2025-03-31,confirmed
2,xa-a,f,2025-06-30,estimate
3,xa-b,f,2025-06-30,provisional
4,xa-c,f,2025-06-30,estimate
"""
HEAD = """\
id: {id}
name: {{vi: Sắp xếp xã, en: Communes rearranged}}
day: 2025-07-01
kind: {kind}
basis: {{document: NQ 1}}
"""
MERGE = (
    HEAD.format(id="nhap", kind="merge")
    + """\
opens:
  - id: xa-moi
    name: {vi: Xã Mới, en: New commune}
    level: commune
    parent: huyen
    head: {vi: Chủ tịch UBND xã Mới, en: Chair of the new commune}
    weights: [{basis: population, amount: 9000, year: 2025, source: Đề án}]
moves: [{from: xa-a, to: xa-moi}, {from: xa-b, to: xa-moi}]
"""
)
SPLIT = (
    HEAD.format(id="chia", kind="split")
    + """\
moves:
  - {from: xa-a, to: xa-b, shares: {population: 0.6}, source: Đề án 1}
  - {from: xa-a, to: xa-c, shares: {population: 0.4}, source: Đề án 1}
"""
)
RENAME = (
    HEAD.format(id="doi-ten", kind="rename")
    + """\
changes: [{agency: xa-c, name: {vi: Phường C, en: Ward C}, code: "00009"}]
moves: []
"""
)
ABOLISH = (
    HEAD.format(id="bo-huyen", kind="abolish_level")
    + """\
changes:
  - {agency: xa-a, parent: tinh}
  - {agency: xa-b, parent: tinh}
  - {agency: xa-c, parent: tinh}
moves: [{from: huyen, to: tinh}]
"""
)
EVE = date(2025, 6, 30)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    for name, text in TEXT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def loaded(root: Path, tmp_path: Path) -> Path:
    """The workspace with records in its ledger."""
    workspace = Workspace(root)
    for record_type, mapping, text in (("case", "cases", CASES), ("report", "reports", REPORTS)):
        path = tmp_path / f"{mapping}.csv"
        path.write_text(text, encoding="utf-8")
        taken = workspace.take(record_type, [path], mapping, origin=Origin.MEASURED, by="test")
        assert [str(problem) for problem in taken.problems] == []
    return root


def change(root: Path, text: str) -> Path:
    path = root.parent / "change.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(root: Path, *words: object) -> Result:
    environment = {"KIENG_LANG": "en", "COLUMNS": "250"}
    return CliRunner().invoke(kieng, ["-w", str(root), "reorganise", *map(str, words)], env=environment)


def cells(result: Result, title: str) -> list[list[str]]:
    """The rows of a section of the preview."""
    lines = iter(result.output.splitlines())
    for line in lines:
        if line.startswith(title):
            break
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in _until_empty(lines)]
    return rows[2:]


def _until_empty(lines: Iterator[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        if found and not line.strip():
            break
        if line.strip():
            found.append(line)
    return found


def everything(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files if ".kieng" not in path.parts}


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
            patch.setattr(reorganise, "write_durably", _full)
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
