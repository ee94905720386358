"""Which period a target is judged on.

Before the deadline: the newest period that is over. After it, for good: the last period that ended at or
before the deadline; a later one never repairs a missed deadline. Of a closed target: the last period
that ended before it closed. Of two periods that end on one day the longer is taken: "by 31/12/2025"
asks about the year rather than about December.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import assert_never

from kieng.plan.formula.nodes import Aggregate, AggregateKind, Combine, Constant, Earlier, Ratio, Value
from kieng.plan.indicator import Indicator, Membership, Rule
from kieng.plan.period import Grain, Period, periods_between
from kieng.plan.target import Target

_DAY = timedelta(days=1)


def is_closed(target: Target, today: date) -> bool:
    """Whether ``target`` was ended early and that day has come."""
    return target.closes is not None and target.closes <= today


def is_due(target: Target, today: date) -> bool:
    """Whether the deadline is over: the day of the deadline itself still counts."""
    return target.by < today


def period_for(target: Target, indicator: Indicator, today: date) -> Period | None:
    """The period whose measurement tells the standing of ``target`` today; None when no rule of the
    indicator counts one."""
    day = _last_day_looked_at(target, today)
    deciding = is_closed(target, today) or is_due(target, today)
    found = _over(indicator, day) if deciding else _comparable(target, indicator, day)
    return max(found, key=_newest_longest, default=None)


def periods_for(target: Target, indicator: Indicator, today: date, since: date) -> tuple[Period, ...]:
    """Where to look for the figure that is judged, best first: :func:`period_for` and, as long as that
    is no matter of the deadline, the periods before it that ended on ``since`` or later. A figure that
    comes once a year is so judged by its last, and a closed target keeps the last figure it had."""
    if is_due(target, today) and not is_closed(target, today):
        due = deadline_period(target, indicator)
        return (due,) if due else ()
    day = _last_day_looked_at(target, today)
    return tuple(sorted(set(_comparable(target, indicator, day, since)), key=_newest_longest, reverse=True))


def deadline_period(target: Target, indicator: Indicator) -> Period | None:
    """The period that decides whether ``target`` is met or missed."""
    return max(_over(indicator, target.by), key=_newest_longest, default=None)


def _last_day_looked_at(target: Target, today: date) -> date:
    """Of a running target yesterday, for today is not over; never beyond its deadline or closing."""
    end = target.by
    if target.closes is not None and target.closes <= today:
        end = min(end, target.closes - _DAY)
    return min(end, today - _DAY)


def _comparable(
    target: Target, indicator: Indicator, day: date, since: date | None = None
) -> Iterator[Period]:
    """Periods over by ``day`` that may be held against the target: a month's count is never held
    against a year's target. What grows with the length of the period is compared only in the length
    the deadline asks for."""
    due = deadline_period(target, indicator)
    for rule in indicator.rules:
        grains = rule.counting.grains
        if due is not None and grows_with_time(rule):
            grains = tuple(grain for grain in grains if grain is due.grain)
        yield from _over_by_rule(rule, grains, day, since)


def _over(indicator: Indicator, day: date) -> Iterator[Period]:
    for rule in indicator.rules:
        yield from _over_by_rule(rule, rule.counting.grains, day)


def _over_by_rule(
    rule: Rule, grains: tuple[Grain, ...], day: date, since: date | None = None
) -> Iterator[Period]:
    """Per grain the last period that is over at the end of ``day``, or all back to ``since``, as far as
    the rule holds in them."""
    for grain in grains:
        last = Period.containing(day + _DAY, grain).shift(-1)
        yield from filter(rule.holds_in, periods_between(since or last.last_day, last.last_day, grain))


def _newest_longest(period: Period) -> tuple[date, int]:
    return period.last_day, period.grain.months


def grows_with_time(rule: Rule) -> bool:
    """Whether a longer period has a larger figure by nature: events counted or summed, not a ratio,
    a stock or what holds on a day."""
    return rule.counting.membership is Membership.BY and _grows(rule.formula.root)


def _grows(value: Value) -> bool:
    match value:
        case Aggregate(kind=kind):
            return _more_with_more_records(kind)
        case Combine() | Earlier():
            return any(_grows(part) for part in value.children)
        case Ratio() | Constant():
            return False
        case _:
            assert_never(value)


def _more_with_more_records(kind: AggregateKind) -> bool:
    match kind:
        case AggregateKind.COUNT | AggregateKind.SUM | AggregateKind.COUNT_DISTINCT:
            return True
        case AggregateKind.MIN | AggregateKind.MAX | AggregateKind.LATEST | AggregateKind.PERCENTILE:
            return False
        case _:
            assert_never(kind)
