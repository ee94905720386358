"""The baselines that an office chose for control charts, from ``baselines.csv``.

One row each: ``indicator``, for which ``level`` or ``agency`` (one of them, or neither for all), ``first``
and ``last`` period of the baseline, ``because`` (and ``because_en``), ``decided_by``, ``decided_on``,
``source``. An older row stays: it holds for the periods before the newer one's first.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from kieng.plan.baseline_periods import BaselinePeriods
from kieng.plan.csv_text import CsvRow, read_csv
from kieng.plan.period import Period
from kieng.problems import Problems, near
from kieng.words import Name

FILE = "baselines.csv"
_REQUIRED = ("indicator", "first", "last", "because", "decided_by", "decided_on")
_OPTIONAL = ("level", "agency", "because_en", "source")


def load_baseline_periods(
    root: Path,
    indicators: Collection[str],
    agencies: Collection[str],
    levels: Collection[str],
    problems: Problems,
) -> tuple[BaselinePeriods, ...]:
    """The rows of the file; none when there is no such file."""
    path = root / FILE
    if not path.exists():
        return ()
    found: list[BaselinePeriods] = []
    for row in read_csv(path, problems, root, _REQUIRED, _OPTIONAL):
        made = _baseline(row)
        _check_names(row, indicators, agencies, levels)
        if made is None or not row.sound:
            continue
        twin = next((one for one in found if _scope(one) == _scope(made)), None)
        if twin is not None:
            why = f"The row at {twin.place} names a baseline for the same series from the same period on."
            row.problem("first", "same-baseline-twice", why, "Keep the one that holds.")
            continue
        found.append(made)
    return tuple(found)


def _baseline(row: CsvRow) -> BaselinePeriods | None:
    indicator, because, decided_by = (row.text(name) for name in ("indicator", "because", "decided_by"))
    first, last = _period(row, "first"), _period(row, "last")
    row.text("decided_on")
    decided_on = row.day("decided_on")
    if row.optional("level") and row.optional("agency"):
        why = "A baseline is of a level or of one agency, not of both."
        row.problem("agency", "two-scopes", why, "Leave `level` or `agency` empty.")
    if first is not None and last is not None:
        _check_order(row, first, last)
        if decided_on is not None and decided_on <= last.last_day:
            why = f"It was decided on {decided_on}, before the baseline ended on {last.last_day}."
            remedy = "Choose periods that were over when the decision was taken, or correct the day."
            row.problem("decided_on", "decided-too-early", why, remedy)
    if first is None or last is None or decided_on is None:
        return None
    return BaselinePeriods(
        indicator,
        first,
        last,
        Name(because, row.optional("because_en") or because),
        decided_by,
        decided_on,
        row.optional("level"),
        row.optional("agency"),
        row.optional("source"),
        row.place,
    )


def _period(row: CsvRow, column: str) -> Period | None:
    text = row.text(column)
    try:
        return Period.parse(text) if text else None
    except ValueError:
        remedy = "Write 2025, 2025-H2, 2025-Q3 or 2025-07."
        row.problem(column, "not-a-period", "Here a period is expected.", remedy)
        return None


def _check_order(row: CsvRow, first: Period, last: Period) -> None:
    if first.grain is not last.grain or last.start < first.start:
        why = "The last period has to be as long as the first and not before it."
        row.problem("last", "broken-baseline", why, "Write both as months, or both as quarters, in order.")


def _check_names(
    row: CsvRow, indicators: Collection[str], agencies: Collection[str], levels: Collection[str]
) -> None:
    indicator, agency, level = (row.optional(column) for column in ("indicator", "agency", "level"))
    if indicator and indicator not in indicators:
        row.problem(
            "indicator", "unknown-indicator", "No indicator has this id.", near(indicator, indicators)
        )
    if agency and agency not in agencies:
        why = "No agency has this id in agencies/agencies.csv."
        row.problem("agency", "unknown-agency", why, near(agency, agencies))
    if level and level not in levels:
        why = "No level of this name is declared in kieng.yaml."
        row.problem("level", "unknown-level", why, near(level, levels))


def _scope(one: BaselinePeriods) -> tuple[object, ...]:
    return one.indicator, one.level, one.agency, one.first
