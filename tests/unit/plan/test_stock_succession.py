"""Whose stock takes the place of whose."""

from __future__ import annotations

from datetime import date

from tests.helpers.world import reorganisation, tree_from

from kieng.plan.stock_succession import ANY_DAY, StockSuccession

TREE = tree_from(
    """
tinh     province
  a      commune ..2024-07-01
  b      commune 2024-07-01..2025-07-01
  c      commune ..2025-07-01
  lon    commune
  moi    commune 2025-07-01..
"""
)
FIRST, SECOND = date(2024, 7, 1), date(2025, 7, 1)
EVENTS = (
    reorganisation(FIRST, "rename", "a -> b"),
    reorganisation(SECOND, "split", "b -> moi population=1\nb -> lon population=0\nc -> lon"),
)
SUCCESSION = StockSuccession(TREE, EVENTS)


def test_who_exists_keeps_its_stock() -> None:
    assert SUCCESSION.displacing("a", date(2024, 6, 30)) == {}
    assert SUCCESSION.displacing("lon", date(2025, 12, 31)) == {}


def test_every_heir_on_the_way_to_the_day_takes_its_place() -> None:
    assert SUCCESSION.displacing("a", date(2024, 12, 31)) == {"b": ANY_DAY}
    assert SUCCESSION.displacing("a", date(2025, 12, 31)) == {"b": ANY_DAY, "moi": ANY_DAY}


def test_an_heir_that_was_there_before_needs_a_figure_since() -> None:
    assert SUCCESSION.displacing("c", date(2025, 12, 31)) == {"lon": SECOND}


def test_who_got_nothing_is_no_heir() -> None:
    assert "lon" not in SUCCESSION.displacing("b", date(2025, 12, 31))


def test_the_forebears_of_an_agency_still_to_come_take_its_place() -> None:
    assert SUCCESSION.displacing("moi", date(2024, 6, 30)) == {"b": ANY_DAY, "a": ANY_DAY}


def test_it_is_told_from_the_other_side() -> None:
    assert SUCCESSION.displaced_by("moi", date(2025, 12, 31)) == {"a", "b"}
    assert SUCCESSION.displaced_by("nobody", date(2025, 12, 31)) == frozenset()
