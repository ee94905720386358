"""Plans read from text: every target kind, and every fault by name and place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.judgement.cast import SUM, rule

from kieng.plan.agency import Agency, AgencyTree, Level
from kieng.plan.dated import Dated
from kieng.plan.formula.nodes import Earlier, EarlierUnit, Ratio
from kieng.plan.indicator import Better, Indicator, Source, Watch
from kieng.plan.lead import Lead
from kieng.plan.load_plans import load_plans
from kieng.plan.target import Plan, TargetKind
from kieng.problems import Problems
from kieng.words import Name

END_OF_DISTRICTS = date(2025, 7, 1)
LEVELS = {
    id: Level(id, Name(vi, id), tier, rank)
    for rank, (id, vi, tier) in enumerate(
        [("province", "Tỉnh", "province"), ("district", "Huyện", "district"), ("commune", "Xã", "commune")]
    )
}


def agency(id: str, level: str, parent: str | None = None, closed: date | None = None) -> Agency:
    return Agency(
        id=id,
        opened=None,
        closed=closed,
        names=(Dated(Name(id, id)),),
        levels=(Dated(level),),
        parents=(Dated(parent),) if parent else (),
    )


AGENCIES = [
    agency("binh-dinh", "province"),
    agency("so-khcn", "province", "binh-dinh"),
    agency("so-cu", "province", "binh-dinh", closed=date(2020, 1, 1)),
    agency("hoai-nhon", "district", "binh-dinh", closed=END_OF_DISTRICTS),
    agency("tam-quan", "commune", "binh-dinh"),
]
TREE = AgencyTree({a.id: a for a in AGENCIES}, LEVELS)


def indicator(
    id: str,
    unit: str = "percent",
    better: Better = Better.HIGHER,
    province_until: date | None = None,
) -> Indicator:
    watch = (Watch("province", province_until), Watch("district", END_OF_DISTRICTS))
    return Indicator(id, Name(id, id), "government", unit, better, watch, (Lead("so-khcn"),), rules=())


INDICATORS = {
    i.id: i
    for i in [
        indicator("files-online"),
        indicator("dti-rank", "rank", Better.LOWER),
        indicator("experts", "people"),
        indicator("late-share", better=Better.LOWER),
        replace(indicator("growth"), rules=(rule(Ratio(SUM, Earlier(SUM, EarlierUnit.PERIOD))),)),
        indicator("level-4", province_until=date(2022, 12, 1)),
    ]
}
SOURCES = {"S0": Source("Phỏng vấn"), "S5": Source("KH 59/KH-UBND")}

HEAD = """\
id: nq05
name: {vi: Nghị quyết 05, en: Resolution 05}
scope: binh-dinh
document: S5
valid_from: 2021-09-20
"""


def load(root: Path, text: str) -> tuple[dict[str, Plan], Problems]:
    (root / "plans").mkdir()
    (root / "plans" / "nq05.yaml").write_text(text)
    problems = Problems()
    return load_plans(root, INDICATORS, TREE, LEVELS, SOURCES, problems), problems


def load_target(root: Path, target: str, indicator: str = "files-online", more: str = "") -> Problems:
    group = f"targets:\n  - indicator: {indicator}\n{more}    targets:\n      - {target}\n"
    return load(root, HEAD + group)[1]


def codes(problems: Problems) -> list[str]:
    return [problem.code for problem in problems.sorted()]


def test_only_a_share_can_reach_everybody(tmp_path: Path) -> None:
    written = "{level: province, by: 2025-12-31, universal: {vi: mọi nơi, en: everywhere}}"
    assert codes(load_target(tmp_path, written, "experts")) == ["universal-of-no-share"]


def test_an_average_stands_at_the_middle_of_its_years(tmp_path: Path) -> None:
    group = "    baseline: {value: 5, average_over: [2020-01-01, 2023-12-31], precision: [average, about]}\n"
    plans, problems = load(
        tmp_path,
        HEAD + f"targets:\n  - indicator: files-online\n{group}    targets:\n"
        "      - {level: province, by: 2025-12-31, at_least: 90}\n",
    )
    assert [str(p) for p in problems] == []
    (target,) = plans["nq05"].targets
    assert target.baseline is not None
    assert (target.baseline.on, target.baseline.over) == (
        date(2021, 12, 31),
        (date(2020, 1, 1), date(2023, 12, 31)),
    )


def test_an_average_is_of_days_in_order(tmp_path: Path) -> None:
    wrong = "    baseline: {value: 5, average_over: [2023-12-31, 2020-01-01]}\n"
    target = "{level: province, by: 2025-12-31, at_least: 90}"
    assert "average-of-nothing" in codes(load_target(tmp_path, target, more=wrong))


def test_every_kind_of_target_is_read(tmp_path: Path) -> None:
    plans, problems = load(
        tmp_path,
        HEAD
        + """\
targets:
  - indicator: files-online
    baseline: {value: 55, on: 2022-06-30, source: S0, level: province}
    targets:
      - {level: province, by: 2025-12-31, at_least: 90, source: S0, note: "≥"}
      - {level: province, by: 2026-12-31, more_than: 90.5}
      - {level: province, by: 2027-12-31, at_most: 95}
      - {level: province, by: 2034-12-31, less_than: 5}
      - {level: province, by: 2028-12-31, exactly: 100}
      - {level: province, by: 2029-12-31, universal: {vi: phổ cập, en: universal}}
      - {level: province, by: 2030-12-31, between: [15, 20]}
      - {level: district, by: 2025-12-31, at_least: 80, closes: 2025-07-01, because: "cấp huyện kết thúc"}
  - indicator: experts
    targets:
      - {agency: binh-dinh, by: 2025-12-31, about: 2000, tolerance: 200}
      - {level: province, by: 2025-12-31, done: true, id: park}
  - indicator: dti-rank
    baseline: {value: 34, on: 2021-12-31}
    targets:
      - {level: province, by: 2025-12-31, rank_at_most: 10, milestones: [{by: 2023-12-31, value: 20}]}
      - {level: province, by: 2030-12-31, direction: better, follows: park}
""",
    )
    assert [str(p) for p in problems] == []
    targets = {t.id: t for t in plans["nq05"].targets}
    assert {t.kind for t in targets.values()} == set(TargetKind)
    first = targets["nq05/files-online/province/2025-12-31"]
    assert (first.kind, first.value, first.by) == (TargetKind.AT_LEAST, Decimal(90), date(2025, 12, 31))
    assert first.baseline is not None
    assert first.baseline.value == 55
    assert targets["nq05/files-online/province/2030-12-31"].upper == 20
    district = targets["nq05/files-online/district/2025-12-31"]
    assert (district.closes, district.because) == (END_OF_DISTRICTS, "cấp huyện kết thúc")
    assert district.baseline is None, "the baseline is the province's, not the districts'"
    assert targets["nq05/experts/binh-dinh/2025-12-31"].tolerance == 200
    assert targets["nq05/dti-rank/province/2025-12-31"].milestones[0].value == 20


def test_ends_that_bind_fields_of_ranks_and_the_first_measurement(tmp_path: Path) -> None:
    plans, problems = load(
        tmp_path,
        HEAD
        + """\
targets:
  - indicator: files-online
    baseline: first_measurement
    targets:
      - {level: province, by: 2025-12-31, at_least: 90}
      - {level: province, by: 2026-12-31, between: [15, 20], binds_above: true}
      - {level: province, by: 2027-12-31, at_least: 90, baseline: {value: 55, on: 2022-06-30}}
  - indicator: dti-rank
    targets:
      - {level: province, by: 2025-12-31, rank_at_most: 10, out_of: 34}
      - level: province
        by: 2026-12-31
        direction: better
        baseline: {value: 31, out_of: 34, on: 2024-12-31}
      - {level: province, by: 2027-12-31, direction: better, baseline: first_measurement}
""",
    )
    assert [str(p) for p in problems] == []
    files, ranged, own, rank, better, first = plans["nq05"].targets
    assert [t.starts_measured for t in (files, ranged, own, first)] == [True, True, False, True]
    assert (files.baseline, own.baseline and own.baseline.value) == (None, 55)
    assert (ranged.binds_above, rank.out_of, better.baseline and better.baseline.out_of) == (True, 34, 34)


def test_a_baseline_per_level(tmp_path: Path) -> None:
    plans, problems = load(
        tmp_path,
        HEAD
        + """\
targets:
  - indicator: files-online
    baseline: [{value: 55, on: 2022-06-30, level: province}, {value: 40, on: 2022-06-30}]
    targets:
      - {level: province, by: 2025-12-31, at_least: 90}
      - {level: district, by: 2024-12-31, at_least: 80}
      - {level: district, by: 2023-12-31, at_least: 70, baseline: {value: 41, on: 2022-06-30}}
""",
    )
    assert not problems
    assert [t.baseline and t.baseline.value for t in plans["nq05"].targets] == [55, 40, 41]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("{level: province, by: 31/12/2025, at_least: 90}", "not-a-date"),
        ("{level: province, by: 2025-02-30, at_least: 90}", "no-such-day"),
        ("{level: province, at_least: 90}", "missing-key"),
        ("{level: province, by: 2025-12-31}", "no-kind"),
        ("{level: province, by: 2025-12-31, at_least: 90, exactly: 90}", "two-kinds"),
        ("{by: 2025-12-31, at_least: 90}", "whose-target"),
        ("{level: province, agency: binh-dinh, by: 2025-12-31, at_least: 90}", "whose-target"),
        ("{level: provinse, by: 2025-12-31, at_least: 90}", "unknown-level"),
        ("{agency: binh-din, by: 2025-12-31, at_least: 90}", "unknown-agency"),
        ("{level: commune, by: 2025-12-31, at_least: 90}", "level-not-watched"),
        ("{agency: tam-quan, by: 2025-12-31, at_least: 90}", "level-not-watched"),
        ("{level: province, by: 2025-12-31, between: [20, 15]}", "range-upside-down"),
        ("{level: province, by: 2025-12-31, between: [20]}", "not-a-range"),
        ("{level: province, by: 2025-12-31, between: [20, x]}", "not-a-number"),
        ("{level: province, by: 2025-12-31, about: 20}", "no-tolerance"),
        ("{level: province, by: 2025-12-31, at_least: 20, tolerance: 2}", "idle-tolerance"),
        ("{level: province, by: 2025-12-31, about: 20, tolerance: -2}", "idle-tolerance"),
        ("{level: province, by: 2025-12-31, at_least: 20, binds_above: true}", "idle-binding"),
        ("{level: province, by: 2025-12-31, between: [15, 20], binds_below: true}", "idle-binding"),
        ("{level: province, by: 2025-12-31, at_least: 20, out_of: 34}", "idle-field"),
        ("{level: province, by: 2025-12-31, rank_at_most: 9, out_of: 1}", "field-of-one"),
        ("{level: province, by: 2025-12-31, at_least: 900}", "percent-out-of-range"),
        ("{level: province, by: 2025-12-31, between: [15, 101]}", "percent-out-of-range"),
        ("{level: province, by: 2025-12-31, rank_at_most: 0}", "rank-below-one"),
        ("{level: province, by: 2025-12-31, rank_at_most: 64, out_of: 63}", "rank-of-no-rank"),
        ("{level: province, by: 2025-12-31, done: false}", "not-done"),
        ("{level: province, by: 2025-12-31, direction: up}", "unknown-direction"),
        ("{level: province, by: 2025-12-31, direction: better}", "no-baseline"),
        ("{level: province, by: 2020-12-31, at_least: 90}", "deadline-before-plan"),
        ("{level: province, by: 2025-12-31, at_least: 90, closes: 2025-07-01}", "closes-without-because"),
        ("{level: province, by: 2025-12-31, at_least: 90, because: x}", "because-without-closes"),
        (
            "{level: province, by: 2023-01-01, done: true, closes: 2024-01-01, because: x}",
            "closes-after-deadline",
        ),
        ("{level: province, by: 2025-12-31, at_least: 90, follows: nq06}", "unknown-target"),
        ("{level: province, by: 2025-12-31, at_least: 90, id: a, follows: a}", "follows-circle"),
        ("{level: province, by: 2025-12-31, at_least: 90, sorce: S0}", "unknown-key"),
        ("{level: province, by: 2025-12-31, at_least: 90, source: S9}", "unknown-source"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, target: str, code: str) -> None:
    problems = load_target(tmp_path, target)
    assert code in codes(problems)
    assert {(p.place.file, p.place.line) for p in problems} == {("plans/nq05.yaml", 9)}
    assert all(p.remedy and p.why for p in problems)


def test_a_level_that_ends_before_the_deadline_must_be_closed(tmp_path: Path) -> None:
    problems = load_target(tmp_path, "{level: district, by: 2025-12-31, at_least: 80}")
    assert codes(problems) == ["level-gone"]
    gone = problems.found[0]
    assert "the level ends on 2025-07-01" in gone.why
    assert "`closes: 2025-07-01` and `because:`" in gone.remedy


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("{level: province, by: 2025-12-31, at_least: 80}", ["watch-ends"]),
        ("{level: province, by: 2025-12-31, at_least: 80, closes: 2023-01-01, because: x}", ["watch-ends"]),
        ("{level: province, by: 2025-12-31, at_least: 80, closes: 2022-12-01, because: x}", []),
        ("{level: province, by: 2022-11-30, at_least: 80}", []),
        ("{level: province, by: 2022-12-01, at_least: 80}", ["watch-ends"]),
    ],
)
def test_an_indicator_that_is_no_longer_read_at_the_level(
    tmp_path: Path, target: str, found: list[str]
) -> None:
    assert codes(load_target(tmp_path, target, "level-4")) == found


@pytest.mark.parametrize(
    ("milestones", "code"),
    [
        ("[{by: 2024-12-31, value: 70}, {by: 2023-12-31, value: 75}]", "milestones-out-of-order"),
        ("[{by: 2025-12-31, value: 70}]", "milestone-after-deadline"),
        ("[{by: 2022-01-31, value: 60}]", "milestone-before-baseline"),
        ("[{by: 2023-12-31, value: 70}, {by: 2024-12-31, value: 65}]", "milestones-turn-back"),
        ("[{by: 2024-12-31, value: 95}]", "milestones-turn-back"),
        ("[{by: 2024-12-31}]", "unsound-milestone"),
    ],
)
def test_milestones_lead_to_the_target(tmp_path: Path, milestones: str, code: str) -> None:
    target = f"{{level: province, by: 2025-12-31, at_least: 90, milestones: {milestones}}}"
    baseline = "    baseline: {value: 55, on: 2022-06-30}\n"
    assert code in codes(load_target(tmp_path, target, more=baseline))


def test_the_way_down_is_a_way_too(tmp_path: Path) -> None:
    target = "{level: province, by: 2025-12-31, rank_at_most: 10, milestones: [{by: 2024-12-31, value: 20}]}"
    assert not load_target(tmp_path, target, "dti-rank")


def test_a_milestone_before_the_plan(tmp_path: Path) -> None:
    """1999 for 2023: a slip of the pen, and a way of a quarter of a century that nobody promised."""
    target = "{level: province, by: 2025-12-31, at_least: 90, milestones: [{by: 1999-12-31, value: 70}]}"
    assert codes(load_target(tmp_path, target)) == ["milestone-before-plan"]


def test_a_plan_that_is_issued_anew_tells_its_whole_way(tmp_path: Path) -> None:
    way = "milestones: [{by: 2020-12-31, value: 50}, {by: 2022-12-31, value: 70}]"
    assert codes(load_target(tmp_path, f"{{level: province, by: 2025-12-31, at_least: 90, {way}}}")) == []


@pytest.mark.parametrize(
    ("target", "indicator", "found"),
    [
        ("at_least: 200", "growth", []),
        ("at_least: -5", "growth", []),
        ("at_least: 60", "late-share", ["floor-where-lower-is-better"]),
        ("more_than: 60", "late-share", ["floor-where-lower-is-better"]),
        ("less_than: 5", "late-share", []),
        ("rank_at_most: 70, out_of: 63", "dti-rank", ["no-such-rank"]),
        ("rank_at_most: 2.5", "dti-rank", ["no-such-rank"]),
        ("rank_at_most: 0", "dti-rank", ["rank-below-one"]),
        ("rank_at_most: 5, milestones: [{by: 2024-12-31, value: 7.5}]", "dti-rank", ["no-such-rank"]),
        ('at_least: 90, closes: 2024-01-01, because: "."', "files-online", ["because-says-nothing"]),
    ],
)
def test_what_a_target_may_ask_for(tmp_path: Path, target: str, indicator: str, found: list[str]) -> None:
    assert codes(load_target(tmp_path, f"{{level: province, by: 2025-12-31, {target}}}", indicator)) == found


@pytest.mark.parametrize(
    ("start", "first", "found"),
    [(55, 50, ["milestone-behind-baseline"]), (55, 55, []), (95, 90, [])],
)
def test_the_way_does_not_begin_by_falling_behind(
    tmp_path: Path, start: int, first: int, found: list[str]
) -> None:
    way = f"milestones: [{{by: 2024-12-31, value: {first}}}]"
    target = f"{{level: province, by: 2025-12-31, at_least: 90, {way}}}"
    more = f"    baseline: {{value: {start}, on: 2022-06-30}}\n"
    assert codes(load_target(tmp_path, target, more=more)) == found


def test_who_leads_one_target_of_a_group_does_not_help_with_it(tmp_path: Path) -> None:
    plans, problems = load(
        tmp_path,
        HEAD
        + """\
targets:
  - indicator: files-online
    cooperating: [tam-quan, so-cu]
    targets:
      - {level: province, by: 2024-12-31, at_least: 80}
      - {level: province, by: 2025-12-31, at_least: 90, lead: tam-quan}
""",
    )
    assert not problems
    helping = [[one.agency for one in target.cooperating] for target in plans["nq05"].targets]
    assert helping == [["tam-quan", "so-cu"], ["so-cu"]]


def test_a_plan_that_carries_an_older_one_on_keeps_its_milestones(tmp_path: Path) -> None:
    way = "milestones: [{by: 2020-12-31, value: 70}], follows: older"
    target = f"{{level: province, by: 2025-12-31, at_least: 90, {way}}}"
    assert codes(load_target(tmp_path, target)) == ["unknown-target"]  # the older plan is not at hand here


def test_a_share_does_not_begin_above_its_whole(tmp_path: Path) -> None:
    more = "    baseline: {value: 555, on: 2022-06-30}\n"
    problems = load_target(tmp_path, "{level: province, by: 2025-12-31, at_least: 90}", more=more)
    assert codes(problems) == ["percent-out-of-range"]


@pytest.mark.parametrize(("words", "found"), [
    ("[nearly, over]", ["precision-contradicts"]), ("[about, over, nearly]", ["precision-contradicts"]),
    ("[about, over]", []), ("[about, nearly]", []), ("[estimated, over]", []), ("[average, nearly]", []),
])  # fmt: skip
def test_a_figure_is_not_over_and_nearly_at_once(tmp_path: Path, words: str, found: list[str]) -> None:
    """ "khoảng trên 90 %" is said, "gần" and "trên" of one figure are not."""
    more = f"    baseline: {{value: 55, on: 2022-06-30, precision: {words}}}\n"
    assert codes(load_target(tmp_path, "{level: province, by: 2025-12-31, at_least: 90}", more=more)) == found


def test_a_baseline_after_the_deadline(tmp_path: Path) -> None:
    more = "    baseline: {value: 55, on: 2026-06-30}\n"
    problems = load_target(tmp_path, "{level: province, by: 2025-12-31, at_least: 90}", more=more)
    assert codes(problems) == ["baseline-after-deadline"]


def test_an_unknown_indicator_gets_the_name_that_was_meant(tmp_path: Path) -> None:
    problems = load_target(tmp_path, "{level: province, by: 2025-12-31, at_least: 90}", "file-online")
    assert codes(problems) == ["unknown-indicator"]
    assert "files-online" in problems.found[0].remedy


def test_two_open_targets_for_one_day(tmp_path: Path) -> None:
    problems = load_target(
        tmp_path,
        "{level: province, by: 2025-12-31, at_least: 90}\n"
        "      - {level: province, by: 2025-12-31, at_least: 95}\n"
        "      - {level: province, by: 2025-12-31, at_least: 99, id: c, closes: 2024-01-01, because: thay}",
    )
    assert codes(problems) == ["duplicate-target", "two-targets"]


def test_targets_that_follow_in_a_circle(tmp_path: Path) -> None:
    problems = load_target(
        tmp_path,
        "{level: province, by: 2025-12-31, at_least: 90, id: a, follows: b}\n"
        "      - {level: province, by: 2026-12-31, at_least: 95, id: b, follows: a}\n"
        "      - {level: province, by: 2027-12-31, at_least: 95, id: c, follows: a}",
    )
    assert codes(problems) == ["follows-circle", "follows-circle"]


def test_a_plan_that_ends_before_its_deadlines(tmp_path: Path) -> None:
    group = "targets:\n  - indicator: files-online\n    targets:\n"
    group += "      - {level: province, by: 2025-12-31, at_least: 90}\n"
    _, problems = load(tmp_path, HEAD + "valid_to: 2025-12-31\n" + group)
    assert codes(problems) == ["deadline-after-plan"]


def test_all_problems_of_a_plan_come_at_once(tmp_path: Path) -> None:
    plans, problems = load(
        tmp_path,
        "id: x\nscope: nowhere\ndocument: S7\nvalid_from: 2021-09-20\nvalid_to: 2020-01-01\nowner: me\n"
        "targets:\n  - indicator: files-online\n    targets:\n"
        "      - {level: province, by: 2018-12-31, at_least: 900}\n"
        "      - {level: province, by: someday, at_least: 90}\n",
    )
    assert plans == {}
    assert set(codes(problems)) >= {
        "missing-key", "unknown-agency", "unknown-source", "empty-validity", "unknown-key",
        "percent-out-of-range", "deadline-before-plan", "not-a-date",
    }  # fmt: skip


def test_a_second_plan_with_the_same_id(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "a.yaml").write_text(HEAD)
    _, problems = _load_again(tmp_path, HEAD)
    assert codes(problems) == ["duplicate-plan"]
    assert "plans/a.yaml" in problems.found[0].why


def _load_again(root: Path, text: str) -> tuple[dict[str, Plan], Problems]:
    (root / "plans" / "b.yaml").write_text(text)
    problems = Problems()
    return load_plans(root, INDICATORS, TREE, LEVELS, SOURCES, problems), problems


TASK = "id: t1, work: {vi: Số hóa, en: Digitise}, agency: so-khcn, by: 2025-12-31, indicators: [files-online]"
CLEAR = "post: Giám đốc, responsibility: Chủ trì, product: Cơ sở dữ liệu, authority: UBND tỉnh"


def test_a_clear_task_is_read(tmp_path: Path) -> None:
    plans, problems = load(tmp_path, HEAD + f"tasks:\n  - {{{TASK}, {CLEAR}}}\n")
    assert not problems
    assert plans["nq05"].tasks[0].product == "Cơ sở dữ liệu"


@pytest.mark.parametrize("point", ["post", "responsibility", "product", "authority"])
def test_a_task_without_one_of_the_six_points(tmp_path: Path, point: str) -> None:
    left = ", ".join(part for part in CLEAR.split(", ") if not part.startswith(point))
    _, problems = load(tmp_path, HEAD + f"tasks:\n  - {{{TASK}, {left}}}\n")
    assert codes(problems) == ["unclear-task"]
    assert "(rõ" in problems.found[0].remedy


def test_a_task_for_nobody(tmp_path: Path) -> None:
    task = TASK.replace("so-khcn", "so-tttt").replace("files-online", "online")
    _, problems = load(tmp_path, HEAD + f"tasks:\n  - {{{task}, {CLEAR}}}\n")
    assert codes(problems) == ["unknown-agency", "unknown-indicator"]
