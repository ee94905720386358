"""A problem of a sheet in whole sentences of both languages."""

from __future__ import annotations

from kieng.problems import Place, Problem
from kieng.words import Name


def worded(place: Place, code: str, why: Name, remedy: Name, value: object = None) -> Problem:
    text = None if value is None else str(value)
    return Problem(place, code, why.en, remedy.en, text, (why.vi, remedy.vi))
