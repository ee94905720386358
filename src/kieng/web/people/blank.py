"""The form that an office fills in: the headings, and on sheets of their own the agencies and the roles."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import xlsxwriter

from kieng.plan.definitions import Definitions
from kieng.web.accounts.models import ROLE_NAMES, Role
from kieng.web.people.columns import Column

_COLUMNS = (
    *(Column.NAME, Column.TITLE, Column.AGENCY, Column.EMAIL, Column.ROLE),
    *(Column.FIRST, Column.LAST, Column.ACTING, Column.WHY),
)
_DAYS = (Column.FIRST, Column.LAST)


def blank_sheet(known: Definitions, today: date) -> bytes:
    """An empty workbook. Days are cells of text, so that Excel turns none of them round."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("Nhân sự")
        for at, column in enumerate(_COLUMNS):
            sheet.set_column(at, at, 24, text if column in _DAYS else None)
            sheet.write(0, at, column.heading.vi, bold)
        sheet.freeze_panes(1, 0)
        names = book.add_worksheet("Cơ quan - Agencies")
        names.set_column(0, 2, 40)
        for row, agency in enumerate(sorted(known.tree.on(today).parent_of)):
            name = known.tree.name(agency, today)
            names.write_row(row, 0, (agency, name.vi, name.en))
        roles = book.add_worksheet("Vai trò - Roles")
        roles.set_column(0, 1, 40)
        for row, (_, name) in enumerate(one for one in ROLE_NAMES.items() if one[0] is not Role.ADMIN):
            roles.write_row(row, 0, (name.vi, name.en))
    return content.getvalue()
