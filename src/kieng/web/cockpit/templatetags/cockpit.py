"""Pictures of the cockpit, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kieng.judgement import phrases
from kieng.judgement.aim import aim_of
from kieng.judgement.control_chart import Chart
from kieng.judgement.coverage_words import coverage_text
from kieng.judgement.ends import course_in_words
from kieng.judgement.phrases import (
    NO_MARK,
    ORIGIN_WORDS,
    STATE_WORDS,
    both,
    difference,
    figure,
    made_up,
    number,
)
from kieng.judgement.why import Contribution
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import WEIGHT_UNIT
from kieng.measurement.value import rounded
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain
from kieng.problem_words import in_vietnamese
from kieng.problems import UserError
from kieng.records.batch import Origin
from kieng.trace.trace import TracedRecord
from kieng.web.cockpit.comparing import Among
from kieng.web.cockpit.detail import Detail
from kieng.web.cockpit.reads import Row, series
from kieng.web.door import State
from kieng.web.pictures import control, funnel, way
from kieng.web.pictures.bullet import bullet
from kieng.web.pictures.spark import Dot, spark
from kieng.web.templatetags.kieng import part_here, tell
from kieng.words import Name

register = template.Library()
_POINTS = 24
_NOT_WHOLE = Name("Chấm rỗng: kỳ chưa đủ số liệu.", "Hollow: the period is not complete.")
_OF_A_PART = Name(
    "Chấm rỗng: cơ quan chỉ hoạt động trong một phần của kỳ.",
    "Hollow: the agency was there for a part of the period.",
)


@register.simple_tag
def row_spark(state: State, row: Row) -> SafeString:
    """The last figures of a target's row, of the shortest period there is."""
    return indicator_spark(state, row.measurement, row.against)


@register.simple_tag
def indicator_spark(state: State, found: Measurement | None, against: Decimal | None = None) -> SafeString:
    """The last figures of an agency and indicator, of the shortest period there is."""
    if found is None:
        return mark_safe("")
    known = [m for m in series(state, found.indicator, found.agency).values() if not m.running]
    shortest = min((m.period.grain for m in known), key=lambda grain: grain.months, default=Grain.YEAR)
    shown = [m for m in known if m.period.grain is shortest][-_POINTS:]
    if len([m for m in shown if m.value is not None]) < 2:
        return mark_safe("")
    indicator = state.definitions.indicators[found.indicator]
    told = [m for m in shown if m.value is not None]
    finding = course_in_words(state.definitions, indicator, told) or NO_MARK
    dots = [Dot(m.value, m.state in ("estimate", "provisional"), any(part_here(m))) for m in shown]
    return mark_safe(spark(dots, against, _text(indicator.name), _text(finding), mark=_mark(shown)))


@register.simple_tag
def row_bullet(row: Row) -> SafeString:
    """A figure against its target and what the way to it expects by now; "" where there is no limit."""
    aim = aim_of(row.target, row.indicator)
    value = row.measurement.value if row.measurement else None
    limit = None if aim is None else aim.low if aim.low is not None else aim.high
    if value is None or limit is None:
        return mark_safe("")
    expected = row.line.judgement.expected
    running = row.measurement is not None and row.measurement.running
    said = both("{v}; {asks}", "{v}; {asks}", v=figure(value, row.indicator), asks=row.asks)
    return mark_safe(
        bullet(
            value,
            limit,
            expected,
            row.standing.value,
            _text(row.indicator.name),
            _text(said),
            running,
            mark=_mark([row.measurement]),
        )
    )


@register.simple_tag
def way_picture(state: State, shown: Detail) -> SafeString:
    """Both readings in time, with what was asked for and every break."""
    marks: dict[str, str] = {event.id: str(n) for n, event in enumerate(shown.events, 1)}
    points = [
        way.Point(
            str(tell(step.period)),
            step.as_was.value if step.as_was else None,
            step.on_today.value if step.on_today else None,
            step.expected,
            ", ".join(marks[event.id] for event in step.events),
            _is_running(step.as_was) or _is_part(step.as_was),
            _is_running(step.on_today) or _is_part(step.on_today),
        )
        for step in shown.steps
    ]
    mark = _mark(one for step in shown.steps for one in (step.as_was, step.on_today))
    finding = _text(_way_finding(state, shown))
    return mark_safe(way.way(points, _text(shown.indicator.name), finding, _number, mark=mark))


def _is_running(found: Measurement | None) -> bool:
    return found is not None and found.value is not None and found.running


def _is_part(found: Measurement | None) -> bool:
    return found is not None and found.value is not None and any(part_here(found))


@register.simple_tag
def way_hollow(shown: Detail) -> str:
    """What the hollow dots of the picture say; nothing where there is none."""
    words = [
        words
        for words, of in ((_NOT_WHOLE, _is_running), (_OF_A_PART, _is_part))
        if any(of(found) for one in shown.steps for found in (one.as_was, one.on_today))
    ]
    return " ".join(_text(one) for one in words)


def _way_finding(state: State, shown: Detail) -> Name:
    known = [s.as_was for s in shown.steps if s.as_was is not None and s.as_was.value is not None]
    said = course_in_words(state.definitions, shown.indicator, known)
    if said is None:
        return Name("chưa có số theo địa giới tại thời điểm đó", "no figures as it was")
    vi, en = "{s}; {k} lần sắp xếp lại đơn vị", "{s}; {k} reorganisations"
    return both(vi, en, s=said, k=len(shown.events))


@register.simple_tag
def funnel_picture(state: State, found: Among, agency: str) -> SafeString:
    """All but the diamond is drawn once, for every agency in it."""
    title = Name("Biểu đồ phễu", "Funnel plot")
    key = ("funnel-ground", found.key, get_language())
    ground = state.once(key, lambda: funnel.ground(found.funnel, _number, _text, found.running))
    finding, mark = _text(found.funnel.finding), _text(found.mark)
    return mark_safe(funnel.funnel(found.funnel, agency, ground, _text(title), finding, mark=mark))


@register.simple_tag
def among_rows(state: State, found: Among, beside: Measurement) -> SafeString:
    """The rows that say the same as the funnel: made once, for every agency in it."""
    indicator = state.definitions.indicators[beside.indicator]
    told = {"among": found, "indicator": indicator, "beside": beside}
    key = ("funnel-rows", found.key, get_language())
    return state.once(key, lambda: render_to_string("cockpit/_among.html", told))


@register.simple_tag
def control_picture(state: State, chart: Chart, found: Measurement) -> SafeString:
    """The figures of the agency and indicator that ``found`` is of."""
    title = Name("Biểu đồ kiểm soát", "Control chart")
    drawn = {one.period for one in chart.points}
    figures = [one for p, one in series(state, found.indicator, found.agency).items() if p in drawn]
    return mark_safe(
        control.control(chart, _text(title), _text(chart.finding), _number, tell, mark=_mark(figures))
    )


@register.simple_tag
def share_bar(length: int, css: str) -> SafeString:
    """A bar of 0 to 100 beside the number that says the same."""
    bar = f'<rect class="{escape(css)}" width="{int(length)}" height="8" fill="currentColor"/>'
    return mark_safe(
        f'<svg class="share" viewBox="0 0 100 8" width="100" height="8" aria-hidden="true">{bar}</svg>'
    )


@register.simple_tag
def marks(found: Measurement | None) -> SafeString:
    """What kind of figure it is: its origins, its state, whether it was shared out by a weight."""
    if found is None:
        return mark_safe("")
    said = [
        (("synthetic" if one is Origin.SYNTHETIC else "origin"), ORIGIN_WORDS[one]) for one in found.origins
    ]
    if found.state in ("estimate", "provisional"):
        said.append(("state", STATE_WORDS[found.state]))
    if found.weighted:
        said.append(("weighted", both("theo trọng số {w}", "by weight: {w}", w=found.weighted)))
    return mark_safe(" ".join(f'<span class="{css}">{escape(_text(name))}</span>' for css, name in said))


@register.simple_tag
def covered(found: Measurement | None) -> str:
    """How many agencies of how many have data, and what the others have said."""
    told = None if found is None else coverage_text(found.coverage)
    return "" if told is None else _text(told)


@register.simple_tag
def lacking(found: Measurement | None) -> SafeString:
    """The coverage beside a figure that some have not reported for, so that it is not read as one of all."""
    if found is None or found.value is None or found.coverage.reporting >= found.coverage.expected:
        return mark_safe("")
    return mark_safe(f' <span class="coverage partial">{escape(covered(found))}</span>')


def _text(name: Name) -> str:
    return str(tell(name))


def _mark(figures: Iterable[Measurement | None]) -> str:
    """The word for made-up figures where there are some among those drawn."""
    return _text(made_up(figures))


def _number(value: Decimal) -> str:
    return _text(number(value, 2))


@register.simple_tag
def amount(found: Contribution, indicator: Indicator) -> str:
    """What a part makes of the distance; a dash where there is none."""
    return "–" if found.shown is None else gap(found.shown, indicator)


@register.simple_tag
def gap(value: Decimal | None, indicator: Indicator) -> str:
    """A difference with its sign."""
    if value is None:
        return "–"
    return ("+" if value > 0 else "") + _text(difference(value, indicator))


@register.simple_tag
def percent(share: Fraction) -> str:
    return _text(phrases.percent(rounded(share)))


@register.simple_tag
def weight(value: int) -> str:
    """Which part of a record counts: all of it, or so many percent."""
    return _text(phrases.percent(rounded(Fraction(value, WEIGHT_UNIT)), 4))


@register.simple_tag
def origin(found: Origin) -> SafeString:
    css = "synthetic" if found is Origin.SYNTHETIC else "origin"
    return mark_safe(f'<span class="{css}">{escape(_text(ORIGIN_WORDS[found]))}</span>')


@register.simple_tag
def counts_in(traced: TracedRecord, aggregate: int) -> str:
    """Whether a version counts in an aggregate of the formula."""
    if aggregate >= len(traced.counted):
        return ""
    return _text(Name("có", "yes") if traced.counted[aggregate] else Name("không", "no"))


@register.simple_tag
def cell(value: object) -> object:
    """A field's value as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _text(Name("có", "yes") if value else Name("không", "no"))
    if isinstance(value, datetime):
        return f"{value:%H:%M} {tell(value.date())}"
    return tell(value)


@register.simple_tag
def problem_words(error: UserError) -> str:
    """What a problem says and how to mend it, in the reader's language."""
    said = []
    for one in error.problems:
        vi = in_vietnamese(one)
        vietnamese = " ".join(vi) if vi else one.why
        said.append(_text(Name(vietnamese, f"{one.why} {one.remedy}")))
    return " ".join(said)
