"""What a query asks the working calendar: each question is one join, however often it is asked.

The answers come from the tables ``calendar`` (day, number, works) and ``working_days`` (number, day),
both made by :mod:`kieng.measurement.frames`; outside the calendar every answer is null.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from kieng.measurement.sql import Sql, column, digest


@dataclass(frozen=True)
class DayAnswer:
    """``number``: working days up to and including the day; ``works``: whether offices work on it."""

    number: Sql
    works: Sql


@dataclass
class Lookups:
    """Asks are kept in order, since one may be about the answer to another. ``prefix`` keeps the aliases
    of several collections apart."""

    prefix: str = ""
    _aliases: dict[tuple[str, Sql], str] = field(default_factory=dict)

    def day(self, day: Sql) -> DayAnswer:
        alias = self._alias("calendar", day)
        return DayAnswer(column("number", alias), column("works", alias))

    @property
    def asked(self) -> bool:
        """Whether there is any question."""
        return bool(self._aliases)

    def nth(self, number: Sql) -> Sql:
        """The working day with this number."""
        return column("day", self._alias("working_days", number))

    def join_to(self, query: exp.Select) -> exp.Select:
        """``query`` with a row of the calendar for each question."""
        for (table, asked), alias in self._aliases.items():
            key = column("day" if table == "calendar" else "number", alias)
            source = exp.to_table(table).as_(alias)
            query = query.join(source, on=key.eq(asked), join_type="left", copy=False)
        return query

    def _alias(self, table: str, asked: Sql) -> str:
        return self._aliases.setdefault((table, asked), f"{self.prefix}{table}_{digest(asked)}")
