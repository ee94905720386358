"""The stable JSON of measurements: documented in docs/reference/json.md. Commands and pages give the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from kieng.judgement.board import Line
from kieng.judgement.precision import stated_of
from kieng.judgement.reasons import reason_code
from kieng.judgement.target_words import target_text
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import PART
from kieng.measurement.spans import part_of
from kieng.plan.definitions import Definitions

Json = dict[str, Any]


def measurement_json(measurement: Measurement, definitions: Definitions, lines: Sequence[Line] = ()) -> Json:
    """One object per measurement. ``lines`` add the targets that are judged by it, the next due first."""
    line, indicator = lines[0] if lines else None, definitions.indicators[measurement.indicator]
    since, until = part_of(definitions, indicator, measurement)
    coverage, stated = measurement.coverage, stated_of(measurement, indicator)
    return {
        "indicator": measurement.indicator,
        "agency": measurement.agency,
        "level": measurement.level,
        "period": str(measurement.period),
        "running": measurement.running,
        "measured_through": day_text(measurement.measured_through),
        "agency_from": day_text(since),
        "agency_to": day_text(until),
        "status": measurement.status.value,
        "reason": reason_code(measurement.reason),
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
            "no_data": coverage.no_data,
            "not_applicable": coverage.not_applicable,
            "silent": coverage.silent,
            "nought": coverage.nought,
            "inherited": coverage.inherited,
        },
        "precision": [one.value for one in stated.precision] if stated else [],
        "out_of": stated.out_of if stated else None,
        "covers": {"vi": stated.covers.vi, "en": stated.covers.en} if stated and stated.covers else None,
        "state": measurement.state,
        "reading": measurement.reading,
        "weighted": measurement.weighted,
        "standing": line.judgement.standing.value if line else None,
        "target": _target(line) if line else None,
        "targets": [_target(one) | _standing(one) for one in lines],
        "as_of": measurement.as_of.isoformat(),
        "origin": [origin.value for origin in measurement.origins],
    }


def plain(value: Decimal | None) -> int | Decimal | None:
    """Whole numbers without a point."""
    return int(value) if value is not None and value == value.to_integral_value() else value


def json_text(found: Json | list[Json], indent: int | None = None) -> str:
    """JSON has no exact decimals: a number of at most 9 digits after the point is carried to the letter
    for figures below a million."""
    return json.dumps(found, ensure_ascii=False, indent=indent, default=_number)


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"not a JSON value: {value!r}")


#: The same keys flat, names within names joined with a dot.
FLAT_KEYS = (
    *("indicator", "agency", "level", "period", "running", "measured_through", "agency_from", "agency_to"),
    *("status", "reason", "value", "unit"),
    *("numerator", "denominator", "parts", "breakdown.field", "breakdown.value"),
    *("coverage.reporting", "coverage.expected", "coverage.people_share"),
    *(
        "coverage.no_data",
        "coverage.not_applicable",
        "coverage.silent",
        "coverage.nought",
        "coverage.inherited",
    ),
    *("precision", "out_of", "covers.vi", "covers.en", "state", "reading", "weighted"),
    *("standing", "target.id", "target.plan", "target.kind", "target.value", "target.upper", "target.by"),
    *("target.text.vi", "target.text.en", "target.expected", "target.distance"),
    *("target.reason.vi", "target.reason.en", "targets", "as_of", "origin"),
)


def flat(one: Json) -> dict[str, str | None]:
    """One of :func:`measurement_json` as texts by :data:`FLAT_KEYS`; arrays are separated by spaces,
    and of several targets each is its id, =, and how it stands."""
    return flat_row(one, FLAT_KEYS)


def flat_row(one: Json, keys: Sequence[str]) -> dict[str, str | None]:
    """Some of an object's values as texts, by the names within names joined with a dot."""
    found = dict(_flat(one, ""))
    return {key: found.get(key) for key in keys}


def flat_table(objects: Sequence[Json]) -> pa.Table:
    """One row per object: exact decimals where there are numbers, else text."""
    rows = [flat(one) for one in objects]
    columns = {key: pa.array([row[key] for row in rows], pa.string()) for key in FLAT_KEYS}
    return pa.table({key: column.cast(_TYPES.get(key, pa.string())) for key, column in columns.items()})


_TYPES = {
    **dict.fromkeys((key for key in FLAT_KEYS if key.startswith("coverage.")), pa.int32()),
    **dict.fromkeys(("value", "numerator", "denominator", "coverage.people_share"), PART),
    "running": pa.bool_(),
    **dict.fromkeys(("measured_through", "agency_from", "agency_to"), pa.date32()),
}


def _flat(one: Json, prefix: str) -> Iterator[tuple[str, str | None]]:
    for key, value in one.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif key == "targets":
            yield key, " ".join(f"{one['id']}={one['standing']}" for one in value)
        elif isinstance(value, list):
            yield prefix + key, " ".join(_text(part) or "-" for part in value)
        else:
            yield prefix + key, _text(value)


def _text(value: object) -> str | None:
    """Exact, and never in powers of ten."""
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0")
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def day_text(day: date | None) -> str | None:
    """A day as ISO writes it."""
    return None if day is None else day.isoformat()


def _breakdown(measurement: Measurement) -> Json | None:
    if measurement.breakdown is None:
        return None
    field, value = measurement.breakdown
    return {"field": field, "value": value}


def _standing(line: Line) -> Json:
    """How a target stands, and the agency that answers for it."""
    return {"standing": line.judgement.standing.value, "agency": line.agency}


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
        "gap": plain(judgement.gap_to_target),
        "reason": {"vi": judgement.reason.vi, "en": judgement.reason.en},
        "notes": [{"vi": note.vi, "en": note.en} for note in judgement.all_notes],
    }
