"""Clock rules: when the time limit of a case ends, and whether the case was on time.

What follows is the meaning; an engine that says it in SQL says the same. ``ord(d)`` is how many
working days the calendar has up to and including day d, ``nth(n)`` the working day with that number.
All values are wall times in the workspace's zone; a date is the midnight it begins with, and a
midnight means "no time of day is known". Anything about a day outside the calendar is unknown
(null), and so is whatever is made from it.

1.  The case needs ``received``, on or before the cut-off day, and a version of the rule that holds on
    that day; else it is unknown whether it is on time.
2.  What lies after the cut-off day is not known yet: ``finished``, ``supplement_requested`` and
    ``supplement_received`` after it are null. With the request, ``supplement_count`` becomes null.
3.  ``start(t)``, the working-day number at which counting begins, is ord(day of t), plus one when that
    day is no working day or t's time is after ``day_cut_off`` (NĐ 61/2018/NĐ-CP Art 18.2: what comes
    after 15:00 goes on at the start of the next working day). The start day is nth(start(t)).
4.  ``counted(t)``, the last day of the limit counted from t, is null unless 0 <= limit <= 10,000 and
    the unit is known; by ``limit_unit``:
    working_day: nth(start(t) + limit);
    hour: working hours, 8 to a day, any rest a whole day: nth(start(t) + (limit + 7) div 8);
    day: the start day + limit days; month: the start day + limit months, cut to the month's last
    day; if that day is no working day, the first working day after it (Bộ luật Dân sự 2015 Art 148.5).
5.  The deadline is ``due`` where it is stated, else counted(received). Then, for a supplement:
    subtract (QĐ 766/QĐ-TTg, 2.1), if it was received on a later day than requested: with waited =
    ord(day received) - ord(day requested), the deadline itself when waited is 0, else
    nth(ord(day of the deadline) + waited), keeping its time of day;
    restart (NĐ 61/2018 Art 19.4), if the supplement's receipt is known: counted(supplement_received)
    where a limit is stated, else ``due``'s own span again, nth(start(supplement_received) +
    ord(day of due) - start(received)), keeping its time of day. So ``due`` has to be the first
    date promised, not one that was moved for the supplement.
6.  If ``second_supplement_is_late`` and supplement_count >= 2, the case is not on time. Else, without
    a deadline, it is unknown.
7.  The end is ``finished`` where known. Else, if ``pending_stops_at_request`` and a supplement is
    waited for (requested, and not received or received before the request), it is
    ``supplement_requested``. Else the case is open: the last moment of the cut-off day.
8.  On time is end <= deadline; when the deadline has no time of day, day of end <= day of deadline.

``due`` of a feedback or of any other record type is read by the same steps.
"""

from __future__ import annotations

import calendar as month_lengths
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from kieng.plan.calendar import WorkingCalendar
from kieng.plan.indicator import Source
from kieng.plan.record_type import ClockFields
from kieng.problems import Place
from kieng.words import Name

HOURS_A_DAY = 8
LONGEST_LIMIT = 10_000
_NO_TIME = time()


class Supplement(StrEnum):
    """What happens to the clock while the applicant completes the file.

    ``restart``: the whole limit runs anew once the file is complete (NĐ 61/2018 Art 19.4).
    ``subtract``: the time of waiting is taken out (QĐ 766/QĐ-TTg indicator 2.1).
    """

    RESTART = "restart"
    SUBTRACT = "subtract"


@dataclass(frozen=True)
class ClockRule:
    """A dated, named way of counting.

    ``day_cut_off``: a file received after it counts as received on the next working day's start
    (None: no cut-off). ``second_supplement_is_late``: asking twice makes the case overdue.
    ``pending_stops_at_request``: while waiting for a supplement the clock is read at the request.
    """

    id: str
    name: Name
    supplement: Supplement
    day_cut_off: time | None
    second_supplement_is_late: bool
    pending_stops_at_request: bool
    source: Source | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    place: Place = Place("")

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


@dataclass(frozen=True)
class ClockValues:
    """What a record says to a clock; the roles of :class:`ClockFields`."""

    received: datetime | None
    due: datetime | None = None
    limit: int | None = None
    limit_unit: str | None = None
    finished: datetime | None = None
    supplement_requested: datetime | None = None
    supplement_received: datetime | None = None
    supplement_count: int | None = None

    @staticmethod
    def of(fields: ClockFields, record: Mapping[str, Any]) -> ClockValues:
        """The values of ``record``; a role without a field, or a field without a value, is None."""
        roles = {role: record.get(name) for role, name in vars(fields).items() if name is not None}
        return ClockValues(**{role: _moment(value) for role, value in roles.items()})

    def known_on(self, cut_off: date) -> ClockValues:
        """Step 2: without what happened after ``cut_off``."""
        asked = _not_after(self.supplement_requested, cut_off)
        return replace(
            self,
            finished=_not_after(self.finished, cut_off),
            supplement_requested=asked,
            supplement_received=_not_after(self.supplement_received, cut_off),
            supplement_count=self.supplement_count if asked == self.supplement_requested else None,
        )

    @property
    def waits_for_supplement(self) -> bool:
        asked, came = self.supplement_requested, self.supplement_received
        return asked is not None and (came is None or came < asked)


def on_time(
    versions: Iterable[ClockRule], calendar: WorkingCalendar, values: ClockValues, cut_off: date
) -> bool | None:
    """Whether a case was on time, as seen at the end of day ``cut_off``; None when it is not known.

    ``versions`` are the dated versions of one clock rule.
    """
    if values.received is None or values.received.date() > cut_off:
        return None
    rule = version_on(versions, values.received.date())
    if rule is None:
        return None
    known = values.known_on(cut_off)
    if rule.second_supplement_is_late and (known.supplement_count or 0) >= 2:
        return False
    limit = deadline(rule, calendar, values, cut_off)
    if limit is None:
        return None
    end = _end(rule, known, cut_off)
    return end.date() <= limit.date() if limit.time() == _NO_TIME else end <= limit


def version_on(versions: Iterable[ClockRule], day: date) -> ClockRule | None:
    """The version of a rule that holds on ``day``, the day a case was received."""
    return next((rule for rule in versions if rule.holds_on(day)), None)


def deadline(
    rule: ClockRule, calendar: WorkingCalendar, values: ClockValues, cut_off: date
) -> datetime | None:
    """Step 5: the deadline as it is known on day ``cut_off``; midnight means "all of that day"."""
    if values.received is None:
        return None
    known = values.known_on(cut_off)
    first = known.due or _counted(rule, calendar, known, values.received)
    if rule.supplement is Supplement.SUBTRACT:
        return first and _later(calendar, first, known)
    if known.supplement_received is None:
        return first
    if known.limit is not None:
        return _counted(rule, calendar, known, known.supplement_received)
    return _span_again(rule, calendar, known)


def _end(rule: ClockRule, known: ClockValues, cut_off: date) -> datetime:
    """Step 7."""
    if known.finished is not None:
        return known.finished
    if rule.pending_stops_at_request and known.waits_for_supplement and known.supplement_requested:
        return known.supplement_requested
    return datetime.combine(cut_off, time.max)


def _start(rule: ClockRule, calendar: WorkingCalendar, moment: datetime) -> int | None:
    """Step 3."""
    ordinal = calendar.ordinals.get(moment.date())
    if ordinal is None:
        return None
    too_late = rule.day_cut_off is not None and moment.time() > rule.day_cut_off
    return ordinal + (too_late or not calendar.is_working(moment.date()))


def _counted(
    rule: ClockRule, calendar: WorkingCalendar, known: ClockValues, moment: datetime
) -> datetime | None:
    """Step 4."""
    start = _start(rule, calendar, moment)
    limit = known.limit
    if start is None or limit is None or not 0 <= limit <= LONGEST_LIMIT:
        return None
    first = calendar.nth(start)
    match known.limit_unit:
        case "working_day":
            return _midnight(calendar.nth(start + limit))
        case "hour":
            return _midnight(calendar.nth(start + (limit + HOURS_A_DAY - 1) // HOURS_A_DAY))
        case "day" if first is not None:
            return _midnight(_working_from(calendar, first + timedelta(days=limit)))
        case "month" if first is not None:
            return _midnight(_working_from(calendar, _months_later(first, limit)))
        case _:
            return None


def _later(calendar: WorkingCalendar, first: datetime, known: ClockValues) -> datetime | None:
    """Step 5, subtract."""
    asked, came = known.supplement_requested, known.supplement_received
    if asked is None or came is None or came.date() <= asked.date():
        return first
    waited = calendar.between(asked.date(), came.date())
    if waited == 0:
        return first
    day = None if waited is None else calendar.add(first.date(), waited)
    return _at(day, first.time())


def _span_again(rule: ClockRule, calendar: WorkingCalendar, known: ClockValues) -> datetime | None:
    """Step 5, restart with nothing but a due date."""
    if known.due is None or known.received is None or known.supplement_received is None:
        return None
    start, again = (_start(rule, calendar, at) for at in (known.received, known.supplement_received))
    due = calendar.ordinals.get(known.due.date())
    if start is None or again is None or due is None:
        return None
    return _at(calendar.nth(again + due - start), known.due.time())


def _working_from(calendar: WorkingCalendar, day: date) -> date | None:
    """``day`` if offices work on it, else the first day after it on which they do."""
    if day not in calendar.ordinals or calendar.is_working(day):
        return day if day in calendar.ordinals else None
    return calendar.next_working(day)


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, month_lengths.monthrange(year, month)[1]))


def _moment(value: Any) -> Any:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return datetime.combine(value, _NO_TIME) if is_day else value


def _not_after(moment: datetime | None, cut_off: date) -> datetime | None:
    return moment if moment is not None and moment.date() <= cut_off else None


def _midnight(day: date | None) -> datetime | None:
    return _at(day, _NO_TIME)


def _at(day: date | None, hour: time) -> datetime | None:
    return None if day is None else datetime.combine(day, hour)
