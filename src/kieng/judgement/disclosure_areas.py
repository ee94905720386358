"""Which rows of a table by area the public does not see.

A row tells the sums of two groups of communes. Whoever knows them takes off the communes that are shown:
what is left is the sum of the hidden ones of the group, and groups within one another, or the totals of the
tree, tell the rest between them (:mod:`kieng.judgement.disclosure_sums`). Tables of agencies within one
another would have to be looked at together: below the top a row is shown only where nothing of it is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

from kieng.judgement.by_area import AreaRow, ByArea
from kieng.judgement.cells import Cell, Thresholds, tree_of
from kieng.judgement.disclosure_sums import Group, closed_sums, hidden_leaves, told_by_totals


def hidden_rows(
    found: ByArea, cells: Sequence[Cell], hidden: frozenset[str], thresholds: Thresholds
) -> frozenset[str]:
    """The area types whose row is not shown. ``cells``: every agency's figure within that of the agency
    above, of which those ``hidden`` are not shown by themselves."""
    tree = tree_of(cells)
    leaves = hidden_leaves(tree, hidden)
    told = {row.area.id: _told(row, leaves) for row in found.rows}
    if found.agency not in tree.tops:
        return frozenset(area for area, groups in told.items() if any(groups))
    return closed_sums(told, told_by_totals(tree, hidden), tree.mass, thresholds)


def _told(row: AreaRow, leaves: Group) -> list[Group]:
    """What is left of each of the two groups when the shown communes are taken off."""
    return [leaves.intersection(side.agencies) for side in (row.mine, row.other)]
