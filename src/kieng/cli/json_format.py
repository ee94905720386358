"""The stable JSON of measurements: documented in docs/reference/json.md."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kieng.judgement.board import Line
from kieng.judgement.phrases import target_text
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator

Json = dict[str, Any]


def measurement_json(measurement: Measurement, indicator: Indicator, line: Line | None = None) -> Json:
    """One object per measurement. ``line`` adds the target it stands against, where there is one."""
    coverage = measurement.coverage
    return {
        "indicator": measurement.indicator,
        "agency": measurement.agency,
        "level": measurement.level,
        "period": str(measurement.period),
        "status": measurement.status.value,
        "reason": measurement.reason,
        "value": plain(measurement.value),
        "unit": indicator.unit,
        "numerator": plain(measurement.numerator),
        "denominator": plain(measurement.denominator),
        "parts": [plain(part) for part in measurement.parts],
        "breakdown": _breakdown(measurement),
        "coverage": {
            "reporting": coverage.reporting,
            "expected": coverage.expected,
            "people_share": plain(coverage.people_share),
        },
        "state": measurement.state,
        "reading": measurement.reading,
        "weighted": measurement.weighted,
        "standing": line.judgement.standing.value if line else None,
        "target": _target(line) if line else None,
        "as_of": measurement.as_of.isoformat(),
        "origin": [origin.value for origin in measurement.origins],
    }


def plain(value: Decimal | None) -> int | float | None:
    """A JSON number. Whole numbers stay whole; others have at most 9 digits after the point, which a
    double carries to the letter for figures below a million."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _breakdown(measurement: Measurement) -> Json | None:
    if measurement.breakdown is None:
        return None
    field, value = measurement.breakdown
    return {"field": field, "value": value}


def _target(line: Line) -> Json:
    target, judgement = line.target, line.judgement
    text = target_text(target, line.indicator)
    return {
        "id": target.id,
        "plan": target.plan,
        "kind": target.kind.value,
        "value": plain(target.value),
        "upper": plain(target.upper),
        "by": target.by.isoformat(),
        "text": {"vi": text.vi, "en": text.en},
        "expected": plain(judgement.expected),
        "distance": plain(judgement.distance),
        "reason": {"vi": judgement.reason.vi, "en": judgement.reason.en},
    }
