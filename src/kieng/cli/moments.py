"""Moments and periods as people type them."""

from __future__ import annotations

from datetime import date, datetime, time

import click

from kieng.plan.period import Period


class Moment(click.ParamType[datetime]):
    """``2024-06-30`` (the end of that day) or an ISO date and time; without an offset, it is wall time in
    the workspace's zone, which :func:`kieng.workspace.folder.moment_in` adds."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        try:
            if len(text) == 10:
                return datetime.combine(date.fromisoformat(text), time.max)
            return datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r}: viết 2024-06-30 hoặc 2024-06-30T17:00+07:00 / not a moment", param, ctx)


class PeriodType(click.ParamType[Period]):
    """``2025``, ``2025-H2``, ``2025-Q3`` or ``2025-07``."""

    name = "period"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(str(value))
        except ValueError:
            self.fail(f"{value!r}: viết 2025, 2025-H2, 2025-Q3 hoặc 2025-07 / not a period", param, ctx)


MOMENT = Moment()
PERIOD = PeriodType()
