"""Figures by area type, as commands, pages and files ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kieng.judgement.by_area import WHY_NOT, AreaRow, AreaSum, ByArea, by_area
from kieng.measurement.measure import cut_off_day, missing_figures
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Reading
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.workspace.figures import Figures
from kieng.workspace.json_format import Json, day_text, plain

#: The keys of a row, flat; documented in docs/reference/json.md.
AREA_KEYS = (
    *("indicator", "agency", "period", "running", "measured_through", "reading"),
    *("area", "name.vi", "name.en", "status", "value", "unit", "numerator", "denominator"),
    *("beside.area", "beside.name.vi", "beside.name.en"),
    *("beside.value", "beside.numerator", "beside.denominator", "gap", "may_be_chance"),
    *("agencies", "coverage.reporting", "coverage.expected", "coverage.people_share"),
    *("beside.agencies", "beside.coverage.reporting", "beside.coverage.expected"),
    *("spans", "beside.spans"),
    *("state", "weighted", "origin", "as_of"),
)


def area_figures(
    definitions: Definitions,
    indicator: str,
    agency: str,
    period: Period,
    reading: Reading,
    found: Sequence[Measurement],
    as_of: datetime,
) -> ByArea:
    """A figure by area from every agency's totals of its period; those that should have one are added."""
    told = definitions.indicators[indicator]
    present = {one.agency for one in found if one.breakdown is None}
    silent = missing_figures(definitions, told, period, reading, as_of, present)
    answer = by_area(definitions, told, agency, period, reading, [*found, *silent])
    return replace(answer, extent=next((one.extent for one in found), None))


def newest_over(figures: Figures, agency: str) -> Period | None:
    """The newest period that is over and has a figure of ``agency``; of two that end together the longer."""
    over = [
        one.period
        for one in figures.listed
        if one.agency == agency and one.value is not None and not one.running
    ]
    return max(over, key=lambda period: (period.last_day, period.grain.months), default=None)


def area_json(definitions: Definitions, found: ByArea, as_of: datetime) -> Json:
    """One object per agency and period, its rows under ``areas``."""
    cut_off = cut_off_day(definitions, as_of)
    return {
        "indicator": found.indicator,
        "agency": found.agency,
        "period": str(found.period),
        "running": found.extent is not None,
        "measured_through": day_text(found.period.through(found.extent.day if found.extent else cut_off)),
        "reading": found.reading,
        "unit": definitions.indicators[found.indicator].unit,
        "areas": [_row(row, found.period) for row in found.rows],
        "unclassified": list(found.unclassified),
        "why_not": _why(found.why_not),
        "as_of": as_of.isoformat(),
    }


def _why(code: str | None) -> Json | None:
    return None if code is None else {"code": code, "vi": WHY_NOT[code].vi, "en": WHY_NOT[code].en}


def _row(row: AreaRow, period: Period) -> Json:
    return {
        "area": row.area.id,
        "name": {"vi": row.area.name.vi, "en": row.area.name.en},
        **_sum(row.mine, period),
        "beside": {
            "area": row.area.against,
            "name": {"vi": row.beside.vi, "en": row.beside.en},
            **_sum(row.other, period),
        },
        "gap": plain(row.gap),
        "may_be_chance": row.by_chance if row.gap is not None else None,
    }


def _sum(one: AreaSum, period: Period) -> Json:
    coverage = one.coverage
    return {
        "status": one.status.value,
        "value": plain(one.value),
        "numerator": plain(one.numerator),
        "denominator": plain(one.denominator),
        "agencies": len(one.agencies),
        "spans": [f"{first or period.start}/{last or period.last_day}" for first, last in one.spans],
        "coverage": {
            "reporting": coverage.reporting,
            "expected": coverage.expected,
            "people_share": plain(coverage.people_share),
        },
        "state": one.state,
        "weighted": one.weighted,
        "origin": [origin.value for origin in one.origins],
    }
