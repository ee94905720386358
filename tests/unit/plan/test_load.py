"""A whole workspace read from text: what is in it, every problem at once, its fingerprint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.helpers.text import load_or_refuse
from tests.helpers.workspace import write_workspace

from kieng.plan.definitions import CC_BY, Licence
from kieng.plan.load import empty_workspace, fingerprint, load, load_text, text_of
from kieng.problems import UserError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A new workspace, with ``changes``: text per path, None to leave the file out."""

    def make(changes: dict[str, str | None] | None = None) -> Path:
        for path, text in {**empty_workspace(), **(changes or {})}.items():
            if text is not None:
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / path).write_text(text, "utf-8")
        return tmp_path

    return make


def edited(path: str, old: str, new: str) -> dict[str, str]:
    text = empty_workspace()[path]
    assert old in text
    return {path: text.replace(old, new)}


def codes(root: Path) -> list[str]:
    definitions, problems = load(root)
    assert (definitions is None) == bool(problems)
    return [problem.code for problem in problems.sorted()]


def test_a_new_workspace_passes_check(write: Write) -> None:
    definitions = load_or_refuse(write())
    assert list(definitions.pillars) == ["government", "economy", "society"]
    assert [(level.id, level.rank) for level in definitions.tree.levels.values()] == [
        ("province", 0),
        ("department", 1),
        ("commune", 2),
    ]
    assert len(definitions.tree.agencies) == 3
    assert list(definitions.indicators) == ["work-files-online"]
    assert [t.level for t in definitions.plans["ke-hoach-mau"].targets] == ["province", "commune"]
    assert definitions.time_zone == "Asia/Ho_Chi_Minh"
    assert {"nd61", "qd766"} <= set(definitions.clocks)


def test_a_new_workspace_explains_itself() -> None:
    files = empty_workspace()
    assert all(text.startswith("# ") for path, text in files.items() if path.endswith(".yaml"))
    assert "mappings/work-files.yaml" in files


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    assert codes(tmp_path) == ["no-workspace"]
    assert codes(tmp_path / "nowhere") == ["no-workspace"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Min", "unknown-time-zone"),
        ("Asia/Ho_Chi_Minh", "Asia", "unknown-time-zone"),
        ("Asia/Ho_Chi_Minh", "../Hanoi", "unknown-time-zone"),
        ("Asia/Ho_Chi_Minh", "", "missing-key"),
        ("time_zone:", "timezone:", "unknown-key"),
        ("tier: commune", "teir: commune", "unknown-key"),
        ("{vi: Tỉnh mẫu, en: Sample province}", "Tỉnh mẫu", "not-a-mapping"),
        ("date: 2026-01-01}", "date: 2026-02-31}", "no-such-day"),
        ("date: 2026-01-01}", "date: 9999-12-31}", "no-such-year"),
        ("country: VN", "country: VIETNAM", "unknown-country"),
        ("society: {", "government: {", "duplicate-key"),
    ],
)
def test_faults_of_the_settings(write: Write, old: str, new: str, found: str) -> None:
    assert found in codes(write(edited("kieng.yaml", old, new)))


def test_a_time_zone_that_is_nearly_right(write: Write) -> None:
    _, problems = load(write(edited("kieng.yaml", "Ho_Chi_Minh", "Ho_Chi_Min")))
    assert [p.remedy for p in problems] == ["Did you mean `Asia/Ho_Chi_Minh`?"]
    assert str(problems.found[0].place) == "kieng.yaml:4:12"


def test_the_licence_of_the_open_data(write: Write) -> None:
    assert load_or_refuse(write()).licence == CC_BY
    more = edited(
        "kieng.yaml", "time_zone:", "licence: {name: MIT, url: https://example.org/mit}\ntime_zone:"
    )
    assert load_or_refuse(write(more)).licence == Licence("MIT", "https://example.org/mit")
    for wrong, found in (("{name: MIT}", "missing-key"), ("{name: MIT, url: mit}", "not-https")):
        assert found in codes(write(edited("kieng.yaml", "time_zone:", f"licence: {wrong}\ntime_zone:")))


def test_a_lead_that_is_no_agency(write: Write) -> None:
    root = write(edited("indicators/work-files-online.yaml", "lead: so-khcn", "lead: so-khnc"))
    _, problems = load(root)
    assert {p.code for p in problems} == {"unknown-lead"}
    assert any("so-khcn" in p.remedy for p in problems)


def test_an_indicator_watched_beyond_its_level(write: Write) -> None:
    agencies = empty_workspace()["agencies/agencies.csv"].replace("xa-mau,,,", "xa-mau,,2030-07-01,")
    found = codes(write({"agencies/agencies.csv": agencies}))
    assert "watch-outlives-level" in found
    assert "level-gone" in found


def test_an_exception_for_nothing(write: Write) -> None:
    rows = "indicator,agency,because,valid_from,valid_to\nfiles,xa-moi,không có,,\n"
    rows += "work-files-online,xa-mau,không có,,\n"
    root = write({"not_applicable.csv": rows})
    _, problems = load(root)
    assert {p.code for p in problems} == {"unknown-indicator", "unknown-agency"}
    assert {str(p.place) for p in problems} == {"not_applicable.csv:2"}


def test_all_problems_of_all_files_come_at_once(write: Write) -> None:
    changes: dict[str, str | None] = {}
    changes |= edited("kieng.yaml", "Asia/Ho_Chi_Minh", "Hanoi")
    changes |= edited("agencies/agencies.csv", "xa-mau,,,", "xa-mau,2026-13-01,,")
    changes |= edited("indicators/work-files-online.yaml", "not secret)\n", "not secrets)\n")
    changes |= edited("plans/ke-hoach-mau.yaml", "at_least: 90", "at_least: 190")
    changes |= {"calendar/holidays.csv": "day,kind,name_vi,name_en,source\n2026-01-01,rest,a,a,\n"}
    changes |= {"record_types/x.yaml": "id: case\n"}
    _, problems = load(write(changes))
    files = {problem.place.file for problem in problems}
    assert files >= set(changes)
    with pytest.raises(UserError) as refused:
        load_or_refuse(write(changes))
    assert len(refused.value.problems) == len(problems)


def test_the_text_is_the_definition_and_nothing_else(write: Write) -> None:
    root = write({"data/cases.csv": "a", ".kieng/kieng.db": "b", "plans/notes.txt": "c"})
    assert list(text_of(root)) == [
        "agencies/agencies.csv",
        "indicators/work-files-online.yaml",
        "kieng.yaml",
        "plans/ke-hoach-mau.yaml",
    ]


def test_the_fingerprint_follows_the_text() -> None:
    one = {"kieng.yaml": b"a", "plans/x.yaml": b"b"}
    assert fingerprint(one) == fingerprint(dict(reversed(one.items())))
    others = [
        {"kieng.yaml": b"a", "plans/y.yaml": b"b"},
        {"kieng.yaml": b"ab", "plans/x.yaml": b""},
        {"kieng.yaml": b"a"},
    ]
    assert len({fingerprint(files) for files in [one, *others]}) == 4


def test_an_older_text_can_be_loaded_again(write: Write) -> None:
    root = write()
    now = load_or_refuse(root)
    kept = text_of(root)
    write(edited("plans/ke-hoach-mau.yaml", "at_least: 90", "at_least: 95"))
    again, problems = load_text(kept)
    assert not problems
    assert again == now
    assert load_or_refuse(root).fingerprint != now.fingerprint


@pytest.mark.parametrize("path", ["../kieng.yaml", "/plans/x.yaml", "plans/deep/x.yaml", "data/x.csv"])
def test_text_from_elsewhere_is_not_written(path: str) -> None:
    with pytest.raises(ValueError, match="not part of a workspace"):
        load_text({path: b"x"})


def test_the_example_passes_check() -> None:
    root = Path(__file__).parents[3] / "src" / "kieng" / "examples" / "binh_dinh"
    _, problems = load(root)
    assert [str(p) for p in problems] == []


def test_a_kept_text_is_read_though_it_would_be_refused_by_now(tmp_path):
    """What was taken then must be readable, or the figures of then could be shown no more."""
    root = write_workspace(tmp_path / "w")
    path = root / "indicators/work-files-online.yaml"
    path.write_text(
        path.read_text("utf-8").replace("lead: so-khcn", "lead: so-khcn\ncooperating: so-khcn"), "utf-8"
    )
    now, problems = load(root)
    assert now is None
    assert {problem.code for problem in problems} == {"leads-and-cooperates"}
    then, told = load_text(text_of(root))
    assert then is not None
    assert {problem.code for problem in told} == {"leads-and-cooperates"}
    path.write_text("id: [", "utf-8")
    assert load_text(text_of(root))[0] is None
