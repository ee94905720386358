"""Sparkline: the way of one figure in the height of a line of text, with its target and its newest point.

The newest point is that of a period that is over. What runs on to today is dashed and ends hollow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from kieng.web.pictures.svg import element, picture, place

WIDTH, HEIGHT, MARGIN = 120, 28, 4


@dataclass(frozen=True)
class Dot:
    """A figure of one period; None where there is none. ``hollow``: an estimate; ``running``: not over."""

    value: Decimal | None
    hollow: bool = False
    running: bool = False


@dataclass(frozen=True)
class _Scale:
    low: Decimal
    high: Decimal
    count: int

    def x(self, number: int) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * (number / (self.count - 1) if self.count > 1 else 1)

    def y(self, value: Decimal) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else Decimal("0.5")
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * float(share)


def spark(dots: Sequence[Dot], target: Decimal | None, title: str, finding: str, *, mark: str) -> str:
    """The figures in the order of time, one step for each period, gaps left open; "" without any figure."""
    values = [dot.value for dot in dots if dot.value is not None]
    if not values:
        return ""
    seen = values if target is None else [*values, target]
    scale = _Scale(min(seen), max(seen), len(dots))
    inside = "" if target is None else _level(scale, target)
    inside += "".join(_runs(scale, dots)) + "".join(_to_today(scale, dots)) + _end(scale, dots)
    return picture(WIDTH, HEIGHT, "spark", title, finding, inside, mark=mark)


def _level(scale: _Scale, target: Decimal) -> str:
    y = place(scale.y(target))
    return element(
        "line",
        class_="spark-target",
        x1=0,
        x2=WIDTH,
        y1=y,
        y2=y,
        stroke="currentColor",
        stroke_dasharray="3 3",
    )


def _runs(scale: _Scale, dots: Sequence[Dot]) -> Iterator[str]:
    """A line for each run of neighbours that have figures; a lone one is a small dot."""
    numbered = [(number, None if dot.running else dot.value) for number, dot in enumerate(dots)]
    for there, run in groupby(numbered, key=lambda one: one[1] is not None):
        points = [(scale.x(n), scale.y(value)) for n, value in run if value is not None]
        if there and len(points) > 1:
            way = " ".join(f"{place(x)},{place(y)}" for x, y in points)
            yield element("polyline", class_="spark-line", points=way, fill="none", stroke="currentColor")
        elif there:
            yield _dot(*points[0], 1.5, "currentColor")


def _to_today(scale: _Scale, dots: Sequence[Dot]) -> Iterator[str]:
    """The running period: dashes from the figure before it, where there is one, to a small hollow dot."""
    for number, dot in enumerate(dots):
        if not dot.running or dot.value is None:
            continue
        here, before = (scale.x(number), scale.y(dot.value)), dots[number - 1].value if number else None
        if before is not None:
            way = ((scale.x(number - 1), scale.y(before)), here)
            points = " ".join(f"{place(x)},{place(y)}" for x, y in way)
            yield element(
                "polyline",
                class_="running",
                points=points,
                fill="none",
                stroke="currentColor",
                stroke_dasharray="2 2",
            )
        yield _dot(*here, 2, "#fff", "running")


def _end(scale: _Scale, dots: Sequence[Dot]) -> str:
    """The newest figure of a period that is over; nothing while there is none."""
    over = [(n, dot) for n, dot in enumerate(dots) if dot.value is not None and not dot.running]
    if not over:
        return ""
    number, last = over[-1]
    fill = "#fff" if last.hollow else "currentColor"
    return _dot(scale.x(number), scale.y(last.value or Decimal(0)), 3, fill)


def _dot(x: float, y: float, radius: float, fill: str, css: str = "spark-dot") -> str:
    return element("circle", class_=css, cx=place(x), cy=place(y), r=radius, fill=fill, stroke="currentColor")
