"""Disclosure: which figures the public does not see, because a small count could be told from them.

**Small.** A figure is small when its count, its denominator or what is left of the denominator is above
nought and below the threshold. Then the whole figure is hidden: numerator, denominator and value.

**Cover.** A hidden figure that a total and its shown parts give away is not hidden. So others are hidden
with it, the smallest first, until everything hidden under one shown total is together no small figure
again. Then each hidden small count may be anything from nought up to a sum that is not small: nobody
can tell it, or even that it is small. A hidden total whose parts are all shown would be no better: its
cover reaches down to its parts.

What an onlooker is taken to know: every shown figure, every total, the tree, the thresholds, and what a
total holds beside its parts; not which of the hidden figures are small, so there is one reason for all.
Figures of other periods or indicators that add up to one another are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kieng.judgement.kinds import is_count
from kieng.judgement.parameters import Parameters, built_in
from kieng.measurement.measurement import VALUE_DIGITS, Measurement
from kieng.plan.indicator import Indicator
from kieng.words import Name

HIDDEN = Name(
    "Ẩn để không lộ số nhỏ: chính số này nhỏ, hoặc từ số này tính ra được một số nhỏ",
    "Hidden to protect small counts: this one is small, or a small one could be told from it",
)

_NIL = Decimal(0)
_LEAST = Decimal(1).scaleb(3 - VALUE_DIGITS)  # less is the rounding of figures shared out over a split


@dataclass(frozen=True)
class Cell:
    """A figure that would be published. ``within``: the cell it is a part of (the agency above; the total
    of a breakdown). ``part`` is the count or the numerator, ``whole`` the denominator of a ratio; a cell
    with neither has no count that could be told from it."""

    id: str
    within: str | None
    part: Decimal | None
    whole: Decimal | None = None


@dataclass(frozen=True)
class Thresholds:
    """The least count, and the least rest of a denominator, that are shown."""

    count: Decimal
    rest: Decimal


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
    measurement: Measurement, indicator: Indicator, within: str | None, id: str | None = None
) -> Cell:
    """A measurement as a cell, named by its agency unless ``id`` says otherwise (a breakdown's value).

    A ratio has its numerator and denominator; another figure is a count when its formula counts records.
    An amount of money or a length has no count.
    """
    name = id or measurement.agency
    if measurement.numerator is not None and measurement.denominator is not None:
        return Cell(name, within, measurement.numerator, measurement.denominator)
    counted = is_count(indicator.rules[measurement.rule])
    return Cell(name, within, measurement.value if counted else None)


def disclose(cells: Sequence[Cell], thresholds: Thresholds) -> Disclosure:
    """What is hidden of ``cells``: a tree of any depth, or a total and its breakdown.

    ValueError when two cells have one id. A cell whose ``within`` is not among the cells, or has no
    figure, stands below the nearest one above it that has.
    """
    tree = _tree(cells)
    small = frozenset(id for id, mass in tree.mass.items() if mass.is_small(thresholds))
    hidden = set(small)
    for node in tree.deepest_first:
        if node not in hidden:
            _cover(tree, node, hidden, thresholds)
    return Disclosure(small, frozenset(hidden) - small)


# --- counts ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Mass:
    part: Decimal = _NIL
    whole: Decimal = _NIL

    def __add__(self, other: _Mass) -> _Mass:
        return _Mass(self.part + other.part, self.whole + other.whole)

    def __sub__(self, other: _Mass) -> _Mass:
        return _Mass(self.part - other.part, self.whole - other.whole)

    def lacking(self, thresholds: Thresholds) -> tuple[bool, bool, bool]:
        """Which of count, denominator and rest are small."""
        rest = self.whole - self.part
        return (
            _LEAST < self.part < thresholds.count,
            _LEAST < self.whole < thresholds.count,
            _LEAST < rest < thresholds.rest,
        )

    def is_small(self, thresholds: Thresholds) -> bool:
        return any(self.lacking(thresholds))

    @property
    def counts(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.part, self.whole, self.whole - self.part


def _sum(masses: Iterable[_Mass]) -> _Mass:
    return sum(masses, _Mass())


# --- the tree ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tree:
    """``own`` is what a total holds beside its parts, where there is any."""

    mass: Mapping[str, _Mass]
    parts: Mapping[str, Sequence[str]]
    own: Mapping[str, _Mass]
    deepest_first: Sequence[str]

    def is_leaf(self, node: str) -> bool:
        return not self.parts[node]

    def open(self, node: str, hidden: set[str], thresholds: Thresholds) -> _Mass:
        """What is hidden below ``node`` as seen from there: told by ``node`` less what is shown."""
        own = self.own.get(node, _Mass())
        below = [own] if own.is_small(thresholds) else []
        for child in self.parts[node]:
            if child in hidden:
                leaf = self.is_leaf(child)
                below.append(self.mass[child] if leaf else self.open(child, hidden, thresholds))
        return _sum(below)

    def ways(self, node: str, hidden: set[str], way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """What could be hidden besides: each time the shown cells down to one leaf."""
        for child in self.parts[node]:
            longer = way if child in hidden else (*way, child)
            if not self.is_leaf(child):
                yield from self.ways(child, hidden, longer)
            elif longer:
                yield longer


def _tree(cells: Sequence[Cell]) -> _Tree:
    within = {cell.id: cell.within for cell in cells}
    if len(within) < len(cells):
        raise ValueError("two cells have one id")
    mass = {c.id: _Mass(c.part, c.part if c.whole is None else c.whole) for c in cells if c.part is not None}
    above = {id: _nearest(id, within, mass) for id in mass}
    parts: dict[str, list[str]] = {id: [] for id in mass}
    for id, total in above.items():
        if total is not None:
            parts[total].append(id)
    own = {id: mass[id] - _sum(mass[part] for part in below) for id, below in parts.items() if below}
    for id, left in own.items():
        if min(left.part, left.whole) < -_LEAST:  # no sum of its parts: nothing can be told from it
            parts[id] = []
    kept = {id: left for id, left in own.items() if parts[id]}
    depth = {id: _depth(id, above) for id in mass}
    return _Tree(mass, parts, kept, sorted(mass, key=lambda id: (-depth[id], id)))


def _nearest(id: str, within: Mapping[str, str | None], mass: Mapping[str, _Mass]) -> str | None:
    total = within[id]
    while total is not None and total not in mass:
        total = within.get(total)
    return total


def _depth(id: str, above: Mapping[str, str | None]) -> int:
    depth, total = 0, above[id]
    while total is not None:
        depth, total = depth + 1, above[total]
    return depth


# --- cover -------------------------------------------------------------------------------


def _cover(tree: _Tree, node: str, hidden: set[str], thresholds: Thresholds) -> None:
    """Hide more below ``node`` until what it tells of the hidden is no small figure; when nothing is
    left to hide, ``node`` itself, for then it is what tells."""
    while (told := tree.open(node, hidden, thresholds)).is_small(thresholds):
        ways = [(way, _gain(tree, way, hidden, thresholds)) for way in tree.ways(node, hidden)]
        if not ways:
            hidden.add(node)
            return
        way, _ = min(ways, key=lambda one: _cost(told, one[0], one[1], thresholds))
        hidden.update(way)


def _gain(tree: _Tree, way: tuple[str, ...], hidden: set[str], thresholds: Thresholds) -> _Mass:
    """What hiding ``way`` adds: its leaf, and what is hidden below the cells on the way already."""
    return _sum(tree.mass[one] if tree.is_leaf(one) else tree.open(one, hidden, thresholds) for one in way)


def _cost(
    told: _Mass, way: tuple[str, ...], gain: _Mass, thresholds: Thresholds
) -> tuple[bool, Decimal, int, Decimal, tuple[str, ...]]:
    """The fewest and smallest cells that are enough; where none is, those that help most."""
    lacking = (told + gain).lacking(thresholds)
    short = told.lacking(thresholds)
    if not any(lacking):
        return False, _NIL, len(way), gain.whole, way
    helps = sum(
        (min(c, thresholds.count) for c, small in zip(gain.counts, short, strict=True) if small), _NIL
    )
    return True, -helps, len(way), gain.whole, way
