"""Words, numbers and days in the reader's language. Every text of a page stands in both, side by side."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from kieng.judgement import phrases
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
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
    """A figure with its unit; a dash where there is none."""
    return "–" if value is None else str(tell(phrases.figure(value, indicator)))


@register.simple_tag
def why_none(measurement: Measurement | None) -> str:
    """Why a measurement has no value, in a few words."""
    if measurement is None:
        return str(tell(Name("Chưa có số", "No data")))
    return str(tell(phrases.NO_NUMBER[measurement.status]))


def _language() -> str:
    return "en" if get_language() == "en" else "vi"
