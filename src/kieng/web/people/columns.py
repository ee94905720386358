"""Which column of an office's sheet is which, by its heading in either language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from kieng.words import Name, bare


class Column(StrEnum):
    """What a sheet of people may say. ``LAST`` is the last day in the post, ``UNTIL`` the day after it."""

    NAME = "name"
    EMAIL = "email"
    USERNAME = "username"
    AGENCY = "agency"
    ROLE = "role"
    TITLE = "title"
    FIRST = "first"
    LAST = "last"
    UNTIL = "until"
    ACTING = "acting"
    WHY = "why"

    @property
    def heading(self) -> Name:
        return _HEADINGS[self]


_HEADINGS = {
    Column.NAME: Name("Họ và tên", "Full name"),
    Column.EMAIL: Name("Thư điện tử", "E-mail"),
    Column.USERNAME: Name("Tên đăng nhập", "User name"),
    Column.AGENCY: Name("Cơ quan", "Agency"),
    Column.ROLE: Name("Vai trò", "Role"),
    Column.TITLE: Name("Chức vụ", "Title"),
    Column.FIRST: Name("Từ ngày", "From"),
    Column.LAST: Name("Đến ngày", "Last day"),
    Column.UNTIL: Name("Đến trước ngày", "Until (not including)"),
    Column.ACTING: Name("Quyền (tạm giữ)", "Acting"),
    Column.WHY: Name("Căn cứ", "Decision"),
}
#: Also written so, without accents, capitals and signs.
_ALSO = {
    Column.NAME: ("ho ten", "ten", "ho va ten can bo", "ho ten can bo", "name"),
    Column.EMAIL: (
        *("email", "mail", "hop thu", "hop thu dien tu", "dia chi thu dien tu", "dia chi email"),
        *("thu cong vu", "thu dien tu cong vu", "email cong vu", "email address"),
    ),
    Column.USERNAME: ("tai khoan", "username", "login"),
    Column.AGENCY: (
        *("don vi", "co quan don vi", "ten co quan", "ten don vi", "ma co quan", "ma don vi"),
        *("co quan cong tac", "don vi cong tac", "noi cong tac", "agency id", "agency name"),
    ),
    Column.ROLE: ("vai tro tren he thong", "vai tro trong he thong"),
    Column.TITLE: ("chuc danh", "position", "post", "job title"),
    Column.FIRST: ("tu", "ngay bat dau", "bat dau", "ngay bo nhiem", "from day", "start", "valid from"),
    Column.LAST: ("den het ngay", "den", "ngay ket thuc", "ket thuc", "to", "end", "to day"),
    Column.UNTIL: ("until", "valid to"),
    Column.ACTING: ("tam giu", "quyen", "phu trach"),
    Column.WHY: ("so quyet dinh", "quyet dinh", "ly do", "basis", "why", "reason"),
}
MUST = (Column.NAME, Column.EMAIL, Column.ROLE, Column.FIRST)


def plain(text: str) -> str:
    """``text`` without accents, capitals and signs, to be compared."""
    return " ".join(re.sub(r"[^0-9a-z]+", " ", bare(text)).split())


_KNOWN = {plain(word): column for column, name in _HEADINGS.items() for word in (name.vi, name.en)} | {
    word: column for column, words in _ALSO.items() for word in words
}


def columns_of(headings: Sequence[str]) -> Mapping[Column, list[int]]:
    """The places (from 0) of every known column; a heading that stands twice has two."""
    found: dict[Column, list[int]] = {}
    for place, heading in enumerate(headings):
        column = _KNOWN.get(plain(heading))
        if column is not None:
            found.setdefault(column, []).append(place)
    return found
