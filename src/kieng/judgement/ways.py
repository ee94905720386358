"""How much of each agency's own counts another's figure holds, on every map: the tree side of disclosure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from kieng.measurement.closure import Maps, Variant
from kieng.measurement.request import AS_WAS, WEIGHT_UNIT, Reading
from kieng.plan.period import Period

Numbers = npt.NDArray[Any]


class Ways:
    """``table(...)[a, s]``: the part of the counts of source ``s`` that the figure of agency ``a`` holds."""

    def __init__(self, maps: Maps) -> None:
        self._maps = maps
        self.agencies = tuple(maps.definitions.tree.agencies)
        tree = maps.definitions.tree
        self.tops = np.array(
            [all(tree.levels[at.value].rank == 0 for at in one.levels) for one in tree.agencies.values()],
            bool,
        )
        self.number = {agency: at for at, agency in enumerate(self.agencies)}
        self._tables: dict[object, Numbers] = {}
        self._sums: dict[object, tuple[Numbers, Numbers]] = {}
        self._inverse: dict[int, Numbers] = {}
        self._alike: dict[int, Numbers] = {}

    @property
    def kept(self) -> int:
        """How many tables are kept."""
        return len(self._tables)

    def table(self, period: Period, reading: Reading, variant: Variant) -> Numbers:
        key = (self._maps.scope(period), reading, variant)
        if key not in self._tables:
            ways = self._maps.ways_up(period, reading, variant)
            table = np.zeros((len(self.agencies), len(self.agencies)))
            for source, agency in enumerate(self.agencies):
                for holder, weight in ways[agency].items():
                    table[self.number[holder], source] = weight / WEIGHT_UNIT
            self._tables[key] = table
        return self._tables[key]

    def sums(self, period: Period, readings: Iterable[Reading], variant: Variant) -> tuple[Numbers, Numbers]:
        """What the figures hold that are of several sources, on any of the readings, each row once; and which
        are of an agency above all others."""
        tables = {id(table): table for table in (self.table(period, one, variant) for one in readings)}
        key = (variant, frozenset(tables))
        if key not in self._sums:
            rows = np.unique(np.concatenate([t[(t != 0).sum(1) > 1] for t in tables.values()]), axis=0)
            tops = {row.tobytes() for table in tables.values() for row in table[self.tops]}
            self._sums[key] = rows, np.array([row.tobytes() in tops for row in rows], bool)
        return self._sums[key]

    def alike(
        self, periods: Iterable[Period], live: Iterable[Numbers], variant: Variant, today: Reading
    ) -> Numbers:
        """Of each source which others are held as it is by the agencies above all others, in every period in
        which it is there, on both maps."""
        size = len(self.agencies)
        found = np.ones((size, size), bool)
        for period, there in zip(periods, live, strict=True):
            for reading in (AS_WAS, today):
                found &= self._held_alike(self.table(period, reading, variant)) | ~there[:, None]
        return found

    def _held_alike(self, table: Numbers) -> Numbers:
        if id(table) not in self._alike:
            rows = table[self.tops]
            self._alike[id(table)] = (rows[:, :, None] == rows[:, None, :]).all(axis=0)
        return self._alike[id(table)]

    def own(self, totals: Numbers, periods: Iterable[Period], variant: Variant) -> Numbers:
        """What each agency counted itself, of the ``totals`` (agencies by periods) as they were: its total
        less what the agencies below it counted. Never less than nought: what does not add up, such as a
        number of different people, is taken as if each agency had counted what it can have."""
        own = np.zeros_like(totals)
        of_map: dict[int, tuple[Numbers, list[int]]] = {}
        for at, period in enumerate(periods):
            table = self.table(period, AS_WAS, variant)
            of_map.setdefault(id(table), (table, []))[1].append(at)
        for table, columns in of_map.values():
            own[:, columns] = np.maximum(self._undone(table) @ totals[:, columns], 0)
        return own

    def _undone(self, table: Numbers) -> Numbers:
        """What makes own counts of totals again. An agency that holds nothing has no total either."""
        if id(table) not in self._inverse:
            whole = table.copy()
            nothing = np.flatnonzero(np.diagonal(whole) == 0)
            whole[nothing, nothing] = 1
            self._inverse[id(table)] = np.linalg.inv(whole)
        return self._inverse[id(table)]
