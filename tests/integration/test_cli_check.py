"""``check`` names every mistake of a whole workspace at once, each with its place and a remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.helpers.workspace import ok, replace_in, run, write_workspace

SHARE, SECRET, ECONOMY = (
    f"indicators/{name}.yaml" for name in ("work-files-online", "secret-files", "economy")
)
PLAN, AGENCIES = "plans/ke-hoach.yaml", "agencies/agencies.csv"
MERGER, MAPPING = "agencies/reorganisations/2025-07-01-communes.yaml", "mappings/work-files.yaml"

#: File, what is right, the mistake in its place, and where and as what it is named.
MISTAKES = (
    (SHARE, "(where not secret)\n", "(where not secet)\n", "10:71: unknown-field 'secet'"),
    (SHARE, "lead: so-khcn", "lead: so-tttt", "1:1: unknown-lead 'so-tttt'"),
    (SECRET, "pillar: government", "pillar: goverment", "3:9: unknown-pillar 'goverment'"),
    (SECRET, "count(where", "sum(where", "10:8: wrong-arguments 'sum(where secret)'"),
    (ECONOMY, "better: higher", "better: bigger", "5:9: unknown-choice 'bigger'"),
    (ECONOMY, "record: report", "record: raport", "8:9: unknown-record-type 'raport'"),
    (PLAN, "at_least: 90", "at_least: ninety", "9:55: not-a-number 'ninety'"),
    (PLAN, "commune, by: 2025-12-31", "commune, by: 31/12/2025", "11:32: not-a-date '31/12/2025'"),
    (PLAN, "scope: tinh-b", "scope: tinh-c", "14:10: unknown-agency 'tinh-c'"),
    (AGENCIES, "xa-2,,2025-07-01", "xa-2,,2025-07-32", "9:7: no-such-day '2025-07-32'"),
    (AGENCIES, "huyen-a,21550", "huyen-x,21550", "8:43: unknown-parent 'huyen-x'"),
    (MERGER, "to: xa-12}]", "to: xa-21}]", "6:34: unknown-agency 'xa-21'"),
    (MAPPING, "closed_on: closed", "closes_on: closed", "10:3: unknown-field 'closes_on'"),
    ("not_applicable.csv", "2023-01-01", "2023-13-01", "2:38: no-such-day '2023-13-01'"),
)
#: What follows from a mistake made elsewhere.
CONSEQUENCES = (
    f"{AGENCIES}:9:43: parent-not-there",  # a commune that never ends outlives its district
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_workspace(tmp_path / "w")


def test_fourteen_mistakes_are_named_at_once(root: Path) -> None:
    for file, right, wrong, _ in MISTAKES:
        replace_in(root / file, right, wrong)
    result = run(root, "check")
    assert result.exit_code == 1
    for file, _, _, said in MISTAKES:
        assert f"\n{file}:{said}\n" in "\n" + result.stderr
    for place in CONSEQUENCES:
        assert place in result.stderr
    total = len(MISTAKES) + len(CONSEQUENCES)
    assert f"{total} problems." in result.stderr
    assert len(re.findall(r"^    → ", result.stderr, re.MULTILINE)) >= total
    assert "Did you mean `secret`?" in result.stderr


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake[3])
def test_a_mistake_alone_is_named_in_the_same_way(root: Path, mistake: tuple[str, str, str, str]) -> None:
    """And every other command refuses the text: no number is made from it."""
    file, right, wrong, said = mistake
    ok(root, "check")
    replace_in(root / file, right, wrong)
    assert f"{file}:{said}" in run(root, "check").stderr
    if file != MAPPING:
        refused = run(root, "measure")
        assert (refused.exit_code, f"{file}:{said}" in refused.stderr) == (2, True)


@pytest.mark.parametrize("zone", ["Asia/Hanoi", '"+07:00"', ""])
def test_a_wrong_time_zone_is_named_though_mappings_need_one(root: Path, zone: str) -> None:
    replace_in(root / "kieng.yaml", "Asia/Ho_Chi_Minh", zone)
    result = run(root, "check")
    assert (result.exit_code, "Traceback" in result.stderr) == (1, False)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "kieng.yaml:" in result.stderr


def test_broken_yaml_and_a_wrong_encoding_are_problems_too(root: Path) -> None:
    (root / PLAN).write_text("- id: [\n", encoding="utf-8")
    (root / SHARE).write_bytes("name: {vi: Hồ sơ}".encode("utf-16"))
    result = run(root, "check")
    assert result.exit_code == 1
    assert PLAN in result.stderr
    assert SHARE in result.stderr
    assert "Traceback" not in result.stderr


def test_more_problems_than_one_reads_are_counted(root: Path) -> None:
    lines = "".join(f"x{n},,,Xã {n},,commune,nowhere,\n" for n in range(60))
    with (root / AGENCIES).open("a", encoding="utf-8") as file:
        file.write(lines)
    said = run(root, "check").stderr
    assert len(re.findall(r"unknown-parent", said)) == 50
    assert "… and 10 more." in said
    assert "60 problems." in said
