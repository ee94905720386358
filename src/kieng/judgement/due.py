"""Which period a target is judged on.

Before the deadline: the newest period that is over. After it, for good: the last period that ended at or
before the deadline; a later one never repairs a missed deadline. Of a closed target: the last period
that ended before it closed. Of two periods that end on one day the longer is taken: "by 31/12/2025"
asks about the year rather than about December.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kieng.plan.formula.nodes import Aggregate, AggregateKind, Combine, Earlier, Value
from kieng.plan.indicator import Indicator, Membership, Rule
from kieng.plan.period import Period
from kieng.plan.target import Target

_DAY = timedelta(days=1)
_GROWS = (AggregateKind.COUNT, AggregateKind.SUM, AggregateKind.COUNT_DISTINCT)


def is_closed(target: Target, today: date) -> bool:
    """Whether ``target`` was ended early and that day has come."""
    return target.closes is not None and target.closes <= today


def is_due(target: Target, today: date) -> bool:
    """Whether the deadline is over: the day of the deadline itself still counts."""
    return target.by < today


def period_for(target: Target, indicator: Indicator, today: date) -> Period | None:
    """The period whose measurement tells the standing of ``target`` today; None when no rule of the
    indicator counts one."""
    if target.closes is not None and target.closes <= today:
        return _last_over(indicator, target.closes - _DAY)
    if is_due(target, today):
        return deadline_period(target, indicator)
    return _newest_comparable(target, indicator, min(today - _DAY, target.by))


def deadline_period(target: Target, indicator: Indicator) -> Period | None:
    """The period that decides whether ``target`` is met or missed."""
    return _last_over(indicator, target.by)


def _last_over(indicator: Indicator, day: date) -> Period | None:
    """Of the periods that are over at the end of ``day``, the newest and then the longest."""
    return max((p for p, _ in _over(indicator, day)), key=_newest_longest, default=None)


def _newest_comparable(target: Target, indicator: Indicator, day: date) -> Period | None:
    """Like :func:`_last_over`, but a month's count is never held against a year's target: what grows
    with the length of the period is compared only in the length the deadline asks for."""
    due = deadline_period(target, indicator)
    fitting = [
        period
        for period, rule in _over(indicator, day)
        if due is None or period.grain is due.grain or not grows_with_time(rule)
    ]
    return max(fitting, key=_newest_longest, default=None)


def _newest_longest(period: Period) -> tuple[date, int]:
    return period.last_day, period.grain.months


def _over(indicator: Indicator, day: date) -> Iterator[tuple[Period, Rule]]:
    for rule in indicator.rules:
        for grain in rule.counting.grains:
            period = Period.containing(day + _DAY, grain).shift(-1)
            if rule.holds_in(period):
                yield period, rule


def grows_with_time(rule: Rule) -> bool:
    """Whether a longer period has a larger figure by nature: events counted or summed, not a ratio,
    a stock or what holds on a day."""
    return rule.counting.membership is Membership.BY and _grows(rule.formula.root)


def _grows(value: Value) -> bool:
    match value:
        case Aggregate(kind=kind):
            return kind in _GROWS
        case Combine(left=left, right=right):
            return _grows(left) or _grows(right)
        case Earlier(part=part):
            return _grows(part)
        case _:
            return False
