"""SVG as text: an element, and a picture with its title and its finding."""

from __future__ import annotations

from html import escape

_MARK = "#9b1c14"


def element(name: str, inside: str = "", /, **attributes: object) -> str:
    """``<name …>``; ``class_`` and ``stroke_width`` are written as ``class`` and ``stroke-width``."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items()
    )
    return f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>"


#: A picture at least so high has room for words of its own.
_ROOM = 100


def picture(width: int, height: int, css: str, title: str, finding: str, inside: str, *, mark: str) -> str:
    """A picture of fixed ratio that is read out as ``title`` and ``finding``. ``mark`` is the word for
    made-up figures where some are drawn, else "": it is read out too, and stands in a picture with room."""
    finding = f"{finding} ({mark})" if mark else finding
    words = element("title", escape(title)) + element("desc", escape(finding))
    if mark and height >= _ROOM:
        look = {"font_size": 10, "font_weight": 700, "fill": _MARK, "text_anchor": "end"}
        inside += element("text", escape(mark), class_="synthetic", x=width - 4, y=10, **look)
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
