"""The control chart as a picture: figures in time between the limits of what they always do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from kieng.judgement.control_chart import Chart, ChartPoint
from kieng.plan.period import Period
from kieng.web.pictures.frame import HEIGHT, WIDTH, Frame
from kieng.web.pictures.svg import picture

_INK, _LIMIT, _SIGNAL = "#0b4f95", "#7a4a00", "#9b1c14"


def control(
    chart: Chart,
    title: str,
    finding: str,
    say: Callable[[Decimal], str],
    name: Callable[[Period], str],
    *,
    mark: str,
) -> str:
    """Dots in the order of time; those of a signal are larger and red. "" without any figure."""
    told = [one for one in chart.points if one.value is not None]
    if not told:
        return ""
    around = [v for one in told for v in (one.value, one.low, one.high) if v is not None]
    frame, last = Frame.around(around), max(1, len(chart.points) - 1)
    x = {one.period: number / last for number, one in enumerate(chart.points)}
    first, newest = chart.points[0].period, chart.points[-1].period
    inside = frame.axes(say, [(0.0, name(first)), (1.0, name(newest))])
    for _, phase in groupby(told, key=lambda one: one.phase):
        inside += _limits(frame, x, list(phase))
    for there, run in groupby(chart.points, key=lambda one: one.value is not None):
        points = [(x[one.period], one.value) for one in run if one.value is not None]
        if there and len(points) > 1:
            inside += frame.line(points, "way", _INK)
    inside += "".join(_dot(frame, x[one.period], one) for one in told)
    return picture(WIDTH, HEIGHT, "chart control", title, finding, inside, mark=mark)


def _limits(frame: Frame, x: Mapping[Period, float], phase: Sequence[ChartPoint]) -> str:
    """The limits of one baseline and its centre, over the periods it judges."""
    drawn = ""
    for kind in ("low", "high", "centre"):
        points = [(x[one.period], at) for one in phase if (at := getattr(one, kind)) is not None]
        if len(points) > 1:
            dashes = {} if kind == "centre" else {"stroke_dasharray": "4 3"}
            drawn += frame.line(points, "centre" if kind == "centre" else "limit", _LIMIT, **dashes)
    return drawn


def _dot(frame: Frame, x: float, point: ChartPoint) -> str:
    loud = bool(point.rules)
    return frame.dot(x, point.value or Decimal(0), 4 if loud else 2.5, _SIGNAL if loud else _INK)
