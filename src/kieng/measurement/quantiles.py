"""Percentiles in the fused query: from how often each value stands, not from the values one by one.

A base holds a list of (value, how often) for each of its rows, so that neither it nor what is rolled up from
it grows with the number of records, only with that of different values.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from kieng.measurement.request import Unsupported
from kieng.measurement.sql import (
    PART_DIGITS,
    TOO_FINE,
    Sql,
    add,
    call,
    cast,
    column,
    digest,
    literal,
    named,
    paren,
    subtract,
    where,
)  # fmt: skip
from kieng.measurement.storeys import Storey
from kieng.plan.formula.nodes import Aggregate

#: Wraps a histogram: the list of its entries, each with ``key`` and ``value`` (how often it stands).
ENTRIES = "MAP_ENTRIES"
#: The number of a row of ``grouped``.
CELL = "cell"


@dataclass
class Quantiles:
    """The percentiles of one variant: columns of ``rolled`` that come beside those of ``grouped``, which
    holds, per cell, the ``lists`` they are made from."""

    grouped: str
    lists: Storey
    _queries: dict[str, exp.Select] = field(default_factory=dict)

    def column(self, entries: Sql, aggregate: Aggregate, scale: int) -> Sql:
        """The column of ``rolled`` with a percentile of ``entries`` (an aggregate of ``landed``)."""
        if aggregate.fraction is None:
            raise TypeError("a percentile without its fraction")
        digits = max(0, -int(aggregate.fraction.as_tuple().exponent))
        if scale + digits > PART_DIGITS:
            raise Unsupported(f"{TOO_FINE}: {aggregate.fraction} of values with {scale} digits")
        top = int(aggregate.fraction.scaleb(digits))
        held = self.lists.name_of(entries)
        name = f"q{digest(entries)}_{top}_{digits}"
        if name not in self._queries:
            self._queries[name] = _percentile(self._ranked(held), top, digits, name)
        return column(name, "rolled")

    def beside(self) -> exp.Select:
        """``rolled``: the cells of ``grouped``, each with its percentiles."""
        query = exp.select("grouped.*", *(column(name, name) for name in self._queries), copy=False)
        query = query.from_(exp.to_table(self.grouped).as_("grouped"), copy=False)
        for name, quantile in self._queries.items():
            on = column(CELL, name).eq(column(CELL, "grouped"))
            query = query.join(quantile.subquery(name, copy=False), on=on, join_type="left", copy=False)
        return query

    def __bool__(self) -> bool:
        return bool(self._queries)

    def _ranked(self, held: str) -> exp.Select:
        """cell, amount, upto (how many values there are up to it) and total."""
        entries = exp.select(column(CELL), named(call("UNNEST", column(held)), "entry"), copy=False)
        entries = entries.from_(exp.to_table(self.grouped), copy=False)
        amount = call("STRUCT_EXTRACT", column("entry"), literal("key"))
        often = exp.Sum(this=call("STRUCT_EXTRACT", column("entry"), literal("value")))
        weighed = exp.select(column(CELL), named(amount, "amount"), named(often, "often"), copy=False)
        weighed = weighed.from_(entries.subquery("entries", copy=False), copy=False)
        weighed = weighed.group_by(column(CELL), amount.copy(), copy=False)
        in_cell, total = [column(CELL)], exp.Sum(this=column("often"))
        ordered = exp.Order(expressions=[exp.Ordered(this=column("amount"))])
        upto = exp.Window(this=total, partition_by=in_cell, order=ordered)
        whole = exp.Window(this=total.copy(), partition_by=[column(CELL)])
        query = exp.select(column(CELL), column("amount"), named(upto, "upto"), named(whole, "total"))
        return query.from_(weighed.subquery("weighed", copy=False), copy=False)


def _percentile(ranked: exp.Select, top: int, digits: int, name: str) -> exp.Select:
    """Linear between neighbours, in whole numbers: the position is ``(total - 1) * top / 10**digits``.

    The engine's own quantile would round to the digits of the values.
    """
    last = subtract(column("total"), literal(1))
    steps, whole = paren(exp.Mul(this=last, expression=literal(top))), literal(10**digits)
    below = paren(exp.IntDiv(this=steps, expression=whole))
    above = call("LEAST", add(below, literal(1)), last.copy())
    low, high = _value_at(below), _value_at(above)
    rest = call("ANY_VALUE", exp.Mod(this=steps.copy(), expression=whole.copy()))
    step = exp.Mul(
        this=paren(exp.Sub(this=high, expression=low)),
        expression=exp.Mul(this=cast(rest, "DECIMAL(19, 0)"), expression=_unit(digits)),
    )
    query = exp.select(column(CELL), named(exp.Add(this=low.copy(), expression=step), name), copy=False)
    return query.from_(ranked.subquery("ranked", copy=False), copy=False).group_by(column(CELL), copy=False)


def _value_at(position: Sql) -> Sql:
    """The value at a place counted from 0, of all in order."""
    return where(exp.Min(this=column("amount")), exp.GT(this=column("upto"), expression=position.copy()))


def _unit(digits: int) -> Sql:
    """One unit of the last of ``digits`` digits, as an exact number."""
    return cast(
        exp.Literal.number("0." + "1".rjust(digits, "0") if digits else "1"), f"DECIMAL(18, {digits})"
    )
