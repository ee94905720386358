"""Bullet: one figure against its target, and against what the way to it expects by now."""

from __future__ import annotations

from decimal import Decimal

from kieng.web.pictures.svg import element, picture, place

WIDTH, HEIGHT = 240, 26
_TOP, _BAR = 8, 10


def bullet(
    value: Decimal,
    target: Decimal,
    expected: Decimal | None,
    css: str,
    title: str,
    finding: str,
    running: bool = False,
    *,
    mark: str,
) -> str:
    """A bar from nought to ``value``, a thick mark at ``target`` and a thin one at ``expected``.

    ``css`` is the standing: it colours the bar. A figure below nought begins the scale. Of a ``running``
    period the bar is hollow and dashed: it is not at its end.
    """
    seen = [value, target] + ([] if expected is None else [expected])
    low, high = min(Decimal(0), *seen), max(Decimal(0), *seen)

    def x(at: Decimal) -> float:
        return 2 + (WIDTH - 4) * float((at - low) / (high - low) if high > low else Decimal(0))

    start, end = sorted((x(Decimal(0)), x(value)))
    inside = element("rect", class_="bullet-room", x=2, y=_TOP, width=WIDTH - 4, height=_BAR, fill="#e9ecf0")
    look: dict[str, object] = {"class_": "bullet-bar", "fill": "currentColor"}
    if running:
        look = {"class_": "bullet-bar running", "fill": "none", "stroke": "currentColor"}
        look |= {"stroke_width": 1.5, "stroke_dasharray": "3 2"}
    inside += element("rect", x=place(start), y=_TOP, width=place(end - start), height=_BAR, **look)
    if expected is not None:
        inside += _mark(x(expected), 1, "bullet-expected", 4)
    inside += _mark(x(target), 3, "bullet-target", 0)
    return picture(WIDTH, HEIGHT, f"bullet {css}", title, finding, inside, mark=mark)


def _mark(x: float, thick: int, css: str, inset: int) -> str:
    return element(
        "line",
        class_=css,
        x1=place(x),
        x2=place(x),
        y1=2 + inset,
        y2=HEIGHT - 2 - inset,
        stroke="#1b1f24",
        stroke_width=thick,
    )
