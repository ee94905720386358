"""Records that live for a while, delivered once a year as they stood then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from kieng.examples.generate.chance import Days, Flags
from kieng.examples.generate.columns import iso_days, iso_moments
from kieng.examples.generate.files import GeneratedFile, deliver, morning_after

FIRST_DELIVERY = 2021


@dataclass(frozen=True)
class Stock:
    """Columns of some records.

    ``begin`` is the column of the day each begins. ``later`` become known on their own day, and a
    record whose later day has come is delivered again; ``with_later`` are known with one of them.
    """

    fixed: Mapping[str, pa.Array]
    begin: tuple[str, Days]
    later: Mapping[str, Days] = field(default_factory=dict)
    with_later: Mapping[str, tuple[str, pa.Array]] = field(default_factory=dict)

    def delivered(self, after: date, until: date) -> pa.Table | None:
        """What is new or changed in (``after``, ``until``], as known on ``until``; None when nothing is."""
        start, end = np.datetime64(after, "D"), np.datetime64(until, "D")
        begun = _day(self.begin[1]) <= end
        fresh = _day(self.begin[1]) > start
        for days in self.later.values():
            fresh |= (_day(days) > start) & (_day(days) <= end)
        rows = np.flatnonzero(begun & fresh)
        return pa.table(self._columns(rows, end)) if len(rows) else None

    def _columns(
        self, rows: np.ndarray[tuple[int], np.dtype[np.int64]], end: np.datetime64
    ) -> dict[str, pa.Array]:
        index = pa.array(rows)
        columns = {name: values.take(index) for name, values in self.fixed.items()}
        columns[self.begin[0]] = _text(self.begin[1][rows])
        known: dict[str, Flags] = {}
        for name, days in self.later.items():
            known[name] = _day(days[rows]) <= end
            columns[name] = _text(days[rows], known[name])
        for name, (with_name, values) in self.with_later.items():
            kept = pa.array(rows, mask=~known[with_name])
            columns[name] = values.take(kept)
        return columns


def deliver_yearly(stock: Stock, out: Path, record_type: str, until: date) -> Iterator[GeneratedFile]:
    """One file per year in which something began or changed. The mapping has the record type's name."""
    after = date(1900, 1, 1)
    for end in delivery_days(until):
        table = stock.delivered(after, end)
        if table is not None:
            mapping = record_type.replace("_", "-")
            name = f"{mapping}-{end.year}"
            wait = 1 if end == until else 8
            yield deliver(out, name, table, record_type, mapping, morning_after(end, wait))
        after = end


def delivery_days(until: date) -> Sequence[date]:
    ends = [date(year, 12, 31) for year in range(FIRST_DELIVERY, until.year)]
    return [*ends, until]


def _day(days: Days) -> Days:
    return days.astype("M8[D]")


def _text(days: Days, known: Flags | None = None) -> pa.Array:
    return iso_days(days, known) if days.dtype == np.dtype("M8[D]") else iso_moments(days, known)
