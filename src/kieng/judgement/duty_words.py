"""Who owes a figure, in words: "Sở Khoa học và Công nghệ chưa gửi số kỳ 2025, hạn 10/01/2026"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kieng.judgement.duties import (
    Duty,
    Lack,
    Lookup,
    OpenDuty,
    answering_today,
    lack_of,
    owes,
    reported_every,
)
from kieng.judgement.leads import lead_said, leads_on, reaches
from kieng.judgement.phrases import both, day, number
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.words import Name

_MOST_NAMED = 3
_NOBODY = Name(
    "không cơ quan nào có nhiệm vụ báo cáo số này", "no agency is under a duty to report this figure"
)


def who_owes(
    definitions: Definitions,
    indicator: str,
    agency: str,
    period: Period,
    today: date,
    lookup: Lookup = lambda indicator, agency, period: None,
) -> Name:
    """Who still owes what the figure of ``agency`` rests on, by when, and who answers for it today where
    that is another; who has reported that there is none; where nobody had to report, why, and who leads."""
    owed = owes(definitions, indicator, agency, period)
    if owed:
        return _still_owed(definitions, owed, today, lookup)
    found = leads_on(definitions, definitions.indicators[indicator].leads, today)
    leads = [one for one in found if reaches(definitions, one.agency, agency, today)]
    nobody = _nobody(definitions, indicator, period)
    if not leads:
        return nobody
    names = [lead_said(definitions.tree.name(one.agency, today), one) for one in leads]
    return both("{none}; chủ trì: {who}", "{none}; lead: {who}", none=nobody, who=listed(names))


def _still_owed(definitions: Definitions, owed: Sequence[Duty], today: date, lookup: Lookup) -> Name:
    """Who has said that there is no figure owes none."""
    lacks = [lack_of(duty, lookup(duty.indicator, duty.agency, duty.kept_in)) for duty in owed]
    open_ = [one for one in lacks if one is not None and one.lack is Lack.FIGURE]
    silent = [one.duty for one in open_ if not one.said_none]
    blank = [one.duty for one in open_ if one.said_none]
    if not open_:
        return _ALL_SENT
    if not silent:
        return _all_blank(definitions, blank)
    said = _owed_said(definitions, silent, today)
    if not blank:
        return said
    vi, en = "{said}; {n} đơn vị khác đã báo không có số liệu", "{said}; {n} {others} reported “no data”"
    others = "other" if len(blank) == 1 else "others"
    return both(vi, en, said=said, n=number(Decimal(len(blank)), 0), others=others)


_ALL_SENT = Name(
    "các đơn vị phải báo cáo đều đã gửi số hoặc báo không áp dụng",
    "all who had to report have done so, or said that it does not apply to them",
)


def _all_blank(definitions: Definitions, blank: Sequence[Duty]) -> Name:
    if len(blank) > 1:
        vi, en = (
            "cả {n} đơn vị phải báo cáo đều báo không có số liệu",
            "all {n} who had to report said “no data”",
        )
        return both(vi, en, n=number(Decimal(len(blank)), 0))
    who = agencies_said(definitions, blank[0].senders, blank[0].period.last_day)
    return both("{who} đã báo không có số liệu", "{who} reported “no data”", who=who)


def _owed_said(definitions: Definitions, owed: Sequence[Duty], today: date) -> Name:
    then = list(dict.fromkeys(sender for duty in owed for sender in duty.senders))
    now = answering_today(definitions, owed, today)
    who = agencies_said(definitions, then, owed[-1].period.last_day)
    due = day(max(duty.due for duty in owed))
    said = both("{who} phải báo cáo, hạn {due}", "{who} to report, due {due}", who=who, due=due)
    if set(now) == set(then):
        return said
    if not now:
        vi, en = "{said}; nay không còn cơ quan nào kế thừa", "{said}; nobody has come after them"
        return both(vi, en, said=said)
    vi, en = "{said}; nay {heirs} trả lời", "{said}; today {heirs} to answer for it"
    return both(vi, en, said=said, heirs=agencies_said(definitions, now, today))


def _nobody(definitions: Definitions, indicator: str, period: Period) -> Name:
    """Why nobody had to report: it is counted from records, the levels that report had ended, or nobody is
    asked to."""
    rule = definitions.indicators[indicator].rule_for(period)
    record = definitions.record_types.get(rule.record) if rule else None
    if record is not None and not record.carries_figures:
        vi = "số này đếm từ bản ghi “{record}”, không có báo cáo riêng"
        en = "it is counted from the records “{record}”, no report of its own is owed"
        return both(vi, en, record=Name(record.name.vi.lower(), record.name.en.lower()))
    if rule is None or reported_every(rule, definitions) is None:
        return _NOBODY
    held = definitions.tree.on(period.last_day).level_of.values()
    levels = [definitions.tree.levels[one].name for one in rule.reporters]
    if any(level in held for level in rule.reporters) or not levels:
        return _NOBODY
    vi, en = (
        "đến cuối kỳ không còn {levels} để báo cáo",
        "at the period's end there was no {levels} left to report",
    )
    named = [Name(level.vi.lower(), level.en.lower()) for level in levels]
    return both(vi, en, levels=listed(named))


def agencies_said(definitions: Definitions, agencies: Sequence[str], on: date) -> Name:
    """A few agencies by name; of many, how many of which levels."""
    if len(agencies) <= _MOST_NAMED:
        return listed([definitions.tree.name(agency, on) for agency in agencies])
    tree, levels = definitions.tree.on(on), definitions.tree.levels
    counted: dict[str, int] = {}
    for agency in agencies:
        level = tree.level_of[agency]
        counted[level] = counted.get(level, 0) + 1
    return listed(
        [
            both(
                "{n} {kind}",
                "{n} {agencies} ({kind})",
                n=number(Decimal(count), 0),
                agencies="agency" if count == 1 else "agencies",
                kind=Name(levels[level].name.vi.lower(), levels[level].name.en.lower()),
            )
            for level, count in counted.items()
        ]
    )


def duty_said(one: OpenDuty, today: date) -> Name:
    """What an open duty waits for: "kỳ quý 3/2026: chưa có số, hạn 10/10/2026, quá hạn 51 ngày"."""
    if one.lack is Lack.CONFIRMATION:
        what = Name("chờ chốt số chính thức", "to be confirmed")
    elif one.said_none:
        what = Name("đã báo là chưa có số liệu", "reported as having no figure yet")
    else:
        what = Name("chưa gửi số", "no figure sent")
    return both(
        "kỳ {p}: {what}, {due}", "{p}: {what}, {due}", p=one.duty.period, what=what, due=due_said(one, today)
    )


def due_said(one: OpenDuty, today: date) -> Name:
    late, due = one.overdue(today), day(one.due)
    if late > 0:
        return both("hạn {due}, quá hạn {n} ngày", "due {due}, {n} {days} overdue", due=due, **_days(late))
    if late == 0:
        return both("hạn hôm nay, {due}", "due today, {due}", due=due)
    return both("hạn {due}, còn {n} ngày", "due {due}, {n} {days} left", due=due, **_days(-late))


def _days(count: int) -> dict[str, object]:
    return {"n": number(Decimal(count), 0), "days": "day" if count == 1 else "days"}


def half_said(definitions: Definitions, duty: Duty) -> Name:
    """Whose figure is to be told apart: "số riêng của Tỉnh Bình Định"."""
    tree, name = definitions.tree, definitions.tree.name(duty.agency, duty.period.last_day)
    if duty.heir is not None and name == tree.name(duty.heir, duty.period.last_day):
        name = both("{name} (cũ)", "{name}, the former one", name=name)
    return both("số riêng của {name}", "the figure of {name} alone", name=name)


def listed(names: Sequence[Name]) -> Name:
    """One after the other, with commas."""
    return Name(", ".join(one.vi for one in names), ", ".join(one.en for one in names))
