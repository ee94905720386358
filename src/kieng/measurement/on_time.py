"""``on_time('clock')`` as a relational expression: the numbered steps of :mod:`kieng.plan.clock`.

A record's deadlines do not depend on the period it is looked at in, but for one question: whether its
supplement had come by then. So both deadlines, without and with it, are worked out once per record
(``once``), and each period only chooses between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from kieng.measurement.lookups import Lookups
from kieng.measurement.sql import (
    Sql,
    add,
    all_of,
    call,
    cast,
    column,
    is_null,
    literal,
    not_null,
    paren,
    subtract,
    when,
)
from kieng.measurement.storeys import Storey
from kieng.plan.clock import HOURS_A_DAY, LONGEST_LIMIT, ClockRule, Supplement
from kieng.plan.record_type import ClockFields

_LAST_MOMENT = 24 * 60 * 60 * 1_000_000 - 1  # microseconds from a day's start to its end


@dataclass(frozen=True)
class CaseClock:
    """What one record says to a clock as columns of ``once``, and the calendar to count with."""

    fields: ClockFields
    once: Storey
    cut_off: Sql
    lookups: Lookups

    def on_time(self, versions: tuple[ClockRule, ...]) -> Sql:
        """Steps 1 to 8; null when it is not known."""
        if not versions:
            return exp.Null()
        branches = [(self._holds(rule), self._kept(rule)) for rule in versions]
        seen = exp.LTE(this=_day(self.received), expression=self.cut_off)
        return paren(when((seen, paren(when(*branches)))))

    def _holds(self, rule: ClockRule) -> Sql:
        day, bounds = _day(self.received), list[Sql]()
        if rule.valid_from is not None:
            bounds.append(exp.GTE(this=day, expression=literal(rule.valid_from)))
        if rule.valid_to is not None:
            bounds.append(exp.LT(this=day, expression=literal(rule.valid_to)))
        return all_of(bounds)

    def _kept(self, rule: ClockRule) -> Sql:
        """Steps 6 and 8."""
        deadline, end = self._deadline(rule), self._end(rule)
        branches: list[tuple[Sql, Sql]] = [
            (is_null(deadline), exp.Null()),
            (_midnight(deadline).eq(deadline), exp.LTE(this=_day(end), expression=_day(deadline))),
        ]
        if rule.second_supplement_is_late:
            branches.insert(0, (exp.GTE(this=self._supplements, expression=literal(2)), exp.false()))
        return when(*branches, otherwise=exp.LTE(this=end, expression=deadline))

    # --- what the record says (steps 1 and 2) -------------------------------------------------

    def _moment(self, name: str | None) -> Sql:
        return cast(exp.Null() if name is None else column(name, self.once.name), "TIMESTAMP")

    def _known(self, name: str | None) -> Sql:
        """A moment, null when it lies after the cut-off day."""
        moment = self._moment(name)
        return when((exp.LTE(this=_day(moment), expression=self.cut_off), moment))

    @cached_property
    def received(self) -> Sql:
        return self._moment(self.fields.received)

    @cached_property
    def _asked(self) -> Sql:
        return self._known(self.fields.supplement_requested)

    @cached_property
    def _came(self) -> Sql:
        return self._known(self.fields.supplement_received)

    @cached_property
    def _supplements(self) -> Sql:
        name = self.fields.supplement_count
        count = cast(exp.Null(), "BIGINT") if name is None else column(name, self.once.name)
        same = exp.NullSafeEQ(this=self._asked, expression=self._moment(self.fields.supplement_requested))
        return when((same, count))

    @cached_property
    def _limit(self) -> Sql:
        name = self.fields.limit
        return cast(exp.Null() if name is None else column(name, self.once.name), "BIGINT")

    @cached_property
    def _unit(self) -> Sql:
        name = self.fields.limit_unit
        return cast(exp.Null() if name is None else column(name, self.once.name), "TEXT")

    # --- counting (steps 3 and 4) -------------------------------------------------------------

    def _start(self, rule: ClockRule, moment: Sql) -> Sql:
        """Step 3: the working-day number at which counting begins."""
        day = self.lookups.day(_day(moment))
        late: Sql = exp.not_(day.works)
        if rule.day_cut_off is not None:
            after = exp.GT(this=cast(moment, "TIME"), expression=_time(rule))
            late = exp.or_(late, after)
        return add(day.number, when((late, literal(1)), otherwise=literal(0)))

    def _counted(self, rule: ClockRule, moment: Sql) -> Sql:
        """Step 4: the last day of the limit counted from ``moment``."""
        start = self._start(rule, moment)
        limit = when(
            (exp.Between(this=self._limit, low=literal(0), high=literal(LONGEST_LIMIT)), self._limit)
        )
        hours = exp.IntDiv(this=paren(add(limit, literal(HOURS_A_DAY - 1))), expression=literal(HOURS_A_DAY))
        by_number = self.lookups.nth(add(start, self._by_unit(working_day=limit, hour=hours)))
        first = self.lookups.nth(start)
        months = exp.Mul(
            this=cast(limit, "INT"), expression=exp.Interval(this=literal("1"), unit=exp.var("MONTH"))
        )
        target = self._by_unit(
            day=add(first, cast(limit, "INT")), month=cast(paren(add(first, paren(months))), "DATE")
        )
        return cast(call("COALESCE", by_number, self._working_from(target)), "TIMESTAMP")

    def _by_unit(self, **lengths: Sql) -> Sql:
        return when(*((self._unit.eq(literal(unit)), length) for unit, length in lengths.items()))

    def _working_from(self, target: Sql) -> Sql:
        day = self.lookups.day(target)
        return when((day.works, target), otherwise=self.lookups.nth(add(day.number, literal(1))))

    # --- deadline and end (steps 5 and 7) -----------------------------------------------------

    def _deadline(self, rule: ClockRule) -> Sql:
        due, came = self._moment(self.fields.due), self._moment(self.fields.supplement_received)
        first = call("COALESCE", due, self._counted(rule, self.received))
        if rule.supplement is Supplement.SUBTRACT:
            after = self._later(first)
        else:
            anew = self._counted(rule, came)
            after = when((not_null(self._limit), anew), otherwise=self._span_again(rule, due, came))
        has_come = exp.LTE(this=_day(came), expression=self.cut_off)
        return when((has_come, self.once.column(after)), otherwise=self.once.column(first))

    def _later(self, first: Sql) -> Sql:
        """``first``, moved by the days waited. A supplement that came after it was asked for shows that
        the asking is known too."""
        asked, came = (
            self._moment(n) for n in (self.fields.supplement_requested, self.fields.supplement_received)
        )
        waited = subtract(self.lookups.day(_day(came)).number, self.lookups.day(_day(asked)).number)
        later = self.lookups.nth(add(self.lookups.day(_day(first)).number, waited))
        waits = exp.GT(this=_day(came), expression=_day(asked))
        unmoved = exp.or_(exp.not_(call("COALESCE", waits, exp.false())), waited.eq(literal(0)))
        return when((unmoved, first), otherwise=_at(later, first))

    def _span_again(self, rule: ClockRule, due: Sql, came: Sql) -> Sql:
        span = subtract(self.lookups.day(_day(due)).number, self._start(rule, self.received))
        return _at(self.lookups.nth(add(self._start(rule, came), span)), due)

    def _end(self, rule: ClockRule) -> Sql:
        finished = self._known(self.fields.finished)
        branches = [(not_null(finished), finished)]
        if rule.pending_stops_at_request:
            unanswered = exp.or_(is_null(self._came), exp.LT(this=self._came, expression=self._asked))
            branches.append((all_of([not_null(self._asked), paren(unanswered)]), self._asked))
        rest = exp.Interval(this=literal(str(_LAST_MOMENT)), unit=exp.var("MICROSECOND"))
        return when(*branches, otherwise=add(cast(self.cut_off, "TIMESTAMP"), rest))


def _day(moment: Sql) -> Sql:
    return cast(moment, "DATE")


def _midnight(moment: Sql) -> Sql:
    return cast(_day(moment), "TIMESTAMP")


def _time(rule: ClockRule) -> Sql:
    return cast(literal(str(rule.day_cut_off)), "TIME")


def _at(day: Sql, moment: Sql) -> Sql:
    """``day`` at the time of day of ``moment``."""
    return add(cast(day, "TIMESTAMP"), paren(exp.Sub(this=moment, expression=_midnight(moment))))
