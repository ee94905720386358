"""Blocks of sources: sums that are not small, figures that hold them whole, and witnesses."""

from __future__ import annotations

import numpy as np

from kieng.judgement.blocks import Siblings, alone, enough_stand_together, part, together
from kieng.judgement.calendar_of_counts import calendar_of
from kieng.plan.indicator import Membership
from kieng.plan.period import Period

EVERYBODY = np.ones((1, 4))
OWN = np.eye(4)


def parted(counts, held, below_nothing=True, periods=None, least=5, asked=None):
    counts = np.array(counts, float)
    count, moments = counts.shape
    siblings = Siblings(
        periods or [np.arange(moments)],
        [held] * len(periods or [0]),
        [np.zeros(len(held), bool)] * len(periods or [0]),
        below_nothing=below_nothing,
    )
    nobody = np.zeros(count, bool) if asked is None else np.array(asked)
    return part([counts], np.ones_like(counts, bool), siblings, [least], alone(count), nobody)[0]


def blocks(found) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(found.first == one).tolist()) for one in found.first}


def test_a_small_count_is_shown_with_the_smallest_that_is_enough():
    found = parted([[3], [40], [10], [60]], np.vstack([EVERYBODY, OWN]))
    assert blocks(found) == {frozenset({0, 2}), frozenset({1}), frozenset({3})}
    there = np.ones(4, bool)
    assert found.shows(EVERYBODY, there).tolist() == [True]
    assert found.shows(OWN, there).tolist() == [False, True, False, True]


def test_nought_is_no_small_count():
    assert not (parted([[0], [5], [7], [9]], EVERYBODY).first != np.arange(4)).any()


def test_those_of_one_heir_are_shown_together_first():
    """The heir's figure on today's map stays."""
    heirs = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]], float)
    found = parted([[3], [40], [10], [60]], np.vstack([heirs, OWN]))
    assert frozenset({0, 1}) in blocks(found)
    assert found.shows(heirs, np.ones(4, bool)).all()


def test_in_the_siblings_of_a_period_a_small_one_needs_another_of_the_same_agency():
    """Two months of a quarter: who has something in one of them alone cannot be hidden in it."""
    counts = np.array([[3, 30], [40, 40], [9, 0], [60, 60]], float)
    live = counts > 0
    held, first = np.vstack([EVERYBODY, OWN]), np.zeros(5, bool)
    siblings = Siblings([np.array([0]), np.array([1])], [held] * 2, [first] * 2)
    found, helpless = part([counts], live, siblings, [5], alone(4), np.zeros(4, bool))
    assert frozenset({0, 1}) in blocks(found)
    assert not helpless.any()
    lonely = np.array([[3, 0], [40, 40], [50, 50], [60, 60]], float)
    _, helpless = part([lonely], lonely > 0, siblings, [5], alone(4), np.zeros(4, bool))
    assert helpless.tolist() == [True, False, False, False]


def test_where_nothing_else_is_left_nothing_is_shown():
    found = parted([[1], [1], [1], [0]], EVERYBODY)
    assert not found.shows(EVERYBODY, np.ones(4, bool)).any()


def test_what_is_not_there_in_a_period_breaks_no_figure_of_it():
    found = together([alone(4), parted([[3], [4], [9], [9]], EVERYBODY)])
    there = np.array([True, False, True, True])
    first, second = sorted(next(one for one in blocks(found) if len(one) == 2))
    row = np.zeros(4)
    row[first] = 1
    there[[first, second]] = (True, False)
    assert found.shows(row, there)
    assert not found.shows(row, np.ones(4, bool))


def test_months_lie_in_quarters_nobody_measured():
    """Where one month must not be told, the others of its quarter are enough beside it."""
    year = [Period.parse(f"2024-{month:02}") for month in range(1, 13)] + [Period.parse("2024")]
    found = calendar_of(Membership.BY, year)
    group = found.group_of(Period.parse("2024-05"))
    assert [str(one) for one in found.siblings[group]] == ["2024-04", "2024-05", "2024-06"]
    assert found.above[found.group_of(Period.parse("2024"))] is None
    assert len(found.trees) == 1


def test_what_is_open_adds_up_to_nothing_and_what_holds_is_of_its_day():
    periods = [Period.parse(one) for one in ("2024-12", "2024-11", "2024")]
    open_ = calendar_of(Membership.OPEN, periods)
    assert all(above is None for above in open_.above.values())
    assert len(open_.above) == 3
    held = calendar_of(Membership.IN_FORCE, periods)
    assert held.moment_of(Period.parse("2024")) == Period.parse("2024-12")
    assert held.group_of(Period.parse("2024")) == held.group_of(Period.parse("2024-12"))


def test_who_is_above_all_others_is_safe_where_enough_stand_together():
    alike, always = np.ones((3, 3), bool), np.ones((3, 2), bool)
    few = np.array([[3, 1], [2, 4], [1, 1]], float)
    assert enough_stand_together([few], always, [5], alike)
    assert not enough_stand_together([few], always, [9], alike)
    assert not enough_stand_together([few], always, [5], np.eye(3, dtype=bool))
    sometimes = np.array([[True, True], [True, True], [False, True]])
    assert enough_stand_together([few * sometimes], sometimes, [5], alike)
