"""SVG as text: an element, and a picture with its title and its finding."""

from __future__ import annotations

from html import escape


def element(name: str, inside: str = "", /, **attributes: object) -> str:
    """``<name …>``; ``class_`` and ``stroke_width`` are written as ``class`` and ``stroke-width``."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items()
    )
    return f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>"


def picture(width: int, height: int, css: str, title: str, finding: str, inside: str) -> str:
    """A picture of fixed ratio that is read out as ``title`` and ``finding``."""
    words = element("title", escape(title)) + element("desc", escape(finding))
    box = f"0 0 {width} {height}"
    return element(
        "svg",
        words + inside,
        xmlns="http://www.w3.org/2000/svg",
        class_=css,
        viewBox=box,
        width=width,
        height=height,
        role="img",
        aria_label=f"{title}: {finding}",
    )


def place(value: float) -> str:
    """A coordinate, short: a tenth of a pixel is finer than anybody sees."""
    return f"{value:.1f}".removesuffix(".0")
