"""Agencies of a whole column: each text is looked up once per stretch of days in which nothing changes."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kieng.records.agency_finder import AgencyFinder
from kieng.records.column_texts import flags
from kieng.records.column_values import Column

_EPOCH = date(1970, 1, 1)
_MEMO_LIMIT = 200_000


class ColumnFinder:
    """Looks the agencies of columns up. Found ones are kept over all chunks of a delivery."""

    def __init__(self, finder: AgencyFinder) -> None:
        self._finder = finder
        self._changes = np.array([(day - _EPOCH).days for day in finder.changes], np.int64)
        # A day of each stretch: its first one, and any day before the first change.
        self._stretches = [date.min, *finder.changes]
        self._found: dict[tuple[str, date | None], str | None] = {}

    def find(self, texts: Column, days: Column | date | None) -> Column:
        """The ids; rows whose agency is not found are wrong. ``days`` are dates, one date, or unknown."""
        coded = texts.values.dictionary_encode()
        wrong = texts.wrong if not isinstance(days, Column) else texts.wrong | days.wrong
        stretch, of_stretch = self._stretch_of(days, len(coded))
        # One number per pair of text and stretch, so that pairs are told apart in one pass.
        pairs = coded.indices.fill_null(-1).to_numpy().astype(np.int64) * len(of_stretch) + stretch
        distinct = pa.array(pairs, mask=flags(coded.is_null())).dictionary_encode()
        words = coded.dictionary.to_pylist()
        ids = [
            self._known(words[pair // len(of_stretch)], of_stretch[pair % len(of_stretch)])
            for pair in distinct.dictionary.to_pylist()
        ]
        found = pa.array(ids, pa.string()).take(distinct.indices)
        return Column(found, wrong | (flags(found.is_null()) & flags(texts.values.is_valid())))

    def _known(self, text: str, day: date | None) -> str | None:
        if len(self._found) > _MEMO_LIMIT:
            self._found.clear()
        if (text, day) not in self._found:
            self._found[text, day] = self._finder.known(text, day)
        return self._found[text, day]

    def _stretch_of(
        self, days: Column | date | None, size: int
    ) -> tuple[npt.NDArray[np.int64], list[date | None]]:
        """Per row the number of its stretch, and per number the day to look up on."""
        if not isinstance(days, Column):
            return np.zeros(size, np.int64), [days]
        numbers = days.values.cast(pa.date32(), safe=False).cast(pa.int32())
        stretch = np.searchsorted(self._changes, numbers.fill_null(0).to_numpy(), side="right")
        if days.values.null_count:
            stretch[flags(pc.is_null(days.values))] = len(self._stretches)
        return stretch, [*self._stretches, None]
