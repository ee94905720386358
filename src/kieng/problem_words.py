"""What a problem says in Vietnamese: the sentences of ``problems.vi.yaml``, by the problem's code."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from kieng.problems import Problem, shorten

_WITH_BLANK = " «{value}»"


def in_vietnamese(problem: Problem) -> tuple[str, str] | None:
    """(why, remedy), or None for a code without a sentence.

    A problem that carries its own Vietnamese, with its own numbers and names, is not spoken for.
    """
    if problem.vietnamese is not None:
        return problem.vietnamese
    entry = _sentences().get(problem.code)
    if entry is None:
        return None
    return _filled(entry["why"], problem.value), _filled(entry["remedy"], problem.value)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    text = files("kieng").joinpath("problems.vi.yaml").read_text(encoding="utf-8")
    return cast("dict[str, dict[str, str]]", yaml.load(text, yaml.CSafeLoader))


def _filled(sentence: str, value: str | None) -> str:
    if value is not None:
        return sentence.replace("{value}", shorten(value))
    return sentence.replace(_WITH_BLANK, "").replace("«{value}»", "Giá trị này")
