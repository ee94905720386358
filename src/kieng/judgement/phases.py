"""Which periods a control chart takes its limits from, and for which periods these hold.

The first figures are the baseline until an office chooses other periods (``baselines.csv``): from these on
the new limits hold, and what was before stays between the old ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kieng.plan.baseline_periods import BaselinePeriods
from kieng.plan.period import Period


@dataclass(frozen=True)
class Phase:
    """``base``: the baseline's periods that have a figure. ``periods``: all with a figure that it judges, the
    baseline's own too. ``chosen`` is None where nobody chose it."""

    base: tuple[Period, ...]
    periods: tuple[Period, ...]
    chosen: BaselinePeriods | None = None

    @property
    def after(self) -> tuple[Period, ...]:
        """The periods to be judged: of the baseline itself nothing is said."""
        return self.periods[len(self.base) :]


def phases(told: Sequence[Period], chosen: Sequence[BaselinePeriods], points: int) -> tuple[Phase, ...]:
    """``told``: the periods with a figure, oldest first. ``chosen``: oldest first, each for itself from its
    first period on. ``points``: how many first figures are the baseline that nobody chose."""
    rows = [row for row in chosen if told and row.first.grain is told[0].grain]
    begins = [row.first.start for row in rows]
    before = tuple(p for p in told if not begins or p.start < begins[0])
    found = [Phase(before[:points], before)] if before or not rows else []
    ends = [*begins[1:], None] if rows else []
    for row, end in zip(rows, ends, strict=True):
        periods = tuple(p for p in told if p.start >= row.first.start and (end is None or p.start < end))
        base = tuple(p for p in periods if p.start <= row.last.start)
        found.append(Phase(base, periods, row))
    return tuple(phase for phase in found if phase.periods or phase.chosen is None)
