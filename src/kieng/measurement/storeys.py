"""A storey of the fused query: expressions each under one name, equal ones once.

A name says what its expression is (a digest of it), so that a column kept from an earlier run means the same
in a later one, whatever else was asked then.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kieng.measurement.sql import Sql, column, digest, named


@dataclass
class Storey:
    """``name`` is the alias of its table, ``prefix`` what its columns' names begin with."""

    name: str
    prefix: str
    _names: dict[Sql, str] = field(default_factory=dict)

    def column(self, sql: Sql) -> Sql:
        """The column of this storey that holds ``sql``."""
        return column(self.name_of(sql), self.name)

    def name_of(self, sql: Sql) -> str:
        """The name of the column that holds ``sql``."""
        if sql not in self._names:
            self._names[sql] = f"{self.prefix}{digest(sql)}"
        return self._names[sql]

    def selected(self) -> list[Sql]:
        return [named(sql, name) for sql, name in self._names.items()]

    def items(self) -> list[tuple[Sql, str]]:
        """Every expression and the name of its column."""
        return list(self._names.items())

    def __bool__(self) -> bool:
        return bool(self._names)
