"""One chunk of rows through a mapping: a table of what is accepted, and what is wrong with the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from kieng.plan.definitions import Definitions
from kieng.plan.record_type import FieldType
from kieng.records.agency_finder import AgencyFinder
from kieng.records.batch import intake_schema
from kieng.records.convert import CellReader, Door, as_text
from kieng.records.faults import Fault, RowFault, fault
from kieng.records.mapping import FieldMapping, Mapping
from kieng.records.readers.chunk import Chunk
from kieng.words import fold

_SHOWN = 200
_MEMO_LIMIT = 200_000


@dataclass(frozen=True)
class Taken:
    """``rows`` has the columns of intake_schema; ``faults`` name the refused rows by index in the chunk."""

    rows: pa.Table
    faults: Lookup[int, list[RowFault]]


class RowIntake:
    """A mapping made ready: converters per column, kept over all chunks of a delivery."""

    def __init__(self, mapping: Mapping, definitions: Definitions, secret: bytes) -> None:
        self._mapping = mapping
        self._type = mapping.record_type
        self.schema = intake_schema(self._type)
        door = Door(ZoneInfo(definitions.time_zone), secret, mapping.absent, self._type.id_field)
        fields = self._type.fields
        self.readers = {name: CellReader(m, fields[name], door) for name, m in mapping.fields.items()}
        agencies = {n: m for n, m in mapping.fields.items() if fields[n].type is FieldType.AGENCY}
        self.finders = {name: AgencyFinder(definitions, m.by) for name, m in agencies.items()}
        self._found: dict[tuple[str, str, date | None], str | Fault] = {}
        always = {self._type.id_field, self._type.agency_field}
        self.required = [n for n, f in fields.items() if f.required or n in always]
        words = mapping.withdrawn.values if mapping.withdrawn else ()
        self._withdrawing = frozenset(map(fold, words))

    def take(self, chunk: Chunk, names: Lookup[str, str]) -> Taken:
        """``names`` gives, for each column the mapping reads, what the file calls it."""
        sheet = _Sheet(self._mapping, chunk, names)
        for name, reader in self.readers.items():
            sheet.values[name] = self._column(reader, sheet)
        for name in self.finders:
            self._find(name, sheet)
        self._explain_absence(sheet)
        sheet.collect()
        for name in self.required:
            sheet.require(name)
        return Taken(self._table(sheet), sheet.faults)

    def _column(self, reader: CellReader, sheet: _Sheet) -> list[Any]:
        if reader.mapping.source is None:
            return [reader.constant(reader.mapping.constant)] * sheet.size
        return reader.column(sheet.raws(reader.mapping.source))

    # --- agencies --------------------------------------------------------------------------

    def _find(self, name: str, sheet: _Sheet) -> None:
        mapping, finder, found = self._mapping.fields[name], self.finders[name], self._found
        if len(found) > _MEMO_LIMIT:
            found.clear()
        values = sheet.values[name]
        for index, (text, day) in enumerate(zip(values, self._days(mapping, sheet), strict=True)):
            if type(text) is not str:
                continue
            if type(day) is Fault:  # the row is refused for its day already
                values[index] = None if name not in self.required else day
                continue
            key = (name, text, day)
            if key not in found:
                found[key] = finder.find(text, day, self._column_of(mapping.on))
            values[index] = found[key]
        sheet.values[name] = sheet.values.pop(name)  # last, so that a fault of the day is named at the day

    def _column_of(self, field: str | None) -> str:
        mapping = self._mapping.fields.get(field or "")
        return (mapping.source if mapping else None) or field or ""

    def _days(self, mapping: FieldMapping, sheet: _Sheet) -> Sequence[Any]:
        """Per row, the day on which an agency is looked up; None where nobody says."""
        if mapping.on is None:
            return [None] * sheet.size
        if mapping.on not in self._type.fields:
            return [date.fromisoformat(mapping.on)] * sheet.size
        moments = sheet.values.get(mapping.on) or [None] * sheet.size
        return [m.date() if type(m) is datetime else m for m in moments]

    # --- what stands beside the fields ---------------------------------------------------------

    def _explain_absence(self, sheet: _Sheet) -> None:
        """Fill the field that says why there is no figure: only where none of the named fields has one."""
        target = self._type.absence_field
        if target is None or not self._mapping.absence_from:
            return
        columns = [sheet.values[name] for name in self._mapping.absence_from]
        first = self._mapping.fields[self._mapping.absence_from[0]].source
        raws = sheet.raws(first) if first else [None] * sheet.size
        empty = [all(value is None for value in row) for row in zip(*columns, strict=True)]
        sheet.values[target] = [self._reason(r) if e else None for r, e in zip(raws, empty, strict=True)]

    def _reason(self, raw: Any) -> str | None:
        text = "" if raw is None else as_text(raw)
        return self._mapping.absent.get(text) if isinstance(text, str) else None

    def _withdrawn(self, sheet: _Sheet) -> list[bool]:
        if self._mapping.withdrawn is None:
            return [False] * sheet.size
        return self.taken_back(sheet.raws(self._mapping.withdrawn.source))

    def taken_back(self, raws: Sequence[Any]) -> list[bool]:
        """Whether each of these cells says that its record is taken back."""
        texts = ("" if raw is None else as_text(raw) for raw in raws)
        return [isinstance(text, str) and fold(text) in self._withdrawing for text in texts]

    # --- what comes out --------------------------------------------------------------------------

    def _table(self, sheet: _Sheet) -> pa.Table:
        ids = sheet.values[self._type.id_field]
        source = self._mapping.source
        columns: dict[str, Sequence[Any]] = {
            "_key": [f"{source}:{identity}" for identity in ids],
            "_row": sheet.chunk.lines,
            "_withdrawn": self._withdrawn(sheet),
        }
        for name in self._type.fields:
            columns[name] = sheet.values.get(name) or [None] * sheet.size
        kept = [i for i in range(sheet.size) if i not in sheet.faults] if sheet.faults else None
        arrays = [
            pa.array(columns[f.name] if kept is None else [columns[f.name][i] for i in kept], f.type)
            for f in self.schema
        ]
        return pa.Table.from_arrays(arrays, schema=self.schema)


class _Sheet:
    """The chunk being worked on: converted columns and faults per row."""

    def __init__(self, mapping: Mapping, chunk: Chunk, names: Lookup[str, str]) -> None:
        self.chunk = chunk
        self.size = len(chunk.lines)
        self.values: dict[str, list[Any]] = {}
        self.faults: dict[int, list[RowFault]] = defaultdict(list)
        self._mapping, self._names = mapping, names
        self._raws: dict[str, Sequence[Any]] = {}

    def raws(self, source: str) -> Sequence[Any]:
        if source not in self._raws:
            self._raws[source] = self.chunk.column(self._names.get(source, source))
        return self._raws[source]

    def collect(self) -> None:
        """Note every fault that stands where a value should."""
        for name, values in self.values.items():
            if Fault in map(type, values):
                for index, value in enumerate(values):
                    if type(value) is Fault:
                        self._note(index, name, value)

    def require(self, name: str) -> None:
        values = self.values.get(name) or [None] * self.size
        if None in values:
            for index, value in enumerate(values):
                if value is None:
                    self._note(index, name, fault("missing-value"))

    def _note(self, index: int, name: str, why: Fault) -> None:
        mapping = self._mapping.fields.get(name)
        source = mapping.source if mapping and mapping.source else name
        row = self.faults[index]
        if any(known.fault is why for known in row):
            return  # an agency that could not be looked up because of its day
        called = self._names.get(source, source)
        position = self.chunk.position(called) if mapping and mapping.source else 0
        shown = None if self._is_personal(name) else self._shown(source, index)
        row.append(RowFault(self.chunk.lines[index], why, position, called, shown))

    def _is_personal(self, name: str) -> bool:
        return self._mapping.record_type.fields[name].personal is not None

    def _shown(self, source: str, index: int) -> str | None:
        if not any(source == m.source for m in self._mapping.fields.values()):
            return None
        raw = self.raws(source)[index]
        return None if raw is None else str(raw)[:_SHOWN]
