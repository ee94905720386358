"""The stable JSON of standings: one object for each target and agency that answers for it, also without a
figure. Documented in docs/reference/json.md; the command and the API give the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kieng.judgement.board import Line
from kieng.judgement.promise import Part
from kieng.judgement.target_words import target_text
from kieng.measurement.measurement import Measurement
from kieng.plan.definitions import Definitions
from kieng.words import Name
from kieng.workspace.json_format import Json, measurement_json, plain

#: A figure as its reader may see it; the reason why it is hidden, or None.
HiddenBy = Callable[[Measurement | None], Name | None]

FLAT_STANDING = (
    *("plan", "target", "indicator", "agency", "lineage", "by", "standing", "hidden", "period"),
    *("text.vi", "text.en", "reason.vi", "reason.en", "shared"),
    *("measurement.value", "measurement.unit", "measurement.numerator", "measurement.denominator"),
    *("measurement.reading", "measurement.state", "measurement.as_of", "measurement.origin"),
)


def standing_json(definitions: Definitions, line: Line, hidden_by: HiddenBy = lambda _: None) -> Json:
    """One object per line. Of a hidden figure it tells neither numbers nor the standing."""
    one = line.measurement
    hidden = next((told for each in (one, *line.told) if (told := hidden_by(each))), None)
    judgement = line.judgement
    return {
        "plan": line.target.plan,
        "target": line.target.id,
        "indicator": line.indicator.id,
        "agency": line.agency,
        "lineage": line.node,
        "by": line.target.by.isoformat(),
        "period": str(line.period) if line.period else None,
        "standing": None if hidden else judgement.standing.value,
        "hidden": hidden is not None,
        "text": _name(target_text(line.target, line.indicator)),
        "reason": _name(hidden or judgement.reason),
        "notes": [] if hidden else [_name(note) for note in judgement.all_notes],
        "expected": None if hidden else plain(judgement.expected),
        "distance": None if hidden else plain(judgement.distance),
        "gap": None if hidden else plain(judgement.gap_to_target),
        "measurement": None if one is None else _figure(one, definitions, hidden),
        "parts": [_part(part, hidden_by) for part in line.parts],
        "shared": list(line.shared),
    }


def _figure(one: Measurement, definitions: Definitions, hidden: Name | None) -> Json:
    found = measurement_json(one, definitions)
    return without_numbers(found) if hidden else found


def without_numbers(found: Json) -> Json:
    """A figure's object as the public sees it when the figure is hidden: nothing that tells a number."""
    nothing: dict[str, Any] = dict.fromkeys(("value", "numerator", "denominator", "standing", "target"))
    parts = [None] * len(found["parts"])
    return found | nothing | {"status": "hidden", "reason": "small_count", "parts": parts, "targets": []}


def _part(part: Part, hidden_by: HiddenBy) -> Json:
    one, hidden = part.measurement, hidden_by(part.measurement)
    shown = one if one is not None and hidden is None else None
    return {
        "agency": part.agency,
        "hidden": hidden is not None,
        "value": plain(shown.value) if shown else None,
        "numerator": plain(shown.numerator) if shown else None,
        "denominator": plain(shown.denominator) if shown else None,
        "origin": [origin.value for origin in shown.origins] if shown else [],
    }


def _name(name: Name) -> Json:
    return {"vi": name.vi, "en": name.en}
