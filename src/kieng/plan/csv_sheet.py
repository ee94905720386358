"""A CSV file of a workspace, changed row by row: whatever is not touched stays as it was written, to the
byte, so that a reviewer's diff shows what really changes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kieng.plan.csv_text import Cell, cells_by_line
from kieng.problems import Problems

_BOM = "\ufeff"


@dataclass
class Row:
    """One row: its cells by column, and its lines as they stand in the file with the empty ones after."""

    cells: dict[str, str]
    lines: list[str]


class CsvSheet:
    """``content`` is the text of ``file``, or None for a file that is not there yet. It must be readable:
    a sheet is made from text that has passed the check.

    ``rows`` may be looked at; :meth:`put` and :meth:`add` change them.
    """

    def __init__(self, file: str, content: bytes | None, columns: Sequence[str]) -> None:
        text = ",".join(columns) + "\n" if content is None else content.decode()
        self._bom = _BOM if text.startswith(_BOM) else ""
        lines = list(io.StringIO(text.removeprefix(_BOM), newline=""))
        header, *rows = cells_by_line("".join(lines), file, Problems())
        self._columns = [cell.text for cell in header]
        starts = [row[0].place.line - 1 for row in rows] + [len(lines)]
        self._header = lines[: starts[0]]
        self._newline = "\r\n" if any(line.endswith("\r\n") for line in self._header) else "\n"
        self.rows = [
            self._row(cells, lines[start:end])
            for cells, start, end in zip(rows, starts, starts[1:], strict=False)
        ]

    def _row(self, cells: Sequence[Cell], lines: list[str]) -> Row:
        return Row({column: cell.text for column, cell in zip(self._columns, cells, strict=True)}, lines)

    def put(self, wanted: Callable[[Mapping[str, str]], bool], column: str, value: str) -> None:
        """Write ``value`` into ``column`` of every row that is ``wanted``."""
        for row in self.rows:
            if wanted(row.cells):
                row.cells[column] = value
                self._rewrite(row)

    def add(self, cells: Mapping[str, str]) -> range:
        """Add a row at the end, and columns that the file does not have yet; the numbers of its lines."""
        if missing := [column for column in cells if cells[column] and column not in self._columns]:
            self._widen(missing)
        self._end_last_line()
        row = Row({column: cells.get(column, "") for column in self._columns}, [])
        self._rewrite(row)
        first = len(self._lines()) + 1
        self.rows.append(row)
        return range(first, first + len(row.lines))

    def content(self) -> bytes:
        return (self._bom + "".join(self._lines())).encode()

    def _lines(self) -> list[str]:
        return [*self._header, *(line for row in self.rows for line in row.lines)]

    def _widen(self, columns: Sequence[str]) -> None:
        self._columns += columns
        self._header = self._written(self._columns)
        for row in self.rows:
            row.cells |= dict.fromkeys(columns, "")
            self._rewrite(row)

    def _rewrite(self, row: Row) -> None:
        last = len(row.lines)
        while last > 1 and not row.lines[last - 1].strip(" \t\r\n,"):
            last -= 1
        row.lines = self._written([row.cells[column] for column in self._columns]) + row.lines[last:]

    def _written(self, cells: Sequence[str]) -> list[str]:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator=self._newline).writerow(cells)
        return list(io.StringIO(buffer.getvalue(), newline=""))

    def _end_last_line(self) -> None:
        lines = self.rows[-1].lines if self.rows else self._header
        if not lines[-1].endswith(("\n", "\r")):
            lines[-1] += self._newline
