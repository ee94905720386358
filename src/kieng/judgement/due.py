"""Which period a target is judged on.

After the deadline, for good: the last period that ended at or before it, of two that end on one day the
longer: "by 31/12/2025" asks about the year rather than about December. Of a reported stock the shorter: its
year holds whatever came last, be it of March, and only December says who has told what stood at the end. A
later one never repairs a missed deadline.

Before it the same question is asked of a period of the same length: the one that is running, to date, and
where that has no figure yet the ones before it. A lucky month so never stands for a year. What grows with
the length of its period (events counted) is not held against a whole one's target while its own is running,
unless that is the deadline's own: what has been reached by then stays reached.

Of a closed target: the last period that ended before it closed. The baseline's own figure is no answer: only
what is about a later time is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import assert_never

from kieng.measurement.measurement import Measurement
from kieng.plan.formula.nodes import Aggregate, AggregateKind, Combine, Constant, Earlier, Ratio, Value
from kieng.plan.indicator import Indicator, Membership, Rule
from kieng.plan.period import Grain, Period, periods_between
from kieng.plan.target import Target

_DAY, _LONGEST = timedelta(days=1), timedelta(days=366)
_PACE = 12  # periods: more than tell the pace, for some have no figure


def is_closed(target: Target, today: date) -> bool:
    """Whether ``target`` was ended early and that day has come."""
    return target.closes is not None and target.closes <= today


def is_due(target: Target, today: date) -> bool:
    """Whether the deadline is over: the day of the deadline itself still counts."""
    return target.by < today


def period_for(target: Target, indicator: Indicator, today: date) -> Period | None:
    """The period whose measurement tells the standing of ``target`` today; None when no rule of the
    indicator counts one."""
    since = min(today, target.by) - _LONGEST  # a period that is over ended within a year
    return next(iter(periods_for(target, indicator, today, since)), None)


def periods_for(target: Target, indicator: Indicator, today: date, since: date) -> tuple[Period, ...]:
    """Where to look for the figure that is judged, best first: as long as that is no matter of the
    deadline, back to the periods that ended on ``since`` or later. A figure that comes once a year is so
    judged by its last, and a closed target keeps the last figure it had."""
    if is_closed(target, today):
        found = set(_before_closing(target, indicator, today, since))
    else:
        due = deadline_period(target, indicator)
        if due is None:
            return ()
        if is_due(target, today):
            return (due,)
        found = set(_up_to_date(target, indicator, due, today, since))
    later = (one for one in found if is_after_start(target, one, today))
    return tuple(sorted(later, key=lambda one: _best(indicator, one), reverse=True))


def is_after_start(target: Target, period: Period, today: date) -> bool:
    """Whether a figure of ``period`` is of the time since the baseline. One that is estimated for a day to
    come has begun nothing yet: until then what there is is told."""
    start = target.baseline.on if target.baseline else None
    return start is None or period.last_day > start or start > today


def deadline_period(target: Target, indicator: Indicator) -> Period | None:
    """The period that decides whether ``target`` is met or missed."""
    return max(_over(indicator, target.by), key=lambda one: _best(indicator, one), default=None)


def pace_periods(target: Target, indicator: Indicator, today: date, count: int = _PACE) -> tuple[Period, ...]:
    """The last ``count`` periods that are over and whose figures tell the pace toward ``target``, oldest
    first: the shortest that may be held against it."""
    due = deadline_period(target, indicator)
    rule = None if due is None else indicator.rule_for(due)
    if due is None or rule is None:
        return ()
    grain = due.grain if grows_with_time(rule) else min(rule.counting.grains, key=lambda one: one.months)
    last = Period.containing(min(today, target.by + _DAY), grain).shift(-1)
    return tuple(one for n in range(1 - count, 1) if rule.holds_in(one := last.shift(n)))


def periods_over(target: Target, indicator: Indicator, today: date, since: date) -> tuple[Period, ...]:
    """The periods as long as the deadline's that ended from ``since`` on, are over and lie before the
    deadline's own, the oldest first."""
    due = deadline_period(target, indicator)
    if due is None:
        return ()
    found = {
        period
        for rule in indicator.rules
        if due.grain in rule.counting.grains
        for period in _over_by_rule(rule, (due.grain,), min(today - _DAY, target.by), since)
        if since <= period.last_day and period < due
    }
    return tuple(sorted(found))


def to_date(period: Period, today: date) -> date:
    """The last day that a figure of ``period`` can tell of ``today``: of a running period, today."""
    return min(period.last_day, today)


def _up_to_date(
    target: Target, indicator: Indicator, due: Period, today: date, since: date
) -> Iterator[Period]:
    """Periods as long as the deadline's: the running one, then those that are over."""
    for rule in indicator.rules:
        if due.grain not in rule.counting.grains:
            continue
        running = Period.containing(today, due.grain)
        told = running == due or (running < due and not grows_with_time(rule))
        if told and rule.holds_in(running) and running.start < today:
            yield running
        for period in _over_by_rule(rule, (due.grain,), min(today - _DAY, target.by), since):
            if period <= due:
                yield period


def _before_closing(target: Target, indicator: Indicator, today: date, since: date) -> Iterator[Period]:
    """Periods over when the target closed that may be held against it: a month's count is never held
    against a year's target."""
    day = min(target.by, today - _DAY, (target.closes or today) - _DAY)
    due = deadline_period(target, indicator)
    for rule in indicator.rules:
        grains = rule.counting.grains
        if due is not None and grows_with_time(rule):
            grains = tuple(grain for grain in grains if grain is due.grain)
        yield from _over_by_rule(rule, grains, day, min(since, day))


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


def _best(indicator: Indicator, period: Period) -> tuple[date, int]:
    """The newest first; of those that end together the longest, or the shortest of a stock."""
    rule = indicator.rule_for(period)
    months = period.grain.months
    return period.last_day, -months if rule is not None and rule.is_stock else months


def _newest_longest(period: Period) -> tuple[date, int]:
    return period.last_day, period.grain.months


def accrues(rule: Rule) -> bool:
    """Whether a figure is about all that happened in its period, and not about what holds at its end."""
    return rule.counting.membership is not Membership.IN_FORCE and not rule.is_stock


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


def newest_over(figures: Iterable[Measurement]) -> Measurement | None:
    """That of the newest period that is over and delivered; of two that end together the longer one's, which
    swings less."""
    over = (one for one in figures if not one.running)
    return max(over, key=lambda one: _newest_longest(one.period), default=None)
