"""The judgement of a measurement against its target.

**Before and on the deadline.** A floor (at least, more than, done) that is reached is *met*: what was to be
reached has been reached. It has to be reached for sure: with all that chance makes of a share, with what is
missing, and by more than an estimate; else it is *on course*. A ceiling, a rank, an "exactly" and a direction
have to hold on the deadline itself, so a figure that keeps them is *on course* until then. A figure that does
not fulfil its target yet is *on course* when it is not short of its way, or short of it by no more than
chance, else *late*; without a way it is *not due*, and gap and pace are said.

**After the deadline.** *Met* or *missed* by the last period that ended at or before it: then the count is the
count. *Open* where an estimate or what is missing could still turn that. No later figure repairs a missed
deadline, and none that is missing is replaced by another period's: *due, no figure*.

**Closed.** A target ended early is *closed* from that day on, with its last figure and the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from kieng.judgement import sentences as say
from kieng.judgement.aim import Aim, aim_of, goal_of, leads_up
from kieng.judgement.bounds import bounds_of, covered_share, is_thin
from kieng.judgement.coverage_words import coverage_text
from kieng.judgement.due import (
    deadline_period,
    grows_with_time,
    is_after_start,
    is_closed,
    is_due,
    to_date,
)
from kieng.judgement.kinds import is_no_share
from kieng.judgement.noise import interval_of
from kieng.judgement.pace import Forecast, forecast
from kieng.judgement.pace_line import pace_line
from kieng.judgement.parameters import Parameters, built_in
from kieng.judgement.phrases import NO_NUMBER, both
from kieng.judgement.rank_field import other_field, other_than_baseline
from kieng.judgement.reasons import reason_text
from kieng.judgement.sentences import Case
from kieng.judgement.standing import Standing
from kieng.judgement.trajectory import expected_on
from kieng.judgement.universal import universal
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.value import rounded
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.target import Target, TargetKind
from kieng.words import Name


@dataclass(frozen=True)
class Judgement:
    """A standing, why, and by how much. Figures are in the indicator's unit, to nine places.

    ``expected``: what the trajectory asks for by now. ``distance`` (to what is expected) and
    ``gap_to_target`` are negative by how much the figure falls short. ``low`` and ``high``: what the figure
    could be with what is missing, where that matters. ``pace``: where the last figures lead, before the
    deadline. ``coverage_note`` and ``notes`` say what a reader should know beside it.
    """

    standing: Standing
    reason: Name
    expected: Decimal | None = None
    distance: Decimal | None = None
    gap_to_target: Decimal | None = None
    coverage_note: Name | None = None
    notes: tuple[Name, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    pace: Forecast | None = None

    @property
    def all_notes(self) -> tuple[Name, ...]:
        """What a reader should know beside the standing: coverage, then what kind of figure it is."""
        return (*((self.coverage_note,) if self.coverage_note else ()), *self.notes)


def judge(
    target: Target,
    indicator: Indicator,
    measurement: Measurement | None,
    today: date,
    parameters: Parameters | None = None,
    owed_by: Name | None = None,
) -> Judgement:
    """The standing of ``target`` on ``today`` by ``measurement``: the first there is for one of
    :func:`kieng.judgement.due.periods_for`, None when there is none. ``owed_by``: who has to report a
    figure that is due, in words. :func:`with_pace` adds where the last figures lead."""
    thresholds = parameters or built_in()
    if is_closed(target, today):
        return Judgement(Standing.CLOSED, say.closed(target, indicator, measurement))
    if measurement is not None and is_no_share(indicator, measurement):
        standing = Standing.OPEN if is_due(target, today) else Standing.NOT_DUE
        note = _coverage_note(measurement)
        return Judgement(standing, say.no_share(indicator, measurement), coverage_note=note)
    if target.kind is TargetKind.UNIVERSAL:
        return _universal(target, indicator, measurement, today)
    nothing = _without_figure(target, indicator, measurement, today, owed_by)
    if nothing is not None or measurement is None or measurement.value is None:
        return nothing or Judgement(Standing.UNKNOWN, NO_NUMBER[Status.NO_DATA])
    other = other_field(target, indicator, measurement, today)
    if other is not None:
        return Judgement(Standing.UNKNOWN, other)
    aim = aim_of(target, indicator)
    if aim is None:
        why = Name("Chưa có số gốc để so sánh", "There is no baseline to compare with")
        return Judgement(Standing.UNKNOWN, why)
    case = _case(target, indicator, aim, measurement, measurement.value, today, thresholds)
    found = _final(case, thresholds) if is_due(target, today) else _running(case, thresholds)
    return _with_figures(found, case)


def _universal(
    target: Target, indicator: Indicator, measurement: Measurement | None, today: date
) -> Judgement:
    found = Judgement(*universal(target, indicator, measurement, today))
    if measurement is None or measurement.value is None:
        return found
    notes = (say.rests_on_estimate(),) if measurement.state == "estimate" else ()
    return replace(found, coverage_note=_coverage_note(measurement), notes=notes)


# --- without a figure -------------------------------------------------------------------


def _without_figure(
    target: Target,
    indicator: Indicator,
    measurement: Measurement | None,
    today: date,
    owed_by: Name | None,
) -> Judgement | None:
    """What is said where there is no figure that could be judged; None when there is one."""
    status = Status.NO_DATA if measurement is None else measurement.status
    if measurement is not None and status not in (Status.VALUE, Status.NO_DATA):
        return Judgement(Standing.UNKNOWN, _no_number(measurement))
    due = deadline_period(target, indicator)
    if is_due(target, today):
        if status is Status.VALUE and measurement is not None and measurement.period == due:
            return None
        return Judgement(
            Standing.DUE_NO_FIGURE, say.due_no_figure(target, due, _reported(measurement), owed_by)
        )
    if (
        status is Status.VALUE
        and measurement is not None
        and _may_tell(target, measurement.period, due, today)
    ):
        return None
    return Judgement(Standing.NO_DATA, say.no_data(target, _reported(measurement)))


def _may_tell(target: Target, period: Period, due: Period | None, today: date) -> bool:
    """Neither of a later time than the deadline nor the baseline's own figure."""
    return is_after_start(target, period, today) and (due is None or period.start <= due.start)


def _reported(measurement: Measurement | None) -> Name | None:
    """Why there is no data, where whoever reports has said so."""
    reason = measurement.reason if measurement is not None and measurement.value is None else None
    return reason_text(reason) if reason == "reported" else None


def _no_number(measurement: Measurement) -> Name:
    """Which kind of "no number" it is, and why, unless that says the same once more."""
    said, reason = NO_NUMBER[measurement.status], measurement.reason
    if reason is None or reason == measurement.status.value:
        return said
    return both("{said}: {why}", "{said}: {why}", said=said, why=reason_text(reason))


# --- with a figure --------------------------------------------------------------------


def _case(
    target: Target,
    indicator: Indicator,
    aim: Aim,
    measurement: Measurement,
    value: Decimal,
    today: date,
    thresholds: Parameters,
) -> Case:
    expected = _expected(target, indicator, aim, measurement, today)
    ahead = None if expected is None else Fraction(value) - expected
    z = thresholds.on("interval_z", measurement.period.last_day)
    return Case(
        target,
        indicator,
        measurement,
        value,
        today,
        aim,
        expected,
        ahead if ahead is None or leads_up(target, aim) else -ahead,
        interval_of(measurement, indicator, z),
        bounds_of(measurement, indicator),
    )


def _expected(
    target: Target, indicator: Indicator, aim: Aim, measurement: Measurement, today: date
) -> Fraction | None:
    """What the trajectory asks for; a baseline that already fulfils the target has only to be kept. There
    is none from a rank among others, none for what still grows, and none before it begins."""
    baseline, period = target.baseline, measurement.period
    if baseline is not None and to_date(period, today) < baseline.on:
        return None
    if to_date(period, today) < period.last_day and grows_with_time(indicator.rules[measurement.rule]):
        return None
    if other_than_baseline(target, indicator, measurement) is not None:
        return None
    if baseline is not None and not target.milestones and aim.holds(baseline.value):
        limit = aim.low if aim.is_floor else aim.high if aim.is_ceiling else None
        return None if limit is None else Fraction(limit)
    return expected_on(target, goal_of(target, aim), to_date(period, today))


def _final(case: Case, thresholds: Parameters) -> Judgement:
    if case.is_estimate:
        return Judgement(Standing.OPEN, say.open_by_estimate(case))
    if case.measurement.running and not _stays(case):
        return Judgement(Standing.OPEN, say.open_for_delivery(case))
    bounds = case.bounds
    turned = bounds is not None and not (bounds.surely_holds(case.aim) or bounds.surely_fails(case.aim))
    if turned or (bounds is None and is_thin(case.measurement, thresholds)):
        low, high = (bounds.low, bounds.high) if bounds else (None, None)
        return Judgement(Standing.OPEN, say.open_for_missing(case), low=low, high=high)
    return Judgement(Standing.MET if case.holds else Standing.MISSED, say.decided(case))


def _stays(case: Case) -> bool:
    """Whether a result stands whatever comes yet: what is counted up can only grow."""
    grows = grows_with_time(case.indicator.rules[case.measurement.rule])
    return grows and (case.holds if case.aim.is_floor else case.aim.is_ceiling and not case.holds)


def _running(case: Case, thresholds: Parameters) -> Judgement:
    if is_thin(case.measurement, thresholds):
        return Judgement(Standing.UNKNOWN, say.too_thin(case.measurement))
    if case.holds:
        return _reached(case)
    if case.target.kind is TargetKind.DONE or _has_no_way(case):
        return Judgement(Standing.NOT_DUE, say.not_due(case))
    if _is_beyond(case):
        return Judgement(Standing.LATE, say.beyond(case))
    if case.distance is not None and case.distance >= 0:
        return Judgement(Standing.ON_COURSE, say.on_the_way(case))
    if _may_be_chance(case):
        return Judgement(Standing.ON_COURSE, say.behind_within_chance(case))
    return Judgement(Standing.LATE, say.behind(case))


def _reached(case: Case) -> Judgement:
    """The figure fulfils the target, and the deadline is ahead."""
    if not case.is_floor:
        return Judgement(Standing.ON_COURSE, say.kept(case))
    doubt = _doubt(case)
    if doubt is None:
        return Judgement(Standing.MET, say.met_before(case))
    return Judgement(Standing.ON_COURSE, say.reached_not_sure(case, doubt))


def _doubt(case: Case) -> Name | None:
    """Why what has been reached is not called met."""
    if case.is_estimate:
        return say.by_estimate(case)
    if case.bounds is not None and not case.bounds.surely_holds(case.aim):
        return say.by_missing(case)
    if case.chance is not None and not all(case.aim.holds(end) for end in case.chance):
        return say.by_chance(case)
    return None


def _has_no_way(case: Case) -> bool:
    """Whether nothing but the deadline counts: no way is known, or it is flat at a limit that has to be
    passed ("better than the baseline"), so that to be on it is not to be on course."""
    if case.expected is None:
        return not (case.target.baseline is not None and _is_two_sided(case.aim))
    limit = case.aim.low if case.aim.is_floor else case.aim.high
    return case.aim.strict and case.expected == limit and case.distance == 0


def _is_two_sided(aim: Aim) -> bool:
    return aim.low is not None and aim.high is not None


def _is_beyond(case: Case) -> bool:
    """Whether a value has left a range: past its far end, or out of one that the baseline kept."""
    aim = case.aim
    if aim.low is None or aim.high is None or case.target.baseline is None:
        return False
    if case.expected is None:
        return not case.holds
    return case.value > aim.high if leads_up(case.target, aim) else case.value < aim.low


def _may_be_chance(case: Case) -> bool:
    """Whether the way lies within what chance alone makes of the figure."""
    if case.chance is None or case.expected is None:
        return False
    low, high = case.chance
    return high >= case.expected if leads_up(case.target, case.aim) else low <= case.expected


# --- what stands beside it ----------------------------------------------------------------


def _with_figures(found: Judgement, case: Case) -> Judgement:
    return replace(
        found,
        expected=None if case.expected is None else rounded(case.expected),
        distance=None if case.distance is None else rounded(case.distance),
        gap_to_target=case.aim.gap(case.value),
        coverage_note=_coverage_note(case.measurement),
        notes=tuple(_notes(case)),
    )


def _coverage_note(measurement: Measurement) -> Name | None:
    """Who has a figure, where that is not everybody."""
    coverage = measurement.coverage
    # Who says that it does not apply is expected no longer: a whole of fewer is not told as one of all.
    return coverage_text(coverage) if covered_share(coverage) < 1 or coverage.not_applicable else None


def _notes(case: Case) -> Iterator[Name]:
    """What kind of figure a standing rests on, where that is not a final one."""
    measurement, baseline = case.measurement, case.target.baseline
    if case.is_estimate:
        yield say.rests_on_estimate()
    if measurement.state == "provisional":
        yield Name("Theo số sơ bộ", "By a provisional figure")
    if baseline is not None and baseline.is_first_measurement:
        yield say.started(case.indicator, baseline)


def wants_pace(found: Judgement) -> bool:
    """Whether the deadline is ahead and the figure still on its way, so that its pace matters."""
    on_its_way = found.gap_to_target is not None and found.gap_to_target < 0
    match found.standing:
        case Standing.ON_COURSE | Standing.LATE | Standing.NOT_DUE:
            return on_its_way
        case (
            Standing.MET
            | Standing.MISSED
            | Standing.OPEN
            | Standing.DUE_NO_FIGURE
            | Standing.NO_DATA
            | Standing.CLOSED
            | Standing.UNKNOWN
        ):
            return False
        case _:
            assert_never(found.standing)


def with_pace(
    found: Judgement,
    target: Target,
    indicator: Indicator,
    history: Sequence[Measurement],
    parameters: Parameters | None = None,
    today: date | None = None,
) -> Judgement:
    """``found`` with the pace that the figures of ``due.pace_periods`` tell, in one plain line; what it
    foretells is not before ``today``."""
    told = [one for one in history if one.value is not None]
    if not told or not wants_pace(found):
        return found
    pace = forecast(target, indicator, told, parameters, today)
    due, grain = deadline_period(target, indicator), told[-1].period.grain
    line = pace_line(target, indicator, pace, grain, of_parts=due is not None and due.grain is not grain)
    if line is None:
        return replace(found, pace=pace)
    reason = both("{r}. {line}", "{r}. {line}", r=found.reason, line=line)
    return replace(found, reason=reason, pace=pace)
