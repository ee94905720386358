"""The funnel as a picture: every agency by its size and figure, between the limits of chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape
from math import log10

from kieng.judgement.funnel import Funnel, Limits, Placed, grid
from kieng.web.pictures.frame import HEIGHT, WIDTH, Frame
from kieng.web.pictures.svg import element, picture
from kieng.words import Name

_INK, _LIMIT, _NEAR, _SIGNAL = "#4a5260", "#7a4a00", "#c9ced6", "#9b1c14"


def funnel(
    found: Funnel,
    mine: str,
    title: str,
    finding: str,
    say: Callable[[Decimal], str],
    name: Callable[[Name], str],
) -> str:
    """Size runs along the bottom, each step tenfold. ``mine`` is drawn as a diamond. "" without agencies."""
    told = [one for one in found.placed if one.value is not None and one.agency.whole]
    sizes = [float(one.agency.whole or 1) for one in told]
    if not told or max(sizes) <= 0:
        return ""
    least, most = max(1, int(min(sizes))), max(2, int(max(sizes)))
    curve = list(found.curve(grid(least, most, 40)))
    values = [one.value for one in told if one.value is not None]
    frame = Frame.around(values + [found.centre_shown], 0.0 if min(values) >= 0 else None)

    def x(size: float) -> float:
        low, high = log10(least), log10(most)
        return (log10(max(size, 1)) - low) / (high - low) if high > low else 0.5

    inside = frame.axes(say, _along(least, most, x, say))
    inside += frame.level(found.centre_shown, "centre", _LIMIT)
    for edge, stroke in (
        ("near_low", _NEAR),
        ("near_high", _NEAR),
        ("signal_low", _LIMIT),
        ("signal_high", _LIMIT),
    ):
        inside += frame.line(_edge(frame, curve, edge, x), edge, stroke, stroke_dasharray="4 3")
    inside += "".join(
        _dot(frame, x(float(one.agency.whole or 1)), one, name(one.agency.name))
        for one in told
        if one.agency.id != mine
    )
    inside += "".join(
        _mine(frame, x(float(one.agency.whole or 1)), one) for one in told if one.agency.id == mine
    )
    return picture(WIDTH, HEIGHT, "chart funnel", title, finding, inside)


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


def _dot(frame: Frame, x: float, one: Placed, name: str) -> str:
    loud = one.position.is_signal
    drawn = frame.dot(x, one.value or Decimal(0), 3 if loud else 2, _SIGNAL if loud else _INK)
    return element("g", element("title", escape(name)) + drawn)


def _mine(frame: Frame, x: float, one: Placed) -> str:
    at, up = float(frame.x(x)), float(frame.y(one.value or Decimal(0)))
    corners = f"{at},{up - 7} {at + 7},{up} {at},{up + 7} {at - 7},{up}"
    return element("polygon", class_="mine", points=corners, fill="#0b4f95", stroke="#fff", stroke_width=1.5)
