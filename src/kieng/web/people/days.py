"""The days of a sheet, as people and Excel write them; what Excel may have turned round is named.

Excel with American settings takes 05/03/2026 for the third of May and leaves 13/03/2026 a text, for there is
no thirteenth month: such a column mixes days with texts, and all its days are in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kieng.problems import Place, Problem
from kieng.web.people.columns import Column
from kieng.web.people.sheet import Sheet
from kieng.web.people.worded import worded
from kieng.words import Name

FIRST_YEAR, LAST_YEAR = 1950, 2100
_WRITTEN = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_SERIAL = re.compile(r"[1-7]\d{4}")
_TURNED = Name(
    "Sửa các ngày của cột này thành ngày/tháng/năm, định dạng ô là Text, rồi gửi lại.",
    "Correct the days of this column to day/month/year, in cells of text, and send it again.",
)


def days_of(sheet: Sheet, column: Column) -> tuple[list[date | None], list[Problem]]:
    """The day of each row (None: no cell, or a fault), and what is wrong with them."""
    if column not in sheet.position:
        return [None] * len(sheet.rows), []
    cells = [row.cells.get(column, "") for row in sheet.rows]
    days = [one if isinstance(one, date) else _day(one) for one in cells]
    turned = _turned_round(cells)
    problems: list[Problem] = []
    for at, (row, cell, day) in enumerate(zip(sheet.rows, cells, days, strict=True)):
        place = sheet.place(row.line, column)
        if at in turned:
            why = Name(
                f"Cột «{column.heading.vi}»: có thể Excel đã đảo ngày và tháng của ô này.",
                f"Column `{column.heading.en}`: Excel may have turned round day and month here.",
            )
            problems.append(worded(place, "day-turned-round", why, _TURNED, _shown(cell)))
            days[at] = None
        elif cell and (day is None or not FIRST_YEAR <= day.year <= LAST_YEAR):
            problems.append(_unreadable(place, column, _shown(cell)))
            days[at] = None
    return days, problems


def _turned_round(cells: Sequence[str | date]) -> set[int]:
    """Which cells are in doubt. Evidence: a text whose month is none while its day could be one (written
    month first); or a text with a day beyond 12 beside cells Excel took for days, all of them up to 12."""
    texts = {at: _parts(one) for at, one in enumerate(cells) if isinstance(one, str)}
    written = {at: parts for at, parts in texts.items() if parts is not None}
    real = {at: one for at, one in enumerate(cells) if isinstance(one, date)}
    month_first = {at for at, (first, second, _) in written.items() if second > 12 >= first}
    if month_first:
        return month_first | {
            at for at, (first, second, _) in written.items() if first <= 12 and first != second
        }
    beyond = any(first > 12 for first, _, _ in written.values())
    if beyond and real and all(one.day <= 12 for one in real.values()):
        return {at for at, one in real.items() if one.day != one.month}
    return set()


def _parts(text: str) -> tuple[int, int, int] | None:
    found = _WRITTEN.fullmatch(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _day(text: str) -> date | None:
    parts, iso = _parts(text), _ISO.fullmatch(text)
    try:
        if parts:
            return date(parts[2], parts[1], parts[0])
        return date(int(iso[1]), int(iso[2]), int(iso[3])) if iso else None
    except ValueError:
        return None


def _unreadable(place: Place, column: Column, text: str) -> Problem:
    serial = _SERIAL.fullmatch(text) is not None
    why = Name(
        f"Cột «{column.heading.vi}»: ô này không phải một ngày (năm {FIRST_YEAR}–{LAST_YEAR}).",
        f"Column `{column.heading.en}`: this is no day of the years {FIRST_YEAR} to {LAST_YEAR}.",
    )
    remedy = Name("Viết ngày/tháng/năm, ví dụ 05/03/2026.", "Write day/month/year, as 05/03/2026.")
    if serial:
        remedy = Name(
            "Excel đang hiện ngày thành số: định dạng ô là ngày, hoặc viết 05/03/2026.",
            "Excel shows a day as a number: format the cell as a day, or write 05/03/2026.",
        )
    return worded(place, "unreadable-day", why, remedy, text)


def _shown(cell: str | date) -> str:
    return cell if isinstance(cell, str) else f"{cell:%d/%m/%Y}"
