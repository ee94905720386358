"""Breakdowns of many agencies: a table of agencies by values, each with its totals both ways.

Here a hidden cell can be told along its row (the agency's total) and down its column (the same value of
the agency above). An agency's breakdown is therefore shown whole or not at all; its total may be shown
all the same. Of a table whose rows are hidden and whose totals are known, all that an onlooker has are
Fréchet's bounds: a cell of row R and column C in a table of N lies between R + C - N (or nought) and the
smaller of R and C, and may be anything between. Breakdowns are hidden, the smallest agencies first, until
by these bounds each hidden small cell may be nought and may be no small count, as far as its row allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from kieng.judgement.cells import NIL, Cell, CellTree, Mass, Thresholds, total_of, tree_of
from kieng.judgement.disclosure import disclose

Row = Mapping[str, Mass]
_NO_VALUE = "\0"  # what is in the total and in none of the values


def disclose_crossed(
    agencies: Sequence[Cell], breakdowns: Mapping[str, Sequence[Cell]], thresholds: Thresholds
) -> frozenset[str]:
    """The agencies whose breakdown the public does not see.

    ``agencies``: their totals, as for :func:`kieng.judgement.disclosure.disclose`, whose hidden totals have
    no breakdown either. ``breakdowns``: by agency, a cell for each value, the value being its id. An
    agency without one has all in one value that is not shown.
    """
    tree = tree_of(agencies)
    rows = {id: _row(breakdowns.get(id, ()), mass) for id, mass in tree.mass.items()}
    hidden = set(disclose(agencies, thresholds).hidden) | {
        id for id, row in rows.items() if any(mass.is_small(thresholds) for mass in row.values())
    }
    owns = {id: _less(rows[id], [rows[part] for part in tree.parts[id]]) for id in tree.own}
    for node in tree.deepest_first:
        while node not in hidden and not _is_safe(tree, rows, owns, node, hidden, thresholds):
            ways = list(tree.ways(node, hidden))
            smallest = min(ways, key=lambda way: (len(way), tree.mass[way[-1]].whole, way), default=(node,))
            hidden.update(smallest)
    return frozenset(hidden)


def _row(values: Sequence[Cell], total: Mass) -> Row:
    row = {v.id: Mass(v.part, v.part if v.whole is None else v.whole) for v in values if v.part is not None}
    rest = total - total_of(row.values())
    return {**row, _NO_VALUE: rest} if min(rest.part, rest.whole) >= 0 else row


def _less(row: Row, others: Iterable[Row]) -> Row:
    """What a total's row holds beside its parts' rows."""
    left = dict(row)
    for other in others:
        for value, mass in other.items():
            left[value] = left.get(value, Mass()) - mass
    return left


def _sum(rows: Iterable[Row]) -> Row:
    found: dict[str, Mass] = {}
    for row in rows:
        for value, mass in row.items():
            found[value] = found.get(value, Mass()) + mass
    return found


def _is_safe(
    tree: CellTree,
    rows: Mapping[str, Row],
    owns: Mapping[str, Row],
    node: str,
    hidden: set[str],
    thresholds: Thresholds,
) -> bool:
    """Whether the hidden rows below ``node`` keep each other's small cells."""
    inside = [one for one in tree.inside(node, hidden) if one in owns]
    beside = [owns[one] for one in inside if any(mass.is_small(thresholds) for mass in owns[one].values())]
    table = [rows[leaf] for leaf in tree.leaves(node, hidden)] + beside
    within = [one for one in tree.inside(node, hidden) if one != node]
    totals = [_sum(rows[leaf] for leaf in tree.leaves(one, hidden)) for one in within]
    columns = _sum(table)
    return all(_is_kept(row, value, columns, thresholds) for row in (*table, *totals) for value in row)


def _is_kept(row: Row, value: str, columns: Row, thresholds: Thresholds) -> bool:
    """Whether the count and the rest of one cell, where they are small, can be nought and not small."""
    cell = row[value]
    if not cell.is_small(thresholds):
        return True
    least = max(thresholds.count, thresholds.rest)
    return all(_is_free(row, value, columns, place, least) for place in (0, 2))


def _is_free(row: Row, value: str, columns: Row, place: int, least: Decimal) -> bool:
    """Fréchet's bounds of one cell, of its counts (``place`` 0) or rests (2)."""
    if not 0 < row[value].counts[place] < least:
        return True
    across = sum((mass.counts[place] for mass in row.values()), NIL)
    down = columns[value].counts[place]
    whole = sum((mass.counts[place] for mass in columns.values()), NIL)
    return across + down - whole <= 0 and min(across, down) >= min(across, least)
