"""Everything the text of a workspace says, as frozen objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kieng.plan.agency import AgencyTree
from kieng.plan.area import Areas
from kieng.plan.baseline_periods import BaselinePeriods
from kieng.plan.calendar import WorkingCalendar
from kieng.plan.clock import ClockRule
from kieng.plan.indicator import Indicator, NotApplicable
from kieng.plan.lineage import Lineages
from kieng.plan.record_type import RecordType
from kieng.plan.reorganisation import Reorganisation
from kieng.plan.target import Plan
from kieng.words import Name


@dataclass(frozen=True)
class Licence:
    """Under which licence the workspace's data are open; ``url`` is its text."""

    name: str
    url: str


#: What holds where ``kieng.yaml`` names no licence.
CC_BY = Licence("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")


@dataclass(frozen=True)
class Definitions:
    """What :func:`kieng.plan.load.load` makes of a workspace's text.

    ``time_zone`` is the zone in which wall times are kept. ``clocks`` holds, per clock id, its dated
    versions. ``measured_from`` is the day before which no period is measured. ``pillars`` keeps the
    order of the text. ``fingerprint`` is the SHA-256 of the text.
    """

    name: Name
    time_zone: str
    pillars: Mapping[str, Name]
    record_types: Mapping[str, RecordType]
    tree: AgencyTree
    reorganisations: tuple[Reorganisation, ...]
    calendar: WorkingCalendar
    clocks: Mapping[str, tuple[ClockRule, ...]]
    indicators: Mapping[str, Indicator]
    plans: Mapping[str, Plan]
    not_applicable: tuple[NotApplicable, ...]
    fingerprint: str
    measured_from: date | None = None
    licence: Licence = CC_BY
    areas: Areas = Areas()
    baselines: tuple[BaselinePeriods, ...] = ()  # chosen for control charts

    @cached_property
    def lineages(self) -> Lineages:
        """Who has a figure of forebears and heirs in which period."""
        return Lineages(self.tree, self.reorganisations, self.plans)
