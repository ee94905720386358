"""Counts as tables of agencies by periods, for disclosure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kieng.judgement.calendar_of_counts import CountCalendar
from kieng.judgement.counted import Role
from kieng.judgement.ways import Ways
from kieng.measurement.closure import Variant
from kieng.measurement.figures_table import parts_of_text
from kieng.plan.indicator import Membership, Rule
from kieng.plan.period import Grain, Period

Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Frame:
    """What counts that can be compared have in common: records, periods and the ways up the tree."""

    record: str
    membership: Membership
    start: str
    end: str | None
    variant: Variant

    @staticmethod
    def of(rule: Rule) -> Frame:
        counting = rule.counting
        return Frame(rule.record, counting.membership, counting.start, counting.end, Variant.of(rule))


@dataclass(eq=False)
class Quantity:
    """One count of one indicator's rule: what each agency's figure as it was tells, by period and agency."""

    cells: Mapping[Period, Numbers]  # of every agency; nan: there is no figure
    is_rest: bool = False

    def same(self, other: Quantity) -> bool:
        """Whether both are one count, as far as figures of the same periods tell."""
        shared = self.cells.keys() & other.cells.keys()
        return bool(shared) and all(
            np.array_equal(np.nan_to_num(self.cells[p]), np.nan_to_num(other.cells[p])) for p in shared
        )

    @property
    def is_empty(self) -> bool:
        return not any(np.nan_to_num(cells).any() for cells in self.cells.values())


class CountTables:
    """Every agency's own counts in every moment of a calendar, and where the public may think of some."""

    def __init__(self, ways: Ways, frame: Frame, calendar: CountCalendar, counts: Sequence[Quantity]) -> None:
        size = len(ways.agencies)
        empty = np.full(size, np.nan)
        totals = [
            np.stack([one.cells.get(moment, empty) for moment in calendar.moments], 1) for one in counts
        ]
        there = np.any([~np.isnan(one) for one in totals], axis=0)
        self.own = [ways.own(np.nan_to_num(one), calendar.moments, frame.variant) for one in totals]
        # An agency above others that never counts anything itself is known to have nothing.
        counts_itself = np.any([one.any(1) for one in self.own], axis=0)
        self.live = there & counts_itself[:, None]


@dataclass(frozen=True)
class Rows:
    """An indicator's figures as they were, ready to be looked up: a table of FIGURES, agencies numbered."""

    table: pa.Table
    _agency: Numbers
    _period: Numbers
    _periods: tuple[Period, ...]
    _size: int

    @staticmethod
    def of(table: pa.Table, ways: Ways) -> Rows:
        known = pc.index_in(table["agency"].cast(pa.string()), value_set=pa.array(ways.agencies, pa.string()))
        table = table.filter(pc.is_valid(known))
        agency = known.drop_null().to_numpy().astype(np.int64)
        starts, at_start = np.unique(table["start"].to_numpy(), return_inverse=True)
        grains = table["grain"].cast(pa.string()).to_pylist()
        numbers = {grain: at for at, grain in enumerate(dict.fromkeys(grains))}
        code = at_start * max(len(numbers), 1) + np.array([numbers[one] for one in grains], np.int64)
        codes, period = np.unique(code, return_inverse=True)
        named, days = list(numbers), starts.tolist()
        periods = tuple(
            Period(days[one // len(named)], Grain(named[one % len(named)])) for one in codes.tolist()
        )
        return Rows(table, agency, period, periods, len(ways.agencies))

    @cached_property
    def breakdowns(self) -> Mapping[tuple[str, str | None] | None, Numbers]:
        """The rows of the totals (None), and of each value of each field."""
        fields = self.table["breakdown_field"].cast(pa.string()).to_pylist()
        values = self.table["breakdown_value"].cast(pa.string()).to_pylist()
        found: dict[tuple[str, str | None] | None, list[int]] = {}
        for at, (name, value) in enumerate(zip(fields, values, strict=True)):
            found.setdefault(None if name is None else (name, value), []).append(at)
        return {one: np.array(rows) for one, rows in found.items()}

    def cells(
        self, rule: int, role: Role, breakdown: tuple[str, str | None] | None = None
    ) -> Mapping[Period, Numbers]:
        """A number of every agency's figures by one rule, by period; nan where there is none."""
        rows = self.breakdowns.get(breakdown, np.zeros(0, np.int64))
        rows = rows[self._rules[rows] == rule]
        cells = np.full((len(self._periods), self._size), np.nan)
        cells[self._period[rows], self._agency[rows]] = self._numbers(role)[rows]
        return {self._periods[at]: cells[at] for at in np.unique(self._period[rows]).tolist()}

    @cached_property
    def _rules(self) -> Numbers:
        return np.asarray(self.table["rule"].to_numpy())

    @cached_property
    def _parts(self) -> list[tuple[Decimal | None, ...]]:
        return [parts_of_text(one) for one in self.table["parts"].cast(pa.string()).to_pylist()]

    def _numbers(self, role: Role) -> Numbers:
        if role.part is None:
            column = self.table[role.name].cast(pa.string()).cast(pa.float64())
            return np.asarray(column.to_numpy(zero_copy_only=False))
        return np.array([_part_of(parts, role.part) for parts in self._parts])


def _part_of(parts: tuple[Decimal | None, ...], at: int) -> float:
    found = parts[at] if at < len(parts) else None
    return float("nan") if found is None else float(found)
