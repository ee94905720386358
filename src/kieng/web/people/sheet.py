"""A sheet of people as an office really writes it: CSV in any of Excel's ways or XLSX, with titles above."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from kieng.problems import Place, Problem, UserError, refuse
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers.chunk import Source
from kieng.records.readers.source import open_source
from kieng.web.people.columns import MUST, Column, columns_of
from kieng.web.people.worded import worded
from kieng.words import Name, composed

#: More belongs into several files: a person has to look through what a file would change.
MOST_ROWS = 2_000
MOST_BYTES = 1_000_000
#: So many rows may stand above the headings.
_ABOVE = 12
#: A row with fewer known headings is a title.
_LEAST_KNOWN = 3
#: A cell that is longer is no name, agency or reason.
_LONGEST = 500
_NUMBERED = re.compile(r"\(?\d{1,2}\)?|\(?[A-Z]\)?")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Row:
    """One row: ``line`` counts from 1 in the file; texts are composed and stripped, days may be days."""

    line: int
    cells: Mapping[Column, str | date]

    def text(self, column: Column) -> str:
        """The cell as a text; "" where there is none."""
        value = self.cells.get(column, "")
        return value if isinstance(value, str) else value.isoformat()


@dataclass
class Sheet:
    """What a file says. ``unused`` are the headings that nothing reads; ``position`` a column's, from 1."""

    file: str
    rows: list[Row] = field(default_factory=list)
    position: dict[Column, int] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def place(self, line: int, column: Column | None = None) -> Place:
        return Place(self.file, line, self.position.get(column, 0) if column else 0)


def read_sheet(path: Path, name: str) -> Sheet:
    """The rows of ``path``, which its sender calls ``name``. UserError for what cannot be read at all; what
    is wrong with single rows stands in ``problems``."""
    head = _head(path, name)
    if path.stat().st_size > MOST_BYTES:
        why = "The file is larger than a sheet of people may be."
        raise refuse(name, "people-too-large", why, "Send it in several files, without pictures.")
    source, found = _with_headings(path, _form(head, name), name)
    sheet = Sheet(name)
    for column, places in found.items():
        sheet.position[column] = places[0] + 1
        if len(places) > 1:
            sheet.problems.append(_twice(Place(name, 0, places[1] + 1), column))
    sheet.problems += [_missing(Place(name), one) for one in MUST if one not in found]
    used = {place for places in found.values() for place in places}
    sheet.unused = tuple(text for at, text in enumerate(source.names or ()) if text and at not in used)
    for row in _rows(source, sheet, {one: places[0] for one, places in found.items()}):
        sheet.rows.append(row)
        if len(sheet.rows) > MOST_ROWS:
            why = f"There are more than {MOST_ROWS:,} rows in this file."
            raise refuse(name, "people-too-large", why, "Send it in several files.")
    if not sheet.rows and not sheet.problems:
        raise refuse(name, "empty-file", "There is nobody in this file.", "Send the file again.")
    return sheet


def _head(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16_384)
    except OSError as error:
        why = f"The file cannot be read: {error.strerror}."
        raise refuse(name, "unreadable-file", why, "Check that it exists and may be read.") from error


def _form(head: bytes, name: str) -> FileFormat:
    """By what the file is, not by how it is called. Excel of Vietnam writes ";" or tabs into a CSV file, and
    UTF-16 as "Unicode text"; a workbook of an older Excel is told apart."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        why = "This is a workbook of an older Excel (.xls), or one with a password."
        raise refuse(name, "old-workbook", why, "Save it in Excel as .xlsx without a password.")
    if head.startswith(b"PK\x03\x04"):
        return FileFormat(FileType.XLSX)
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")
    text = head.decode(encoding, "replace")
    counts = {one: text.count(one) for one in (",", ";", "\t")}
    return FileFormat(FileType.CSV, encoding, max(counts, key=lambda one: counts[one]))


def _with_headings(path: Path, form: FileFormat, name: str) -> tuple[Source, Mapping[Column, list[int]]]:
    """The reader of the rows under the headings, which may stand below a title."""
    trouble: UserError | None = None
    for row in range(1, _ABOVE + 1):
        try:
            source = open_source(path, replace(form, header_row=row), name)
        except UserError as error:
            if {one.code for one in error.problems} - {"no-header", "bad-header", "merged-cells"}:
                raise
            trouble = trouble or error
            continue
        found = columns_of(source.names or ())
        if len(found) >= _LEAST_KNOWN:
            return source, found
    if trouble is not None and any(one.code == "merged-cells" for one in trouble.problems):
        raise trouble
    wanted = ", ".join(f"«{one.heading.vi}»" for one in MUST)
    why = Name(
        f"{_ABOVE} dòng đầu không có dòng tiêu đề nào của danh sách nhân sự.",
        f"None of the first {_ABOVE} rows holds the headings of a list of people.",
    )
    english = ", ".join(f"`{one.heading.en}`" for one in MUST)
    remedy = Name(f"Cần có các cột {wanted}; hãy dùng tệp mẫu.", f"Give the columns {english}; use the form.")
    raise UserError(worded(Place(name), "people-no-headings", why, remedy))


def _rows(source: Source, sheet: Sheet, at: Mapping[Column, int]) -> Iterator[Row]:
    for chunk in source.chunks():
        for broken in chunk.unreadable:
            sheet.problems.append(broken.fault.problem(sheet.file))
        columns = {one: chunk.column((source.names or ())[place]) for one, place in at.items()}
        for index, line in enumerate(chunk.lines):
            cells = {one: _cell(values[index]) for one, values in columns.items()}
            for one, value in cells.items():
                if isinstance(value, str) and len(value) > _LONGEST:
                    sheet.problems.append(_too_long(sheet.place(line, one), one, value))
                    cells[one] = value[:_LONGEST]
            if any(cells.values()) and not _is_numbering(cells.values()):
                yield Row(line, cells)


def _is_numbering(cells: Iterable[str | date]) -> bool:
    """The row of column numbers that official forms have under their headings: (1), (2), (3)."""
    filled = [one for one in cells if one]
    return len(filled) > 1 and all(isinstance(one, str) and _NUMBERED.fullmatch(one) for one in filled)


def _cell(raw: Any) -> str | date:
    """A text without blanks around it and what nobody sees in it; a day as a day."""
    if raw is None:
        return ""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, float | Decimal) and raw == int(raw):
        return str(int(raw))
    seen = "".join(
        c if c.isprintable() else " " for c in composed(str(raw)) if c not in "\u200b\u200c\u200d\ufeff"
    )
    return " ".join(seen.split())


def _twice(place: Place, column: Column) -> Problem:
    why = Name(
        f"Cột «{column.heading.vi}» xuất hiện nhiều lần.", f"The column `{column.heading.en}` stands twice."
    )
    remedy = Name("Chỉ giữ một cột.", "Keep one of them.")
    return worded(place, "duplicate-column", why, remedy, column.heading.vi)


def _missing(place: Place, column: Column) -> Problem:
    why = Name(f"Thiếu cột «{column.heading.vi}».", f"The column `{column.heading.en}` is missing.")
    remedy = Name("Thêm cột, hoặc dùng tệp mẫu.", "Add it, or use the form.")
    return worded(place, "missing-column", why, remedy, column.heading.vi)


def _too_long(place: Place, column: Column, value: str) -> Problem:
    why = Name(
        f"Cột «{column.heading.vi}»: ô dài hơn {_LONGEST} ký tự.",
        f"Column `{column.heading.en}`: the cell is longer than {_LONGEST} characters.",
    )
    return worded(place, "people-cell-too-long", why, Name("Viết ngắn lại.", "Shorten it."), value)
