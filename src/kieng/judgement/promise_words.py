"""What is said beside a verdict of how each part of its period stood."""

from __future__ import annotations

from collections.abc import Callable

from kieng.judgement.phrases import NO_NUMBER, both, figure
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
    """ "Số của riêng từng cơ quan: Bình Định 86,29 %; Gia Lai …"; None without parts. What was received under
    an agency may be finished after its end: no days stand beside it."""
    if not parts:
        return None
    names = [definitions.tree.name(part.agency, part.last) for part in parts]
    said = [_part(_told_apart(definitions, part, names), indicator, part, hidden_by) for part in parts]
    each = Name("; ".join(one.vi for one in said), "; ".join(one.en for one in said))
    return both("Số của riêng từng cơ quan: {each}", "Each agency's own: {each}", each=each)


def _told_apart(definitions: Definitions, part: Part, names: list[Name]) -> Name:
    """A name that the heir has taken over belongs to two."""
    name = definitions.tree.name(part.agency, part.last)
    if names.count(name) > 1 and definitions.tree.agencies[part.agency].closed is not None:
        return both("{name} (cũ)", "{name}, the former one", name=name)
    return name


def _part(name: Name, indicator: Indicator, part: Part, hidden_by: HiddenBy) -> Name:
    one = part.measurement
    value = hidden_by(one)
    if value is None and one is not None and one.value is not None:
        value = figure(one.value, indicator)
    return both(
        "{name} {value}",
        "{name} {value}",
        name=name,
        value=value or NO_NUMBER[one.status if one else Status.NO_DATA],
    )
