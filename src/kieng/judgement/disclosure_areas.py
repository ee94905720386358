"""Which rows of a table by area the public does not see.

A row tells the sums of two groups of communes. Whoever knows them takes off the communes that are shown:
what is left is the sum of the hidden ones of the group, and groups within one another, or the sum of all,
tell the rest between them. A row is hidden when something so told is a small count, or one commune's alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kieng.judgement.by_area import AreaRow, ByArea
from kieng.judgement.cells import Cell, Mass, Thresholds, total_of

Group = frozenset[str]
_PRIME = 2**61 - 1


def hidden_rows(
    found: ByArea, cells: Mapping[str, Cell], hidden: frozenset[str], thresholds: Thresholds
) -> frozenset[str]:
    """The area types whose row is not shown. ``cells``: the communes' figures, of which those ``hidden`` are
    not shown by themselves."""
    masses = {
        id: Mass(cell.part, cell.part if cell.whole is None else cell.whole)
        for id, cell in cells.items()
        if cell.part is not None
    }
    closed: set[str] = set()
    shown = list(found.rows)
    while (row := _leaking(shown, masses, hidden & frozenset(masses), thresholds)) is not None:
        shown.remove(row)
        closed.add(row.area.id)
    return frozenset(closed)


def _leaking(
    rows: Sequence[AreaRow], masses: Mapping[str, Mass], hidden: Group, thresholds: Thresholds
) -> AreaRow | None:
    """The first row that tells too much, by itself or together with the others and the sum of all."""
    told = {row.area.id: _told(row, masses, hidden) for row in rows}
    for row in rows:
        if any(_is_telling(one, masses, thresholds) for one in told[row.area.id]):
            return row
    every = [hidden, *(group for groups in told.values() for group in groups)]
    for row in rows:
        between = (_between(one, other) for one in told[row.area.id] for other in every)
        if any(_is_telling(one, masses, thresholds) for one in between if one):
            return row
    return next((row for row in rows if _singled_out(every, hidden)), None)


def _told(row: AreaRow, masses: Mapping[str, Mass], hidden: Group) -> list[Group]:
    """What is left of each of the two groups when the shown communes are taken off."""
    return [
        frozenset(one for one in side.agencies if one in hidden and one in masses)
        for side in (row.mine, row.other)
        if side.agencies
    ]


def _is_telling(group: Group, masses: Mapping[str, Mass], thresholds: Thresholds) -> bool:
    return bool(group) and (len(group) == 1 or total_of(masses[one] for one in group).is_small(thresholds))


def _between(one: Group, other: Group) -> Group:
    """What two sums tell by their difference: nothing where neither lies within the other."""
    return other - one if one < other else one - other if other < one else frozenset()


def _singled_out(groups: Iterable[Group], hidden: Group) -> bool:
    """Whether some commune's figure follows from all the sums together: its unit vector lies in what they
    span, after elimination modulo a prime."""
    order = {one: n for n, one in enumerate(sorted(hidden))}
    rows = list(
        _eliminated([[int(one in group) for one in order] for group in dict.fromkeys(groups) if group])
    )
    return any(sum(1 for entry in row if entry) == 1 for row in rows)


def _eliminated(rows: list[list[int]]) -> Iterator[list[int]]:
    """The reduced row echelon form: a unit vector in the span is one of its rows."""
    done: list[tuple[int, list[int]]] = []
    for row in rows:
        for at, pivot in done:
            if row[at]:
                row = [(a - row[at] * b) % _PRIME for a, b in zip(row, pivot, strict=True)]
        lead = next((n for n, entry in enumerate(row) if entry), None)
        if lead is None:
            continue
        inverse = pow(row[lead], -1, _PRIME)
        row = [entry * inverse % _PRIME for entry in row]
        done = [
            (at, [(a - old[lead] * b) % _PRIME for a, b in zip(old, row, strict=True)]) for at, old in done
        ]
        done.append((lead, row))
    yield from (row for _, row in done)
