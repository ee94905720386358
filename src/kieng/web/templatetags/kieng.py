"""Words, numbers and days in the reader's language. Every text of a page stands in both, side by side.

Every figure of a page says in its markup which one it is (``data-indicator``, ``-agency``, ``-period``,
``-reading``), so that a machine may compare it with what ``kieng show`` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kieng.judgement import phrases
from kieng.judgement.disclosure import HIDDEN, WITHHELD
from kieng.judgement.precision import after, before, stated_of
from kieng.measurement.measurement import Extent, Measurement
from kieng.measurement.spans import part_of
from kieng.plan.agency import Part
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.stated import Stated
from kieng.records.batch import Origin
from kieng.web import door
from kieng.web.door import State
from kieng.words import Name

register = template.Library()
_PART = Name(
    "Cơ quan chỉ hoạt động trong một phần của kỳ này", "The agency was there for a part of this period only"
)
_NOT_WHOLE = Name("Kỳ này chưa đủ số liệu: số còn đổi", "This period is not complete: its figure will change")


@register.simple_tag
def say(vi: str, en: str, **parts: object) -> str:
    """A text in the reader's language: ``{% say "Kỳ" "Period" %}``; ``{name}`` stands for a part."""
    chosen = en if _language() == "en" else vi
    spoken = {k: tell(v) for k, v in parts.items()}
    return chosen.format_map(spoken) if spoken else chosen


@register.filter
def tell(value: Any) -> Any:
    """A :class:`~kieng.words.Name` in the reader's language; days and periods as it writes them."""
    if isinstance(value, Name):
        return value.in_language(_language())
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{local:%H:%M} {tell(local.date())}"
    if isinstance(value, Period):
        return phrases.period(value).in_language(_language())
    if isinstance(value, date):
        return phrases.day(value).in_language(_language())
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return phrases.number(Decimal(value)).in_language(_language())
    return value


@register.simple_tag
def newest_record(state: State, indicator: Indicator, agency: str) -> date | None:
    """The newest day that a record of the indicator's kind is about. Of reported figures None: that of one
    says nothing of another; and of an agency that has ended: it has no newer ones to wait for."""
    if not state.definitions.tree.agencies[agency].exists_on(state.today):
        return None
    kind = indicator.rules[-1].record
    return None if state.definitions.record_types[kind].carries_figures else state.newest_record(kind)


@register.simple_tag
def figure(value: Decimal | None, indicator: Indicator) -> str:
    """A number in an indicator's unit that is no agency's figure (a limit, an aim); a dash for none."""
    return "–" if value is None else str(tell(phrases.figure(value, indicator)))


@register.simple_tag
def withheld() -> SafeString:
    """In the place of a figure that is not published, with why."""
    return format_html('<span class="hidden-figure" title="{}">{}</span>', tell(HIDDEN), tell(WITHHELD))


@register.simple_tag
def figure_of(
    measurement: Measurement | None, indicator: Indicator, as_of: date | None = None
) -> SafeString | str:
    """An agency's figure with its unit, marked as what it is; why there is none, where there is none."""
    if measurement is None or measurement.value is None:
        return why_none(measurement)
    stated = stated_of(measurement, indicator)
    field = stated.out_of if stated else None
    data = _data(measurement.value, figure_marks(measurement, as_of), indicator, field)
    return _as_stated(data, stated) + running_mark(measurement)


def _as_stated(figure: SafeString, stated: Stated | None) -> SafeString:
    """A published figure with how exactly its source states it: "trên 70 trạm (của Viettel)"."""
    if stated is None:
        return figure
    first, last = tell(before(stated.precision)), tell(after(stated))
    front = format_html('<span class="precision">{}</span> ', first) if first else ""
    return format_html("{}{}{}", front, figure, f" ({last})" if last else "")


@register.simple_tag
def figure_beside(
    value: Decimal | None,
    indicator: Indicator,
    beside: Measurement,
    agency: str | None = None,
    period: Period | None = None,
) -> SafeString | str:
    """The figure of another agency or period than ``beside``, read as that is; a dash for none. Where it
    comes from is said of the picture that it stands under."""
    if value is None:
        return figure(None, indicator)
    here = replace(beside, breakdown=None, origins=())
    other = replace(here, agency=agency or beside.agency, period=period or beside.period)
    return _data(value, figure_marks(other), indicator) + running_mark(other)


@register.simple_tag
def figure_marks(measurement: Measurement, as_of: date | None = None) -> SafeString:
    """Which figure an element shows, as its attributes. ``as_of``: the day or moment it is as known at."""
    one = measurement
    marks = format_html(
        ' data-indicator="{}" data-agency="{}" data-period="{}" data-reading="{}"',
        *(one.indicator, one.agency, str(one.period), one.reading),
    )
    if one.breakdown is not None:
        marks = format_html('{} data-breakdown="{}={}"', marks, one.breakdown[0], one.breakdown[1] or "")
    marks += origin_data(one.origins) + running_data(one.extent)
    return marks if as_of is None else format_html('{} data-as-of="{}"', marks, as_of.isoformat())


def origin_data(origins: Iterable[Origin]) -> SafeString:
    """That a figure rests on made-up records, as an attribute."""
    return SafeString(f' data-origin="{Origin.SYNTHETIC.value}"' if Origin.SYNTHETIC in origins else "")


@register.filter
def up_to(extent: Extent) -> str:
    """The day on which a period that is not over was measured."""
    return str(tell(phrases.up_to(extent)))


@register.simple_tag
def running_mark(measurement: Measurement | None) -> SafeString:
    """Beside a figure of a period that is not over: on which day it was measured; beside that of an agency
    that was there for a part of its period: for which; else nothing."""
    if measurement is None:
        return SafeString("")
    return part_mark(phrases.part(part_here(measurement))) + running_words(measurement.extent)


def part_mark(only: Name | None) -> SafeString:
    """Which part of its period a figure's agency was there for; nothing of the whole."""
    if only is None:
        return SafeString("")
    return format_html(' <span class="part" title="{}">({})</span>', tell(_PART), tell(only))


@register.simple_tag
def part_words(measurement: Measurement) -> str:
    """The same where no markup can stand."""
    only = phrases.part(part_here(measurement))
    return f" ({tell(only)})" if only is not None else ""


def part_here(measurement: Measurement) -> Part:
    """Which part of its period a figure is about, by the texts that the pages are made of."""
    known = door.state().definitions
    indicator = known.indicators.get(measurement.indicator)
    return (None, None) if indicator is None else part_of(known, indicator, measurement)


def running_data(extent: Extent | None) -> SafeString:
    """The same as an attribute of the figure."""
    return SafeString("") if extent is None else format_html(' data-running="{}"', extent.day.isoformat())


def running_words(extent: Extent | None) -> SafeString:
    if extent is None:
        return SafeString("")
    return format_html(' <span class="running" title="{}">{}</span>', tell(_NOT_WHOLE), up_to(extent))


def _data(value: Decimal, marks: SafeString, indicator: Indicator, out_of: int | None = None) -> SafeString:
    words = tell(phrases.figure(value, indicator, out_of=out_of))
    return format_html('<data value="{}"{}>{}</data>', format(value, "f"), marks, words)


@register.simple_tag
def why_none(measurement: Measurement | None) -> str:
    """Why a measurement has no value, in a few words."""
    if measurement is None:
        return str(tell(Name("Chưa có số", "No data")))
    return str(tell(phrases.NO_NUMBER[measurement.status]))


def _language() -> str:
    return "en" if get_language() == "en" else "vi"
