"""One chunk of rows through a mapping, column by column: the rows in which nothing is wrong.

The others go through :class:`~kieng.records.row_intake.RowIntake`, which alone words what is wrong: problems
are the same whichever way a row has taken.
"""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kieng.plan.definitions import Definitions
from kieng.plan.record_type import FieldType
from kieng.records.column_agencies import ColumnFinder
from kieng.records.column_texts import Mask, flags
from kieng.records.column_values import Column, ColumnReader, encoded, from_cells, from_distinct
from kieng.records.mapping import Mapping
from kieng.records.readers.chunk import Chunk
from kieng.records.row_intake import RowIntake, Taken

_DAYS = (FieldType.DATE, FieldType.DATETIME)


@dataclass
class _Columns:
    """The chunk being worked on: converted columns, and the rows with any fault."""

    chunk: Chunk
    names: Lookup[str, str]
    wrong: Mask
    values: dict[str, Column] = field(default_factory=dict)

    def raws(self, source: str) -> pa.Array | None:
        return self.chunk.array(self.names.get(source, source))

    def cells(self, source: str) -> Any:
        return self.chunk.column(self.names.get(source, source))

    def set(self, name: str, column: Column) -> None:
        self.values[name] = column
        self.wrong |= column.wrong


class ColumnIntake:
    """A mapping made ready, kept over all chunks of a delivery."""

    def __init__(self, mapping: Mapping, definitions: Definitions, secret: bytes) -> None:
        self._mapping, self._type = mapping, mapping.record_type
        self._rows = RowIntake(mapping, definitions, secret)
        schema = self._schema = self._rows.schema
        self._readers = {n: ColumnReader(r, schema.field(n).type) for n, r in self._rows.readers.items()}
        self._finders = {name: ColumnFinder(finder) for name, finder in self._rows.finders.items()}
        # Why figures are missing is asked for in reports of a few rows only.
        self._by_row = self._type.absence_field is not None and bool(mapping.absence_from)

    def take(self, chunk: Chunk, names: Lookup[str, str]) -> Taken:
        """``names`` gives, for each column the mapping reads, what the file calls it."""
        if self._by_row or not len(chunk.lines):
            return self._rows.take(chunk, names)
        columns = _Columns(chunk, names, np.zeros(len(chunk.lines), np.bool_))
        for name, reader in self._readers.items():
            columns.set(name, self._column(reader, columns))
        for name, finder in self._finders.items():
            columns.set(name, finder.find(columns.values[name], self._days(name, columns)))
        for name in self._rows.required:
            if name not in columns.values:
                columns.wrong[:] = True
            elif columns.values[name].values.null_count:
                columns.wrong |= flags(columns.values[name].values.is_null())
        return self._joined(self._table(columns), columns)

    def _column(self, reader: ColumnReader, columns: _Columns) -> Column:
        source = reader.cells.mapping.source
        if source is None:
            return reader.constant(len(columns.wrong))
        raws = columns.raws(source)
        return reader.from_cells(columns.cells(source)) if raws is None else reader.read(raws)

    def _days(self, name: str, columns: _Columns) -> Column | date | None:
        """The days on which an agency is looked up; None where nobody says."""
        on = self._mapping.fields[name].on
        if on is None or on in self._type.fields:
            return columns.values.get(on or "")
        return date.fromisoformat(on)

    def _withdrawn(self, columns: _Columns) -> pa.Array:
        if self._mapping.withdrawn is None:
            return pa.repeat(pa.scalar(False), len(columns.wrong))
        source = self._mapping.withdrawn.source
        raws = columns.raws(source)
        if raws is not None:
            raws = encoded(raws)
            if pa.types.is_dictionary(raws.type):
                return from_distinct(raws, self._rows.taken_back, pa.bool_()).values
        return from_cells(columns.cells(source), self._rows.taken_back, pa.bool_()).values

    def _table(self, columns: _Columns) -> pa.Table:
        """The rows in which nothing is wrong."""
        size = len(columns.wrong)
        ids = columns.values[self._type.id_field].values
        own = {
            "_key": pc.binary_join_element_wise(self._mapping.source, ids, ":"),
            "_row": _numbers(columns.chunk.lines),
            "_withdrawn": self._withdrawn(columns),
        }
        made = [
            own[f.name]
            if f.name in own
            else columns.values[f.name].values
            if f.name in columns.values
            else pa.nulls(size, f.type)
            for f in self._schema
        ]
        table = pa.Table.from_arrays(made, schema=self._schema)
        return table.filter(pa.array(~columns.wrong)) if columns.wrong.any() else table

    def _joined(self, good: pa.Table, columns: _Columns) -> Taken:
        """``good`` with what the row-wise way makes of the other rows."""
        others = np.flatnonzero(columns.wrong)
        if not len(others):
            return Taken(good, {})
        places = others.tolist()
        taken = self._rows.take(columns.chunk.part(places), columns.names)
        faults = {places[index]: found for index, found in taken.faults.items()}
        if not taken.rows.num_rows:
            return Taken(good, faults)
        return Taken(pa.concat_tables([good, taken.rows]).sort_by("_row"), faults)


def _numbers(lines: Sequence[int]) -> pa.Array:
    """``lines`` as Arrow has them; most are counted through one by one, which needs no list."""
    if isinstance(lines, range) and lines.step == 1:
        return pa.array(np.arange(lines.start, lines.stop, dtype=np.int64))
    return pa.array(lines, pa.int64())
