"""Rows of a table by area that would tell a hidden figure are not shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kieng.judgement.by_area import AreaRow, AreaSum, ByArea
from kieng.judgement.cells import Cell, Thresholds
from kieng.judgement.disclosure_areas import hidden_rows
from kieng.measurement.measurement import Coverage, Status
from kieng.plan.area import AreaType
from kieng.plan.period import Grain, Period
from kieng.words import Name

LIMITS = Thresholds(Decimal(5), Decimal(3))
REST = Name("Các xã còn lại", "All others")


def side(agencies: str) -> AreaSum:
    none = Coverage(0, 0, None)
    return AreaSum(tuple(agencies), Status.VALUE, None, None, None, (), none, False, None, ())


def table(*rows: tuple[str, str, str]) -> ByArea:
    """Each row: the area, the communes of it, those it is held against (a letter each)."""
    made = [
        AreaRow(AreaType(id, Name(id, id)), side(mine), REST, side(other), None) for id, mine, other in rows
    ]
    return ByArea("x", "p", Period(date(2024, 1, 1), Grain.YEAR), "as-was", tuple(made))


def cells(**counts: int) -> list[Cell]:
    """The communes and their province."""
    province = Cell("p", None, Decimal(sum(counts.values())))
    return [province, *(Cell(name, "p", Decimal(count)) for name, count in counts.items())]


def test_what_hides_enough_is_shown() -> None:
    found = table(("rural", "ab", "cd"), ("urban", "cd", "ab"))
    assert hidden_rows(found, cells(a=2, b=9, c=3, d=9), frozenset("abcd"), LIMITS) == frozenset()
    assert hidden_rows(found, cells(a=20, b=9, c=30, d=9), frozenset(), LIMITS) == frozenset()


def test_a_single_hidden_one_would_be_told() -> None:
    found = table(("rural", "ab", "cd"), ("urban", "cd", "ab"), ("coastal", "ac", "bd"))
    assert hidden_rows(found, cells(a=2, b=9, c=8, d=9), frozenset("ad"), LIMITS) == {
        "rural",
        "urban",
        "coastal",
    }


def test_a_small_sum_of_hidden_ones_would_be_told() -> None:
    found = table(("rural", "abc", "def"))
    assert hidden_rows(found, cells(a=1, b=2, c=9, d=9, e=9, f=9), frozenset("abde"), LIMITS) == {"rural"}


def test_one_kind_within_another_tells_the_rest() -> None:
    within = table(("mountainous", "abcd", "efg"), ("remote", "abc", "defg"))
    many = cells(a=9, b=9, c=9, d=2, e=9, f=9, g=9)
    assert hidden_rows(within, many, frozenset("abcdefg"), LIMITS)  # mountainous less remote is d alone


def test_all_sums_together_single_one_out() -> None:
    # a+b, b+c and c+a give each of them, though none of the three lies within another.
    ring = table(("one", "ab", ""), ("two", "bc", ""), ("three", "ca", ""))
    assert hidden_rows(ring, cells(a=9, b=9, c=9), frozenset("abc"), LIMITS)


def test_what_has_no_count_tells_nothing() -> None:
    found = table(("rural", "ab", "cd"))
    assert not hidden_rows(found, [Cell(one, "p", None) for one in "abcd"], frozenset("a"), LIMITS)


def in_districts(**districts: dict[str, int]) -> list[Cell]:
    """Communes in their districts in the province."""
    every = [Cell(name, d, Decimal(n)) for d, below in districts.items() for name, n in below.items()]
    totals = [Cell(d, "p", Decimal(sum(below.values()))) for d, below in districts.items()]
    return [Cell("p", None, sum((one.part or Decimal(0) for one in totals), Decimal(0))), *totals, *every]


def test_a_total_between_takes_the_hidden_apart() -> None:
    # Rural less the district x is a and b; y less a and b is the urban c.
    many = in_districts(x={"d": 9, "e": 2, "g": 20}, y={"a": 9, "b": 9, "c": 3, "h": 30})
    found = table(("rural", "abde", ""))
    assert hidden_rows(found, many, frozenset("abcde"), LIMITS) == {"rural"}
    assert not hidden_rows(found, many, frozenset("abde"), LIMITS)


def test_hidden_ones_of_others_mask_nothing() -> None:
    # z is of the other province: what p hides is a, b and c, so rural leaves c alone.
    many = [*cells(a=9, b=9, c=2, h=30), Cell("q", None, Decimal(9)), Cell("z", "q", Decimal(4))]
    found = table(("rural", "ab", ""))
    assert hidden_rows(found, many, frozenset("abcz"), LIMITS) == {"rural"}


def test_below_the_top_a_row_with_something_hidden_is_not_shown() -> None:
    many = in_districts(x={"a": 2, "b": 9, "c": 9, "g": 20})
    of_x = table(("rural", "ab", "cg"), ("coastal", "g", ""))
    district = ByArea("x", "x", of_x.period, "as-was", of_x.rows)
    assert hidden_rows(district, many, frozenset("abc"), LIMITS) == {"rural"}
