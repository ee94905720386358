"""What is said of a standing, each sentence by itself.

They are written as a Vietnamese official writes them: the figure and its period, what it is held against, by
how much it differs. "Đạt 6,14 % / mục tiêu 20 % (hết năm 2025), thiếu 13,86 điểm phần trăm".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kieng.judgement.aim import Aim, leads_up
from kieng.judgement.bounds import Bounds
from kieng.judgement.due import accrues
from kieng.judgement.phrases import (
    at_day,
    both,
    capital,
    day,
    deadline,
    difference,
    figure,
    number,
    part_of,
    period_of,
    range_text,
    up_to,
)
from kieng.judgement.precision import baseline_told, stated_of, told
from kieng.judgement.target_words import goal_text
from kieng.measurement.measurement import Coverage, Extent, Measurement
from kieng.measurement.value import rounded
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.stated import Stated
from kieng.plan.target import Baseline, Target, TargetKind
from kieng.words import Name

_NOTHING = Name("", "")


@dataclass(frozen=True)
class Case:
    """A figure held against a target. ``expected``: what its way asks for by now, ``distance`` to it
    (negative: short of it), ``chance`` the interval that chance alone makes of the figure, ``bounds`` what
    it could be with what is missing; None where there is none."""

    target: Target
    indicator: Indicator
    measurement: Measurement
    value: Decimal
    today: date
    aim: Aim
    expected: Fraction | None
    distance: Fraction | None
    chance: tuple[Decimal, Decimal] | None
    bounds: Bounds | None

    @property
    def holds(self) -> bool:
        return self.aim.holds(self.value)

    @property
    def is_estimate(self) -> bool:
        return self.measurement.state == "estimate"

    @property
    def is_floor(self) -> bool:
        """Whether what was reached has been reached, whatever comes."""
        return self.aim.is_floor and self.target.kind is not TargetKind.DIRECTION


# --- pieces -------------------------------------------------------------------------------


def _value(case: Case, beside: Decimal | None = None) -> Name:
    stated = stated_of(case.measurement, case.indicator)
    return told(case.value, case.indicator, stated, case.target.value if beside is None else beside)


def _when(case: Case) -> Name:
    """The period of the figure; of a running one, as far as it goes."""
    period, extent = case.measurement.period, case.measurement.extent
    if extent is None:
        return both("{p}", "{p}", p=period)
    return part_of(period, extent, accrues=accrues(case.indicator.rules[case.measurement.rule]))


def _figure(case: Case, beside: Decimal | None = None) -> Name:
    """ "93,09 % (10/2026)" """
    return capital(both("{v} ({when})", "{v} ({when})", v=_value(case, beside), when=_when(case)))


def _goal(case: Case) -> Name:
    """ "mục tiêu 20 % (hết năm 2025)" """
    goal, by = goal_text(case.target, case.indicator), deadline(case.target.by)
    if case.target.kind in (TargetKind.DIRECTION, TargetKind.ABOUT):  # they end in brackets of their own
        return both("mục tiêu {goal}, {by}", "target {goal} {by}", goal=goal, by=by)
    return both("mục tiêu {goal} ({by})", "target {goal} ({by})", goal=goal, by=by)


def gap_text(case: Case) -> Name:
    """ ", thiếu 13,86 điểm phần trăm" or ", vượt 3 người"; nothing where the limit itself was not enough or
    was just reached."""
    aim, gap = case.aim, case.aim.gap(case.value)
    if gap < 0:
        d = difference(-gap, case.indicator)
        if case.indicator.is_rank:
            return both(", kém {d}", ", {d} worse", d=d)
        if aim.low is not None and case.value < aim.low:
            return both(", thiếu {d}", ", {d} short", d=d)
        return both(", cao hơn {d}", ", {d} too high", d=d)
    beyond = _beyond_named(case)
    return both(", vượt {d}", ", {d} above", d=difference(beyond, case.indicator)) if beyond else _NOTHING


def _beyond_named(case: Case) -> Decimal | None:
    """By how much a figure is more than was named, where more is better."""
    target = case.target
    named = target.upper if target.kind is TargetKind.BETWEEN else target.value
    if not case.is_floor or target.kind is TargetKind.DONE or named is None:
        return None
    tolerance = target.tolerance or Decimal(0)
    return case.value - named if case.value > named + tolerance else None


def covered(coverage: Coverage, vi: str, en: str) -> Name:
    people = _NOTHING
    if coverage.people_share is not None:
        share = number(coverage.people_share * 100, 1)
        people = both(" ({share} % dân số)", " ({share}% of the people)", share=share)
    return both(vi, en, reporting=coverage.reporting, expected=coverage.expected, people=people)


# --- the deadline is over -----------------------------------------------------------------


def decided(case: Case) -> Name:
    """Met or missed."""
    if case.target.kind is TargetKind.DONE:
        if case.holds:
            return both(
                "Đã hoàn thành trong hạn ({by})", "Done within the deadline ({by})", by=day(case.target.by)
            )
        return both("Chưa hoàn thành vào {by}", "Not done by {by}", by=day(case.target.by))
    return both("{r}{gap}", "{r}{gap}", r=_result(case), gap=gap_text(case))


def _result(case: Case) -> Name:
    """ "Đạt 6,14 % / mục tiêu 20 % (hết năm 2025)": of a ceiling or a rank nobody says "reached"."""
    said = {"v": _value(case), "goal": _goal(case)}
    if case.is_floor:
        return both("Đạt {v} / {goal}", "Reached {v} / {goal}", **said)
    return capital(both("{v} / {goal}", "{v} / {goal}", **said))


def _result_so_far(case: Case, head: Name) -> Name:
    """ "Ước 6,14 % / mục tiêu 20 % (hết năm 2025)": nobody says "reached" of what is not settled."""
    return both("{head} {v} / {goal}", "{head} {v} / {goal}", head=head, v=_value(case), goal=_goal(case))


def open_by_estimate(case: Case) -> Name:
    if case.target.kind is TargetKind.DONE:
        vi = "Mới chỉ được ước là hoàn thành, chưa có kiểm chứng: chưa kết luận"
        return Name(vi, "Done by estimate only, without evidence: open")
    vi = "{r}: chưa kết luận vì chưa có số chính thức"
    en = "{r}: open, for there is no final figure yet"
    return both(vi, en, r=_result_so_far(case, Name("Ước", "Estimated at")))


def open_for_delivery(case: Case) -> Name:
    """The period has ended, and the records of its end have not come."""
    vi = "{r}: chưa kết luận, vì kỳ {p} chưa có đủ số liệu ({to})"
    en = "{r}: open, for the records of {p} have not all come ({to})"
    so_far = _result_so_far(case, Name("Mới tính được", "So far"))
    return both(
        vi, en, r=so_far, p=case.measurement.period, to=up_to(case.measurement.extent or Extent(case.today))
    )


def open_for_missing(case: Case) -> Name:
    """With both bounds, where what is missing has any."""
    vi, en = "{reporting}/{expected} đơn vị{people}", "{reporting} of {expected} agencies{people}"
    said = {
        "r": _result_so_far(case, Name("Mới tính được", "So far")),
        "told": covered(case.measurement.coverage, vi, en),
    }
    ends = _ends(case)
    if ends is None:
        vi = "{r}: chưa kết luận, vì mới có số của {told}; phần còn thiếu có thể làm đổi kết quả"
        en = "{r}: open, for only {told} have a figure; what is missing could turn it"
        return both(vi, en, **said)
    vi = "{r}: chưa kết luận, vì mới có số của {told}; với phần còn thiếu, kết quả {ends}"
    en = "{r}: open, for only {told} have a figure; with what is missing it is {ends}"
    return both(vi, en, **said, ends=ends)


def _ends(case: Case) -> Name | None:
    bounds = case.bounds
    if bounds is None or bounds.low is None:
        return None
    if bounds.high is None:
        return both("từ {low} trở lên", "{low} or more", low=figure(bounds.low, case.indicator))
    span = range_text(bounds.low, bounds.high, case.indicator)
    return both("trong khoảng {span}", "within {span}", span=span)


# --- the deadline is ahead ----------------------------------------------------------------


def met_before(case: Case) -> Name:
    if case.target.kind is TargetKind.DONE:
        return Name("Đã hoàn thành", "Done")
    said = {"f": _figure(case, case.target.value), "goal": _goal(case), "gap": gap_text(case)}
    return both("{f}, {goal}: đã đạt trước hạn{gap}", "{f}, {goal}: met ahead of its deadline{gap}", **said)


def reached_not_sure(case: Case, why: Name) -> Name:
    """Reached, but not so that it stands: by chance, by an estimate, without what is missing."""
    said = {"f": _figure(case), "goal": _goal(case), "why": why}
    vi = "{f}, {goal}: đúng tiến độ, chưa kết luận là đạt vì {why}"
    en = "{f}, {goal}: on course, not yet called met: {why}"
    return both(vi, en, **said)


def by_chance(case: Case) -> Name:
    vi = "khoảng dao động ngẫu nhiên {span} chưa nằm trọn trên mục tiêu"
    en = "the interval of chance, {span}, is not all on the good side"
    return both(vi, en, span=_chance(case))


def by_estimate(case: Case) -> Name:
    return Name("mới là số ước", "it is an estimate")


def by_missing(case: Case) -> Name:
    vi = "mới có số của {reporting}/{expected} đơn vị{people}"
    en = "only {reporting} of {expected} agencies{people} have a figure"
    return covered(case.measurement.coverage, vi, en)


def _chance(case: Case) -> Name:
    low, high = case.chance or (case.value, case.value)
    return range_text(low, high, case.indicator)


def kept(case: Case) -> Name:
    """What has to hold on the deadline itself holds now."""
    said = {"f": _figure(case), "goal": _goal(case)}
    return both("{f}, {goal}: đang giữ được", "{f}, {goal}: kept so far", **said)


def beyond(case: Case) -> Name:
    said = {"f": _figure(case), "goal": _goal(case), "gap": gap_text(case)}
    return both("{f}, {goal}: đã ra ngoài{gap}", "{f}, {goal}: it has gone beyond{gap}", **said)


def on_the_way(case: Case) -> Name:
    vi, en = "{f}, lộ trình {way}: đúng tiến độ", "{f}, the trajectory asks for {way}: on course"
    return both(vi, en, **_against_way(case))


def behind_within_chance(case: Case) -> Name:
    vi = "{f}, lộ trình {way}: đúng tiến độ, vì chênh lệch nằm trong khoảng dao động ngẫu nhiên {span}"
    en = "{f}, the trajectory asks for {way}: on course, for the difference lies within chance, {span}"
    return both(vi, en, **_against_way(case), span=_chance(case))


def behind(case: Case) -> Name:
    d = difference(rounded(abs(case.distance or Fraction(0))), case.indicator)
    vi, en = "{f}, lộ trình {way}: chậm {d}", "{f}, the trajectory asks for {way}: {d} behind"
    return both(vi, en, **_against_way(case), d=d)


def _against_way(case: Case) -> dict[str, Name]:
    expected = rounded(case.expected or Fraction(0))
    way = figure(expected, case.indicator, case.value, case.target.out_of)
    return {"f": _figure(case, expected), "way": way}


def not_due(case: Case) -> Name:
    """No way to hold the figure against: the gap alone."""
    target, gap = case.target, case.aim.gap(case.value)
    if target.kind is TargetKind.DONE:
        return both("Chưa hoàn thành; hạn {by}", "Not done yet; due {by}", by=day(target.by))
    said = {"f": _figure(case), "goal": _goal(case)}
    if target.kind is TargetKind.DIRECTION:
        return both("{f}, {goal}: chưa đạt", "{f}, {goal}: not yet", **said)
    if gap == 0 and case.aim.is_ceiling:
        return both("{f}, {goal}: vừa chạm mức, chưa xuống dưới", "{f}, {goal}: at it, not below it", **said)
    if gap == 0:
        return both("{f}, {goal}: vừa chạm mức, chưa vượt", "{f}, {goal}: at it, not beyond it", **said)
    d, up = difference(-gap, case.indicator), leads_up(target, case.aim)
    vi, en = ("{f}, {goal}: còn thiếu {d}", "{f}, {goal}: {d} to go")
    if case.indicator.is_rank:
        vi = "{f}, {goal}: còn kém {d}"
    elif not up:
        vi, en = ("{f}, {goal}: còn phải giảm {d}", "{f}, {goal}: {d} to come down")
    return both(vi, en, **said, d=d)


# --- no figure, or none that could be compared --------------------------------------------------


def due_no_figure(target: Target, due: Period | None, why: Name | None, owed_by: Name | None) -> Name:
    """``owed_by`` says who reported that there is none, too: ``why`` is for want of it."""
    said = both(
        "Đến hạn {by} mà chưa có số của kỳ {due}",
        "Due {by}, and there is no figure of {due}",
        by=day(target.by),
        due=due or day(target.by),
    )
    if owed_by is None:
        return said if why is None else both("{s} ({why})", "{s} ({why})", s=said, why=why)
    return both("{s}; {who}", "{s}; {who}", s=said, who=owed_by)


def no_data(target: Target, why: Name | None) -> Name:
    said = both("Chưa có số liệu; hạn {by}", "No data yet; due {by}", by=day(target.by))
    return said if why is None else both("{s} ({why})", "{s} ({why})", s=said, why=why)


def too_thin(measurement: Measurement) -> Name:
    vi = "Mới có {reporting}/{expected} đơn vị có số{people}, chưa đủ để đánh giá"
    en = "Only {reporting} of {expected} agencies have data{people}, too few to judge"
    return covered(measurement.coverage, vi, en)


def other_field(
    indicator: Indicator, measurement: Measurement, field: int, asked: int, baseline: Baseline | None
) -> Name:
    """A rank among other ones than the promise was made among."""
    value = measurement.value or Decimal(0)
    said = {
        "v": figure(value, indicator, out_of=field),
        "p": measurement.period,
        "asked": asked,
        "start": figure(baseline.value, indicator, out_of=asked) if baseline else "",
        "when": at_day(baseline.on) if baseline else "",
    }
    if baseline is None:
        vi = "{v} ({p}) không so được với mục tiêu đặt trong {asked} đơn vị"
        return capital(both(vi, "{v} ({p}) does not compare with a target among {asked}", **said))
    vi = "{v} ({p}) không so được với {start} ({when}), vì số đơn vị được xếp hạng đã khác"
    en = "{v} ({p}) does not compare with {start} ({when}): others are ranked"
    return capital(both(vi, en, **said))


def started(indicator: Indicator, baseline: Baseline) -> Name:
    """Of a baseline that no document gives."""
    said = {"v": baseline_told(baseline, indicator), "on": day(baseline.on)}
    vi = "Lấy số đo đầu tiên {v} ({on}) làm số gốc, theo kế hoạch"
    return both(vi, "The first measurement, {v} ({on}), is the baseline, as the plan says", **said)


def field_gone(indicator: Indicator, newest: Stated, measurement: Measurement, baseline: Baseline) -> Name:
    """A rank that compares, but none to come will: others are ranked by now."""
    last = told(measurement.value or Decimal(0), indicator, stated_of(measurement, indicator))
    vi = "Nay xếp trong {n} đơn vị, không còn so được với {start} ({when}); so được lần cuối: {last} ({p})"
    en = (
        "Now {n} are ranked, which no longer compares with {start} ({when}); the last that does: {last} ({p})"
    )
    said = {"n": newest.out_of, "last": last, "p": measurement.period, "when": at_day(baseline.on)}
    return both(vi, en, start=figure(baseline.value, indicator, out_of=baseline.out_of), **said)


def closed(target: Target, indicator: Indicator, measurement: Measurement | None) -> Name:
    if measurement is None or measurement.value is None:
        last = Name("không có số cuối", "there is no last figure")
    else:
        value = figure(measurement.value, indicator)
        last = both("số cuối {v} (kỳ {p})", "last figure {v} ({p})", v=value, p=measurement.period)
    return both(
        "Khép lại từ {closes}: {because}; {last}",
        "Closed from {closes} on: {because}; {last}",
        closes=day(target.closes or target.by),
        because=target.because or "",
        last=last,
    )


def no_share(indicator: Indicator, measurement: Measurement) -> Name:
    """A percentage that no share of a whole can be decides nothing."""
    return both(
        "{v} ({p}): tỷ lệ của một tổng thể chỉ từ 0 đến 100 %, chưa kết luận;"
        " đề nghị đơn vị báo cáo rà soát lại số này",
        "{v} ({p}): a share of a whole is from 0 to 100%, open; whoever reported this figure should check it",
        v=figure(measurement.value or Decimal(0), indicator),
        p=period_of(measurement),
    )


def rests_on_estimate() -> Name:
    """Beside a standing that rests on no final figure."""
    return Name("Theo số ước, chưa phải số chính thức", "By estimate, not by a final figure")
