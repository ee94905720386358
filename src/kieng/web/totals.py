"""All totals of a level at once, to take one agency's out quickly.

The store keeps figures by period: to read one agency's past is to unpack, for every period, what lies there
of five hundred agencies. Who unpacks it once for all agencies has each next one's for nearly nothing.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa

from kieng.measurement.figures_table import measurements_of
from kieng.measurement.measurement import Measurement

#: As columns so many figures take the room of one as an object.
_IN_COLUMNS = 8


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

    def of(self, agency: str, as_of: datetime) -> list[Measurement]:
        """One agency's, in no particular order."""
        start, end = self._rows.get(agency, (0, 0))
        return list(measurements_of(self._table.take(self._order[start:end]), as_of))

    @property
    def weight(self) -> int:
        """The room it takes, in figures."""
        return int(self._table.num_rows) // _IN_COLUMNS
