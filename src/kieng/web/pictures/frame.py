"""The frame of a chart: where figures lie between its axes, and the axes themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

from kieng.web.pictures.svg import element, place

#: Small, and drawn larger by the page: so letters stay readable on a phone.
WIDTH, HEIGHT = 360, 210
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 10, 26
_INK, _LINE = "#4a5260", "#c9ced6"
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Frame:
    """``x`` runs from 0 to 1 over the width; figures from ``low`` to ``high`` over the height."""

    low: float
    high: float

    @staticmethod
    def around(values: Iterable[Decimal | float], least: float | None = None) -> Frame:
        """A frame with a little air around ``values``; never below ``least``."""
        found = [float(value) for value in values]
        low, high = min(found), max(found)
        air = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
        low, high = low - air, high + air
        return Frame(low if least is None else max(low, least), high)

    def x(self, share: float) -> str:
        return place(LEFT + (WIDTH - LEFT - RIGHT) * share)

    def y(self, value: Decimal | float) -> str:
        share = (float(value) - self.low) / (self.high - self.low)
        return place(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share)

    def line(
        self, points: Sequence[tuple[float, Decimal | float]], css: str, stroke: str, **more: object
    ) -> str:
        """A line through points of (share of the width, figure)."""
        way = " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)
        return element("polyline", class_=css, points=way, fill="none", stroke=stroke, **more)

    def level(self, value: Decimal | float, css: str, stroke: str, **more: object) -> str:
        return self.line([(0.0, value), (1.0, value)], css, stroke, **more)

    def dot(self, x: float, value: Decimal | float, radius: float, fill: str, **more: object) -> str:
        return element("circle", cx=self.x(x), cy=self.y(value), r=radius, fill=fill, **more)

    def axes(self, say: Callable[[Decimal], str], along: Sequence[tuple[float, str]]) -> str:
        """Round figures at the left with a faint line each; words below at shares of the width."""
        drawn = ""
        for value in ticks(self.low, self.high):
            drawn += self.level(value, "axis", _LINE, stroke_width=0.5)
            y = place(float(self.y(value)) + 3.5)
            drawn += _text(place(LEFT - 4), y, say(value), "end")
        for share, words in along:
            anchor = "start" if share < 0.1 else "end" if share > 0.9 else "middle"
            drawn += _text(self.x(share), place(HEIGHT - 8), words, anchor)
        return drawn


def _text(x: str, y: str, words: str, anchor: str) -> str:
    return element("text", words, x=x, y=y, text_anchor=anchor, font_size=11, fill=_INK)


def label(x: str, words: str) -> str:
    """A short word at the top of the chart."""
    return element("text", words, x=x, y=TOP + 9, font_size=11, font_weight=700, fill=_INK)


def ticks(low: float, high: float, about: int = 4) -> list[Decimal]:
    """Round figures within ``low`` and ``high``, about so many."""
    rough = (high - low) / about
    if rough <= 0:
        return [Decimal(repr(low))]
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * one for one in _STEPS if unit * one >= rough * 0.999)
    first = floor(low / step) + 1
    return [
        Decimal(repr(round(step * n, 10))) for n in range(first, first + 2 * about + 2) if step * n <= high
    ]
