"""XLSX: one sheet, one header row, one value per cell."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, load_workbook

from kieng.problems import Place, Problem, UserError, near, refuse
from kieng.records.mapping import FileFormat
from kieng.records.readers.chunk import CHUNK_ROWS, Chunk, TableChunk
from kieng.records.readers.xlsx_parts import check_archive, error_cells
from kieng.words import composed

_MOST_RANGES = 20
_REMEDY_SAVE = "Save it in Excel as .xlsx without a password."


class XlsxFile:
    """A sheet of a workbook. Lines are Excel's row numbers."""

    def __init__(self, path: Path, form: FileFormat, file: str) -> None:
        self._path, self._form, self._file = path, form, file
        self._done = 0
        check_archive(path, file)
        self._sheet = self._opened()
        self._first_column = (self._sheet.start or (0, 0))[1]
        self._errors = error_cells(path, self._sheet.name)
        self._refuse_merged()
        self.names = self._header()

    def done(self) -> tuple[int, int]:
        return self._done, self._sheet.total_height

    def _opened(self) -> CalamineSheet:
        try:
            book = load_workbook(self._path)
            return book.get_sheet_by_name(self._sheet_name(book))
        except PasswordError:
            why = "The workbook is locked with a password."
            raise refuse(self._file, "locked-workbook", why, _REMEDY_SAVE) from None
        except (CalamineError, OSError) as error:
            why = f"The file is not a whole workbook: {error}."
            raise refuse(self._file, "broken-xlsx", why, _REMEDY_SAVE) from None

    def _sheet_name(self, book: CalamineWorkbook) -> str:
        wanted = self._form.sheet
        if wanted is None and book.sheet_names:
            return book.sheet_names[0]
        for name in book.sheet_names:
            if wanted is not None and composed(name.strip()) == wanted:
                return name
        why = f"The workbook has no sheet `{wanted}`."
        raise refuse(self._file, "no-such-sheet", why, near(wanted or "", book.sheet_names), wanted)

    def _refuse_merged(self) -> None:
        """Merged cells from the header on: what they hold belongs to no single row or column."""
        ranges = self._sheet.merged_cell_ranges or []
        inside = [(first, last) for first, last in ranges if last[0] >= self._form.header_row - 1]
        if inside:
            raise UserError([self._merged(first, last) for first, last in inside[:_MOST_RANGES]])

    def _merged(self, first: tuple[int, int], last: tuple[int, int]) -> Problem:
        place = Place(self._file, first[0] + 1, first[1] + 1)
        why = f"The cells of {_cell_name(*first)}:{_cell_name(*last)} on `{self._sheet.name}` are merged."
        remedy = "Unmerge them in Excel and write a value into every cell."
        return Problem(place, "merged-cells", why, remedy)

    def _header(self) -> tuple[str, ...]:
        rows = self._sheet.iter_rows()
        header: list[Any] = []
        for _ in range(self._form.header_row):
            header = next(rows, [])
        names = [composed(str(_plain(cell)).strip()) for cell in header]
        while names and not names[-1]:
            names.pop()
        if not names:
            why = f"Row {self._form.header_row} of `{self._sheet.name}` holds no column names."
            raise refuse(self._file, "no-header", why, "Set `header_row` in the mapping's format.")
        return tuple(names)

    def chunks(self) -> Iterator[Chunk]:
        self._done = self._form.header_row
        lines: list[int] = []
        rows: list[list[Any]] = []
        for number, cells in enumerate(self._sheet.iter_rows(), start=1):
            row = self._row(number, cells)
            if number > self._form.header_row and any(cell != "" for cell in row):
                lines.append(number)
                rows.append(row)
            if len(rows) >= CHUNK_ROWS:
                self._done = number
                yield TableChunk(self.names, lines, rows)
                lines, rows = [], []
        self._done = self._sheet.total_height
        yield TableChunk(self.names, lines, rows)

    def _row(self, number: int, cells: list[Any]) -> list[Any]:
        row = [_plain(cell) for cell in cells[: len(self.names)]]
        for column, word in self._errors.get(number, {}).items():
            at = column - 1 - self._first_column
            if 0 <= at < len(row):
                row[at] = word
        return row


def _plain(cell: Any) -> Any:
    """Excel keeps all numbers as binary fractions but shows 15 digits; those are what was typed."""
    if isinstance(cell, float):
        return cell if cell.is_integer() else Decimal(format(cell, ".15g"))
    return cell


def _cell_name(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
