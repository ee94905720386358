"""How an aggregate climbs through the storeys of the fused query and leaves it as an exact part.

Additive aggregates are made per agency of the records, weighted and added. The others are made anew:
``base`` keeps what is needed (least, greatest, the values there are, of a percentile with how often each)
and ``rolled`` puts it together, unless a record that counts comes over a split; then the part is *blocked*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp

from kieng.measurement.expression import RowCompiler
from kieng.measurement.partial import NEWEST
from kieng.measurement.quantiles import ENTRIES, Quantiles
from kieng.measurement.sql import (
    PART_DIGITS,
    PART_TYPE,
    TOO_FINE,
    Sql,
    all_of,
    call,
    cast,
    column,
    count_rows,
    is_null,
    literal,
    not_null,
    when,
    where,
)
from kieng.measurement.storeys import Storey
from kieng.plan.formula.nodes import RECOMPUTED, Aggregate, AggregateKind, Formula, Row

WEIGHT_DIGITS = 9
TOTAL = ""  # in by_field: over all

#: Of an aggregate of ``base`` that is a list: the breakdowns (and the total) it is needed for.
ByFields = dict[Sql, set[str]]


@dataclass
class Climb:
    """The way of the columns of one variant. ``split_stocks``: an agency's records may name several
    places, so that only the one place its newest record names may keep the agency's stock. ``displaced``
    says of which agencies another has the stock (see :mod:`kieng.plan.stock_succession`)."""

    compiler: RowCompiler
    facts: Storey
    base: Storey
    landed: Storey
    rolled: Storey
    quantiles: Quantiles
    by_fields: ByFields
    split_stocks: bool
    displaced: Storey

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

    def part(self, aggregate: Aggregate, formula: Formula, breakdowns: Sequence[str] = ()) -> Sql:
        """``aggregate`` of ``formula`` as a column of ``rolled``, exact; null when it is blocked. It is right
        for the total and for ``breakdowns``."""
        match aggregate.kind:
            case AggregateKind.COUNT:
                return cast(self._weighted_sum(self.count(aggregate.where)), PART_TYPE)
            case AggregateKind.SUM | AggregateKind.LATEST:
                return self._additive(aggregate, formula)
            case (
                AggregateKind.MIN
                | AggregateKind.MAX
                | AggregateKind.COUNT_DISTINCT
                | AggregateKind.PERCENTILE
            ):
                return when(
                    (exp.not_(self.blocked(aggregate)), cast(self._anew(aggregate, breakdowns), PART_TYPE))
                )
            case _:
                assert_never(aggregate.kind)

    def blocked(self, aggregate: Aggregate) -> Sql:
        """Whether a record that ``aggregate`` uses came over a split it cannot be recast over."""
        if aggregate.kind not in RECOMPUTED:
            return exp.false()
        used = exp.GT(this=self.count(aggregate.where), expression=literal(0))
        return self.rolled.column(call("BOOL_OR", all_of([used, self.is_piece])))

    def _weighted_sum(self, landing: Sql) -> Sql:
        return self.rolled.column(exp.Sum(this=exp.Mul(this=landing, expression=self.weight)))

    def _additive(self, aggregate: Aggregate, formula: Formula) -> Sql:
        value, scale = self._argument(aggregate)
        if aggregate.kind is AggregateKind.SUM:
            total = self._weighted_sum(
                self.landing(where(exp.Sum(this=value), self.condition(aggregate.where)))
            )
        else:
            total = self._weighted_sum(self.stock(value, self.gives(aggregate, formula)))
        return _exactly(total, scale + WEIGHT_DIGITS)

    def gives(self, stock: Aggregate, formula: Formula) -> Sql:
        """When a record has the figure that ``stock`` is made from: a blank has none."""
        condition = self.condition(stock.where)
        arguments = (self.compiler.typed(row).sql for row in formula.figure_of(stock))
        known = [not_null(self.facts.column(argument)) for argument in arguments]
        return all_of(known if condition is None else [condition, *known])

    def stock(self, value: Sql, gives: Sql) -> Sql:
        """The column of ``landed`` with what an agency's newest record with a figure has, unless another
        agency's figure has taken its place."""
        lent = self._not_displaced(value, gives)
        if self.split_stocks:
            newest = self.base.column(where(call("MAX", column("newness", "facts")), gives))
            of_agency = exp.Window(
                this=call("MAX", newest),
                partition_by=[column(name, "base") for name in ("agency", "period", "by_field", "by_value")],
            )
            lent = when((newest.eq(of_agency), lent))
        return self.landed.column(lent)

    def value(self, aggregate: Aggregate, formula: Formula, also_displaced: bool = False) -> Sql:
        """What a row of ``landed`` gives ``aggregate``, from columns of ``base``: null where that is nothing.
        A stock is left out where another agency's figure has taken its place, unless ``also_displaced``."""
        counted = self.condition(aggregate.where)
        if aggregate.kind is AggregateKind.COUNT:
            return self.base.column(where(count_rows(), counted))
        value, _ = self._argument(aggregate)
        match aggregate.kind:
            case AggregateKind.LATEST:
                gives = self.gives(aggregate, formula)
                return self._newest(value, gives) if also_displaced else self._not_displaced(value, gives)
            case AggregateKind.SUM:
                return self.base.column(where(exp.Sum(this=value), counted))
            case AggregateKind.MIN:
                return self.base.column(where(exp.Min(this=value), counted))
            case AggregateKind.MAX:
                return self.base.column(where(exp.Max(this=value), counted))
            case AggregateKind.COUNT_DISTINCT:
                return self.base.column(self._different(value, counted))
            case _:
                return self.base.column(call(ENTRIES, where(call("HISTOGRAM", value), counted)))

    def _newest(self, value: Sql, gives: Sql) -> Sql:
        return self.base.column(where(call(NEWEST, value, column("newness", "facts")), gives))

    def _not_displaced(self, value: Sql, gives: Sql) -> Sql:
        newest = self.base.column(where(call("MAX", column("newness", "facts")), gives))
        taken = self.displaced.column(
            call("BOOL_OR", exp.GTE(this=newest, expression=column("since", "displacing")))
        )
        lends = exp.not_(call("COALESCE", taken, exp.false()))
        return when((lends, self._newest(value, gives)))

    def _anew(self, aggregate: Aggregate, breakdowns: Sequence[str]) -> Sql:
        value, scale = self._argument(aggregate)
        counted = self.condition(aggregate.where)
        match aggregate.kind:
            case AggregateKind.MIN:
                return self.rolled.column(exp.Min(this=self.landing(where(exp.Min(this=value), counted))))
            case AggregateKind.MAX:
                return self.rolled.column(exp.Max(this=self.landing(where(exp.Max(this=value), counted))))
            case AggregateKind.COUNT_DISTINCT:
                different = call("LIST_DISTINCT", self._values(value, counted, breakdowns))
                return self.rolled.column(call("LEN", different))
            case AggregateKind.PERCENTILE:
                counts = call(ENTRIES, where(call("HISTOGRAM", value), counted))
                return self.quantiles.column(self._together(counts, breakdowns), aggregate, scale)
            case AggregateKind.COUNT | AggregateKind.SUM | AggregateKind.LATEST:
                raise TypeError(f"{aggregate.kind} adds up")
            case _:
                assert_never(aggregate.kind)

    def _values(self, value: Sql, counted: Sql | None, breakdowns: Sequence[str]) -> Sql:
        """The different values of the cell that are not null, as one list; some may stand more than once."""
        return call("COALESCE", self._together(self._different(value, counted), breakdowns), exp.Array())

    @staticmethod
    def _different(value: Sql, counted: Sql | None) -> Sql:
        known = exp.not_(is_null(value))
        condition = known if counted is None else all_of([counted, known])
        return where(call("LIST", exp.Distinct(expressions=[value])), condition)

    def _together(self, lists: Sql, breakdowns: Sequence[str]) -> Sql:
        """The lists of an aggregate of ``base`` as one."""
        self.by_fields.setdefault(lists, {TOTAL}).update(breakdowns)
        landed = self.landing(lists)
        return call("FLATTEN", where(call("LIST", landed), exp.not_(is_null(landed))))

    def _argument(self, aggregate: Aggregate) -> tuple[Sql, int]:
        if aggregate.argument is None:
            raise TypeError(f"{aggregate.kind} without an argument")
        typed = self.compiler.typed(aggregate.argument)
        return self.facts.column(typed.sql), typed.scale


def _exactly(total: Sql, scale: int) -> Sql:
    """``total`` as a part. One with more digits than a part has is an error, never rounded."""
    if scale <= PART_DIGITS:
        return cast(total, PART_TYPE)
    kept = call("ROUND", total, literal(PART_DIGITS))
    refusal = call("ERROR", literal(TOO_FINE))
    return when((exp.NEQ(this=kept, expression=total), refusal), otherwise=cast(kept.copy(), PART_TYPE))
