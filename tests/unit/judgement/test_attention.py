"""What asks for attention: saved before lost, by people and shortfall, one rule for all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.judgement.cast import PERCENT, START, measured, target

from kieng.judgement.attention import Call, call_of, lacking, urgency
from kieng.judgement.board import Line
from kieng.judgement.judge import Judgement, judge, with_pace
from kieng.judgement.standing import Standing
from kieng.plan.agency import Agency, AgencyTree, Weight
from kieng.plan.target import Target
from kieng.words import Name

TODAY = date(2024, 7, 1)


def tree(**people: int) -> AgencyTree:
    agencies = {
        name: Agency(name, None, None, (), (), weights=(Weight("population", Decimal(count), 2020, "x"),))
        for name, count in people.items()
    }
    return AgencyTree(agencies, {})


def line(goal: Target, value: object, agency: str = "a", period: str = "2024") -> Line:
    one = None if value is None else measured(value, period)
    judged = judge(goal, PERCENT, one, TODAY if period == "2024" else date(2026, 3, 1))
    return Line(goal, PERCENT, agency, None, one, judged, agency)


@pytest.mark.parametrize(
    ("standing", "call"),
    [
        (Standing.LATE, Call.SAVE),
        (Standing.NOT_DUE, Call.AT_RISK),
        (Standing.DUE_NO_FIGURE, Call.OWED),
        (Standing.OPEN, Call.DECIDE),
        (Standing.MISSED, Call.LOST),
        *((one, Call.NOTHING) for one in ("met", "on_course", "no_data", "closed", "unknown")),
    ],
)
def test_what_each_standing_asks_for(standing: Standing, call: Call) -> None:
    assert call_of(Judgement(Standing(standing), Name("", ""))) is call
    assert call.words.vi


def test_what_was_lost_long_ago_comes_after_what_can_be_saved() -> None:
    people = tree(a=1000)
    lost = urgency([line(target("at_least", 90), 5, period="2025")], people)
    late = urgency([line(target("at_least", 90), 74, period="2024")], people)
    assert (late.call, lost.call) == (Call.SAVE, Call.LOST)
    assert lost.weight > late.weight
    assert late.key < lost.key


def test_far_from_a_target_without_a_way_is_no_unknown() -> None:
    """5G at 17 % of 99 %."""
    far = urgency([line(target("at_least", 99, baseline=None), 17)], tree(a=1000))
    near = urgency([line(target("at_least", 99, baseline=None), 97)], tree(a=1000))
    assert far.call is near.call is Call.AT_RISK
    assert far.key < near.key
    assert lacking(line(target("at_least", 99, baseline=None), 17)) * 99 == 82


def test_a_pace_that_comes_in_time_asks_for_nothing() -> None:
    goal = target("at_least", 90, baseline=None)
    judged = judge(goal, PERCENT, measured(80, "2024"), TODAY)
    rising = [measured(70 + 2 * n, f"2024-{n:02}") for n in range(1, 7)]
    assert call_of(with_pace(judged, goal, PERCENT, rising)) is Call.NOTHING
    falling = [measured(82 - 2 * n, f"2024-{n:02}") for n in range(1, 7)]
    assert call_of(with_pace(judged, goal, PERCENT, falling)) is Call.AT_RISK


def test_people_times_what_is_lacking() -> None:
    goal, people = target("at_least", 90, baseline=START), tree(a=100, b=1000)
    small, large = line(goal, 40, "a"), line(goal, 70, "b")
    assert urgency([large], people).key < urgency([small], people).key
    both_ = urgency([small, large, line(goal, 95, "a")], people)
    assert both_.weight == urgency([small], people).weight + urgency([large], people).weight


def test_a_hidden_figure_asks_for_nothing() -> None:
    """Else a list, or its order, would tell how it stands."""
    goal = target("at_least", 90)
    found = urgency([line(goal, 40)], tree(a=100), lambda one: False)
    assert (found.call, found.weight) == (Call.NOTHING, 0)


def test_of_equals_the_sooner_deadline_comes_first() -> None:
    sooner, later = (target("at_least", 90, baseline=None, by=date(year, 12, 31)) for year in (2025, 2030))
    people = tree(a=100)
    assert urgency([line(sooner, 50)], people).key < urgency([line(later, 50)], people).key


def test_nobody_asks_for_nothing() -> None:
    assert urgency([], tree()).call is Call.NOTHING
