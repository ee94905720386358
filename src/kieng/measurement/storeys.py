"""A storey of the fused query: expressions each under one name, equal ones once."""

from __future__ import annotations

from dataclasses import dataclass, field

from kieng.measurement.sql import Sql, column, named


@dataclass
class Storey:
    """``name`` is the alias of its table, ``prefix`` what its columns' names begin with."""

    name: str
    prefix: str
    _names: dict[Sql, str] = field(default_factory=dict)

    def column(self, sql: Sql) -> Sql:
        """The column of this storey that holds ``sql``."""
        return column(self._names.setdefault(sql, f"{self.prefix}{len(self._names)}"), self.name)

    def selected(self) -> list[Sql]:
        return [named(sql, name) for sql, name in self._names.items()]

    def names(self) -> list[str]:
        return list(self._names.values())
