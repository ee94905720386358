"""``on_time('clock')`` as a relational expression, step by step as :mod:`kieng.plan.clock` counts."""

from __future__ import annotations

from collections.abc import Callable

from kieng.measurement.expression import RowCompiler
from kieng.measurement.request import Unsupported
from kieng.measurement.sql import Sql
from kieng.plan.definitions import Definitions


def on_time_condition(definitions: Definitions) -> Callable[[str, RowCompiler], Sql]:
    def condition(clock: str, compiler: RowCompiler) -> Sql:
        raise Unsupported(f"on_time({clock!r})")

    return condition
