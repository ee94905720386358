"""What the pages about people need."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from kieng.words import Name

register = template.Library()


@register.filter
def of(names: Mapping[str, Name], key: str) -> Name | str:
    """The name under ``key``; the key itself when there is none."""
    return names.get(key, key)
