"""The judgement of a measurement against its target.

**Before and on the deadline.** A floor (at least, more than, done) that is reached is *met*: what was to
be reached has been reached. A ceiling, a rank, a range, an "about", an "exactly" and a direction have to
hold on the deadline itself, so a figure that keeps them is *on course* until then. A figure that does not
fulfil its target yet is *on course* when it is not short of the trajectory, else *late*; without a
baseline there is no trajectory and nothing but the deadline counts: *unknown*, with that reason. "Done"
has no way but its day and is on course until then.

**After the deadline.** *Met* or *missed* by the last period that ended at or before it. No later figure
repairs a missed deadline, and none that is missing is replaced by another period's: *unknown*.

**Closed.** A target ended early is *closed* from that day on, with its last figure and the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kieng.judgement.aim import Aim, aim_of, goal_of, leads_up
from kieng.judgement.due import deadline_period, is_closed, is_due, period_for
from kieng.judgement.noise import interval_of
from kieng.judgement.parameters import Parameters, built_in
from kieng.judgement.phrases import NO_NUMBER, both, day, difference, figure, number, target_text
from kieng.judgement.reasons import reason_text
from kieng.judgement.standing import Standing
from kieng.judgement.trajectory import expected_on
from kieng.judgement.universal import universal
from kieng.measurement.measurement import VALUE_DIGITS, Coverage, Measurement, Status
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.target import Target, TargetKind
from kieng.words import Name


@dataclass(frozen=True)
class Judgement:
    """A standing, why, and by how much. Figures are in the indicator's unit, to nine places.

    ``expected``: what the trajectory asks for at the end of the measured period. ``distance`` (to what
    is expected) and ``gap_to_target`` are negative by how much the figure falls short.
    ``coverage_note`` and ``notes`` (estimate, chance) qualify a standing and never change it.
    """

    standing: Standing
    reason: Name
    expected: Decimal | None = None
    distance: Decimal | None = None
    gap_to_target: Decimal | None = None
    coverage_note: Name | None = None
    notes: tuple[Name, ...] = ()

    @property
    def all_notes(self) -> tuple[Name, ...]:
        """What a reader should know beside the standing: coverage, then estimate and chance."""
        return (*((self.coverage_note,) if self.coverage_note else ()), *self.notes)


@dataclass(frozen=True)
class _Course:
    """What a value is held against."""

    aim: Aim
    expected: Fraction | None
    distance: Fraction | None
    goal: Name


def judge(
    target: Target,
    indicator: Indicator,
    measurement: Measurement | None,
    today: date,
    parameters: Parameters | None = None,
) -> Judgement:
    """The standing of ``target`` on ``today`` by ``measurement``: the first there is for one of
    :func:`kieng.judgement.due.periods_for`, None when there is none."""
    thresholds = parameters or built_in()
    if is_closed(target, today):
        return _closed(target, indicator, measurement)
    if target.kind is TargetKind.UNIVERSAL:
        return Judgement(*universal(target, indicator, measurement, today))
    doubt = _why_unknown(target, indicator, measurement, today, thresholds)
    if doubt is not None or measurement is None or measurement.value is None:
        return Judgement(Standing.UNKNOWN, doubt or NO_NUMBER[Status.NO_DATA])
    aim = aim_of(target, indicator)
    if aim is None:
        why = Name("Chưa có số gốc để so sánh", "There is no baseline to compare with")
        return Judgement(Standing.UNKNOWN, why)
    course = _course(target, indicator, aim, measurement, measurement.value)
    standing, reason = _stand(target, indicator, measurement, measurement.value, course, today)
    return Judgement(
        standing=standing,
        reason=reason,
        expected=_exact(course.expected),
        distance=_exact(course.distance),
        gap_to_target=aim.gap(measurement.value),
        coverage_note=_coverage_note(measurement.coverage),
        notes=(
            *_told_by(measurement, period_for(target, indicator, today)),
            *(() if is_due(target, today) else _chance(measurement, indicator, course, thresholds)),
        ),
    )


# --- without a figure -------------------------------------------------------------------


def _closed(target: Target, indicator: Indicator, measurement: Measurement | None) -> Judgement:
    if measurement is None or measurement.value is None:
        last = Name("không có số cuối", "there is no last figure")
    else:
        value = figure(measurement.value, indicator)
        last = both("số cuối {v} (kỳ {p})", "last figure {v} ({p})", v=value, p=measurement.period)
    return Judgement(
        Standing.CLOSED,
        both(
            "Khép lại từ {closes}: {because}; {last}",
            "Closed from {closes} on: {because}; {last}",
            closes=day(target.closes or target.by),
            because=target.because or "",
            last=last,
        ),
    )


def _why_unknown(
    target: Target,
    indicator: Indicator,
    measurement: Measurement | None,
    today: date,
    thresholds: Parameters,
) -> Name | None:
    """Why there is no figure that could be judged, or None when there is one."""
    if measurement is None:
        return NO_NUMBER[Status.NO_DATA]
    if measurement.status is not Status.VALUE:
        return _no_number(measurement)
    return _wrong_period(target, indicator, measurement, today) or _too_thin(measurement, thresholds)


def _no_number(measurement: Measurement) -> Name:
    """Which kind of "no number" it is, and why, unless that says the same once more."""
    said, reason = NO_NUMBER[measurement.status], measurement.reason
    if reason is None or reason == measurement.status.value:
        return said
    return both("{said}: {why}", "{said}: {why}", said=said, why=reason_text(reason))


def _wrong_period(target: Target, indicator: Indicator, measurement: Measurement, today: date) -> Name | None:
    last = measurement.period.last_day
    if last > target.by:
        vi = "Kỳ {p} kết thúc sau hạn {by}: số của kỳ sau không thay cho số đến hạn"
        en = "{p} ends after the deadline {by}: a later figure does not stand for the deadline's"
        return both(vi, en, p=measurement.period, by=day(target.by))
    due = deadline_period(target, indicator)
    if is_due(target, today) and (due is None or due.last_day != last):
        vi = "Đã hết hạn {by} mà chưa có số của kỳ đến hạn {due}"
        en = "The deadline {by} is over and its period {due} has no figure"
        return both(vi, en, by=day(target.by), due=due or "")
    return None


def _too_thin(measurement: Measurement, thresholds: Parameters) -> Name | None:
    least = thresholds.on("least_coverage", measurement.period.last_day)
    if _share(measurement.coverage) >= least:
        return None
    vi = "Mới có {reporting}/{expected} đơn vị có số liệu{people}, chưa đủ để đánh giá"
    en = "Only {reporting} of {expected} agencies have data{people}, too few to judge"
    return _covered(measurement.coverage, vi, en)


def _share(coverage: Coverage) -> Fraction:
    """The smaller of the share of agencies and of people that are covered; 1 where none is expected."""
    agencies = Fraction(coverage.reporting, coverage.expected) if coverage.expected else Fraction(1)
    people = agencies if coverage.people_share is None else Fraction(coverage.people_share)
    return min(agencies, people)


def _covered(coverage: Coverage, vi: str, en: str) -> Name:
    people = Name("", "")
    if coverage.people_share is not None:
        share = number(coverage.people_share * 100, 1)
        people = both(" ({share}% dân số)", " ({share}% of the people)", share=share)
    return both(vi, en, reporting=coverage.reporting, expected=coverage.expected, people=people)


def _coverage_note(coverage: Coverage) -> Name | None:
    if _share(coverage) >= 1:
        return None
    vi, en = "{reporting}/{expected} đơn vị có số liệu{people}", "{reporting} of {expected} agencies{people}"
    return _covered(coverage, vi, en)


# --- with a figure --------------------------------------------------------------------


def _course(
    target: Target, indicator: Indicator, aim: Aim, measurement: Measurement, value: Decimal
) -> _Course:
    goal = target_text(target, indicator)
    expected = _expected(target, aim, measurement.period.last_day)
    if expected is None:
        return _Course(aim, None, None, goal)
    ahead = Fraction(value) - expected
    return _Course(aim, expected, ahead if leads_up(target, aim) else -ahead, goal)


def _expected(target: Target, aim: Aim, last_day: date) -> Fraction | None:
    """What the trajectory asks for; a baseline that already fulfils the target has only to be kept."""
    baseline = target.baseline
    if baseline is not None and not target.milestones and aim.holds(baseline.value):
        limit = aim.low if aim.is_floor else aim.high if aim.is_ceiling else None
        return None if limit is None else Fraction(limit)
    return expected_on(target, goal_of(target, aim), last_day)


def _stand(
    target: Target,
    indicator: Indicator,
    measurement: Measurement,
    value: Decimal,
    course: _Course,
    today: date,
) -> tuple[Standing, Name]:
    fulfilled = course.aim.holds(value)
    if target.kind is TargetKind.DONE and fulfilled and measurement.state == "estimate":
        vi, en = (
            "Mới chỉ được ước là hoàn thành, chưa có kiểm chứng",
            "Done by estimate only, without evidence",
        )
        return (Standing.UNKNOWN if is_due(target, today) else Standing.ON_COURSE), Name(vi, en)
    if is_due(target, today):
        return _after(target, indicator, value, course, fulfilled)
    if fulfilled:
        return _kept(target, indicator, value, course)
    return _on_the_way(target, indicator, value, course)


def _after(
    target: Target, indicator: Indicator, value: Decimal, course: _Course, fulfilled: bool
) -> tuple[Standing, Name]:
    said = {"v": figure(value, indicator, target.value), "goal": course.goal, "by": day(target.by)}
    if target.kind is TargetKind.DONE:
        return _done_after(fulfilled, said)
    if fulfilled:
        return Standing.MET, both("{v}, đạt {goal} vào {by}", "{v} met {goal} by {by}", **said)
    short = _short(course.aim.gap(value), indicator)
    vi, en = "{v}, không đạt {goal} vào {by}{short}", "{v} missed {goal} by {by}{short}"
    return Standing.MISSED, both(vi, en, **said, short=short)


def _done_after(fulfilled: bool, said: dict[str, Name]) -> tuple[Standing, Name]:
    if fulfilled:
        return Standing.MET, both("Hoàn thành trước {by}", "Done by {by}", **said)
    return Standing.MISSED, both("Chưa hoàn thành vào {by}", "Not done by {by}", **said)


def _kept(target: Target, indicator: Indicator, value: Decimal, course: _Course) -> tuple[Standing, Name]:
    said = {"v": figure(value, indicator, target.value), "goal": course.goal, "by": day(target.by)}
    if target.kind is TargetKind.DONE:
        return Standing.MET, Name("Đã hoàn thành", "Done")
    if course.aim.is_floor and target.kind is not TargetKind.DIRECTION:
        return Standing.MET, both("{v}, đã đạt {goal} trước hạn", "{v} has met {goal} before its day", **said)
    vi, en = "{v}, đang giữ được {goal}; xét vào hạn {by}", "{v} keeps {goal}; the deadline {by} decides"
    return Standing.ON_COURSE, both(vi, en, **said)


def _on_the_way(
    target: Target, indicator: Indicator, value: Decimal, course: _Course
) -> tuple[Standing, Name]:
    said = {"v": figure(value, indicator, target.value), "goal": course.goal, "by": day(target.by)}
    if target.kind is TargetKind.DONE:
        vi, en = "Chưa hoàn thành; chưa đến hạn {by}", "Not done yet; not due before {by}"
        return Standing.ON_COURSE, both(vi, en, **said)
    if _beyond(target, course, value):
        vi, en = "{v}, đã vượt ra ngoài {goal}", "{v} has gone beyond {goal}"
        return Standing.LATE, both(vi, en, **said)
    if course.expected is None or course.distance is None:
        vi = "{v}, chưa đạt {goal}; chưa có số gốc nên không có lộ trình để so sánh trước hạn {by}"
        en = "{v} does not meet {goal} yet; without a baseline only the deadline {by} decides"
        return Standing.UNKNOWN, both(vi, en, **said)
    way = figure(_exact(course.expected) or Decimal(0), indicator, value)
    if course.distance >= 0:
        vi, en = "{v}, kịp lộ trình {way} đến {goal}", "{v} keeps up with {way} on the way to {goal}"
        return Standing.ON_COURSE, both(vi, en, **said, way=way)
    short = _short(_exact(course.distance) or Decimal(0), indicator)
    vi, en = (
        "{v}, chậm so với lộ trình {way} đến {goal}{short}",
        "{v} is behind {way} on the way to {goal}{short}",
    )
    return Standing.LATE, both(vi, en, **said, way=way, short=short)


def _beyond(target: Target, course: _Course, value: Decimal) -> bool:
    """Whether a value has left a range: past its far end, or out of one that the baseline kept."""
    aim, baseline = course.aim, target.baseline
    if aim.low is None or aim.high is None or baseline is None:
        return False
    if course.expected is None:
        return not aim.holds(value)
    return value > aim.high if leads_up(target, aim) else value < aim.low


def _short(distance: Decimal, indicator: Indicator) -> Name:
    """ ", còn thiếu 2 người": by how much; nothing where the limit itself was not enough."""
    if distance >= 0:
        return Name("", "")
    return both(", còn thiếu {d}", ", short by {d}", d=difference(-distance, indicator))


def _told_by(measurement: Measurement, newest: Period | None) -> Iterator[Name]:
    """What kind of figure a standing rests on, where that is not a final figure of the newest period."""
    if measurement.state == "estimate":
        yield Name("Theo số ước, chưa phải số chính thức", "By estimate, not by a final figure")
    if measurement.state == "provisional":
        yield Name("Theo số sơ bộ", "By a provisional figure")
    if newest is not None and measurement.period.last_day < newest.last_day:
        vi, en = "Theo số gần nhất, kỳ {p}", "By the last figure there is, of {p}"
        yield both(vi, en, p=measurement.period)


def _chance(
    measurement: Measurement, indicator: Indicator, course: _Course, thresholds: Parameters
) -> Iterator[Name]:
    """A word of warning when target or trajectory lie within what chance alone makes of a share."""
    z = thresholds.on("interval_z", measurement.period.last_day)
    interval = interval_of(measurement, indicator, z)
    held_against = [x for x in (course.expected, course.aim.low, course.aim.high) if x is not None]
    if interval is None or not any(interval[0] <= x <= interval[1] for x in held_against):
        return
    vi = "Với mẫu số {n}, khác biệt nằm trong khoảng ngẫu nhiên {low}–{high}%"
    en = "With a denominator of {n} the difference lies within chance, {low}–{high}%"
    low, high = number(interval[0], 1), number(interval[1], 1)
    yield both(vi, en, n=number(measurement.denominator or Decimal(0)), low=low, high=high)


def _exact(value: Fraction | None) -> Decimal | None:
    """A fraction to nine places, the half going to the even digit."""
    if value is None:
        return None
    return Decimal(round(value * 10**VALUE_DIGITS)).scaleb(-VALUE_DIGITS)
