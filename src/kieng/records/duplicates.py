"""One key, one row per delivery: equal rows count once, differing ones are all refused.

Rows are equal when they are so in every column of the file, also in those that are not mapped: what is
mapped may be alike in rows that are about different things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kieng.records.faults import RowFault, fault
from kieng.records.key_index import surely_distinct
from kieng.records.whole_rows import WholeRow, WholeRows

#: Which of the delivered files a row came from; only there until duplicates are settled.
FILE = "_file"
_PLACE = ("_row", FILE)
_MOST_LINES = 10
_MOST_COLUMNS = 5


@dataclass(frozen=True)
class Settled:
    """``repeated`` equal rows were left out; ``conflicts`` are the refused ones, per file index."""

    rows: pa.Table
    repeated: int
    conflicts: list[tuple[int, RowFault]]


def settle(rows: pa.Table, files: Sequence[str], id_column: tuple[int, str], whole: WholeRows) -> Settled:
    """``rows`` with each key once. ``id_column`` is the position and name of the id in the file; ``whole``
    looks up rows as they stand in the files."""
    if surely_distinct(rows["_key"]):
        return Settled(rows, 0, [])
    counts = rows.group_by("_key").aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))["_key"]
    if not len(twice):
        return Settled(rows, 0, [])
    marked = pc.is_in(rows["_key"], value_set=twice.combine_chunks())
    indices = pc.indices_nonzero(marked).to_pylist()
    dropped, conflicts = _judge(rows.take(indices), indices, _Naming(files, id_column), whole)
    keep = pa.array([True] * len(rows)) if not dropped else _mask(len(rows), dropped)
    return Settled(rows.filter(keep), len(dropped) - len(conflicts), conflicts)


def _mask(size: int, dropped: set[int]) -> pa.Array:
    return pa.array([index not in dropped for index in range(size)])


_Row = dict[str, Any]


def _judge(
    copies: pa.Table, indices: list[int], naming: _Naming, whole: WholeRows
) -> tuple[set[int], list[tuple[int, RowFault]]]:
    groups: dict[str, list[tuple[int, _Row]]] = defaultdict(list)
    for index, row in zip(indices, copies.to_pylist(), strict=True):
        groups[row["_key"]].append((index, row))
    alike = {key for key, group in groups.items() if _alike([row for _, row in group])}
    found = whole(_place(row) for key in alike for _, row in groups[key])
    dropped: set[int] = set()
    conflicts: list[tuple[int, RowFault]] = []
    for key, group in groups.items():
        rows = [row for _, row in group]
        columns = _differing([found[_place(row)] for row in rows]) if key in alike else ()
        if key in alike and not columns:
            dropped.update(index for index, _ in group[1:])
        else:
            dropped.update(index for index, _ in group)
            conflicts += naming.conflicts(rows, columns)
    return dropped, conflicts


def _alike(rows: Sequence[_Row]) -> bool:
    """Whether rows hold the same in all that is mapped."""
    contents = [{name: value for name, value in row.items() if name not in _PLACE} for row in rows]
    return all(content == contents[0] for content in contents)


def _place(row: _Row) -> tuple[int, int]:
    return row[FILE], row["_row"]


def _differing(rows: Sequence[WholeRow]) -> tuple[str, ...]:
    """The columns in which not all of the rows are the same."""
    different = dict.fromkeys(rows)
    first = rows[0]
    return tuple(dict.fromkeys(name for row in different for name in first.differs_from(row)))


@dataclass(frozen=True)
class _Naming:
    """How rows are named: by their files, and by the position and name of the id's column."""

    files: Sequence[str]
    id_column: tuple[int, str]

    def conflicts(self, rows: Sequence[_Row], columns: Sequence[str]) -> list[tuple[int, RowFault]]:
        """Each row with the lines of the others; ``columns`` are those that tell rows apart of which all
        that is mapped is alike."""
        several = len({row[FILE] for row in rows}) > 1
        places = [f"{self.files[r[FILE]]}:{r['_row']}" if several else str(r["_row"]) for r in rows]
        position, name = self.id_column
        found = []
        for row, place in zip(rows, places, strict=True):
            others = ", ".join([other for other in places if other != place][:_MOST_LINES])
            why = fault("conflicting-rows", lines=others)
            if columns:
                listed = ", ".join(f"«{column}»" for column in columns[:_MOST_COLUMNS])
                why = fault("rows-told-apart", lines=others, columns=listed)
            key = row["_key"].partition(":")[2]
            found.append((row[FILE], RowFault(row["_row"], why, position, name, key)))
        return found
