"""Small words for building relational expressions: a query is put together from nodes, never from text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

Sql = exp.Expr

#: How a part leaves the query; see :data:`kieng.measurement.request.PART`.
PART_TYPE = "DECIMAL(38, 15)"
PART_DIGITS = 15
TOO_FINE = f"a part with more than {PART_DIGITS} digits after the point"


def digest(sql: Sql) -> str:
    """A short name for an expression: equal ones have equal names, in every run."""
    return hashlib.blake2b(sql.sql("duckdb", copy=False).encode(), digest_size=8).hexdigest()


def column(name: str, table: str | None = None) -> exp.Column:
    """A column by its exact name, quoted, so that no field of a record type is ever read as a word of SQL."""
    return exp.column(name, table=table, quoted=True)


def named(sql: Sql, name: str) -> Sql:
    return exp.Alias(this=sql, alias=exp.to_identifier(name, quoted=True))


def paren(sql: Sql) -> exp.Paren:
    """``sql`` in brackets, so that it stays one thing beside whatever operator it meets."""
    return exp.Paren(this=sql)


def call(name: str, *arguments: Sql) -> Sql:
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(sql: Sql, to: str) -> exp.Cast:
    return exp.Cast(this=sql, to=exp.DataType.build(to))


def count_rows() -> Sql:
    return exp.Count(this=exp.Star())


def where(aggregate: Sql, condition: Sql | None) -> Sql:
    """``aggregate`` over the rows for which ``condition`` is true; over all when it is None."""
    if condition is None:
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def when(*branches: tuple[Sql, Sql], otherwise: Sql | None = None) -> exp.Case:
    case = exp.Case()
    for condition, result in branches:
        case = case.when(condition, result, copy=False)
    return case if otherwise is None else case.else_(otherwise, copy=False)


def literal(value: str | int | Decimal | bool | date | datetime | None) -> Sql:
    """A constant, typed exactly: a decimal is written with its digits and never as a float."""
    match value:
        case None:
            return exp.Null()
        case bool():
            return exp.Boolean(this=value)
        case int():
            return exp.Literal.number(value)
        case Decimal():
            return exp.Literal.number(format(value, "f"))
        case datetime():
            return cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")
        case date():
            return cast(exp.Literal.string(value.isoformat()), "DATE")
        case _:
            return exp.Literal.string(value)


def all_of(conditions: Sequence[Sql]) -> Sql:
    return exp.and_(*conditions, copy=False) if conditions else exp.true()


def is_null(sql: Sql) -> Sql:
    return exp.Is(this=paren(sql.copy()), expression=exp.Null())


def not_null(sql: Sql) -> Sql:
    return exp.not_(is_null(sql))


def add(left: Sql, right: Sql) -> Sql:
    return paren(exp.Add(this=left.copy(), expression=right.copy()))


def subtract(left: Sql, right: Sql) -> Sql:
    return paren(exp.Sub(this=left.copy(), expression=right.copy()))
