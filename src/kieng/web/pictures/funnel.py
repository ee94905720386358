"""The funnel as a picture: every agency by its size and figure, between the limits of chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from math import log10

from kieng.judgement.funnel import Funnel, grid
from kieng.judgement.position import Limits, Placed
from kieng.web.pictures.frame import HEIGHT, WIDTH, Frame
from kieng.web.pictures.svg import element, picture
from kieng.words import Name

_INK, _LIMIT, _NEAR, _SIGNAL = "#4a5260", "#7a4a00", "#c9ced6", "#9b1c14"


@dataclass(frozen=True)
class _Scale:
    """Size runs along the bottom, each step tenfold."""

    told: Sequence[Placed]
    least: int
    most: int
    frame: Frame

    @staticmethod
    def of(found: Funnel) -> _Scale | None:
        """None without agencies."""
        told = [one for one in found.placed if one.value is not None and one.agency.whole]
        sizes = [float(one.agency.whole or 1) for one in told]
        if not told or max(sizes) <= 0:
            return None
        values = [one.value for one in told if one.value is not None]
        frame = Frame.around(values + [found.centre_shown], 0.0 if min(values) >= 0 else None)
        return _Scale(told, max(1, int(min(sizes))), max(2, int(max(sizes))), frame)

    def x(self, size: float) -> float:
        low, high = log10(self.least), log10(self.most)
        return (log10(max(size, 1)) - low) / (high - low) if high > low else 0.5

    def x_of(self, one: Placed) -> float:
        return self.x(float(one.agency.whole or 1))


def ground(
    found: Funnel, say: Callable[[Decimal], str], name: Callable[[Name], str], running: bool = False
) -> str:
    """What the picture shows whoever looks: the limits and every agency, hollow when the period is not over.
    "" without agencies."""
    scale = _Scale.of(found)
    if scale is None:
        return ""
    frame, curve = scale.frame, list(found.curve(grid(scale.least, scale.most, 40)))
    inside = frame.axes(say, _along(scale.least, scale.most, scale.x, say))
    inside += frame.level(found.centre_shown, "centre", _LIMIT)
    for edge, stroke in (
        ("near_low", _NEAR),
        ("near_high", _NEAR),
        ("signal_low", _LIMIT),
        ("signal_high", _LIMIT),
    ):
        inside += frame.line(_edge(frame, curve, edge, scale.x), edge, stroke, stroke_dasharray="4 3")
    dots = (_dot(frame, scale.x_of(one), one, name(one.agency.name), running) for one in scale.told)
    return inside + "".join(dots)


def funnel(found: Funnel, mine: str, ground: str, title: str, finding: str, *, mark: str) -> str:
    """The picture on its :func:`ground`, with a diamond over the dot of ``mine``. "" without agencies."""
    scale = _Scale.of(found)
    if scale is None:
        return ""
    own = [_mine(scale.frame, scale.x_of(one), one) for one in scale.told if one.agency.id == mine]
    return picture(WIDTH, HEIGHT, "chart funnel", title, finding, ground + "".join(own), mark=mark)


def _along(
    least: int, most: int, x: Callable[[float], float], say: Callable[[Decimal], str]
) -> list[tuple[float, str]]:
    steps = [10**n for n in range(12) if least < 10**n < most]
    inner = [(x(step), say(Decimal(step))) for step in steps if 0.12 < x(step) < 0.88]
    return [(0.0, say(Decimal(least))), *inner, (1.0, say(Decimal(most)))]


def _edge(
    frame: Frame, curve: Sequence[tuple[int, Limits]], edge: str, x: Callable[[float], float]
) -> list[tuple[float, float]]:
    """A limit as a line, held within the frame where it runs off."""
    return [
        (x(size), min(max(float(getattr(limits, edge)), frame.low), frame.high)) for size, limits in curve
    ]


def _dot(frame: Frame, x: float, one: Placed, name: str, running: bool) -> str:
    loud = one.position.is_signal
    colour = _SIGNAL if loud else _INK
    look = {"fill": "#fff", "stroke": colour, "class_": "running"} if running else {"fill": colour}
    drawn = frame.dot(x, one.value or Decimal(0), 3 if loud else 2, **look)
    return element("g", element("title", escape(name)) + drawn)


def _mine(frame: Frame, x: float, one: Placed) -> str:
    at, up = float(frame.x(x)), float(frame.y(one.value or Decimal(0)))
    corners = f"{at},{up - 7} {at + 7},{up} {at},{up + 7} {at - 7},{up}"
    return element("polygon", class_="mine", points=corners, fill="#0b4f95", stroke="#fff", stroke_width=1.5)
