"""Change sets: read with every problem at its place, and drawn up without touching what does not change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kieng.plan.change_set import ChangeSet, NewText, check_change, new_text, read_change_set
from kieng.plan.load import load_text
from kieng.plan.recast import recast
from kieng.problems import Place, Problem, Problems, UserError

HEADER = "id,opened,closed,name_vi,name_en,level,parent"
AGENCIES = f"""{HEADER}
tinh,,,Tỉnh,Province,province,
"xa-a",,,"Xã ""A"", cũ",Commune A,commune,tinh

xa-b,,,Xã B,Commune B,commune,tinh
xa-c,,,Xã C,Commune C,commune,tinh"""
SETTINGS = """
name: {vi: Tỉnh, en: Province}
time_zone: Asia/Ho_Chi_Minh
calendar: {country: VN, first: 2020-01-01, last: 2030-12-31}
pillars: {government: {vi: Chính quyền số, en: Digital government}}
levels:
  province: {name: {vi: Tỉnh, en: Province}, tier: province}
  commune: {name: {vi: Xã, en: Commune}, tier: commune}
"""
TEXT = {
    "kieng.yaml": SETTINGS.encode(),
    "agencies/agencies.csv": AGENCIES.encode(),
    "agencies/heads.csv": (
        b"agency,title_vi,title_en,holder,valid_from,valid_to\n"
        b"xa-a,Chair A,Chair A,Chair A,,\nxa-c,Chair C,Chair C,Chair C,,\n"
    ),
}
EVENT = """\
id: nhap
name: {vi: Nhập xã, en: A merger}
day: 2025-07-01
kind: merge
basis: {document: NQ 1}
"""
MERGE = (
    EVENT
    + """\
opens:
  - id: xa-moi
    name: {vi: Xã Mới, en: New commune}
    level: commune
    parent: tinh
    code: "00123"
    head: {vi: Chủ tịch UBND xã Mới, en: Chair of the new commune}
    weights: [{basis: population, amount: 21500, year: 2025, source: Đề án}]

# who goes where
moves:
  - {from: xa-a, to: xa-moi}
  - {from: xa-b, to: xa-moi}
"""
)


def change_from(folder: Path, text: str) -> ChangeSet:
    path = folder / "nhap.yaml"
    path.write_text(text, encoding="utf-8")
    return read_change_set(path)


def drawn_up(folder: Path, text: str, files: dict[str, bytes] = TEXT) -> NewText:
    return new_text(files, change_from(folder, text))


def agency_lines(text: NewText, name: str = "agencies.csv") -> list[str]:
    return text.files[f"agencies/{name}"].decode().splitlines()


def problems_of(text: NewText) -> list[Problem]:
    return [text.placed(problem) for problem in load_text(text.files)[1].sorted()]


def refused(folder: Path, text: str) -> list[tuple[str, int]]:
    with pytest.raises(UserError) as caught:
        change_from(folder, text)
    return [(problem.code, problem.place.line) for problem in caught.value.problems]


def test_a_merger_closes_its_sources_and_opens_its_target(tmp_path: Path) -> None:
    text = drawn_up(tmp_path, MERGE)
    definitions, problems = load_text(text.files)
    assert [str(problem) for problem in problems] == []
    assert definitions is not None
    agencies, day = definitions.tree.agencies, date(2025, 7, 1)
    assert [agencies[one].closed for one in ("xa-a", "xa-b", "xa-c")] == [day, day, None]
    new = agencies["xa-moi"]
    assert (new.opened, new.codes[0].value, new.heads[0].value.title.en) == (
        day,
        "00123",
        "Chair of the new commune",
    )
    assert [(w.basis, w.amount, w.year, w.source) for w in new.weights] == [
        ("population", 21500, 2025, "Đề án")
    ]
    assert agencies["xa-a"].heads[0].valid_to == day
    assert agencies["xa-c"].heads[0].valid_to is None
    assert definitions.reorganisations[0].moves[1].source == "xa-b"


def test_what_is_not_touched_stays_to_the_byte(tmp_path: Path) -> None:
    files = {**TEXT, "agencies/agencies.csv": b"\xef\xbb\xbf" + AGENCIES.replace("\n", "\r\n").encode()}
    move = EVENT + "closes: [xa-b]\nmoves: [{from: xa-b, to: xa-c}]\n"
    text = drawn_up(tmp_path, move, files)
    before = files["agencies/agencies.csv"]
    expected = before.replace(b"xa-b,,,", b"xa-b,,2025-07-01,")
    assert text.files["agencies/agencies.csv"] == expected
    changed = {path for path in text.files if text.files[path] != files.get(path)}
    assert changed == {"agencies/agencies.csv", "agencies/reorganisations/nhap.yaml"}


def test_a_column_that_the_file_lacks_is_added_rather_than_lost(tmp_path: Path) -> None:
    lines = agency_lines(drawn_up(tmp_path, MERGE))
    assert lines[0] == HEADER + ",code"
    assert lines[1] == "tinh,,,Tỉnh,Province,province,,"
    assert lines[-1] == "xa-moi,2025-07-01,,Xã Mới,New commune,commune,tinh,00123"


def test_the_event_keeps_its_lines_and_what_was_asked_for_as_comments(tmp_path: Path) -> None:
    lines = drawn_up(tmp_path, MERGE).files["agencies/reorganisations/nhap.yaml"].decode().splitlines()
    asked = MERGE.splitlines()
    assert len(lines) == len(asked)
    assert lines[5:7] == ["# opens:", "#   - id: xa-moi"]
    assert lines[13] == ""
    assert lines[14:] == asked[14:]


def test_a_split_lands_by_its_shares(tmp_path: Path) -> None:
    split = (
        EVENT.replace("merge", "split")
        + """\
moves:
  - {from: xa-a, to: xa-b, shares: {population: 0.6}, source: Đề án}
  - {from: xa-a, to: xa-c, shares: {population: 0.4}, source: Đề án}
"""
    )
    definitions, problems = load_text(drawn_up(tmp_path, split).files)
    assert not problems
    assert definitions is not None
    days = (date(2025, 6, 30), date(2025, 7, 1))
    landings = recast(definitions.tree, definitions.reorganisations, "xa-a", *days, "population")
    assert [(one.agency, one.weight) for one in landings] == [("xa-b", 600_000_000), ("xa-c", 400_000_000)]


def test_a_source_that_keeps_a_part_lives_on(tmp_path: Path) -> None:
    part = (
        EVENT.replace("merge", "part_moves")
        + """\
moves:
  - {from: xa-a, to: xa-a, shares: {population: 0.9}}
  - {from: xa-a, to: xa-b, shares: {population: 0.1}}
"""
    )
    assert change_from(tmp_path, part).closes == {}
    assert problems_of(drawn_up(tmp_path, part)) == []


def test_a_changed_fact_follows_the_one_that_held_all_life(tmp_path: Path) -> None:
    text = drawn_up(
        tmp_path,
        EVENT.replace("merge", "rename")
        + "changes: [{agency: xa-c, name: {vi: Phường C, en: Ward C},\n"
        + "  head: {vi: Chủ tịch phường C, en: Ward chair}}]\n"
        + "moves: []\n",
    )
    assert agency_lines(text, "names.csv") == [
        "agency,name_vi,name_en,valid_from,valid_to",
        "xa-c,Xã C,Commune C,,2025-07-01",
        "xa-c,Phường C,Ward C,2025-07-01,",
    ]
    assert agency_lines(text, "heads.csv")[2:] == [
        "xa-c,Chair C,Chair C,Chair C,,2025-07-01",
        "xa-c,Chủ tịch phường C,Ward chair,Chủ tịch phường C,2025-07-01,",
    ]
    assert problems_of(text) == []


def test_a_second_change_follows_the_first(tmp_path: Path) -> None:
    rename = EVENT.replace("merge", "rename") + "moves: []\n"
    once = drawn_up(tmp_path, rename + "changes: [{agency: xa-c, name: {vi: Một, en: One}}]\n")
    later = rename.replace("id: nhap", "id: lai").replace("2025-07-01", "2026-07-01")
    twice = drawn_up(
        tmp_path, later + "changes: [{agency: xa-c, name: {vi: Hai, en: Two}}]\n", dict(once.files)
    )
    assert agency_lines(twice, "names.csv")[1:] == [
        "xa-c,Xã C,Commune C,,2025-07-01",
        "xa-c,Một,One,2025-07-01,2026-07-01",
        "xa-c,Hai,Two,2026-07-01,",
    ]
    assert problems_of(twice) == []


def test_moves_in_a_file_beside_come_along(tmp_path: Path) -> None:
    moves = "from,to,population,source\nxa-a,xa-b,0.5,Đề án\nxa-a,xa-c,0.5,Đề án\n"
    (tmp_path / "moves.csv").write_text(moves, encoding="utf-8")
    text = drawn_up(tmp_path, EVENT.replace("merge", "split") + "moves_file: moves.csv\n")
    assert text.files["agencies/reorganisations/moves.csv"].decode() == moves
    assert agency_lines(text)[2] == 'xa-a,,2025-07-01,"Xã ""A"", cũ",Commune A,commune,tinh'
    assert problems_of(text) == []


def test_problems_of_the_new_text_point_into_the_change_set(tmp_path: Path) -> None:
    wrong = MERGE.replace("level: commune", "level: comune").replace("to: xa-moi}", "to: xa-mới}", 1)
    found = problems_of(drawn_up(tmp_path, wrong))
    assert {(one.code, Path(one.place.file).name, one.place.line) for one in found} >= {
        ("unknown-level", "nhap.yaml", 7),
        ("unknown-agency", "nhap.yaml", 17),
    }


def test_shares_that_do_not_add_up_are_named_where_they_stand(tmp_path: Path) -> None:
    split = (
        EVENT.replace("merge", "split")
        + """\
moves:
  - {from: xa-a, to: xa-b, shares: {population: 0.6}}
  - {from: xa-a, to: xa-c, shares: {population: 0.3}}
"""
    )
    (found,) = problems_of(drawn_up(tmp_path, split))
    assert (found.code, found.place.line) == ("shares-do-not-add-up", 7)


def test_children_of_an_agency_that_ends_need_a_parent(tmp_path: Path) -> None:
    files = {**TEXT, "agencies/agencies.csv": (AGENCIES + "\nthon,,,Thôn,Hamlet,commune,xa-b\n").encode()}
    move = EVENT + "moves: [{from: xa-b, to: xa-c}]\n"
    assert [p.code for p in problems_of(drawn_up(tmp_path, move, files))] == ["parent-not-there"]
    moved = drawn_up(tmp_path, move + "changes: [{agency: thon, parent: xa-c}]\n", files)
    assert problems_of(moved) == []
    assert agency_lines(moved, "parents.csv")[1:] == ["thon,xa-b,,2025-07-01", "thon,xa-c,2025-07-01,"]


def test_every_problem_of_the_form_is_named_at_once(tmp_path: Path) -> None:
    text = """\
id: ../bad
name: {vi: Nhập xã, en: A merger}
day: 2025-13-01
kind: mix
basis: {document: NQ 1}
open: []
opens: [{id: xa-moi}]
changes: [{agency: xa-c}]
moves: [{from: xa-a}]
moves_file: ../other.csv
"""
    found = set(refused(tmp_path, text))
    assert found >= {
        ("unusable-id", 1),
        ("no-such-day", 3),
        ("unknown-choice", 4),
        ("unknown-key", 6),
        ("missing-key", 7),
        ("no-change", 8),
        ("missing-key", 9),
        ("no-such-file", 10),
    }


@pytest.mark.parametrize("content", [b"", b"- a\n", b"a: [", b"\xff\xfe", b"a\n"])
def test_a_file_that_is_no_change_set_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.yaml").write_bytes(content)
    with pytest.raises(UserError):
        read_change_set(tmp_path / "bad.yaml")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unreadable-file"):
        read_change_set(tmp_path / "none.yaml")


def test_keys_that_share_a_line_cannot_be_taken_apart(tmp_path: Path) -> None:
    text = "{id: nhap, name: {vi: A, en: A}, day: 2025-07-01, kind: merge, closes: [xa-a], "
    text += "basis: {document: NQ 1}, moves: []}"
    assert refused(tmp_path, text) == [("not-its-own-line", 1)]


def test_what_is_not_there_can_neither_end_nor_change(tmp_path: Path) -> None:
    definitions, _ = load_text(TEXT)
    assert definitions is not None
    change = change_from(
        tmp_path,
        EVENT
        + "closes: [xa-z, xa-a]\n"
        + "changes: [{agency: xa-y, parent: tinh}, {agency: xa-a, parent: tinh}]\n"
        + "moves: []\n",
    )
    problems = Problems()
    check_change(change, [*TEXT, "agencies/reorganisations/nhap.yaml"], definitions.tree, problems)
    file = str(tmp_path / "nhap.yaml")
    assert [(p.code, p.value, p.place) for p in problems] == [
        ("unknown-agency", "xa-z", Place(file, 6, 10)),
        ("unknown-agency", "xa-y", Place(file, 7, 11)),
        ("changes-and-ends", "xa-a", Place(file, 7, 41)),
        ("file-exists", None, Place(file, 1, 5)),
    ]
