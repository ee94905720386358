"""How an aggregate climbs through the storeys of the fused query and leaves it as an exact part.

Additive aggregates are made per agency of the records, weighted and added. The others are made anew:
``base`` keeps what is needed (least, greatest, list of values) and ``rolled`` puts it together, unless
a record that counts comes over a split; then the part is *blocked*.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from kieng.measurement.expression import RowCompiler
from kieng.measurement.request import Unsupported
from kieng.measurement.sql import (
    Sql,
    all_of,
    call,
    cast,
    column,
    count_rows,
    is_null,
    literal,
    paren,
    when,
    where,
)
from kieng.measurement.storeys import Storey
from kieng.plan.formula.nodes import RECOMPUTED, Aggregate, AggregateKind, Row

PART_TYPE = "DECIMAL(38, 15)"  # as kieng.measurement.request.PART
PART_DIGITS = 15
WEIGHT_DIGITS = 9

TOO_FINE = f"a part with more than {PART_DIGITS} digits after the point"


@dataclass
class Climb:
    """The way of the columns of one variant. ``split_stocks``: an agency's records may name several
    places, so that only the one place its newest record names may keep the agency's stock.
    ``heirs_have_stock``: on a map, an agency that closed within the period lends none."""

    compiler: RowCompiler
    facts: Storey
    base: Storey
    landed: Storey
    rolled: Storey
    split_stocks: bool
    heirs_have_stock: bool

    @property
    def weight(self) -> Sql:
        return column("weight", "landed")

    @property
    def is_piece(self) -> Sql:
        """Whether a row of ``landed`` is less than the whole."""
        return exp.LT(this=self.weight, expression=literal(1))

    def condition(self, row: Row | None) -> Sql | None:
        return None if row is None else self.facts.column(self.compiler.condition(row))

    def landing(self, base_aggregate: Sql) -> Sql:
        """The column of ``landed`` with an aggregate of ``base``."""
        return self.landed.column(self.base.column(base_aggregate))

    def count(self, row: Row | None) -> Sql:
        return self.landing(where(count_rows(), self.condition(row)))

    def part(self, aggregate: Aggregate) -> Sql:
        """``aggregate`` as a column of ``rolled``, exact; null when it is blocked."""
        match aggregate.kind:
            case AggregateKind.COUNT:
                return cast(self._weighted_sum(self.count(aggregate.where)), PART_TYPE)
            case AggregateKind.SUM | AggregateKind.LATEST:
                return self._additive(aggregate)
            case _:
                return when((exp.not_(self.blocked(aggregate)), cast(self._anew(aggregate), PART_TYPE)))

    def blocked(self, aggregate: Aggregate) -> Sql:
        """Whether a record that ``aggregate`` uses came over a split it cannot be recast over."""
        if aggregate.kind not in RECOMPUTED:
            return exp.false()
        used = exp.GT(this=self.count(aggregate.where), expression=literal(0))
        return self.rolled.column(call("BOOL_OR", all_of([used, self.is_piece])))

    def _weighted_sum(self, landing: Sql) -> Sql:
        return self.rolled.column(exp.Sum(this=exp.Mul(this=landing, expression=self.weight)))

    def _additive(self, aggregate: Aggregate) -> Sql:
        value, scale = self._argument(aggregate)
        counted = self.condition(aggregate.where)
        if aggregate.kind is AggregateKind.SUM:
            total = self._weighted_sum(self.landing(where(exp.Sum(this=value), counted)))
        else:
            total = self._weighted_sum(self.stock(value, counted))
        return _exactly(total, scale + WEIGHT_DIGITS)

    def stock(self, value: Sql, counted: Sql | None) -> Sql:
        """The column of ``landed`` with what an agency's newest counted record has."""
        newness = column("newness", "facts")
        stock = self.base.column(where(call("ARG_MAX_NULL", value, newness), counted))
        lends: list[Sql] = [exp.not_(column("closing", "closure"))] if self.heirs_have_stock else []
        if self.split_stocks:
            newest = self.base.column(where(call("MAX", newness), counted))
            of_agency = exp.Window(
                this=call("MAX", newest),
                partition_by=[column(name, "base") for name in ("agency", "period", "by_field", "by_value")],
            )
            lends.append(newest.eq(of_agency))
        return self.landed.column(when((all_of(lends), stock)) if lends else stock)

    def _anew(self, aggregate: Aggregate) -> Sql:
        value, scale = self._argument(aggregate)
        counted = self.condition(aggregate.where)
        match aggregate.kind:
            case AggregateKind.MIN:
                return self.rolled.column(exp.Min(this=self.landing(where(exp.Min(this=value), counted))))
            case AggregateKind.MAX:
                return self.rolled.column(exp.Max(this=self.landing(where(exp.Max(this=value), counted))))
            case AggregateKind.COUNT_DISTINCT:
                different = call("LIST_DISTINCT", self._values(value, counted, distinct=True))
                return self.rolled.column(call("LEN", different))
            case _:
                ordered = self.rolled.column(call("LIST_SORT", self._values(value, counted)))
                return _percentile(ordered, aggregate, scale)

    def _values(self, value: Sql, counted: Sql | None, distinct: bool = False) -> Sql:
        """All values of the cell that are not null, as one list."""
        known = exp.not_(is_null(value))
        condition = known if counted is None else all_of([counted, known])
        item = exp.Distinct(expressions=[value]) if distinct else value
        lists = self.landing(where(call("LIST", item), condition))
        flat = call("FLATTEN", where(call("LIST", lists), exp.not_(is_null(lists))))
        return call("COALESCE", flat, exp.Array())

    def _argument(self, aggregate: Aggregate) -> tuple[Sql, int]:
        if aggregate.argument is None:
            raise TypeError(f"{aggregate.kind} without an argument")
        typed = self.compiler.typed(aggregate.argument)
        return self.facts.column(typed.sql), typed.scale


def _percentile(ordered: Sql, aggregate: Aggregate, scale: int) -> Sql:
    """Linear between neighbours, in whole numbers: the position is ``(n - 1) * top / 10**digits``.

    The engine's own quantile would round to the digits of the values.
    """
    if aggregate.fraction is None:
        raise TypeError("a percentile without its fraction")
    digits = max(0, -int(aggregate.fraction.as_tuple().exponent))
    if scale + digits > PART_DIGITS:
        raise Unsupported(f"{TOO_FINE}: {aggregate.fraction} of values with {scale} digits")
    steps = exp.Mul(
        this=paren(exp.Sub(this=call("LEN", ordered), expression=literal(1))),
        expression=literal(int(aggregate.fraction.scaleb(digits))),
    )
    whole = literal(10**digits)
    below = exp.IntDiv(this=paren(steps), expression=whole)
    rest = exp.Mod(this=paren(steps), expression=whole.copy())
    low = call("LIST_EXTRACT", ordered, exp.Add(this=below, expression=literal(1)))
    high_index = call("LEAST", exp.Add(this=below, expression=literal(2)), call("LEN", ordered))
    high = call("LIST_EXTRACT", ordered, high_index)
    step = exp.Mul(
        this=paren(exp.Sub(this=high, expression=low)),
        expression=exp.Mul(this=cast(rest, "DECIMAL(19, 0)"), expression=_unit(digits)),
    )
    return exp.Add(this=low.copy(), expression=step)


def _unit(digits: int) -> Sql:
    """One unit of the last of ``digits`` digits, as an exact number."""
    return cast(
        exp.Literal.number("0." + "1".rjust(digits, "0") if digits else "1"), f"DECIMAL(18, {digits})"
    )


def _exactly(total: Sql, scale: int) -> Sql:
    """``total`` as a part. One with more digits than a part has is an error, never rounded."""
    if scale <= PART_DIGITS:
        return cast(total, PART_TYPE)
    kept = call("ROUND", total, literal(PART_DIGITS))
    refusal = call("ERROR", literal(TOO_FINE))
    return when((exp.NEQ(this=kept, expression=total), refusal), otherwise=cast(kept.copy(), PART_TYPE))
