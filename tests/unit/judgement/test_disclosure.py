"""Small counts stay hidden, also from someone who knows every total and every shown part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.judgement.cast import COUNT, SUM, indicator, measured

from kieng.judgement.cells import Cell, Thresholds
from kieng.judgement.disclosure import HIDDEN, cell_of, disclose, thresholds_on
from kieng.plan.formula.nodes import Ratio

FIVE = Thresholds(Decimal(5), Decimal(5))
COUNTS_ONLY = Thresholds(Decimal(5), Decimal(1))


def cell(id: str, within: str | None, part: int | None, whole: int | None = None) -> Cell:
    return Cell(
        id, within, None if part is None else Decimal(part), None if whole is None else Decimal(whole)
    )


def test_a_small_count_is_hidden_and_the_smallest_sibling_that_is_enough_with_it() -> None:
    cells = [cell("p", None, 103), cell("a", "p", 3), cell("b", "p", 40), cell("c", "p", 60)]
    found = disclose(cells, FIVE)
    assert (found.small, found.cover) == ({"a"}, {"b"})
    assert found.reason("a") == found.reason("b") == HIDDEN
    assert found.reason("c") is None


def test_nothing_small_hides_nothing_and_nought_is_shown() -> None:
    cells = [cell("p", None, 100), cell("a", "p", 0), cell("b", "p", 100)]
    assert not disclose(cells, FIVE).hidden


def test_the_threshold_itself_is_shown() -> None:
    assert not disclose([cell("a", None, 5)], FIVE).hidden
    assert disclose([cell("a", None, 4)], FIVE).hidden == {"a"}


def test_two_small_ones_that_are_small_together_need_a_third() -> None:
    cells = [cell("p", None, 53), cell("a", "p", 1), cell("b", "p", 2), cell("c", "p", 50)]
    assert disclose(cells, FIVE).hidden == {"a", "b", "c"}


def test_a_sibling_of_nought_is_no_cover() -> None:
    cells = [cell("p", None, 53), cell("a", "p", 3), cell("b", "p", 0), cell("c", "p", 50)]
    assert disclose(cells, FIVE).hidden == {"a", "c"}


def test_the_denominator_and_what_is_left_of_it_are_counts_too() -> None:
    assert disclose([cell("a", None, 0, 4)], FIVE).hidden == {"a"}
    assert disclose([cell("a", None, 98, 100)], FIVE).hidden == {"a"}
    assert not disclose([cell("a", None, 98, 100)], COUNTS_ONLY).hidden
    assert not disclose([cell("a", None, 100, 100)], FIVE).hidden


def test_cover_has_to_cover_numerator_and_denominator() -> None:
    cells = [cell("p", None, 40, 110), cell("a", "p", 3, 30), cell("b", "p", 0, 30), cell("c", "p", 37, 50)]
    assert disclose(cells, FIVE).hidden == {"a", "c"}


def test_a_hidden_total_hides_a_part_as_well() -> None:
    """Otherwise the district is the sum of its communes, and the small one what the province lacks."""
    cells = [
        cell("p", None, 103),
        cell("small", "p", 3),
        cell("district", "p", 100),
        cell("a", "district", 40),
        cell("b", "district", 60),
    ]
    assert disclose(cells, FIVE).hidden == {"small", "district", "a"}


def test_what_a_total_holds_beside_its_parts_is_not_told_either() -> None:
    """103 less 40 and 60 leaves 3: the province's own."""
    cells = [cell("p", None, 103), cell("a", "p", 40), cell("b", "p", 60)]
    assert disclose(cells, FIVE).hidden == {"a"}


def test_a_total_that_is_all_there_is_to_hide_is_hidden() -> None:
    cells = [cell("p", None, 30), cell("d", "p", 13), cell("a", "d", 3), cell("e", "p", 17)]
    found = disclose([*cells, cell("own", "d", 10)], FIVE)
    assert "a" in found.hidden
    assert found.hidden != {"a"}


def test_a_figure_that_is_no_sum_of_its_parts_tells_nothing_of_them() -> None:
    cells = [cell("p", None, 50), cell("a", "p", 3), cell("b", "p", 40), cell("c", "p", 45)]
    assert disclose(cells, FIVE).hidden == {"a"}


def test_a_cell_without_a_figure_is_stepped_over() -> None:
    cells = [cell("p", None, 43), cell("d", "p", None), cell("a", "d", 3), cell("b", "d", 40)]
    assert disclose(cells, FIVE).hidden == {"a", "b"}


def test_one_id_is_one_cell() -> None:
    with pytest.raises(ValueError, match="one id"):
        disclose([cell("a", None, 1), cell("a", None, 2)], FIVE)


def test_a_breakdown_is_covered_like_a_tree() -> None:
    total = cell("all", None, 60, 104)
    values = [cell("online", "all", 2, 34), cell("counter", "all", 38, 40), cell("post", "all", 20, 30)]
    assert disclose([total, *values], COUNTS_ONLY).hidden == {"online", "post"}


def test_which_figures_are_counts() -> None:
    share = measured("3.4", numerator=Decimal(1), denominator=Decimal(29))
    assert cell_of(share, indicator(), "p") == Cell("binh-dinh", "p", Decimal(1), Decimal(29))
    assert cell_of(measured(3), indicator("hồ sơ", root=COUNT), "p", "x") == Cell("x", "p", Decimal(3))
    mean = indicator("ngày", root=Ratio(SUM, COUNT))
    assert cell_of(share, mean, None) == Cell("binh-dinh", None, Decimal(29))
    assert cell_of(measured(3), indicator("đồng", root=SUM), None).part is None
    assert cell_of(share, indicator(root=Ratio(SUM, SUM)), None).part is None  # reported as a whole


def test_the_thresholds_have_a_day() -> None:
    assert thresholds_on(date(2024, 1, 1)) == COUNTS_ONLY


# --- an onlooker who adds and takes away ---------------------------------------------------


@st.composite
def published(draw: st.DrawFn) -> list[Cell]:
    """A province of two storeys whose every total may hold some of its own."""
    leaf = st.tuples(st.integers(0, 7), st.integers(0, 7))
    cells: list[Cell] = []
    top = [0, 0]
    for number in range(draw(st.integers(1, 3))):
        leaves = draw(st.lists(leaf, max_size=3))
        own = draw(st.sampled_from([(0, 0), (0, 0), (1, 2), (9, 9)]))
        sums = [sum(x) for x in zip(own, *leaves, strict=True)]
        top = [a + b for a, b in zip(top, sums, strict=True)]
        cells.append(cell(f"d{number}", "p", sums[0], sum(sums)))
        cells += [cell(f"d{number}.{n}", f"d{number}", a, a + b) for n, (a, b) in enumerate(leaves)]
    return [cell("p", None, top[0], sum(top)), *cells]


@dataclass(frozen=True)
class Onlooker:
    """Knows the tree and what is ``shown``, and works out what everything else may be: up the tree by what
    stands below, and down again by what stands above and beside. ``amounts`` is looked at only for what a
    total holds beside its parts: that is known where it is nothing, and told by no figure where it is
    something."""

    below: dict[str | None, list[str]]
    shown: dict[str, int]
    amounts: dict[str, int]

    @property
    def amounts_tried(self) -> range:
        return range(self.shown.get("p", 59) + 1)

    def beside(self, node: str, amount: int) -> Iterable[int]:
        """What a total of ``amount`` may hold beside its parts."""
        own = self.amounts[node] - sum(self.amounts[child] for child in self.below[node])
        if own >= 5:  # a few guesses are enough: fewer worlds make a better onlooker
            return [near for near in (own, own - 2, own + 2, own - 4, own + 4) if 0 <= near <= amount]
        return range(amount + 1) if own > 0 else [own]

    def from_below(self, node: str) -> set[int]:
        """What ``node`` may be by itself and what is below it."""
        known = {self.shown[node]} if node in self.shown else set(self.amounts_tried)
        if not self.below.get(node):
            return known
        sums = self.sums(self.below[node])
        return {a for a in known if any(a - b in sums for b in self.beside(node, a))}

    def sums(self, nodes: Iterable[str]) -> set[int]:
        found = {0}
        for node in nodes:
            found = {a + b for a in found for b in self.from_below(node)}
        return found

    def possible(self, asked: list[str]) -> dict[str, set[int]]:
        """Every value that each of ``asked`` may have."""
        found, waiting = {"p": self.from_below("p")}, ["p"]
        while waiting:
            node = waiting.pop()
            left = (
                {a - b for a in found[node] for b in self.beside(node, a)} if self.below.get(node) else set()
            )
            for child in self.below.get(node, ()):
                others = self.sums(other for other in self.below[node] if other != child)
                found[child] = {x for x in self.from_below(child) if any(a - x in others for a in left)}
                waiting.append(child)
        return {id: found[id] for id in asked}


def onlooker(cells: list[Cell], amounts: dict[str, int], hidden: frozenset[str]) -> Onlooker:
    below = defaultdict(list)
    for one in cells:
        below[one.within].append(one.id)
    return Onlooker(dict(below), {id: n for id, n in amounts.items() if id not in hidden}, amounts)


@given(published())
@settings(max_examples=300, deadline=None)
def test_nobody_can_tell_a_hidden_small_count_from_totals_and_siblings(cells: list[Cell]) -> None:
    hidden = disclose(cells, FIVE).hidden
    parts = {c.id: int(c.part or 0) for c in cells}
    rests = {c.id: int((c.whole or 0) - (c.part or 0)) for c in cells}
    wholes = {c.id: int(c.whole or 0) for c in cells}
    assert ("p" in hidden) == any(0 < amounts["p"] < 5 for amounts in (parts, rests, wholes))
    for amounts in (parts, rests):
        small = [id for id, n in amounts.items() if 0 < n < 5]
        assert hidden >= set(small)
        found = onlooker(cells, amounts, hidden).possible(small)
        assert all(len(values) > 1 for values in found.values()), (found, sorted(hidden))


def test_a_province_shown_beside_its_one_small_part_tells_it_to_nobody_but_who_knows_its_own() -> None:
    cells = [cell("p", None, 100), cell("a", "p", 3)]
    assert disclose(cells, FIVE).hidden == {"a"}
    found = onlooker(cells, {"p": 100, "a": 3}, frozenset({"a"})).possible(["a"])
    assert len(found["a"]) > 1
    alone = [cell("p", None, 3), cell("a", "p", 3)]
    assert disclose(alone, FIVE).hidden == {"p", "a"}


def test_the_onlooker_sees_through_a_lone_hidden_cell() -> None:
    """The test above can fail: with the small cell alone hidden, the onlooker has its value."""
    cells = [cell("p", None, 103), cell("a", "p", 3), cell("b", "p", 100)]
    found = onlooker(cells, {"p": 103, "a": 3, "b": 100}, frozenset({"a"})).possible(["a"])
    assert found == {"a": {3}}
