"""Baseline periods (kỳ gốc): the periods that an office chose for a control chart to take its limits from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kieng.plan.period import Period
from kieng.problems import Place
from kieng.words import Name


@dataclass(frozen=True)
class BaselinePeriods:
    """``first`` to ``last`` (inclusive) are the baseline of an indicator from ``first`` on, for one agency,
    for the agencies of one level, or, with neither, for all. Chosen by somebody for a reason, never by
    itself; an earlier one goes on to hold for the periods before."""

    indicator: str
    first: Period
    last: Period
    because: Name
    decided_by: str
    decided_on: date
    level: str | None = None
    agency: str | None = None
    source: str | None = None
    place: Place = Place("")

    def is_of(self, agency: str, level: str) -> bool:
        return self.agency in (None, agency) and self.level in (None, level)


def chosen_for(
    rows: Iterable[BaselinePeriods], indicator: str, agency: str, level: str
) -> tuple[BaselinePeriods, ...]:
    """Those of one series, oldest first; of two that begin together the one that names the agency, then the
    one that names the level."""
    found: dict[date, BaselinePeriods] = {}
    mine = [row for row in rows if row.indicator == indicator and row.is_of(agency, level)]
    for row in sorted(mine, key=lambda row: (row.agency is not None, row.level is not None)):
        found[row.first.start] = row
    return tuple(found[start] for start in sorted(found))
