"""What is said beside a verdict of how each part of its period stood."""

from __future__ import annotations

from collections.abc import Callable

from kieng.judgement.phrases import NO_NUMBER, both, day, figure
from kieng.judgement.promise import Part
from kieng.measurement.measurement import Measurement, Status
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.words import Name

#: Of a figure that its reader may not see, what is said in its place.
HiddenBy = Callable[[Measurement | None], Name | None]


def parts_text(
    definitions: Definitions,
    indicator: Indicator,
    parts: tuple[Part, ...],
    hidden_by: HiddenBy = lambda _: None,
) -> Name | None:
    """ "Từng phần của kỳ: Bình Định 01/01–30/06/2025: 86,29 %; Gia Lai …"; None for a period of one part."""
    if not parts:
        return None
    said = [_part(definitions, indicator, part, hidden_by) for part in parts]
    each = Name("; ".join(one.vi for one in said), "; ".join(one.en for one in said))
    return both("Từng phần của kỳ: {each}", "Each part of the period: {each}", each=each)


def _part(definitions: Definitions, indicator: Indicator, part: Part, hidden_by: HiddenBy) -> Name:
    one = part.measurement
    value = hidden_by(one)
    if value is None and one is not None and one.value is not None:
        value = figure(one.value, indicator)
    return both(
        "{name} {first}–{last}: {value}",
        "{name} {first} to {last}: {value}",
        name=definitions.tree.name(part.agency, part.last),
        first=day(part.first),
        last=day(part.last),
        value=value or NO_NUMBER[one.status if one else Status.NO_DATA],
    )
