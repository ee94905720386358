"""The thresholds of judgement, dated and with their source, from ``parameters.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from kieng.plan.citation import citation
from kieng.plan.dated import Dated, on_day, overlapping
from kieng.plan.indicator import Source
from kieng.plan.yaml_text import Section, read_yaml
from kieng.problems import Problems, UserError

FILE = Path(__file__).with_name("parameters.yaml")


@dataclass(frozen=True)
class Parameter:
    """A threshold and where it comes from."""

    value: Decimal
    source: Source | None
    note: str


@dataclass(frozen=True)
class Parameters:
    """Every threshold through time."""

    dated: Mapping[str, tuple[Dated[Parameter], ...]]

    def on(self, name: str, day: date) -> Decimal:
        """The threshold ``name`` in force on ``day``; KeyError when there is none."""
        parameter = on_day(self.dated[name], day)
        if parameter is None:
            raise KeyError(f"{name} has no value on {day}")
        return parameter.value


@cache
def built_in() -> Parameters:
    """The thresholds that come with Kiềng."""
    return read_parameters(FILE)


def read_parameters(path: Path) -> Parameters:
    """Thresholds from a file; UserError with all its problems."""
    problems = Problems()
    top = read_yaml(path, problems, path.parent)
    found: dict[str, list[Dated[Parameter]]] = {}
    for section in top.sections() if top else ():
        versions = found.setdefault(section.text("id"), [])
        versions.append(_parameter(section))
        if overlapping(versions):
            why = "Two values of this threshold hold on one same day."
            section.problem("valid_from", "overlapping-validity", why, "End the older with `valid_to:`.")
    if problems:
        raise UserError(problems)
    return Parameters({name: tuple(values) for name, values in found.items()})


def _parameter(section: Section) -> Dated[Parameter]:
    parameter = Parameter(section.decimal("value"), citation(section, {}), section.text("note"))
    dated = Dated(parameter, section.optional_day("valid_from"), section.optional_day("valid_to"))
    section.no_other_keys()
    return dated
