"""The stable JSON of a measurement, and the same keys flat."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from tests.helpers.workspace import TEXT

import kieng
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.plan.definitions import Definitions
from kieng.plan.period import Grain, Period
from kieng.records.batch import Origin
from kieng.workspace.folder import definitions_of
from kieng.workspace.json_format import FLAT_KEYS, flat, json_text, measurement_json

ONE = Measurement(
    indicator="work-files-online",
    rule=0,
    agency="xa-1",
    level="commune",
    period=Period(date(2024, 4, 1), Grain.QUARTER),
    reading="as-was",
    breakdown=("channel", None),
    status=Status.VALUE,
    reason=None,
    value=Decimal("66.666666667"),
    parts=(Decimal("2.000"), None),
    numerator=Decimal("2.0"),
    denominator=Decimal("3"),
    coverage=Coverage(1, 2, Decimal("0.6")),
    weighted="population",
    state="estimate",
    origins=(Origin.REPORTED, Origin.SYNTHETIC),
    used=3,
    records=4,
    as_of=datetime(2024, 7, 1, 1, 2, 3, 456789, tzinfo=UTC),
    cut_off=date(2024, 7, 1),
)


def known() -> Definitions:
    return definitions_of({k: v.encode() for k, v in TEXT.items() if not k.startswith("mappings")})


def test_a_measurement_as_json() -> None:
    found = json.loads(json_text(measurement_json(ONE, known())))
    assert found == {
        "indicator": "work-files-online",
        "agency": "xa-1",
        "level": "commune",
        "period": "2024-Q2",
        "running": False,
        "measured_through": "2024-06-30",
        "agency_from": None,
        "agency_to": None,
        "status": "value",
        "reason": None,
        "value": 66.666666667,
        "unit": "percent",
        "numerator": 2,
        "denominator": 3,
        "parts": [2, None],
        "breakdown": {"field": "channel", "value": None},
        "coverage": {
            "reporting": 1,
            "expected": 2,
            "people_share": 0.6,
            "no_data": 0,
            "not_applicable": 0,
            "silent": 1,
            "nought": 0,
            "inherited": 0,
        },
        "precision": [],
        "out_of": None,
        "covers": None,
        "state": "estimate",
        "reading": "as-was",
        "weighted": "population",
        "standing": None,
        "target": None,
        "targets": [],
        "as_of": "2024-07-01T01:02:03.456789+00:00",
        "origin": ["reported", "synthetic"],
    }


def test_of_a_part_of_its_period_it_says_which() -> None:
    told = measurement_json(replace(ONE, period=Period.parse("2025")), known())
    assert (told["agency_from"], told["agency_to"]) == (None, "2025-06-30")
    told = measurement_json(replace(ONE, agency="xa-12", period=Period.parse("2025")), known())
    assert (told["agency_from"], told["agency_to"]) == ("2025-07-01", None)


def test_every_key_is_documented() -> None:
    page = Path(kieng.__file__).parents[2] / "docs/reference/json.md"
    documented = set(re.findall(r"`(\w+)`", page.read_text("utf-8")))
    assert measurement_json(ONE, known()).keys() <= documented


def test_flat_is_exact_and_says_which_part_is_missing() -> None:
    tiny = replace(ONE, value=Decimal("0.000000001"), numerator=Decimal("12345678901234.500000000"))
    row = flat(measurement_json(tiny, known()))
    assert tuple(row) == FLAT_KEYS
    assert (row["value"], row["numerator"], row["parts"]) == ("0.000000001", "12345678901234.5", "2 -")
    assert (row["origin"], row["target.id"], row["breakdown.value"]) == ("reported synthetic", None, None)


def test_zero_is_a_number_and_nothing_is_none() -> None:
    zero = measurement_json(replace(ONE, value=Decimal("0E-9")), known())
    nothing = measurement_json(replace(ONE, value=None, status=Status.NO_DATA), known())
    assert (json_text(zero["value"]), json_text(nothing["value"])) == ("0", "null")
    assert (flat(zero)["value"], flat(nothing)["value"]) == ("0", None)
