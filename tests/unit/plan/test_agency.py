from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kieng.plan.agency import Agency, AgencyTree, Level, Weight
from kieng.plan.dated import Dated
from kieng.plan.period import Period
from kieng.words import Name

JULY = date(2025, 7, 1)
LEVELS = {"x": Level("x", Name("X", "X"), "province", 0)}


def agency(id, opened=None, closed=None, parents=(), **facts):
    return Agency(id, opened, closed, (Dated(Name(id, id)),), (Dated("x"),), tuple(parents), **facts)


@pytest.mark.parametrize(
    ("opened", "closed", "period", "last"),
    [
        (None, None, "2025-06", date(2025, 6, 30)),
        (None, JULY, "2025-06", date(2025, 6, 30)),
        (None, JULY, "2025-07", None),
        (None, JULY, "2025", date(2025, 6, 30)),
        (JULY, None, "2025-06", None),
        (JULY, None, "2025-07", date(2025, 7, 31)),
        (JULY, None, "2025", date(2025, 12, 31)),
        (JULY, date(2025, 7, 2), "2025-07", JULY),
    ],
)
def test_the_last_day_in_a_period(opened, closed, period, last):
    assert agency("a", opened, closed).last_day_in(Period.parse(period)) == last


@pytest.mark.parametrize(
    ("opened", "closed", "period", "part"),
    [
        (None, None, "2025", (None, None)),
        (None, JULY, "2025", (None, date(2025, 6, 30))),
        (None, JULY, "2025-06", (None, None)),
        (None, JULY, "2025-07", (None, None)),  # not there at all
        (JULY, None, "2025", (JULY, None)),
        (JULY, None, "2025-07", (None, None)),
        (JULY, date(2025, 9, 1), "2025", (JULY, date(2025, 8, 31))),
        (JULY, date(2025, 9, 1), "2025-Q4", (None, None)),
    ],
)
def test_the_part_of_a_period_that_it_is_there_for(opened, closed, period, part):
    assert agency("a", opened, closed).part_of(Period.parse(period)) == part


def test_the_weight_of_a_day_is_the_newest_before_it_else_the_oldest():
    weights = [Weight("people", Decimal(n), year, "S") for n, year in ((3, 2024), (1, 2015), (2, 2019))]
    a = agency("a", weights=tuple(weights))
    known = {year: a.weight("people", date(year, 1, 1)).amount for year in (2010, 2015, 2018, 2019, 2030)}
    assert known == {2010: 1, 2015: 1, 2018: 1, 2019: 2, 2030: 3}
    assert a.weight("area", JULY) is None


def three_levels():
    changed = [Dated("d", None, JULY), Dated("p", JULY)]
    nodes = [agency("p"), agency("d", None, JULY, [Dated("p")]), agency("c", parents=changed)]
    return AgencyTree({node.id: node for node in nodes}, LEVELS)


def test_the_tree_changes_with_the_day():
    tree = three_levels()
    assert tree.change_days == (JULY,)
    before, after = tree.on(date(2025, 6, 30)), tree.on(JULY)
    assert (tuple(before.ancestors("c")), tuple(after.ancestors("c"))) == (("c", "d", "p"), ("c", "p"))
    assert (list(before.subtree("p")), list(after.subtree("p"))) == (["p", "d", "c"], ["p", "c"])
    assert ("d" in before, "d" in after) == (True, False)


def test_days_between_two_changes_share_one_tree():
    tree = three_levels()
    assert tree.on(date(2020, 1, 1)) is tree.on(date(2025, 6, 30))
    assert tree.on(JULY) is tree.on(date(2026, 1, 1))


def test_a_code_means_an_agency_only_on_a_day():
    old = agency("old", None, JULY, codes=(Dated("52"),))
    new = agency("new", JULY, codes=(Dated("52"),))
    tree = AgencyTree({"old": old, "new": new}, LEVELS)
    assert tree.by_code("52", date(2025, 6, 30)) is old
    assert tree.by_code("52", JULY) is new
    assert tree.by_code("53", JULY) is None
    assert tree.ever_with_code("52") == (old, new)
