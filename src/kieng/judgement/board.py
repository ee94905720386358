"""The board: every target of every plan with where it stands today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kieng.judgement.due import deadline_period, is_closed, is_due, pace_periods, periods_for
from kieng.judgement.duty_words import who_owes
from kieng.judgement.judge import Judgement, judge, wants_pace, with_pace
from kieng.judgement.promise import Lookup, Part, basis_in, best_basis, has_value, node_of, parts_of
from kieng.judgement.standing import Standing
from kieng.judgement.start import started
from kieng.judgement.verdict import verdict
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS
from kieng.plan.answering import agencies_for, answers_for, targets_for
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.target import Target
from kieng.words import Name

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One target for one agency that answers for it. ``node`` is the agency whose lineage the promise was
    made for, and whose figure ``measurement`` is; ``parts`` tell how each part of the period stood as it was,
    where agencies followed each other within it. ``shared``: who is in the figure and serves others too.
    ``told``: every figure that the sentence names; where one is hidden, the sentence is."""

    target: Target
    indicator: Indicator
    agency: str
    period: Period | None
    measurement: Measurement | None
    judgement: Judgement
    node: str
    parts: tuple[Part, ...] = ()
    shared: tuple[str, ...] = ()
    told: tuple[Measurement, ...] = ()


@dataclass(frozen=True)
class BoardRow:
    """One target with a line for each agency it is put to."""

    target: Target
    indicator: Indicator
    day: date  # the day on whose tree the agencies were looked up
    lines: tuple[Line, ...]

    @property
    def standings(self) -> Mapping[Standing, int]:
        return Counter(line.judgement.standing for line in self.lines)

    def of(self, agency: str | None) -> BoardRow:
        """With the lines of one agency only (None: of all), or of what it stands for."""
        if agency is None:
            return self
        return replace(self, lines=tuple(line for line in self.lines if agency in (line.agency, line.node)))


def board(
    definitions: Definitions, lookup: Lookup, today: date, indicators: Collection[str] | None = None
) -> list[BoardRow]:
    """A row for every target (of these indicators): by pillar, then the older plan first, then as the text
    orders them."""
    pillars = list(definitions.pillars)
    plans = sorted(definitions.plans.values(), key=lambda plan: plan.valid_from)
    targets = [
        target
        for plan in plans
        for target in plan.targets
        if indicators is None or target.indicator in indicators
    ]
    rows = [_row(target, definitions, lookup, today) for target in targets]
    return sorted(rows, key=lambda row: pillars.index(row.indicator.pillar))


def line(definitions: Definitions, target: Target, agency: str, lookup: Lookup, today: date) -> Line:
    """Where ``agency`` stands against ``target`` today, by the figure of the lineage that promised."""
    indicator = definitions.indicators[target.indicator]
    node = node_of(definitions, target, agency, standing_day(target, today))
    since = target.baseline.on if target.baseline else definitions.plans[target.plan].valid_from
    periods = periods_for(target, indicator, today, since)
    basis = best_basis(definitions, target, node, periods, lookup, today)

    def figure(period: Period) -> Measurement | None:
        return basis_in(definitions, target, node, period, lookup, today).figure

    started_on = basis.period.start if basis else today
    target = started(target, indicator, since, started_on, figure)
    measurement, judgement = verdict(
        definitions,
        target,
        basis,
        agency,
        today,
        lambda one: judge(
            target, indicator, one, today, owed_by=_owed(definitions, target, node, one, today, lookup)
        ),
    )
    if basis is None:
        return Line(target, indicator, agency, None, None, judgement, node)
    if wants_pace(judgement):
        changed = _last_change(definitions, node, today)
        history = [figure(period) for period in pace_periods(target, indicator, today)]
        whole = [one for one in history if one is not None and not one.running]
        told = [one for one in whole if _of_one_territory(one, changed)]
        judgement = with_pace(judgement, target, indicator, told, today=today)
    parts = parts_of(definitions, indicator, basis, agency, lookup, today)
    rests = tuple(one for one in (basis.own, basis.whole) if one is not None and one.value is not None)
    return Line(
        target, indicator, agency, basis.period, measurement, judgement, node, parts, basis.shared, rests
    )


def _last_change(definitions: Definitions, agency: str, today: date) -> date | None:
    """The last day on which an agency took others, or parts of them, in, or gave a part of itself away."""
    days = (
        event.day
        for event in definitions.reorganisations
        if event.day <= today
        and any(m.source != m.target and agency in (m.source, m.target) for m in event.moves)
    )
    return max(days, default=None)


def _of_one_territory(one: Measurement, since: date | None) -> bool:
    """Whether a figure is of what the agency is now: as it was, what it has gained since is not in it and
    what it has lost is, and that would be told as a rise or a fall."""
    return since is None or one.reading != str(AS_WAS) or one.period.start >= since


def _owed(
    definitions: Definitions,
    target: Target,
    node: str,
    found: Measurement | None,
    today: date,
    lookup: Lookup,
) -> Name | None:
    """Who has to report the figure that is due, where there is none."""
    due = deadline_period(target, definitions.indicators[target.indicator])
    if due is None or not is_due(target, today) or has_value(found):
        return None

    def as_was(indicator: str, agency: str, period: Period) -> Measurement | None:
        return lookup(indicator, agency, period, AS_WAS)

    return who_owes(definitions, target.indicator, node, due, today, as_was)


def lines_of(
    definitions: Definitions, indicator: str, agency: str, lookup: Lookup, today: date
) -> Iterator[Line]:
    """Every line of ``agency`` for an indicator; of one that is gone, those of the heirs who answer for what
    it promised, so that its page and theirs say the same."""
    for target in targets_for(definitions, indicator, agency, today):
        for answering in _answering(definitions, target, agency, standing_day(target, today)):
            yield line(definitions, target, answering, lookup, today)


def _answering(definitions: Definitions, target: Target, agency: str, day: date) -> list[str]:
    if answers_for(definitions, target, agency, day):
        return [agency]
    closed = definitions.tree.agencies[agency].closed
    if closed is None or closed > day:
        return []
    return [
        heir
        for heir in agencies_for(definitions, target, day)
        if agency in definitions.lineages.origins(heir, day, closed - _DAY)
    ]


def standing_day(target: Target, today: date) -> date:
    """The day on which a target's agencies are looked up: today, or its last day once it is over."""
    if target.closes is not None and is_closed(target, today):
        return target.closes - _DAY
    return min(today, target.by)


def _row(target: Target, definitions: Definitions, lookup: Lookup, today: date) -> BoardRow:
    day = standing_day(target, today)
    lines = tuple(
        line(definitions, target, agency, lookup, today) for agency in agencies_for(definitions, target, day)
    )
    return BoardRow(target, definitions.indicators[target.indicator], day, lines)
