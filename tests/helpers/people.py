"""Sheets of made-up people (SYNTHETIC: no such person) as offices write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

HEADINGS = ("STT", "Họ và tên", "Chức vụ", "Cơ quan", "Thư điện tử", "Vai trò", "Từ ngày", "Đến ngày")
Cell = str | date | int | None


def person(
    number: int, agency: str, role: str = "Cán bộ", first: Cell = "01/07/2025", last: Cell = ""
) -> list[Cell]:
    """Somebody who is not: ``Người Thử 7``, nguoi.thu7@example.vn."""
    name, email = f"Người Thử {number}", f"nguoi.thu{number}@example.vn"
    return [number, name, "Công chức (thử)", agency, email, role, first, last]


def csv_of(rows: Iterable[Sequence[Cell]], headings: Sequence[str] = HEADINGS, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue().encode()


def xlsx_of(path: Path, rows: Iterable[Sequence[Cell]], titles: Sequence[str] = ()) -> Path:
    """A workbook with titles above the headings, and days in cells of days."""
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet("DS"), book.add_format({"num_format": "dd/mm/yyyy"})
        for at, title in enumerate(titles):
            sheet.merge_range(at, 0, at, len(HEADINGS) - 1, title)
        for row, cells in enumerate([HEADINGS, *rows], start=len(titles)):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(row, column, cell, day)
                elif cell is not None:
                    sheet.write(row, column, cell)
    return path
