"""Disclosure: which figures the public does not see, because a small count could be told from them.

**Small.** A figure is small when its count, its denominator or what is left of the denominator is above
nought and below the threshold. Then the whole figure is hidden: numerator, denominator and value.

**Cover.** A hidden figure that a total and its shown parts give away is not hidden. So others are hidden
with it, the smallest first, until everything hidden under one shown total is together no small figure
again. Then each hidden small count may be anything from nought up to a sum that is not small: nobody
can tell it, or even that it is small. A hidden total whose parts are all shown would be no better: its
cover reaches down to its parts. A total above all others is hidden only when it is small itself: what
it holds beside its parts covers them where they do not cover each other.

What an onlooker is taken to know: every shown figure, every total, the tree, the thresholds, and which
totals hold nothing beside their parts (how much one holds beside them no figure tells); not which of the
hidden figures are small, so there is one reason for all.
Figures of other periods or indicators that add up to one another are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kieng.judgement.cells import NIL, Cell, CellTree, Mass, Thresholds, total_of, tree_of
from kieng.judgement.kinds import is_count, is_counted_share, is_mean_of_counted
from kieng.judgement.parameters import Parameters, built_in
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator
from kieng.words import Name

HIDDEN = Name(
    "Ẩn để không lộ số nhỏ: chính số này nhỏ, hoặc từ số này tính ra được một số nhỏ",
    "Hidden to protect small counts: this one is small, or a small one could be told from it",
)


@dataclass(frozen=True)
class Disclosure:
    """The hidden cells: ``small`` for themselves, ``cover`` so that no small one can be told.

    Which of the two a cell is belongs to those who may see the figures; the public is told neither.
    """

    small: frozenset[str]
    cover: frozenset[str]

    @property
    def hidden(self) -> frozenset[str]:
        return self.small | self.cover

    def reason(self, cell: str) -> Name | None:
        """Why ``cell`` is hidden, for the public; None when it is shown."""
        return HIDDEN if cell in self.hidden else None


def thresholds_on(day: date, parameters: Parameters | None = None) -> Thresholds:
    """The thresholds in force on ``day``."""
    known = parameters or built_in()
    return Thresholds(known.on("least_count_shown", day), known.on("least_rest_shown", day))


def cell_of(
    measurement: Measurement,
    indicator: Indicator,
    within: str | None,
    id: str | None = None,
    open_counts: bool = False,
) -> Cell:
    """A measurement as a cell, named by its agency unless ``id`` says otherwise (a breakdown's value).

    Only things counted one by one in the records are counts that could tell of somebody: a share of them
    has its numerator and denominator, a mean the number it is the mean of. An amount, or a figure that an
    agency reports as a whole, has none; nor has what counts things (``open_counts``, of its record type).
    """
    name, rule = id or measurement.agency, indicator.rules[measurement.rule]
    if open_counts:
        return Cell(name, within, None)
    if is_counted_share(indicator, rule):
        return Cell(name, within, measurement.numerator, measurement.denominator)
    if is_count(rule):
        return Cell(name, within, measurement.value)
    return Cell(name, within, measurement.denominator if is_mean_of_counted(rule) else None)


def disclose(cells: Sequence[Cell], thresholds: Thresholds) -> Disclosure:
    """What is hidden of ``cells``: a tree of any depth, or a total and its breakdown.

    ValueError when two cells have one id. A cell whose ``within`` is not among the cells, or has no
    figure, stands below the nearest one above it that has.
    """
    tree = tree_of(cells)
    small = frozenset(id for id, mass in tree.mass.items() if mass.is_small(thresholds))
    hidden = set(small)
    for node in tree.deepest_first:
        if node not in hidden:
            _cover(tree, node, hidden, thresholds)
    hidden -= tree.tops - small
    return Disclosure(small, frozenset(hidden) - small)


# --- cover -------------------------------------------------------------------------------


def _cover(tree: CellTree, node: str, hidden: set[str], thresholds: Thresholds) -> None:
    """Hide more below ``node`` until what it tells of the hidden is no small figure; when nothing is
    left to hide, ``node`` itself, for then it is what tells."""
    while (told := tree.open(node, hidden, thresholds)).is_small(thresholds):
        ways = [(way, _gain(tree, way, hidden, thresholds)) for way in tree.ways(node, hidden)]
        if not ways:
            hidden.add(node)
            return
        way, _ = min(ways, key=lambda one: _cost(told, one[0], one[1], thresholds))
        hidden.update(way)


def _gain(tree: CellTree, way: tuple[str, ...], hidden: set[str], thresholds: Thresholds) -> Mass:
    """What hiding ``way`` adds: its leaf, and what is hidden below the cells on the way already."""
    return total_of(
        tree.mass[one] if tree.is_leaf(one) else tree.open(one, hidden, thresholds) for one in way
    )


def _cost(
    told: Mass, way: tuple[str, ...], gain: Mass, thresholds: Thresholds
) -> tuple[bool, Decimal, int, Decimal, tuple[str, ...]]:
    """The fewest and smallest cells that are enough; where none is, those that help most."""
    lacking = (told + gain).lacking(thresholds)
    short = told.lacking(thresholds)
    if not any(lacking):
        return False, NIL, len(way), gain.whole, way
    helps = sum((min(c, thresholds.count) for c, small in zip(gain.counts, short, strict=True) if small), NIL)
    return True, -helps, len(way), gain.whole, way
