"""The first query of a pass: every aggregate of every indicator, by the records' own agency and period.

It has storeys, each far smaller than the one before:

``records`` one row per record, with what the working calendar says of it;
``facts``   one row per record and period: conditions and arguments of all formulas, equal ones once;
``fine``    grouped by agency, place, period and *all* breakdowns at once: the records are grouped a single
            time;
``base``    ``fine`` put together for the total and for each breakdown alone.

When no formula looks at the day a period is read on and every record belongs to one day (a *steady* pass),
``facts`` holds one row per record, with its month, and ``base`` puts the months together into all periods.

Tables it reads: ``known`` (the newest version of each record), and of :mod:`kieng.measurement.frames`
``bounds``, ``frames``, ``months``, ``calendar`` and ``working_days``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from kieng.measurement.expression import RowCompiler, day_of
from kieng.measurement.fuse import Pass
from kieng.measurement.partial import merged
from kieng.measurement.parts import TOTAL, ByFields
from kieng.measurement.sql import (
    Sql,
    add,
    all_of,
    call,
    cast,
    column,
    is_null,
    literal,
    named,
    paren,
    when,
)
from kieng.measurement.storeys import Storey
from kieng.plan.indicator import Membership
from kieng.plan.period import Grain, Period
from kieng.plan.record_type import STATES, FieldType

#: What a row of a base is about.
BASE_KEYS = ("agency", "place", "period", "by_field", "by_value")
#: Where a row of a partial base comes from: the partition of the ledger.
MONTH = "month"

_EPOCH = date(1970, 1, 1)
#: Room for a state, and for the number of a batch or a row, in a record's newness.
_STATE_BITS, _NUMBER_BITS = 4, 34


def first_newness(day: date) -> int:
    """What no record of ``day`` or later is older than (see :meth:`BaseQuery._newness`)."""
    return (day - _EPOCH).days << (_STATE_BITS + 2 * _NUMBER_BITS)


@dataclass
class BaseQuery:
    """Builds the query, once ``facts`` and ``base`` hold all they must."""

    pass_: Pass
    compiler: RowCompiler
    facts: Storey
    base: Storey
    by_fields: ByFields

    def build(self) -> exp.Select:
        query = self._base()
        for name, part in (("records", self._records()), ("facts", self._facts()), ("fine", self._fine())):
            query = query.with_(name, as_=part, copy=False)
        return query

    @property
    def is_steady(self) -> bool:
        """Whether what is counted of a record is the same in every period it belongs to."""
        if self.pass_.way.membership is not Membership.BY or self.compiler.late_lookups.asked:
            return False
        columns = (each for sql, _ in self.facts.items() for each in sql.find_all(exp.Column))
        return all(each.table != self.compiler.cut_off.table for each in columns)

    # --- records: what is worked out once per record -------------------------------------

    def _records(self) -> exp.Select:
        worked_out = self.compiler.once.selected()
        query = exp.select("record.*", *worked_out, copy=False)
        query = query.from_(exp.to_table("known").as_("record"), copy=False)
        return self.compiler.lookups.join_to(query)

    # --- facts: one row per record and period ---------------------------------------------

    def _facts(self) -> exp.Select:
        kind = self.pass_.record_type
        place = literal(None) if kind.placed_in is None else column(kind.placed_in, "record")
        start = self._day(self.pass_.way.start)
        period = _code(start, Grain.MONTH) if self.is_steady else column("period", "span")
        breakdowns = [
            named(_as_text(self.compiler, name), f"by_{n}") for n, name in enumerate(self.pass_.breakdowns)
        ]
        selected = [
            named(column(kind.agency_field, "record"), "agency"),
            named(cast(place, "TEXT"), "place"),
            named(cast(period, "INTEGER"), "period"),
            named(column("_month", "record"), MONTH),
            named(column("_origin", "record"), "origin"),
            *breakdowns,
            *self._said_of_themselves(),
            *self.facts.selected(),
        ]
        query = self._in_periods(exp.select(*selected, copy=False))
        return self.compiler.late_lookups.join_to(query)

    def _in_periods(self, query: exp.Select) -> exp.Select:
        """Records beside the periods they belong to."""
        if self.is_steady:
            query = query.from_(exp.to_table("records").as_("record"), copy=False)
            query = query.join("bounds", join_type="cross", copy=False)
            start = self._day(self.pass_.way.start)
            first, last = column("first", "bounds"), column("last", "bounds")
            return query.where(exp.Between(this=start, low=first, high=last), copy=False)
        query = query.from_(self._beside_codes().subquery("record", copy=False), copy=False)
        found = [column("period", "span").eq(column("code", "record")), self._falls_into()]
        return query.join(exp.to_table("frames").as_("span"), on=all_of(found), copy=False)

    def _beside_codes(self) -> exp.Select:
        """Records beside the code of each period that may be theirs: worked out, so that no record is
        compared with every period there is."""
        first, last = column("first", "bounds"), column("last", "bounds")
        way = self.pass_.way
        start = self._day(way.start)
        if way.membership is Membership.BY:
            codes: Sql = exp.Array(expressions=[_code(start, grain) for grain in self.pass_.grains])
        else:
            end = last if way.end is None else call("LEAST", self._day(way.end), last)
            begun = call("GREATEST", start, first)
            codes = _concatenated([_codes(begun, end, grain) for grain in self.pass_.grains])
        query = exp.select("record.*", named(call("UNNEST", codes), "code"), copy=False)
        query = query.from_(exp.to_table("records").as_("record"), copy=False)
        query = query.join("bounds", join_type="cross", copy=False)
        return query.where(exp.LTE(this=start.copy(), expression=last.copy()), copy=False)

    def _falls_into(self) -> Sql:
        """When a record belongs to a period (a row of ``span``) whose code may be its own."""
        way, start = self.pass_.way, self._day(self.pass_.way.start)
        begun = exp.LTE(this=start, expression=column("cut_off", "span"))
        if way.membership is Membership.BY or way.end is None:
            return begun
        end = self._day(way.end)
        if way.membership is Membership.OPEN:
            lasting: Sql = exp.GTE(this=end, expression=column("start", "span"))
        else:
            lasting = exp.GT(this=end, expression=column("cut_off", "span"))
        return all_of([begun, paren(exp.or_(is_null(end), lasting))])

    def _said_of_themselves(self) -> list[Sql]:
        kind = self.pass_.record_type
        said = [named(self._state(), "state")]
        if kind.absence_field is not None:
            said.append(named(column(kind.absence_field, "record"), "absence"))
        if self._needs_newness:
            said.append(named(self._newness(), "newness"))
        return said

    @property
    def _needs_newness(self) -> bool:
        return self.pass_.has_stocks or self.pass_.record_type.absence_field is not None

    def _state(self) -> Sql:
        name = self.pass_.record_type.state_field
        if name is None:
            return cast(exp.Null(), "TINYINT")
        states = [
            (column(name, "record").eq(literal(state)), literal(rank)) for rank, state in enumerate(STATES)
        ]
        return cast(when(*states), "TINYINT")

    def _newness(self) -> Sql:
        """A number that orders records from old to new: by counting date, state, and when the ledger
        learnt them. One number is compared far quicker than four values, and means the same in every
        base."""
        state = add(call("COALESCE", self._state(), literal(-1)), literal(1))
        parts = (exp.Sub(this=self._day(self.pass_.way.start), expression=literal(_EPOCH)), state)
        digits = [*parts, column("_batch", "record"), column("_row", "record")]
        number: Sql = cast(digits[0], "HUGEINT")
        for digit, bits in zip(digits[1:], (_STATE_BITS, _NUMBER_BITS, _NUMBER_BITS), strict=True):
            number = add(paren(exp.Mul(this=number, expression=literal(2**bits))), digit)
        return number

    def _day(self, name: str) -> Sql:
        return day_of(self.compiler.field(name))

    # --- fine and base: grouped by the records' own agency ----------------------------------

    @property
    def _by(self) -> list[str]:
        return [f"by_{n}" for n in range(len(self.pass_.breakdowns))]

    def _fine(self) -> exp.Select:
        keys = [column(name, "facts") for name in (MONTH, "agency", "place", "period", *self._by)]
        query = exp.select(*keys, *self.base.selected(), copy=False).from_("facts", copy=False)
        return query.group_by(*keys, copy=False)

    def _base(self) -> exp.Select:
        own = [column(name, "partial") for name in (MONTH, "agency", "place", "period")]
        query = exp.select(copy=False).from_(exp.to_table("fine").as_("partial"), copy=False)
        if self.is_steady:
            own[-1] = column("period", "months")
            same = column("month", "months").eq(column("period", "partial"))
            query = query.join("months", on=same, copy=False)
        breakdowns = [column(name, "partial") for name in self._by]
        selected = [
            *own,
            named(cast(self._by_field(breakdowns), "TEXT"), "by_field"),
            named(cast(_any_of(breakdowns), "TEXT"), "by_value"),
            *(named(self._needed(sql, breakdowns), name) for sql, name in self.base.items()),
        ]
        query = query.select(*selected, copy=False)
        if not breakdowns:
            return query.group_by(*own, copy=False)
        sets = [exp.Tuple(expressions=own), *(exp.Tuple(expressions=[*own, by]) for by in breakdowns)]
        return query.group_by(exp.GroupingSets(expressions=sets), copy=False)

    def _needed(self, sql: Sql, breakdowns: list[exp.Column]) -> Sql:
        """An aggregate, put together; a list is left out of the breakdowns no formula needs it for, since
        lists are what makes a base long."""
        whole, needed = merged(sql, self.base), self.by_fields.get(sql)
        if needed is None or not breakdowns or needed >= set(self.pass_.breakdowns):
            return whole
        field = self._by_field(breakdowns)
        return when((exp.In(this=field, expressions=[literal(name) for name in sorted(needed)]), whole))

    def _by_field(self, breakdowns: list[exp.Column]) -> Sql:
        """The name of the field that a row of the grouping sets is broken down by."""
        pairs = zip(self.pass_.breakdowns, breakdowns, strict=True)
        found = [(call("GROUPING", by).eq(literal(0)), literal(name)) for name, by in pairs]
        return when(*found, otherwise=literal(TOTAL)) if found else literal(TOTAL)


def _any_of(breakdowns: list[exp.Column]) -> Sql:
    return call("COALESCE", *breakdowns, exp.Null()) if breakdowns else exp.Null()


def _code(day: Sql, grain: Grain) -> Sql:
    """:attr:`Period.code <kieng.plan.period.Period.code>` of the period that ``day`` lies in."""
    months = add(
        paren(exp.Mul(this=call("YEAR", day), expression=literal(12))),
        exp.Sub(this=call("MONTH", day), expression=literal(1)),
    )
    if grain.months > 1:
        whole = exp.IntDiv(this=months, expression=literal(grain.months))
        months = paren(exp.Mul(this=paren(whole), expression=literal(grain.months)))
    return add(months, literal(_first_code(grain)))


def _codes(start: Sql, end: Sql, grain: Grain) -> Sql:
    """The codes of the periods from the one of ``start`` to the one of ``end``."""
    after = add(_code(end, grain), literal(1))
    return call("RANGE", _code(start, grain), after, literal(grain.months))


def _first_code(grain: Grain) -> int:
    """What codes of ``grain`` begin with: twelve less than that of the year 1."""
    return Period(date(1, 1, 1), grain).code - 12


def _concatenated(lists: list[Sql]) -> Sql:
    return lists[0] if len(lists) == 1 else call("FLATTEN", exp.Array(expressions=lists))


def _as_text(compiler: RowCompiler, name: str) -> Sql:
    """A breakdown's value as text: codes as they are, true or false, ISO dates."""
    value = compiler.field(name)
    if value.type is FieldType.DATETIME:
        return call("STRFTIME", value.sql, literal("%Y-%m-%dT%H:%M:%S"))
    return cast(value.sql, "TEXT")
