"""Cells that would be published, and the tree in which the parts of a total add up to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kieng.measurement.measurement import VALUE_DIGITS

NIL = Decimal(0)
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


# --- counts ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mass:
    """A count and its denominator; a count without one has itself."""

    part: Decimal = NIL
    whole: Decimal = NIL

    def __add__(self, other: Mass) -> Mass:
        return Mass(self.part + other.part, self.whole + other.whole)

    def __sub__(self, other: Mass) -> Mass:
        return Mass(self.part - other.part, self.whole - other.whole)

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


def total_of(masses: Iterable[Mass]) -> Mass:
    return sum(masses, Mass())


# --- the tree ----------------------------------------------------------------------------


@dataclass(frozen=True)
class CellTree:
    """``own`` is what a total holds beside its parts, where there is any."""

    mass: Mapping[str, Mass]
    parts: Mapping[str, Sequence[str]]
    own: Mapping[str, Mass]
    deepest_first: Sequence[str]

    @property
    def tops(self) -> frozenset[str]:
        """The cells that are a part of no other."""
        return frozenset(self.mass) - {child for parts in self.parts.values() for child in parts}

    def is_leaf(self, node: str) -> bool:
        return not self.parts[node]

    def open(self, node: str, hidden: set[str], thresholds: Thresholds) -> Mass:
        """What is hidden below ``node`` as seen from there: told by ``node`` less what is shown."""
        below = [self.mass[leaf] for leaf in self.leaves(node, hidden)]
        owns = [self.own.get(one, Mass()) for one in self.inside(node, hidden)]
        return total_of([*below, *(own for own in owns if own.is_small(thresholds))])

    def leaves(self, node: str, hidden: set[str]) -> Iterator[str]:
        """The hidden leaves that are reached from ``node`` by hidden cells only."""
        for child in self.parts[node]:
            if child in hidden and self.is_leaf(child):
                yield child
            elif child in hidden:
                yield from self.leaves(child, hidden)

    def inside(self, node: str, hidden: set[str]) -> Iterator[str]:
        """``node`` and the hidden totals that are reached from it by hidden cells only."""
        yield node
        for child in self.parts[node]:
            if child in hidden and not self.is_leaf(child):
                yield from self.inside(child, hidden)

    def ways(self, node: str, hidden: set[str], way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """What could be hidden besides: each time the shown cells down to one leaf."""
        for child in self.parts[node]:
            longer = way if child in hidden else (*way, child)
            if not self.is_leaf(child):
                yield from self.ways(child, hidden, longer)
            elif longer:
                yield longer


def tree_of(cells: Sequence[Cell]) -> CellTree:
    """The tree of the cells that have a figure. ValueError when two have one id."""
    within = {cell.id: cell.within for cell in cells}
    if len(within) < len(cells):
        raise ValueError("two cells have one id")
    mass = {c.id: Mass(c.part, c.part if c.whole is None else c.whole) for c in cells if c.part is not None}
    above = {id: _nearest(id, within, mass) for id in mass}
    parts: dict[str, list[str]] = {id: [] for id in mass}
    for id, total in above.items():
        if total is not None:
            parts[total].append(id)
    own = {id: mass[id] - total_of(mass[part] for part in below) for id, below in parts.items() if below}
    for id, left in own.items():
        looked_at = left.counts if mass[id].part <= mass[id].whole else left.counts[:2]
        if min(looked_at) < -_LEAST:  # no sum of its parts: nothing can be told from it
            parts[id] = []
    kept = {id: left for id, left in own.items() if parts[id]}
    depth = {id: _depth(id, above) for id in mass}
    return CellTree(mass, parts, kept, sorted(mass, key=lambda id: (-depth[id], id)))


def _nearest(id: str, within: Mapping[str, str | None], mass: Mapping[str, Mass]) -> str | None:
    total = within[id]
    while total is not None and total not in mass:
        total = within.get(total)
    return total


def _depth(id: str, above: Mapping[str, str | None]) -> int:
    depth, total = 0, above[id]
    while total is not None:
        depth, total = depth + 1, above[total]
    return depth
