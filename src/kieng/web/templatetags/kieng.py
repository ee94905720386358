"""Words, numbers and days in the reader's language. Every text of a page stands in both, side by side.

Every figure of a page says in its markup which one it is (``data-indicator``, ``-agency``, ``-period``,
``-reading``), so that a machine may compare it with what ``kieng show`` says.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kieng.judgement import phrases
from kieng.judgement.precision import after, before, stated_of
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.stated import Stated
from kieng.words import Name

register = template.Library()


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
def figure(value: Decimal | None, indicator: Indicator) -> str:
    """A number in an indicator's unit that is no agency's figure (a limit, an aim); a dash for none."""
    return "–" if value is None else str(tell(phrases.figure(value, indicator)))


@register.simple_tag
def figure_of(
    measurement: Measurement | None, indicator: Indicator, as_of: date | None = None
) -> SafeString | str:
    """An agency's figure with its unit, marked as what it is; why there is none, where there is none."""
    if measurement is None or measurement.value is None:
        return why_none(measurement)
    data = _data(measurement.value, figure_marks(measurement, as_of), indicator)
    return _as_stated(data, stated_of(measurement, indicator))


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
    """The figure of another agency or period than ``beside``, read as that is; a dash for none."""
    if value is None:
        return figure(None, indicator)
    other = agency or beside.agency, period or beside.period
    return _data(value, _marks(indicator.id, *other, beside.reading, None), indicator)


@register.simple_tag
def figure_marks(measurement: Measurement, as_of: date | None = None) -> SafeString:
    """Which figure an element shows, as its attributes. ``as_of``: the day or moment it is as known at."""
    one = measurement
    marks = _marks(one.indicator, one.agency, one.period, one.reading, one.breakdown)
    return marks if as_of is None else format_html('{} data-as-of="{}"', marks, as_of.isoformat())


def _data(value: Decimal, marks: SafeString, indicator: Indicator) -> SafeString:
    return format_html('<data value="{}"{}>{}</data>', format(value, "f"), marks, figure(value, indicator))


def _marks(
    indicator: str,
    agency: str,
    period: Period,
    reading: str,
    breakdown: tuple[str, str | None] | None,
) -> SafeString:
    marks = format_html(
        ' data-indicator="{}" data-agency="{}" data-period="{}" data-reading="{}"',
        indicator,
        agency,
        str(period),
        reading,
    )
    if breakdown is None:
        return marks
    return format_html('{} data-breakdown="{}={}"', marks, breakdown[0], breakdown[1] or "")


@register.simple_tag
def why_none(measurement: Measurement | None) -> str:
    """Why a measurement has no value, in a few words."""
    if measurement is None:
        return str(tell(Name("Chưa có số", "No data")))
    return str(tell(phrases.NO_NUMBER[measurement.status]))


def _language() -> str:
    return "en" if get_language() == "en" else "vi"
