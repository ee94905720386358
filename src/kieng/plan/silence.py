"""After how long without a delivery a stock no longer stands: dated, with its source, in ``silence.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from kieng.plan.citation import citation
from kieng.plan.dated import Dated, on_day
from kieng.plan.indicator import Rule
from kieng.plan.period import Grain
from kieng.plan.yaml_text import read_yaml
from kieng.problems import Problems, UserError

FILE = Path(__file__).with_name("silence.yaml")


def months_of_silence(rule: Rule, grain: Grain, day: date) -> int | None:
    """How many months ``rule`` goes on without a delivery; None: for ever."""
    if rule.stale_after is not None:
        return rule.stale_after or None
    return on_day(_built_in()[grain], day)


@cache
def _built_in() -> Mapping[Grain, tuple[Dated[int], ...]]:
    problems = Problems()
    top = read_yaml(FILE, problems, FILE.parent)
    found: dict[Grain, list[Dated[int]]] = {grain: [] for grain in Grain}
    for section in top.sections() if top else ():
        grain, months = section.choice("grain", Grain, Grain.MONTH), section.optional_integer("months")
        citation(section, {})
        section.text("note")
        first, end = section.optional_day("valid_from"), section.optional_day("valid_to")
        section.no_other_keys()
        found[grain].append(Dated(months or 0, first, end))
    if problems:
        raise UserError(problems)
    return {grain: tuple(versions) for grain, versions in found.items()}
