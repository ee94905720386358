"""One key, one row per delivery: equal rows count once, differing ones are all refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from kieng.records.faults import RowFault, fault
from kieng.records.key_index import surely_distinct

#: Which of the delivered files a row came from; only there until duplicates are settled.
FILE = "_file"
_PLACE = ("_row", FILE)
_MOST_LINES = 10


@dataclass(frozen=True)
class Settled:
    """``repeated`` equal rows were left out; ``conflicts`` are the refused ones, per file index."""

    rows: pa.Table
    repeated: int
    conflicts: list[tuple[int, RowFault]]


def settle(rows: pa.Table, files: Sequence[str], id_column: tuple[int, str]) -> Settled:
    """``rows`` with each key once. ``id_column`` is the position and name of the id in the file."""
    if surely_distinct(rows["_key"]):
        return Settled(rows, 0, [])
    counts = rows.group_by("_key").aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))["_key"]
    if not len(twice):
        return Settled(rows, 0, [])
    marked = pc.is_in(rows["_key"], value_set=twice.combine_chunks())
    indices = pc.indices_nonzero(marked).to_pylist()
    dropped, conflicts = _judge(rows.take(indices), indices, files, id_column)
    keep = pa.array([True] * len(rows)) if not dropped else _mask(len(rows), dropped)
    return Settled(rows.filter(keep), len(dropped) - len(conflicts), conflicts)


def _mask(size: int, dropped: set[int]) -> pa.Array:
    return pa.array([index not in dropped for index in range(size)])


def _judge(
    copies: pa.Table, indices: list[int], files: Sequence[str], id_column: tuple[int, str]
) -> tuple[set[int], list[tuple[int, RowFault]]]:
    groups: dict[str, list[tuple[int, dict[str, object]]]] = defaultdict(list)
    for index, row in zip(indices, copies.to_pylist(), strict=True):
        groups[row["_key"]].append((index, row))
    dropped: set[int] = set()
    conflicts: list[tuple[int, RowFault]] = []
    for group in groups.values():
        contents = [{k: v for k, v in row.items() if k not in _PLACE} for _, row in group]
        if all(content == contents[0] for content in contents):
            dropped.update(index for index, _ in group[1:])
        else:
            dropped.update(index for index, _ in group)
            conflicts += _conflicts([row for _, row in group], files, id_column)
    return dropped, conflicts


def _conflicts(
    rows: list[dict[str, object]], files: Sequence[str], id_column: tuple[int, str]
) -> list[tuple[int, RowFault]]:
    several = len({row[FILE] for row in rows}) > 1
    places = [f"{files[int(str(r[FILE]))]}:{r['_row']}" if several else str(r["_row"]) for r in rows]
    position, name = id_column
    found = []
    for row, place in zip(rows, places, strict=True):
        others = [other for other in places if other != place][:_MOST_LINES]
        key = str(row["_key"])
        why = fault("conflicting-rows", lines=", ".join(others))
        at = RowFault(int(str(row["_row"])), why, position, name, key.partition(":")[2])
        found.append((int(str(row[FILE])), at))
    return found
