"""Figures as the public sees them: each says in its markup which figure it is."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kieng.judgement import correction
from kieng.judgement.by_area import BY_CHANCE, UNEQUAL, AreaRow, AreaSum, span_told
from kieng.judgement.coverage_words import coverage_text
from kieng.judgement.phrases import (
    NO_NUMBER,
    ORIGIN_WORDS,
    STATE_WORDS,
    difference,
    figure,
    made_up,
)
from kieng.measurement.measurement import Measurement
from kieng.plan.period import Grain, Period
from kieng.records.batch import Origin
from kieng.web.pictures.bullet import bullet as drawn_bullet
from kieng.web.pictures.spark import spark as drawn
from kieng.web.public.asked import Asked
from kieng.web.public.by_area import AreaTable
from kieng.web.public.indicator import Standpoint
from kieng.web.public.revisions import Revision, Told
from kieng.web.public.series import Spark
from kieng.web.public.shown import Shown
from kieng.web.templatetags.kieng import (
    figure_of,
    origin_data,
    part_mark,
    running_data,
    running_words,
    withheld,
)
from kieng.words import Name

register = template.Library()

_NOT_YET = Name("Chưa có số liệu", "There is no data")
_NO_AGENCY = Name("Cơ quan chưa có, hoặc không còn, trong kỳ này", "The agency did not exist in this period")
_WEIGHTED = Name("có phần chia theo trọng số", "partly apportioned by weight")


_BECAUSE = Name("vì", "because")
_NO_REASON = Name("không ghi lý do", "no reason given")


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


def _told(name: Name) -> str:
    return name.in_language(_language())


@register.simple_tag(takes_context=True)
def measured(context: Any, one: Shown | None) -> SafeString:
    """A figure with what it is of in ``data-…``; else that it is hidden, or why there is none. A dash
    for None: the agency did not exist."""
    if one is None:
        return format_html('<abbr class="none" title="{}">–</abbr>', _told(_NO_AGENCY))
    told = one.measurement
    if told is None:
        return format_html('<span class="none">{}</span>', _told(_NOT_YET))
    if one.hidden is not None:  # before all else: that there was no case at all is a number too
        return withheld()
    if told.value is None:
        return format_html('<span class="none">{}</span>', _told(NO_NUMBER[told.status]))
    return _figure(context, told)


def _figure(context: Any, told: Measurement) -> SafeString:
    indicator = (context.get("definitions") or context["state"].definitions).indicators[told.indicator]
    as_of = context["asked"].as_of if context.get("asked") else None
    about = format_html('<abbr title="{}">≈</abbr> ', _told(_WEIGHTED)) if told.weighted else ""
    return format_html("{}{}", about, figure_of(told, indicator, as_of))


@register.simple_tag
def marks(one: Shown) -> SafeString:
    """Where a figure comes from and how final it is: published, measured, reported, SYNTHETIC; estimate."""
    if not one.has_figure or one.measurement is None:
        return SafeString("")
    told = [
        ("origin" if o is not Origin.SYNTHETIC else "synthetic", _told(ORIGIN_WORDS[o]))
        for o in one.measurement.origins
    ]
    state = STATE_WORDS.get(one.measurement.state or "")
    told += [("state", _told(state))] if state and one.measurement.state != "confirmed" else []
    return format_html_join(" ", '<span class="{}">{}</span>', told)


@register.simple_tag
def covered(one: Measurement) -> str:
    """How many agencies of how many have a figure, and what the others have said."""
    told = coverage_text(one.coverage)
    return "" if told is None else str(_told(told))


@register.simple_tag
def spark(one: Spark | None) -> str:
    """The sparkline of a figure; nothing where there is only one point."""
    if one is None:
        return ""
    return mark_safe(drawn(one.dots, one.target, _told(one.title), _told(one.finding), mark=_told(one.mark)))


@register.simple_tag(takes_context=True)
def indicator_link(context: Any, indicator: str, agency: str = "", period: Period | None = None) -> str:
    """The address of an indicator's page, with the reading and moment that the reader has chosen."""
    asked: Asked = context.get("asked") or Asked()
    wanted = Asked(agency or None, period, asked.map_, asked.as_of)
    return reverse("public:indicator", args=[indicator]) + wanted.query


@register.simple_tag
def agency_link(agency: str, day: Any = None) -> str:
    """The address of an agency's page, on a day's tree where one is named."""
    return reverse("public:agency", args=[agency]) + (f"?day={quote(day.isoformat())}" if day else "")


@register.simple_tag(takes_context=True)
def page_link(
    context: Any, period: Period | None = None, map: str | None = None, grain: Grain | None = None
) -> str:
    """The address of the page that is read, with something else chosen; the rest is kept."""
    asked: Asked = context["asked"]
    chosen = period or (asked.period if grain is None else _of_length(context, grain))
    wanted = Asked(asked.agency, chosen, map or asked.map_, asked.as_of)
    return wanted.query or "?"


def _of_length(context: Any, grain: Grain) -> Period:
    """The newest period of one length that is over."""
    today: date = context["today"]
    period = Period.containing(today, grain)
    return period if period.is_over(today) else period.shift(-1)


@register.simple_tag(takes_context=True)
def picture_link(context: Any, width: str = "", kind: str = "svg") -> str:
    """The address of the picture on the page, which is the same for all and kept like a page."""
    asked: Asked = context["asked"]
    name = "public:series_spec" if kind == "json" else "public:series_picture"
    query = Asked(asked.agency, context["period"], asked.map_, asked.as_of).query
    told = {"lang": _language(), "v": context["state"].version, **({"width": width} if width else {})}
    more = urlencode(told)
    return reverse(name, args=[context["indicator"].id]) + (f"{query}&{more}" if query else f"?{more}")


@register.simple_tag
def bullet(one: Standpoint) -> str:
    """The figure against its target; nothing where one of them is missing or hidden."""
    told, limit = one.figure.measurement, one.limit
    if not one.figure.has_figure or told is None or told.value is None or limit is None:
        return ""
    judged = one.line.judgement
    title, finding = _told(one.line.indicator.name), _told(judged.reason)
    facts = (told.value, limit, judged.expected, judged.standing, title, finding, told.running)
    return mark_safe(drawn_bullet(*facts, mark=_told(made_up([told]))))


@register.simple_tag
def first_said(one: Revision) -> str:
    """How a corrected figure was said first: "Công bố 31/12/2023 là 101,3 % (ước)"."""
    return _told(correction.first_said(one.indicator, one.first.saying))


@register.simple_tag
def corrected(one: Revision, at: Told) -> SafeString:
    """What was said next, with its reason: "đính chính 15/03/2024 thành 93,5 % (sơ bộ), vì …"."""
    before = one.told[one.told.index(at) - 1]
    told = correction.said_anew(one.indicator, before.saying, at.saying)
    if not at.because:
        return format_html("{}, {}", _told(told), _told(_NO_REASON))
    return format_html('{}, {} <span lang="vi">{}</span>', _told(told), _told(_BECAUSE), at.because)


@register.simple_tag
def compare_link(one: Revision) -> str:
    """The address where what was known at the first and at the last saying of a figure is compared."""
    first, last = (timezone.localtime(at.at) for at in (one.first, one.last))
    if first.date() != last.date():  # a day stands for its end
        return _comparison(one.indicator.id, one.agency, f"{first:%d/%m/%Y}", f"{last:%d/%m/%Y}")
    return _comparison(one.indicator.id, one.agency, first.isoformat(), last.isoformat())


@register.simple_tag(takes_context=True)
def changed_since(context: Any) -> str:
    """The address where what was known on the day that is looked at is compared with what is known today."""
    first, last = context["asked"].as_of, context["state"].today
    return _comparison(context["indicator"].id, context["agency"], f"{first:%d/%m/%Y}", f"{last:%d/%m/%Y}")


def _comparison(indicator: str, agency: str, first: str, last: str) -> str:
    told = {"indicator": indicator, "agency": agency, "from": first, "to": last}
    return f"{reverse('opendata:compare')}?{urlencode(told)}"


@register.simple_tag
def origin(one: Origin) -> SafeString:
    """Where a delivery, or a version of a figure, comes from."""
    css = "synthetic" if one is Origin.SYNTHETIC else "origin"
    return format_html('<span class="{}">{}</span>', css, _told(ORIGIN_WORDS[one]))


@register.simple_tag(takes_context=True)
def area_types(context: Any, agency: str, day: date) -> tuple[Name, ...]:
    """What kinds of area an agency is of on a day: rural, mountainous …"""
    return tuple(one.name for one in context["state"].definitions.areas.of(agency, day))


@register.simple_tag
def kind_of_level(name: Name, count: int) -> str:
    """What so many agencies of a level are called: "133 xã", "133 communes"."""
    english = name.en.lower()
    return _told(Name(name.vi.lower(), english if count == 1 else f"{english}s"))


@register.simple_tag
def area_figure(table: AreaTable, one: AreaSum, area: str) -> SafeString | str:
    """The figure of the communes of an area together, marked as what it is of; else why there is none."""
    if one.value is None:
        return format_html('<span class="none">{}</span>', _told(NO_NUMBER[one.status]))
    about = format_html('<abbr title="{}">≈</abbr> ', _told(_WEIGHTED)) if one.weighted else ""
    return format_html(
        '{}<data value="{}" data-indicator="{}" data-agency="{}" data-period="{}" data-reading="{}"'
        ' data-area="{}"{}{}>{}</data>{}',
        about,
        format(one.value, "f"),
        table.indicator.id,
        table.agency,
        str(table.period),
        table.reading,
        area,
        origin_data(one.origins),
        running_data(table.running),
        _told(figure(one.value, table.indicator)),
        part_mark(span_told(one)) + running_words(table.running),
    )


@register.simple_tag
def area_gap(table: AreaTable, row: AreaRow) -> str:
    """By how much the figure of an area is above (+) or below (−) what it is held against."""
    if row.gap is None:
        return _told(UNEQUAL) if row.unequal else "–"
    sign = "+" if row.gap > 0 else "−" if row.gap < 0 else ""
    gap = sign + _told(difference(abs(row.gap), table.indicator))
    return f"{gap} ({_told(BY_CHANCE)})" if row.by_chance else gap
