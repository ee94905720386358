"""Putting partial bases together: what each aggregate of a base becomes when some of its records lie here
and some there."""

from __future__ import annotations

from sqlglot import exp

from kieng.measurement.quantiles import ENTRIES
from kieng.measurement.sql import Sql, call, cast, column, is_null, where
from kieng.measurement.storeys import Storey

NEWEST = "ARG_MAX_NULL"  # the value of the newest record


def companions(base: Storey) -> None:
    """Add to ``base`` how new the record is whose value each "value of the newest" holds."""
    for sql, _ in base.items():
        aggregate = _aggregate(sql)
        if _name(aggregate) == NEWEST:
            base.column(_how_new(sql))


def merged(sql: Sql, base: Storey) -> Sql:
    """The aggregate of ``base`` over the rows of ``partial`` with one key."""
    part = column(base.name_of(sql), "partial")
    match _name(_aggregate(sql)):
        case "COUNT":
            return cast(exp.Sum(this=part), "BIGINT")
        case "SUM":
            return exp.Sum(this=part)
        case "MIN":
            return exp.Min(this=part)
        case "MAX":
            return exp.Max(this=part)
        case "BIT_OR":
            return call("BIT_OR", part)
        case "LIST":
            return call("LIST_DISTINCT", _flattened(part))
        case name if name == ENTRIES:
            return _flattened(part)
        case name if name == NEWEST:
            return call(NEWEST, part, column(base.name_of(_how_new(sql)), "partial"))
        case name:
            raise NotImplementedError(f"no rule says how partial results of {name} are put together")


def _flattened(part: Sql) -> Sql:
    return call("FLATTEN", where(call("LIST", part), exp.not_(is_null(part))))


def _aggregate(sql: Sql) -> Sql:
    """``sql`` without the condition on the records it is over."""
    return sql.this if isinstance(sql, exp.Filter) else sql


def _name(aggregate: Sql) -> str:
    return str(aggregate.this).upper() if isinstance(aggregate, exp.Anonymous) else aggregate.key.upper()


def _how_new(sql: Sql) -> Sql:
    condition = sql.expression.this if isinstance(sql, exp.Filter) else None
    newness = _aggregate(sql).expressions[1]
    return where(call("MAX", newness), condition)
