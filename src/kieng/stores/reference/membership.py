"""Which periods a record belongs to."""

from __future__ import annotations

from datetime import date

from kieng.measurement.request import Request
from kieng.plan.indicator import Counting, Membership
from kieng.plan.period import Grain, Period, periods_between
from kieng.stores.reference.rows import Record, day_of


def periods_of(record: Record, counting: Counting, grain: Grain, request: Request) -> list[Period]:
    """The periods of length ``grain`` that count ``record``, of those the request asks for."""
    start = day_of(record[counting.start])
    if start is None or start > request.cut_off:
        return []
    candidates = periods_between(start, request.cut_off, grain)
    end = day_of(record[counting.end]) if counting.end else None
    return [
        period
        for period in candidates
        if is_asked(period, request) and _belongs(start, end, period, counting.membership, request)
    ]


def effective_cut_off(period: Period, request: Request) -> date:
    """The last day a measurement of ``period`` looks at."""
    return min(period.last_day, request.cut_off)


def is_asked(period: Period, request: Request) -> bool:
    """Whether ``period`` overlaps the span of the request."""
    begins_late = request.last is not None and period.start > request.last
    ends_early = request.first is not None and period.last_day < request.first
    return not (begins_late or ends_early)


def _belongs(start: date, end: date | None, period: Period, membership: Membership, request: Request) -> bool:
    match membership:
        case Membership.BY:
            return start in period
        case Membership.OPEN:
            return start <= period.last_day and (end is None or end >= period.start)
        case Membership.IN_FORCE:
            day = effective_cut_off(period, request)
            return start <= day and (end is None or day < end)
