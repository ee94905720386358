"""The fused queries of a pass: every aggregate of every indicator out of one scan of the records.

The first (:mod:`kieng.measurement.base`) makes a *base*: every aggregate of every indicator, grouped by the
records' own agency, period and breakdown. It may see some partitions of the ledger only and give a *partial*
base; the second begins with putting partial bases together (:mod:`kieng.measurement.partial`) and goes on:

``displaced`` where there are stocks: the agencies whose stock another agency's figure takes the place of;
``landed``  one per variant: ``base`` joined to the closure, a row for each agency that counts it;
``rolled``  one per variant: ``landed`` grouped by that agency.

From the last, each indicator takes its columns. Records are never joined to the tree, so the dear part
does not grow with the number of readings, and a base outlives every change of the tree.

Tables the second reads, beside ``frames`` of :mod:`kieng.measurement.frames` and ``closure`` of
:mod:`kieng.measurement.closure`: ``partial`` (partial bases), ``readings`` (reading, name, totals_only:
it has no breakdowns), ``standing`` (reading, agency: what exists on a reading's map), ``reporters`` (who,
period, agency, people) and ``displacing`` (period, source, other, since: how new a figure of the other takes
the place of the source's).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from kieng.measurement.base import BASE_KEYS, BaseQuery
from kieng.measurement.closure import Variant
from kieng.measurement.coverage import ReporterSet
from kieng.measurement.expression import RowCompiler
from kieng.measurement.fuse import Pass, used_condition
from kieng.measurement.partial import companions, merged
from kieng.measurement.parts import TOTAL, ByFields, Climb
from kieng.measurement.quantiles import CELL, Quantiles
from kieng.measurement.reporting import Reporting
from kieng.measurement.request import Ask
from kieng.measurement.sql import (
    PART_TYPE,
    Sql,
    all_of,
    call,
    cast,
    column,
    count_rows,
    is_null,
    literal,
    named,
    when,
    where,
)
from kieng.measurement.storeys import Storey

#: What a row of ``rolled`` is about; the period's own facts ride along, so that no ask joins for them.
KEYS = ("counted_by", "reading", "period", "grain", "start", "last", "by_field", "by_value")
WHOLE_ON_MAP = -1  # the scope of the closure's rows for agencies named by records as their later place


@dataclass(frozen=True)
class PassQueries:
    """The SQL of a pass: ``base`` from ``known``, ``cells`` from ``partial``. ``records`` is the column of a
    base that counts its records."""

    base: str
    cells: str
    records: str


@dataclass
class PassQuery:
    """Builds the queries of one pass. Use :func:`pass_queries`."""

    pass_: Pass
    facts: Storey = field(default_factory=lambda: Storey("facts", "f"))
    base: Storey = field(default_factory=lambda: Storey("base", "b"))
    displaced: Storey = field(default_factory=lambda: Storey("displaced", "d"))
    climbs: list[Climb] = field(default_factory=list)
    by_fields: ByFields = field(default_factory=dict)

    def __post_init__(self) -> None:
        pass_ = self.pass_
        self.compiler = RowCompiler(pass_.record_type, pass_.definitions.clocks, column("cut_off", "span"))
        for number in range(len(pass_.variants)):
            landed, rolled = Storey("landed", "l"), Storey("rolled", f"r{number}_")
            self.climbs.append(
                Climb(
                    compiler=self.compiler,
                    facts=self.facts,
                    base=self.base,
                    landed=landed,
                    rolled=rolled,
                    quantiles=Quantiles(f"grouped_{number}", rolled),
                    by_fields=self.by_fields,
                    split_stocks=self._places_are_named,
                    displaced=self.displaced,
                )
            )

    def build(self) -> PassQueries:
        """Both queries. Answers are collected first: they say what the storeys must hold."""
        cells = [self._cells(n, ask) for n, v in enumerate(self.pass_.variants) for ask in self._asks(v)]
        rolled = [self._rolled(number) for number in range(len(self.climbs))]
        records = self.base.name_of(count_rows())
        companions(self.base)
        query: exp.Query = cells[0]
        for more in cells[1:]:
            query = exp.union(query, more, distinct=False, copy=False)
        query = query.with_("base", as_=self._merged(), materialized=True, copy=False)
        if self.displaced:
            query = query.with_("displaced", as_=self._displaced(), materialized=True, copy=False)
        for number, storey in enumerate(rolled):
            name = f"rolled_{number}"
            if quantiles := self.climbs[number].quantiles:
                query = query.with_(quantiles.grouped, as_=storey, materialized=True, copy=False)
                storey = quantiles.beside()
            query = query.with_(name, as_=storey, materialized=True, copy=False)
        base = BaseQuery(self.pass_, self.compiler, self.facts, self.base, self.by_fields).build()
        return PassQueries(base.sql("duckdb"), query.sql("duckdb", copy=False), records)

    def _merged(self) -> exp.Select:
        """Partial bases as one."""
        keys = [column(name, "partial") for name in BASE_KEYS]
        selected = [*keys, *(named(merged(sql, self.base), name) for sql, name in self.base.items())]
        return exp.select(*selected, copy=False).from_("partial", copy=False).group_by(*keys, copy=False)

    def _displaced(self) -> exp.Select:
        keys = [column(name, "base") for name in ("period", "by_field", "by_value")]
        keys.append(column("source", "displacing"))
        query = exp.select(*keys, *self.displaced.selected(), copy=False).from_("base", copy=False)
        on = [
            _same("period", "displacing", "base"),
            column("other", "displacing").eq(column("agency", "base")),
        ]
        return query.join("displacing", on=all_of(on), copy=False).group_by(*keys, copy=False)

    @property
    def _places_are_named(self) -> bool:
        return self.pass_.record_type.placed_in is not None

    def _asks(self, variant: Variant) -> tuple[Ask, ...]:
        return self.pass_.asks_of(variant)

    # --- rolled: grouped by the agencies that count --------------------------------------

    def _rolled(self, number: int) -> exp.Select:
        climb = self.climbs[number]
        keys = [column(key, "landed") for key in KEYS]
        selected = [*keys, *climb.rolled.selected()]
        if climb.quantiles:
            selected.append(named(exp.Window(this=exp.RowNumber()), CELL))
        landed = self._landed(number).subquery("landed", copy=False)
        return exp.select(*selected, copy=False).from_(landed, copy=False).group_by(*keys, copy=False)

    def _landed(self, number: int) -> exp.Select:
        selected = [
            *(column(name, "base") for name in ("period", "by_field", "by_value")),
            *(column(name, "frames") for name in ("grain", "start", "last")),
            named(column("agency", "closure"), "counted_by"),
            named(column("name", "readings"), "reading"),
            column("weight", "closure"),
            *self.climbs[number].landed.selected(),
        ]
        query = exp.select(*selected, copy=False).from_("base", copy=False)
        query = query.join("frames", on=_same("period", "frames", "base"), copy=False)
        query = self._join_closure(query, number)
        if self.displaced:
            on = [_same(name, "displaced", "base") for name in ("period", "by_field")]
            by_value = column("by_value", "displaced"), column("by_value", "base")
            on.append(exp.NullSafeEQ(this=by_value[0], expression=by_value[1]))
            on.append(column("source", "displaced").eq(column("agency", "base")))
            query = query.join("displaced", on=all_of(on), join_type="left", copy=False)
        for who in range(len(self.pass_.reporters)):
            alias = f"reporters_{who}"
            on = [_same(name, alias, "base") for name in ("period", "agency")]
            on.append(column("who", alias).eq(literal(who)))
            table = exp.to_table("reporters").as_(alias)
            query = query.join(table, on=all_of(on), join_type="left", copy=False)
        return query

    def _join_closure(self, query: exp.Select, number: int) -> exp.Select:
        in_reading = exp.or_(
            exp.not_(column("totals_only", "readings")), column("by_field", "base").eq(literal(TOTAL))
        )
        query = query.join("readings", on=in_reading, copy=False)
        source: Sql = column("agency", "base")
        scope: Sql = column("scope", "frames")
        on: list[Sql] = [column("variant", "closure").eq(literal(number))]
        on.append(_same("reading", "closure", "readings"))
        if self._places_are_named:
            there = [
                _same("reading", "standing", "readings"),
                column("agency", "standing").eq(column("place", "base")),
            ]
            query = query.join("standing", on=all_of(there), join_type="left", copy=False)
            moved = is_null(column("agency", "standing"))
            source = call("COALESCE", column("agency", "standing"), source)
            scope = when((moved, scope), otherwise=literal(WHOLE_ON_MAP))
        on += [column("source", "closure").eq(source), column("scope", "closure").eq(scope)]
        return query.join("closure", on=all_of(on), copy=False)

    # --- cells: what each indicator takes ---------------------------------------------------

    def _cells(self, number: int, ask: Ask) -> exp.Select:
        climb, rule = self.climbs[number], ask.rule
        aggregates = rule.formula.aggregates
        parts = exp.Array(expressions=[climb.part(one, rule.formula, rule.breakdowns) for one in aggregates])
        blocked = [climb.blocked(aggregate) for aggregate in aggregates]
        selected = {
            "indicator": literal(ask.indicator),
            "rule": literal(ask.rule_number),
            "reading": column("reading", "rolled"),
            "agency": column("counted_by", "rolled"),
            "grain": column("grain", "rolled"),
            "start": column("start", "rolled"),
            "breakdown_field": call("NULLIF", column("by_field", "rolled"), literal(TOTAL)),
            "breakdown_value": column("by_value", "rolled"),
            "parts": cast(parts, f"{PART_TYPE}[]"),
            "blocked": exp.or_(exp.false(), *blocked),
            "weighted": climb.rolled.column(call("BOOL_OR", climb.is_piece)),
            **self._quality(climb, ask),
            "records": climb.rolled.column(exp.Sum(this=climb.count(None))),
            **Reporting(climb, self.pass_.record_type, ask, *self._reporters(ask)).columns(),
        }
        query = exp.select(*(named(sql, name) for name, sql in selected.items()), copy=False)
        query = query.from_(exp.to_table(f"rolled_{number}").as_("rolled"), copy=False)
        wanted = self._is_asked(ask)
        if self.pass_.record_type.carries_figures:
            used = climb.rolled.column(exp.Sum(this=climb.count(used_condition(ask))))
            wanted.append(exp.GT(this=used, expression=literal(0)))
        return query.where(all_of(wanted), copy=False)

    def _is_asked(self, ask: Ask) -> list[Sql]:
        """The periods in which the rule holds, of its own lengths, and its own breakdowns."""
        rule, last = ask.rule, column("last", "rolled")
        grains = [literal(grain.value) for grain in rule.counting.grains]
        by_fields = [literal(TOTAL), *(literal(name) for name in rule.breakdowns)]
        wanted: list[Sql] = [
            exp.In(this=column("grain", "rolled"), expressions=grains),
            exp.In(this=column("by_field", "rolled"), expressions=by_fields),
        ]
        if rule.valid_from is not None:
            wanted.append(exp.GTE(this=last, expression=literal(rule.valid_from)))
        if rule.valid_to is not None:
            wanted.append(exp.LT(this=last.copy(), expression=literal(rule.valid_to)))
        return wanted

    def _quality(self, climb: Climb, ask: Ask) -> dict[str, Sql]:
        """What the used records say of themselves."""
        used = used_condition(ask)
        condition = climb.condition(used)
        return {
            "state": self._weakest_state(climb, ask, condition),
            "absence": self._absence(climb, condition),
            "origins": self._origins(climb, ask),
            "used": climb.rolled.column(exp.Sum(this=climb.count(used))),
        }

    def _origins(self, climb: Climb, ask: Ask) -> Sql:
        """Of the records that are counted; an agency none of whose records a condition counts is nought by
        what it delivered, so it brings the origins of all of its records. Where no report counts, it is
        the cell that has nothing: other figures that an agency reported do not speak for this one."""
        bits = call("BIT_OR", column("origin", "facts"))
        delivered = climb.landing(bits)
        found: list[Sql] = []
        for condition in ask.rule.formula.widest_conditions():
            counted = climb.base.column(where(bits, climb.condition(condition)))
            if not self.pass_.record_type.carries_figures:
                counted = call("COALESCE", counted, climb.base.column(bits))
            found.append(climb.rolled.column(call("BIT_OR", climb.landed.column(counted))))
        known = found[0]
        for more in found[1:]:  # null is no origin, and an origin or null would be null
            known = exp.BitwiseOr(
                this=call("COALESCE", known, literal(0)), expression=call("COALESCE", more, literal(0))
            )
        of_all = climb.rolled.column(call("BIT_OR", delivered))
        return call("COALESCE", call("NULLIF", known, literal(0)), of_all)

    @staticmethod
    def _weakest_state(climb: Climb, ask: Ask, condition: Sql | None) -> Sql:
        """The weakest of the used records; of a stock, of those that make it."""
        state = column("state", "facts")
        if not ask.rule.is_stock:
            return climb.rolled.column(exp.Min(this=climb.landing(where(exp.Min(this=state), condition))))
        formula = ask.rule.formula
        stocks = (climb.stock(state, climb.gives(one, formula)) for one in formula.aggregates)
        weakest = [climb.rolled.column(exp.Min(this=stock)) for stock in stocks]
        return call("LEAST", *weakest) if len(weakest) > 1 else weakest[0]

    def _absence(self, climb: Climb, condition: Sql | None) -> Sql:
        """The newest used record's absence, when that record has one."""
        if self.pass_.record_type.absence_field is None:
            return cast(exp.Null(), "TEXT")
        newness = column("newness", "facts")
        newest = climb.landing(where(call("ARG_MAX_NULL", column("absence", "facts"), newness), condition))
        how_new = climb.landing(where(call("MAX", newness), condition))
        return climb.rolled.column(call("ARG_MAX_NULL", newest, how_new))

    def _reporters(self, ask: Ask) -> tuple[ReporterSet, int]:
        who = self.pass_.reporters_of(ask)
        return who, self.pass_.reporters.index(who)


def pass_queries(pass_: Pass) -> PassQueries:
    """The fused queries of ``pass_``, over the tables named in this module's text."""
    return PassQuery(pass_).build()


def _same(name: str, table: str, other: str) -> Sql:
    return column(name, table).eq(column(name, other))
