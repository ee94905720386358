"""What stands in a question to the API, read from its texts."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date, datetime, time
from typing import Any, TypeVar

from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.problems import UserError, near_name
from kieng.web.door import State
from kieng.web.opendata.problems import Refusal, bad, from_user_error
from kieng.words import Name
from kieng.workspace.figures import reading_of

_FIRST, _LAST = 1990, 2200
Found = TypeVar("Found")


def day_of(text: str | None, parameter: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise bad(parameter, "Viết ngày như 2025-07-01.", "Write a day such as 2025-07-01.") from None
    if not _FIRST <= day.year <= _LAST:
        raise bad(parameter, f"Năm từ {_FIRST} đến {_LAST}.", f"Years are {_FIRST} to {_LAST}.")
    return day


def period_of(text: str | None, parameter: str) -> Period | None:
    if not text:
        return None
    try:
        period = Period.parse(text)
    except ValueError:
        vi, en = (
            "Viết kỳ như 2025, 2025-H2, 2025-Q3 hoặc 2025-07.",
            "Write 2025, 2025-H2, 2025-Q3 or 2025-07.",
        )
        raise bad(parameter, vi, en) from None
    if not _FIRST <= period.start.year <= _LAST:
        raise bad(parameter, f"Năm từ {_FIRST} đến {_LAST}.", f"Years are {_FIRST} to {_LAST}.")
    return period


def moment_of(text: str | None, parameter: str) -> datetime | None:
    """A day stands for its end; a moment without an offset is wall time in the workspace's zone."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
        moment = datetime.combine(day, time.max) if day else datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        vi = "Viết như 2024-06-30 hoặc 2024-06-30T17:00+07:00."
        raise bad(parameter, vi, "Write 2024-06-30 or 2024-06-30T17:00+07:00.") from None
    if not _FIRST <= moment.year <= _LAST:
        raise bad(parameter, f"Năm từ {_FIRST} đến {_LAST}.", f"Years are {_FIRST} to {_LAST}.")
    return moment


def map_of(text: str, state: State) -> str:
    """``as-was``, ``today`` or the ISO day of a map."""
    try:
        reading = reading_of(text or "as-was", state.today)
    except UserError as error:
        raise from_user_error(error, "map") from None
    if reading.line is not None:  # what is hidden of the parts could be told from the whole
        raise bad(
            "map", "Số của dòng kế thừa xem ở mức đạt.", "Figures of a lineage are given with the standings."
        )
    if reading.map_day is not None and text != "today":
        day_of(reading.map_day.isoformat(), "map")
    return text or "as-was"


def one_of(text: str | None, known: Any, parameter: str, vi: str, en: str) -> str | None:
    """``text`` when it is among ``known``; None for nothing asked."""
    if not text:
        return None
    if text in known:
        return text
    hint = near_name(text, known)
    raise bad(parameter, f"Không có {vi} này. {hint.vi}", f"No {en} has this id. {hint.en}")


def agency_of(definitions: Definitions, text: str | None, parameter: str = "agency") -> str | None:
    """An agency's id, from its id or a code it bears or bore last."""
    if not text:
        return None
    tree = definitions.tree
    if text in tree.agencies:
        return text
    found = tree.newest_with_code(text)
    if found is None:
        vi = "Không có cơ quan nào mang mã này; danh sách ở /api/v1/agencies."
        raise bad(parameter, vi, "No agency has this id or code; /api/v1/agencies lists them.")
    return found.id


# --- pages -------------------------------------------------------------------------------


def cursor_text(state: State, told: list[Any]) -> str:
    """Where the next page begins, in one opaque word; it is good for this state of the data alone."""
    text = json.dumps([state.version, *told], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def cursor_of(text: str | None, state: State, question: str) -> tuple[int, int]:
    """The place a cursor names: (list, offset). Refusal for one made for another question or state."""
    if not text:
        return 0, 0
    wrong = bad(
        "cursor", "Chép nguyên cursor từ trang trước.", "Copy the cursor of the page before as it is."
    )
    try:
        told = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        version, asked, number, offset = told
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise wrong from None
    if type(number) is not int or type(offset) is not int or min(number, offset) < 0 or asked != question:
        raise wrong
    if version != state.version:
        vi = "Trang trước thuộc một lần đo khác: lật lại từ đầu, hoặc tải cả tệp ở /du-lieu/."
        en = "The page before is of another measuring: begin anew, or download the file from /du-lieu/."
        raise Refusal(410, "outdated-cursor", Name(vi, en), "cursor")
    return number, offset
