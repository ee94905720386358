"""The words for how a target stands: each has its name, its meaning and its group, on every surface."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

import kieng
from kieng.judgement.standing import WORST_FIRST, Group, Standing, for_every_standing, tally, worst
from kieng.web.api.shapes import StandingWord

STYLE = Path(kieng.__file__).parent / "web/static/kieng/kieng.css"


def test_the_words_are_those_of_the_glossary() -> None:
    assert {one.value: (one.words.vi, one.words.en) for one in Standing} == {
        "met": ("Đạt", "Met"),
        "on_course": ("Đúng tiến độ", "On course"),
        "late": ("Chậm tiến độ", "Late"),
        "missed": ("Không đạt", "Missed"),
        "open": ("Chưa kết luận", "Open"),
        "not_due": ("Chưa đến hạn", "Not due yet"),
        "due_no_figure": ("Đến hạn, chưa có số", "Due, no figure"),
        "no_data": ("Chưa có số liệu", "No data"),
        "closed": ("Đã khép lại", "Closed"),
        "unknown": ("Chưa rõ", "Unknown"),
    }


def test_every_standing_is_in_one_group_and_has_a_meaning() -> None:
    groups = {group: [one.value for one in Standing if one.group is group] for group in Group}
    assert groups == {
        Group.GOOD: ["met", "on_course"],
        Group.SAVABLE: ["late"],
        Group.LOST: ["missed"],
        Group.UNDECIDED: ["open", "not_due", "unknown"],
        Group.WITHOUT_FIGURE: ["due_no_figure", "no_data"],
        Group.ENDED: ["closed"],
    }
    assert all(one.meaning.vi and one.meaning.en for one in Standing)


def test_what_several_standings_mean() -> None:
    assert {one for one in Standing if one.is_off} == {Standing.LATE, Standing.MISSED}
    assert {one for one in Standing if one.is_judged} == {
        Standing.MET, Standing.ON_COURSE, Standing.LATE, Standing.MISSED,
    }  # fmt: skip
    assert {one for one in Standing if one.is_off and not one.is_savable} == {Standing.MISSED}


def test_a_table_that_forgets_a_standing_is_refused_by_name() -> None:
    whole = {one: one.value for one in Standing}
    assert for_every_standing(whole) is whole
    del whole[Standing.OPEN]
    with pytest.raises(ValueError, match="forgets open"):
        for_every_standing(whole)


def test_worst_first_orders_every_standing_once() -> None:
    assert sorted(WORST_FIRST) == sorted(Standing)
    assert tally(reversed(list(Standing))) == tuple((one, 1) for one in WORST_FIRST)
    assert worst([Standing.MET, Standing.LATE, Standing.NOT_DUE]) is Standing.LATE
    assert worst([]) is Standing.UNKNOWN


def test_the_api_and_the_style_sheet_know_every_standing() -> None:
    assert set(get_args(StandingWord)) == set(Standing)
    style = STYLE.read_text(encoding="utf-8")
    assert [one for one in Standing if f".standing.{one}" not in style] == []
