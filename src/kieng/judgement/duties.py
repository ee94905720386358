"""Who owes which figure, and by when: the duty to report, from the text of the rules alone.

A figure is owed for a period by every agency of the rule's reporting levels that exists on the period's
last day, and for which the indicator has a meaning; it stays open for as long as the agency exists. Rules
over records of what happened (cases, stations) put nobody under a duty unless their text says so: what
did not happen is not reported.

What a whole territory reports of itself, the indicator's lead within it sends: a province has no desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from kieng.judgement.leads import leads_on
from kieng.judgement.parameters import Parameters, built_in
from kieng.measurement.measurement import Measurement, Status
from kieng.plan.dated import Dated
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator, Reports, RollUp, Rule, Within
from kieng.plan.period import Grain, Period, periods_between
from kieng.plan.record_type import STATES
from kieng.plan.succession import on_the_day

_DAY = timedelta(days=1)
Lookup = Callable[[str, str, Period], Measurement | None]
"""The figure of (indicator, agency, period) as it was, or None."""


class Lack(StrEnum):
    """What a duty still wants: the figure itself, or that it is confirmed (chốt)."""

    FIGURE = "figure"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True)
class Duty:
    """The figure of ``agency`` for ``period``, sent by ``senders``, due on ``due`` and to be confirmed by
    ``confirmed_by`` (the days themselves still count). ``kept_in`` is the period that holds the figure.
    ``heir``: who has to tell the figure of ``agency``, which has ended, apart from its own; else None."""

    indicator: str
    agency: str
    senders: tuple[str, ...]
    period: Period
    due: date
    confirmed_by: date
    kept_in: Period
    heir: str | None = None

    @property
    def seen_at(self) -> str:
        """The agency of today at which it is seen."""
        return self.heir or self.agency


@dataclass(frozen=True)
class OpenDuty:
    """A duty that is not done. ``said_none``: the agency did report, namely that it has no figure."""

    duty: Duty
    lack: Lack
    said_none: bool = False

    @property
    def due(self) -> date:
        return self.duty.due if self.lack is Lack.FIGURE else self.duty.confirmed_by

    def overdue(self, today: date) -> int:
        """Days past the day it was due; nought or less: not yet."""
        return (today - self.due).days


def owes(definitions: Definitions, indicator: str, agency: str, period: Period) -> tuple[Duty, ...]:
    """The duties on which the figure of ``agency`` for ``period`` rests, as they were then, whether done or
    not; also of agencies that have closed since. Empty where nobody had to report it."""
    known = definitions.indicators[indicator]
    rule = known.rule_for(period)
    if rule is None:
        return ()
    return tuple(
        duty
        for asked in _asked(rule, definitions, period)
        for duty in duties(definitions, known, asked, asked.last_day)
        if _counts_for(definitions, rule, duty.agency, agency, asked)
    )


def answering_today(definitions: Definitions, owed: Iterable[Duty], today: date) -> tuple[str, ...]:
    """Who answers on ``today`` for what was owed: the senders of those who owed it, or of their heirs."""
    tree, events = definitions.tree, definitions.reorganisations
    found: dict[str, None] = {}
    for duty in owed:
        indicator = definitions.indicators[duty.indicator]
        for heir in sorted(on_the_day(tree, events, duty.agency, today)):
            found |= dict.fromkeys(senders_of(definitions, indicator, heir, today))
    return tuple(found)


def duties(definitions: Definitions, indicator: Indicator, period: Period, day: date) -> Iterator[Duty]:
    """Every duty for one period of the length in which ``indicator`` is reported, of those who exist on
    ``day`` too."""
    rule = indicator.rule_for(period)
    if rule is None or reported_every(rule, definitions) is not period.grain:
        return
    tree = definitions.tree.on(period.last_day)
    for agency, level in sorted(tree.level_of.items()):
        if level in rule.reporters:
            duty = duty_of(definitions, indicator, agency, period, day)
            if duty is not None:
                yield duty


def duty_of(
    definitions: Definitions,
    indicator: Indicator,
    agency: str,
    period: Period,
    day: date,
    parameters: Parameters | None = None,
) -> Duty | None:
    """The duty to send the figure of ``agency`` itself, with who sends it on ``day``; None where it owed
    none, or is gone by then."""
    rule, last = indicator.rule_for(period), period.last_day
    if rule is None or reported_every(rule, definitions) is not period.grain:
        return None
    known, first = definitions.tree.agencies[agency], definitions.measured_from
    there = known.exists_on(last) and known.exists_on(day) and (first is None or first <= last)
    level = definitions.tree.on(last).level_of.get(agency)
    if not there or level not in rule.reporters or _no_meaning(definitions, indicator.id, agency, last):
        return None
    return _duty(indicator, rule, agency, senders_of(definitions, indicator, agency, day), period, parameters)


def duty_of_half(
    definitions: Definitions, indicator: Indicator, agency: str, heir: str, period: Period, day: date
) -> Duty | None:
    """The duty of ``heir`` to tell the figure of ``agency``, which has ended, apart from its own: what was
    promised is judged by it. None where nobody reports it."""
    rule = indicator.rule_for(period)
    if rule is None or reported_every(rule, definitions) is not period.grain:
        return None
    senders = senders_of(definitions, indicator, heir, day)
    return replace(_duty(indicator, rule, agency, senders, period), heir=heir)


def _duty(
    indicator: Indicator,
    rule: Rule,
    agency: str,
    senders: tuple[str, ...],
    period: Period,
    parameters: Parameters | None = None,
) -> Duty:
    last, asked, usual = period.last_day, rule.reports or Reports(), parameters or built_in()
    wait = int(usual.on("report_due_days", last)) if asked.due is None else asked.due
    confirmed = max(wait, int(usual.on("report_confirm_days", last)))
    return Duty(
        indicator=indicator.id,
        agency=agency,
        senders=senders,
        period=period,
        due=last + timedelta(days=wait),
        confirmed_by=last + timedelta(days=confirmed),
        kept_in=_kept_in(rule, period),
    )


def senders_of(definitions: Definitions, indicator: Indicator, agency: str, day: date) -> tuple[str, ...]:
    """Who sends the figure of ``agency``: the leads that stand below it, else the agency itself."""
    tree = definitions.tree.on(day)
    leads = [one.agency for one in leads_on(definitions, indicator.leads, day)]
    below = [lead for lead in leads if lead != agency and lead in tree and agency in tree.ancestors(lead)]
    return tuple(below) or (agency,)


def reported_every(rule: Rule, definitions: Definitions) -> Grain | None:
    """In which lengths of period the figures of ``rule`` are sent; None where nobody sends them."""
    shortest = min(rule.counting.grains, key=lambda grain: grain.months)
    if rule.reports is not None:
        return (rule.reports.every or shortest) if rule.reports.owed else None
    return shortest if definitions.record_types[rule.record].carries_figures else None


def open_duties(
    definitions: Definitions,
    lookup: Lookup,
    today: date,
    parameters: Parameters | None = None,
) -> tuple[OpenDuty, ...]:
    """Every duty of a period that is over and whose figure is not there or not confirmed, the longest due
    first. Periods that ended longer ago than a dated number of months are no longer asked for."""
    months = int((parameters or built_in()).on("report_asked_months", today))
    found = [
        lacking
        for indicator in definitions.indicators.values()
        for period in _over(definitions, indicator, today, months)
        for duty in duties(definitions, indicator, period, today)
        if (lacking := lack_of(duty, lookup(duty.indicator, duty.agency, duty.kept_in))) is not None
    ]
    return longest_due_first(found)


def longest_due_first(found: Iterable[OpenDuty]) -> tuple[OpenDuty, ...]:
    """Figures that are owed, the longest due first; then those to be confirmed."""
    return tuple(sorted(found, key=_longest_due))


def lack_of(duty: Duty, found: Measurement | None) -> OpenDuty | None:
    """What ``duty`` still wants, given the figure that is there; None where it is done, and where the agency
    itself reported that the figure does not apply to it."""
    if found is None:
        return OpenDuty(duty, Lack.FIGURE)
    match found.status:
        case Status.NO_DATA:
            return OpenDuty(duty, Lack.FIGURE, said_none=found.reason == "reported")
        case Status.NOT_APPLICABLE | Status.CANNOT_RECAST:
            return None
        case Status.VALUE | Status.ZERO_DENOMINATOR:
            final = found.state is None or found.state == STATES[-1]
            return None if final else OpenDuty(duty, Lack.CONFIRMATION)


def _longest_due(one: OpenDuty) -> tuple[object, ...]:
    return one.lack is Lack.CONFIRMATION, one.due, one.duty.indicator, one.duty.agency


def _over(definitions: Definitions, indicator: Indicator, today: date, months: int) -> Iterable[Period]:
    """The periods of ``indicator`` that are over at the beginning of ``today``, as far back as is asked."""
    grains = {reported_every(rule, definitions) for rule in indicator.rules} - {None}
    for grain in sorted(grain for grain in grains if grain is not None):
        newest = Period.containing(today, grain).shift(-1)
        oldest = newest.shift(1 - max(1, months // grain.months))
        yield from periods_between(oldest.start, newest.start, grain)


def _asked(rule: Rule, definitions: Definitions, period: Period) -> tuple[Period, ...]:
    """The reported periods that make up ``period``: of a stock the last one alone."""
    every = reported_every(rule, definitions)
    if every is None:
        return ()
    last = Period.containing(period.last_day, every)
    if last.last_day != period.last_day:
        return ()
    first = last.start if rule.is_stock or every.months > period.grain.months else period.start
    return tuple(periods_between(first, last.start, every))


def _kept_in(rule: Rule, period: Period) -> Period:
    if period.grain in rule.counting.grains:
        return period
    shortest = min(rule.counting.grains, key=lambda grain: grain.months)
    return Period.containing(period.last_day, shortest)


def _counts_for(definitions: Definitions, rule: Rule, reporter: str, agency: str, period: Period) -> bool:
    """Whether the figure of ``reporter`` is part of that of ``agency``, or of what this was in ``period``."""
    tree = definitions.tree.on(period.last_day)
    then = on_the_day(definitions.tree, definitions.reorganisations, agency, period.last_day)
    if reporter in then or rule.roll_up is RollUp.NONE:
        return reporter in then
    above = [one for one in tree.ancestors(reporter) if one in then]
    if rule.within is Within.ALL:
        return bool(above)
    tier = definitions.tree.tier(tree.level_of[reporter])
    return any(definitions.tree.tier(tree.level_of[one]) == tier for one in above)


def _no_meaning(definitions: Definitions, indicator: str, agency: str, day: date) -> bool:
    return any(
        one.indicator == indicator
        and one.agency == agency
        and Dated(None, one.valid_from, one.valid_to).holds_on(day)
        for one in definitions.not_applicable
    )
