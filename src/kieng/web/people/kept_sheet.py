"""A sheet between being looked at and being accepted: it travels with the page, signed for one administrator.

Nothing of it lies on the server meanwhile, and two tabs hold two sheets.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core import signing

from kieng.web.accounts.models import User
from kieng.web.people.columns import Column
from kieng.web.people.sheet import Row, Sheet

#: Whoever looks longer than this many seconds sends the file again.
LASTS = 3_600


class Lost(Exception):
    """What came back is too old, another's, or changed."""


def sealed(sheet: Sheet, looked_at: str, why: str, of: User) -> str:
    """A text that gives back the sheet, what was looked at, and why."""
    rows = [
        [row.line, {one: _plain(value) for one, value in row.cells.items() if value}] for row in sheet.rows
    ]
    told = {"file": sheet.file, "rows": rows, "position": sheet.position, "looked": looked_at, "why": why}
    return signing.dumps(told, salt=_salt(of), compress=True)


def opened(text: str, of: User) -> tuple[Sheet, str, str]:
    """The sheet, what was looked at, and why. Lost for anything but what :func:`sealed` gave ``of``."""
    try:
        told: dict[str, Any] = signing.loads(text, salt=_salt(of), max_age=LASTS)
    except signing.BadSignature as error:
        raise Lost from error
    rows = [Row(line, {Column(one): _value(v) for one, v in cells.items()}) for line, cells in told["rows"]]
    position = {Column(one): place for one, place in told["position"].items()}
    return Sheet(told["file"], rows, position), told["looked"], told["why"]


def _salt(of: User) -> str:
    return f"kieng.people {of.pk}"


def _plain(value: str | date) -> str | list[str]:
    return value if isinstance(value, str) else [value.isoformat()]


def _value(value: str | list[str]) -> str | date:
    return value if isinstance(value, str) else date.fromisoformat(value[0])
