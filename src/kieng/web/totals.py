"""All totals of a level at once, to take one agency's out quickly.

The store keeps figures by period: to read one agency's past is to unpack, for every period, what lies there
of five hundred agencies. Who unpacks it once for all agencies has each next one's for nearly nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.figures_table import measurements_of
from kieng.measurement.measurement import Measurement
from kieng.measurement.store import MeasureRun
from kieng.plan.period import Period

#: As columns so many figures take the room of one as an object.
_IN_COLUMNS = 8


@dataclass(frozen=True)
class Told:
    """A figure that is there, as far as a family of series asks for it: by which rule, and what it is made
    of; ``part`` and ``whole`` are None where it is no ratio of whole numbers."""

    period: Period
    rule: int
    part: int | None
    whole: int | None


class Totals:
    """Figures by agency. ``table`` has the columns of FIGURES, text as plain text, in any order."""

    def __init__(self, table: pa.Table) -> None:
        agencies = table["agency"].combine_chunks().dictionary_encode()
        numbers = agencies.indices.to_numpy()
        ends = np.cumsum(np.bincount(numbers, minlength=len(agencies.dictionary))).tolist()
        self._table, self._order = table, np.argsort(numbers, kind="stable")
        self._rows = dict(
            zip(agencies.dictionary.to_pylist(), zip([0, *ends], ends, strict=False), strict=True)
        )

    def of(self, agency: str, run: MeasureRun) -> list[Measurement]:
        """One agency's, in no particular order."""
        start, end = self._rows.get(agency, (0, 0))
        return list(_read(self._table.take(self._order[start:end]), run))

    def told(self, indicator: str, newest: Period) -> Mapping[str, list[Told]]:
        """The figures by one indicator up to a period, in the order of time, of every agency that has one in
        it."""
        table, grain = self._table, newest.grain
        chosen = pc.and_(pc.equal(table["indicator"], indicator), pc.equal(table["grain"], grain.value))
        rows = table.filter(pc.and_(chosen, pc.is_valid(table["value"])))
        there = rows.filter(pc.equal(rows["start"], newest.start))["agency"]
        until = pc.less_equal(rows["start"], newest.start)
        rows = rows.filter(pc.and_(until, pc.is_in(rows["agency"], value_set=there))).sort_by("start")
        columns = [rows[name].to_pylist() for name in _TOLD]
        found: dict[str, list[Told]] = {}
        for agency, start, rule, part, whole, weighted in zip(*columns, strict=True):
            shares = (None, None) if weighted else (_whole_number(part), _whole_number(whole))
            found.setdefault(agency, []).append(Told(Period(start, grain), rule, *shares))
        return found

    @property
    def weight(self) -> int:
        """The room it takes, in figures."""
        return int(self._table.num_rows) // _IN_COLUMNS


def _read(table: pa.Table, run: MeasureRun) -> Iterator[Measurement]:
    return measurements_of(table, run.as_of, run.map_day, run.known_through)


_TOLD = ("agency", "start", "rule", "numerator", "denominator", "weighted")


def _whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
