"""The way of a figure: both readings, what was asked for, and where a reorganisation breaks the series."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from kieng.web.pictures.frame import BOTTOM, HEIGHT, TOP, WIDTH, Frame, label
from kieng.web.pictures.svg import element, picture

_WAS, _TODAY, _ASKED = "#0b4f95", "#5b2a86", "#7a4a00"


@dataclass(frozen=True)
class Point:
    """One period. ``breaks``: marks of the reorganisations since the one before ("1", "2"). ``was_apart``,
    ``today_apart``: what that reading tells is no whole period, because it is not over, or because the agency
    was there for a part of it."""

    label: str
    as_was: Decimal | None
    on_today: Decimal | None
    expected: Decimal | None
    breaks: str = ""
    was_apart: bool = False
    today_apart: bool = False


def way(
    points: Sequence[Point], title: str, finding: str, say: Callable[[Decimal], str], *, mark: str
) -> str:
    """As it was: a full line with dots. On today's map: dashed. What was asked for: dotted. What is of no
    whole period stands apart, hollow, with fine dashes to it."""
    values = [v for one in points for v in (one.as_was, one.on_today) if v is not None]
    if not values:
        return ""
    asked = [one.expected for one in points if one.expected is not None]
    frame, last = Frame.around(values + asked), max(1, len(points) - 1)
    inside = frame.axes(say, [(0.0, points[0].label), (1.0, points[-1].label)])
    was = [None if one.was_apart else one.as_was for one in points]
    today = [None if one.today_apart else one.on_today for one in points]
    inside += "".join(_breaks(frame, points, last))
    inside += "".join(_runs(frame, [one.expected for one in points], last, _ASKED, stroke_dasharray="1 3"))
    inside += "".join(_runs(frame, today, last, _TODAY, stroke_dasharray="5 3"))
    inside += "".join(_runs(frame, was, last, _WAS, stroke_width=2))
    inside += "".join(_apart(frame, [one.as_was for one in points], was, last, _WAS))
    inside += "".join(_apart(frame, [one.on_today for one in points], today, last, _TODAY))
    inside += "".join(frame.dot(n / last, v, 2.5, _WAS) for n, v in enumerate(was) if v is not None)
    return picture(WIDTH, HEIGHT, "chart way", title, finding, inside, mark=mark)


def _runs(
    frame: Frame, values: Sequence[Decimal | None], last: int, stroke: str, **more: object
) -> Iterator[str]:
    for there, run in groupby(enumerate(values), key=lambda one: one[1] is not None):
        points = [(n / last, value) for n, value in run if value is not None]
        if there and len(points) > 1:
            yield frame.line(points, "way", stroke, **more)


def _apart(
    frame: Frame, values: Sequence[Decimal | None], whole: Sequence[Decimal | None], last: int, stroke: str
) -> Iterator[str]:
    """The values that are not among those of whole periods."""
    for n, value in enumerate(values):
        if value is None or whole[n] is not None:
            continue
        before = values[n - 1] if n else None
        if before is not None:
            way = [((n - 1) / last, before), (n / last, value)]
            yield frame.line(way, "running", stroke, stroke_dasharray="2 2")
        yield frame.dot(n / last, value, 3, "#fff", class_="running", stroke=stroke)


def _breaks(frame: Frame, points: Sequence[Point], last: int) -> Iterator[str]:
    for number, one in enumerate(points):
        if one.breaks:
            x = frame.x((number - 0.5) / last)
            bounds = {"x1": x, "x2": x, "y1": TOP, "y2": HEIGHT - BOTTOM}
            yield element("line", class_="break", **bounds, stroke="#1b1f24", stroke_dasharray="2 2")
            yield label(f"{float(x) + 3:.1f}", one.breaks)
