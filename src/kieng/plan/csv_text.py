"""CSV files of a workspace, read with the place of every cell.

Comma-separated, UTF-8, a header row; a cell with a comma, a quote or a line break stands in double
quotes. Cells are NFC and without surrounding spaces. Reading goes on after a fault, so that a person
sees all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from kieng.plan.dated import year_is_known
from kieng.plan.number_text import read_number
from kieng.plan.text_file import read_text, shown_path
from kieng.problems import Place, Problems, near
from kieng.words import composed

_CELL = re.compile(
    r'(?:[ \t]*"(?P<quoted>[^"]*(?:""[^"]*)*)"[ \t]*|(?P<plain>[^,\r\n"]*))(?P<end>,|\r\n|\n|\r|\Z)'
)
_LINE_END = re.compile(r"\r\n|\n|\r|\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Cell:
    text: str
    place: Place


@dataclass
class CsvRow:
    """One row. A reader of a cell that cannot be used records a problem, gives None and leaves
    ``sound`` False; nothing made from an unsound row may be used."""

    place: Place
    cells: Mapping[str, Cell]
    problems: Problems
    sound: bool = field(default=True)

    def problem(self, column: str, code: str, why: str, remedy: str) -> None:
        """Record that the cell in ``column`` is wrong."""
        self.sound = False
        self.note_problem(column, code, why, remedy)

    def note_problem(self, column: str, code: str, why: str, remedy: str) -> None:
        """Record what is wrong with a cell that is read all the same."""
        self.problems.add(self.place_of(column), code, why, remedy, self.optional(column))

    def place_of(self, column: str) -> Place:
        return self.cells[column].place if column in self.cells else self.place

    def optional(self, column: str) -> str | None:
        """The text of the cell; None when it is empty or the file has no such column."""
        return self.cells[column].text or None if column in self.cells else None

    def text(self, column: str) -> str:
        """The text of a cell that has to be filled."""
        text = self.optional(column)
        if text is None:
            self.problem(column, "empty-cell", f"`{column}` is empty here.", "Fill it in.")
        return text or ""

    def day(self, column: str) -> date | None:
        text = self.optional(column)
        if text is None:
            return None
        if not _DATE.fullmatch(text):
            remedy = "Write year-month-day, as in 2025-12-31."
            self.problem(column, "not-a-date", "Here a date is expected.", remedy)
            return None
        try:
            found = date.fromisoformat(text)
        except ValueError:
            self.problem(column, "no-such-day", "This day is not in the calendar.", "Correct the day.")
            return None
        return found if year_is_known(found, partial(self.problem, column)) else None

    def decimal(self, column: str, thousands: bool = True) -> Decimal | None:
        """The number in the cell; ``thousands``: whether 1.000 could be meant as so many."""
        text = self.optional(column)
        if text is None:
            return None
        number = read_number(text, partial(self.note_problem, column), thousands)
        if number is not None:
            return number
        remedy = "Write digits with a point before the decimals and no signs between: 1234.5."
        self.problem(column, "not-a-number", "Here a number is expected.", remedy)
        return None

    def span(self) -> tuple[date | None, date | None]:
        """``valid_from`` and ``valid_to``; an end not after the beginning is a problem."""
        return self.days("valid_from", "valid_to")

    def days(self, first: str, end: str) -> tuple[date | None, date | None]:
        begins, ends = self.day(first), self.day(end)
        if begins is not None and ends is not None and ends <= begins:
            why = f"It ends on {ends}, which is not after {begins}, the day it begins."
            self.problem(
                end, "ends-before-it-begins", why, f"`{end}` is the first day on which it no longer holds."
            )
        return begins, ends


def read_csv(
    path: Path,
    problems: Problems,
    root: Path,
    required: Sequence[str],
    optional: Sequence[str] | None = (),
) -> list[CsvRow]:
    """The rows of a CSV file with the columns ``required`` and any of ``optional`` (None: any other).

    No rows, with problems recorded, when the file cannot be read or its header cannot be used. A row
    with too many or too few cells is left out and named. Empty lines are skipped.
    """
    text = read_text(path, problems, root)
    if text is None:
        return []
    file = shown_path(path, root)
    lines = list(cells_by_line(text, file, problems))
    if not lines:
        problems.add(Place(file), "empty-file", "There is nothing in this file.", "Write the header row.")
        return []
    header, *rows = lines
    if not _usable(header, required, optional, problems):
        return []
    return [_row(header, cells, problems) for cells in rows if _fits(header, cells, problems)]


def cells_by_line(text: str, file: str, problems: Problems) -> Iterator[list[Cell]]:
    """The cells of each line that has any text; a line that is no CSV is a problem and left out."""
    at, line, column, cells = 0, 1, 1, list[Cell]()
    while at < len(text):
        found = _CELL.match(text, at)
        if found is None:
            why = "A double quote stands where none can, or one is never closed."
            remedy = 'Put the whole cell in double quotes and write "" for a quote inside.'
            problems.add(Place(file, line, column), "broken-csv", why, remedy)
            at = _LINE_END.search(text, at).end()  # type: ignore[union-attr]
            line, column, cells = line + 1, 1, []
            continue
        quoted, plain = found["quoted"], found["plain"]
        content = plain if quoted is None else quoted.replace('""', '"')
        cells.append(Cell(composed(content).strip(), Place(file, line, column)))
        line += len(re.findall(r"\r\n|\n|\r", quoted or ""))
        column += found.end() - at
        at = found.end()
        if found["end"] != ",":
            yield from _if_filled(cells)
            line, column, cells = line + 1, 1, []
    if cells:  # the text ended with a comma, so the last cell is an empty one
        yield from _if_filled([*cells, Cell("", Place(file, line, column))])


def _if_filled(cells: list[Cell]) -> Iterator[list[Cell]]:
    if any(cell.text for cell in cells):
        yield cells


def _usable(
    header: list[Cell], required: Sequence[str], optional: Sequence[str] | None, problems: Problems
) -> bool:
    names = [cell.text for cell in header]
    before = len(problems)
    for name in required:
        if name not in names:
            semicolons = len(names) == 1 and ";" in names[0]
            remedy = "Separate the columns by commas." if semicolons else f"Add a column `{name}`."
            problems.add(header[0].place, "missing-column", f"There is no column `{name}`.", remedy)
    for number, cell in enumerate(header):
        if cell.text in names[:number]:
            problems.add(
                cell.place, "duplicate-column", "This column stands here twice.", "Keep one.", cell.text
            )
        elif optional is not None and cell.text not in (*required, *optional):
            remedy = near(cell.text, (*required, *optional))
            problems.add(cell.place, "unknown-column", "Nothing reads this column.", remedy, cell.text)
    return len(problems) == before


def _fits(header: list[Cell], cells: list[Cell], problems: Problems) -> bool:
    if len(cells) == len(header):
        return True
    why = f"This row has {len(cells)} cells; the header has {len(header)}."
    remedy = "Give every row as many cells as the header; put a text with a comma in double quotes."
    problems.add(Place(cells[0].place.file, cells[0].place.line), "ragged-row", why, remedy)
    return False


def _row(header: list[Cell], cells: list[Cell], problems: Problems) -> CsvRow:
    place = Place(cells[0].place.file, cells[0].place.line)
    return CsvRow(place, {name.text: cell for name, cell in zip(header, cells, strict=True)}, problems)
