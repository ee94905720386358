"""Which further sums the public does not see: of groups of figures some of which are hidden.

Besides the totals of the tree other sums are published: of the communes of an area type, of the heirs of an
agency that ended. Whoever takes off what is shown of a group has the sum of what is hidden of it; such sums
and the totals together tell more than each alone. A sum is hidden when with the others it tells one hidden
figure, or that some of them together come to a small count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kieng.judgement.cells import CellTree, Mass, Thresholds, total_of

Group = frozenset[str]
_PRIME = 2**61 - 1


def hidden_leaves(tree: CellTree, hidden: frozenset[str]) -> Group:
    """The hidden cells that no other is a part of: all others are sums of them."""
    return frozenset(id for id in tree.mass if id in hidden and tree.is_leaf(id))


def told_by_totals(tree: CellTree, hidden: frozenset[str]) -> list[Group]:
    """For each shown total the hidden cells that its shown parts leave together; nothing of one that holds
    something beside its parts, which nobody is told."""
    leaves = hidden_leaves(tree, hidden)
    found = []
    for total in tree.mass:
        below = frozenset(_below(tree, total))
        beside = any(any(tree.own[one].counts) for one in {total, *below} if one in tree.own)
        if total not in hidden and not beside and below & leaves:
            found.append(below & leaves)
    return found


def _below(tree: CellTree, node: str) -> Iterator[str]:
    for child in tree.parts[node]:
        yield child
        yield from _below(tree, child)


def closed_sums(
    told: Mapping[str, Sequence[Group]],
    known: Sequence[Group],
    masses: Mapping[str, Mass],
    thresholds: Thresholds,
) -> frozenset[str]:
    """The names in ``told`` whose sums must not be shown. ``told``: by name, the hidden cells of each of its
    groups; ``known``: those of the sums that are shown whatever is decided here."""
    open_ = {name: [group for group in groups if group] for name, groups in told.items()}
    alone = [name for name, groups in open_.items() if _leak([*known, *groups], masses, thresholds)]
    left = {name: groups for name, groups in open_.items() if groups and name not in alone}
    closed = set(alone)
    while left and _leak([*known, *(one for groups in left.values() for one in groups)], masses, thresholds):
        closed.add(min(left))
        del left[min(left)]
    return frozenset(closed)


def _leak(groups: Iterable[Group], masses: Mapping[str, Mass], thresholds: Thresholds) -> bool:
    """Whether sums together tell one cell, or a small count of several: among the rows of the reduced
    echelon form, or as the difference of a group and one within it."""
    every = [group for group in dict.fromkeys(groups) if group]
    told = [*every, *(one - other for one in every for other in every if other < one)]
    told += [frozenset(row) for row in _eliminated(every) if all(entry == 1 for entry in row.values())]
    return any(len(one) == 1 or total_of(masses[id] for id in one).is_small(thresholds) for one in told)


def _eliminated(groups: Sequence[Group]) -> list[dict[str, int]]:
    """The reduced row echelon form, modulo a prime: a cell that follows is one of its rows."""
    done: list[tuple[str, dict[str, int]]] = []
    for group in groups:
        row = dict.fromkeys(group, 1)
        for at, pivot in done:
            row = _less(row, row.get(at, 0), pivot)
        if not row:
            continue
        lead = min(row)
        inverse = pow(row[lead], -1, _PRIME)
        row = {id: entry * inverse % _PRIME for id, entry in row.items()}
        done = [(at, _less(old, old.get(lead, 0), row)) for at, old in done]
        done.append((lead, row))
    return [row for _, row in done]


def _less(row: dict[str, int], times: int, other: Mapping[str, int]) -> dict[str, int]:
    """``row`` without ``times`` the other; nought is left out."""
    if not times:
        return row
    found = {id: (row.get(id, 0) - times * other.get(id, 0)) % _PRIME for id in {*row, *other}}
    return {id: entry for id, entry in found.items() if entry}
