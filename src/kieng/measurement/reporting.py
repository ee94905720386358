"""What the reporters of a cell have said, as columns of the fused query: a figure, a blank, nothing.

Of a record type of events, an agency that has any record has reported. Of one that carries figures a reporter
is *covered* when it has given the figure, or has said that there is nothing to measure it by ("zero
denominator"). Whoever delivered a blank has said "no data" or "not applicable"; everybody else was silent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from kieng.measurement.coverage import ReporterSet
from kieng.measurement.fuse import used_condition
from kieng.measurement.partial import NEWEST
from kieng.measurement.parts import Climb
from kieng.measurement.request import Ask
from kieng.measurement.sql import (
    PART_TYPE,
    Sql,
    all_of,
    call,
    cast,
    column,
    count_rows,
    literal,
    not_null,
    where,
)
from kieng.plan.formula.nodes import RECOMPUTED, Aggregate, AggregateKind
from kieng.plan.record_type import NOT_APPLICABLE, ZERO_DENOMINATOR, RecordType

_ALWAYS_THERE = (AggregateKind.COUNT, AggregateKind.COUNT_DISTINCT)


@dataclass(frozen=True)
class Reporting:
    """The columns of one ask. ``number`` is that of the table of its reporters. Where one may have several
    rows in a cell (it names several places, or what others delivered speaks for it) they are looked at
    together, and one of them is counted."""

    climb: Climb
    kind: RecordType
    ask: Ask
    reporters: ReporterSet
    number: int

    def columns(self) -> dict[str, Sql]:
        """Those of CELLS that count reporters and their people."""
        if not self.kind.carries_figures:
            nobody = {"not_applicable": literal(0), "not_applicable_people": cast(exp.Null(), PART_TYPE)}
            others = {name: literal(0) for name in ("no_data", "nought", "inherited")}
            return {**self._counted("reporting", None), **nobody, **others}
        covered = self._landed(self._covered)
        blank = exp.and_(exp.not_(covered), self._landed(self._delivered))
        not_applicable = self._landed(self._says(NOT_APPLICABLE))
        return {
            **self._counted("reporting", covered),
            **self._counted("not_applicable", exp.and_(blank, not_applicable)),
            "no_data": self._count(exp.and_(blank, exp.not_(not_applicable))),
            "nought": self._count(self._landed(self._nought)),
            "inherited": self._count(exp.and_(exp.not_(covered), self._landed(self._inherited))),
        }

    def _counted(self, name: str, condition: Sql | None) -> dict[str, Sql]:
        """How many reporters there are of whom a condition (on ``landed``) holds, and their people."""
        people = self._landed(column("people", self._table))
        total = self.climb.rolled.column(where(exp.Sum(this=people), self._each_once(condition)))
        return {name: self._count(condition), f"{name}_people": cast(total, PART_TYPE)}

    def _count(self, condition: Sql | None) -> Sql:
        reporter = self._landed(column("reporter", self._table))
        return self.climb.rolled.column(where(exp.Count(this=reporter), self._each_once(condition)))

    def _each_once(self, condition: Sql | None) -> Sql | None:
        found = [] if condition is None else [condition]
        if not self._alone:
            first = exp.Window(this=exp.RowNumber(), partition_by=self._reporter_in_cell)
            found.append(self._landed(first.eq(literal(1))))
        return all_of(found) if found else None

    # --- what a reporter's rows say together ------------------------------------------------

    @property
    def _covered(self) -> Sql:
        """It has given the figure, or has said that there is nothing to measure it by."""
        return exp.or_(self._gives, exp.and_(self._delivered, self._says(ZERO_DENOMINATOR)))

    @property
    def _gives(self) -> Sql:
        given = (self._any_of_its_own(not_null(value)) for value in self._values())
        return all_of([self._delivered, *given])

    @property
    def _delivered(self) -> Sql:
        """It has a record that is used, be it a blank."""
        uses = self.climb.base.column(where(count_rows(), self._used))
        return self._any_of_its_own(exp.GT(this=uses, expression=literal(0)))

    def _says(self, absence: str) -> Sql:
        """Whether its newest used record has this absence."""
        if self.kind.absence_field is None:
            return exp.false()
        newness = column("newness", "facts")
        said = self.climb.base.column(where(call(NEWEST, column("absence", "facts"), newness), self._used))
        if not self._alone:
            how_new = self.climb.base.column(where(call("MAX", newness), self._used))
            said = self._over_its_own(call(NEWEST, said, how_new))
        return call("COALESCE", said.eq(literal(absence)), exp.false())

    @property
    def _nought(self) -> Sql:
        """It has given the figure, and it is 0 (told of what is added up)."""
        parts = self.ask.rule.formula.leading()
        if any(one.kind in RECOMPUTED for one in parts):
            return exp.false()
        return all_of([self._gives, *(self._is_nought(one) for one in parts)])

    def _is_nought(self, aggregate: Aggregate) -> Sql:
        value = self.climb.value(aggregate, self.ask.rule.formula)
        if not self._alone:
            value = self._over_its_own(exp.Sum(this=value))
        return call("COALESCE", value, literal(0)).eq(literal(0))

    @property
    def _inherited(self) -> Sql:
        """The figures of its forebears stand for it."""
        if not self.reporters.inheriting:
            return exp.false()
        formula = self.ask.rule.formula
        values = (self.climb.value(one, formula) for one in formula.aggregates)
        standing = (exp.and_(exp.not_(self._is_own), not_null(value)) for value in values)
        return all_of([self._any(each) for each in standing])

    # --- rows -------------------------------------------------------------------------------

    def _values(self) -> Iterator[Sql]:
        """The columns that are null where a row gives no figure; of a count there is always one."""
        formula = self.ask.rule.formula
        for aggregate in formula.aggregates:
            if aggregate.kind not in _ALWAYS_THERE:
                yield self.climb.value(aggregate, formula, also_displaced=True)

    @property
    def _alone(self) -> bool:
        return not (self.kind.placed_in or self.reporters.lasting or self.reporters.inheriting)

    @property
    def _used(self) -> Sql | None:
        return self.climb.condition(used_condition(self.ask))

    @property
    def _is_own(self) -> Sql:
        return column("agency", "base").eq(column("reporter", self._table))

    def _any_of_its_own(self, condition: Sql) -> Sql:
        """Whether one of its rows does; what forebears delivered is not the report of one that inherits."""
        return self._any(exp.and_(self._is_own, condition) if self.reporters.inheriting else condition)

    def _any(self, condition: Sql) -> Sql:
        if self._alone:
            return condition
        return call("COALESCE", self._over(call("BOOL_OR", condition)), exp.false())

    def _over_its_own(self, aggregate: Sql) -> Sql:
        return self._over(where(aggregate, self._is_own if self.reporters.inheriting else None))

    def _over(self, aggregate: Sql) -> Sql:
        return exp.Window(this=aggregate, partition_by=self._reporter_in_cell)

    @property
    def _reporter_in_cell(self) -> list[Sql]:
        cell: list[Sql] = [column("agency", "closure"), column("reading", "closure")]
        cell += [column(name, "base") for name in ("period", "by_field", "by_value")]
        return [*cell, column("reporter", self._table)]

    def _landed(self, sql: Sql) -> Sql:
        return self.climb.landed.column(sql)

    @property
    def _table(self) -> str:
        return f"reporters_{self.number}"
