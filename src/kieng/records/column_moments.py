"""Dates and times of a whole column at once, where they stand in a shape of fixed width.

What is read here is what :class:`~kieng.records.moments.MomentReader` would read; whatever it does not take
(another shape, no such day, another zone) is left to that one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kieng.records.column_texts import Bytes, Mask
from kieng.records.moments import FIRST_YEAR, ISO, LAST_YEAR, MomentReader

_WIDTHS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}
_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
_LIMITS = {"%Y": (FIRST_YEAR, LAST_YEAR), "%m": (1, 12), "%d": (1, 31)} | {
    "%H": (0, 23), "%M": (0, 59), "%S": (0, 59),
}  # fmt: skip
_SECONDS = {"%H": 3600, "%M": 60, "%S": 1}
_ZERO = ord("0")

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """Where each part of a date stands in a text of ``width`` bytes, and which bytes are always the same."""

    width: int
    parts: tuple[tuple[str, int], ...]
    signs: tuple[tuple[int, int], ...]

    @property
    def timed(self) -> bool:
        return any(directive in _SECONDS for directive, _ in self.parts)

    @property
    def example(self) -> str:
        text = ["1"] * self.width
        for place, sign in self.signs:
            text[place] = chr(sign)
        return "".join(text)


def layouts(reader: MomentReader) -> tuple[Layout, ...]:
    """The shapes of fixed width that a column's patterns have.

    A shape that an earlier pattern reads too is left out: it would read it another way.
    """
    found = []
    for index, pattern in enumerate(reader.patterns):
        for written in _ISO if pattern == ISO else (pattern,):
            layout = _layout(written)
            if layout and not any(reader.fits(earlier, layout.example) for earlier in range(index)):
                found.append(layout)
    return tuple(found)


def _layout(pattern: str) -> Layout | None:
    if pattern != pattern.strip():  # cells are stripped before they are read
        return None
    width, parts, signs = 0, [], []
    for piece in re.findall("%.|.", pattern, re.DOTALL):
        if piece in _WIDTHS:
            parts.append((piece, width))
            width += _WIDTHS[piece]
        elif piece.startswith("%") or not piece.isascii() or piece.isdigit():
            return None
        else:
            signs.append((width, ord(piece)))
            width += 1
    return Layout(width, tuple(parts), tuple(signs)) if {"%Y", "%m", "%d"} <= {p for p, _ in parts} else None


def read_moments(seen: Bytes, known: Sequence[Layout], *, to_day: bool, timed: bool) -> tuple[pa.Array, Mask]:
    """Days (date32) or wall times (timestamp, microseconds), and which of them are sure.

    ``timed`` says whether times of day may be taken as they are (the source keeps the workspace's zone).
    """
    days, seconds = np.zeros(len(seen.starts), np.int64), np.zeros(len(seen.starts), np.int64)
    sure = np.zeros(len(seen.starts), np.bool_)
    for layout in known:
        if layout.timed and not timed:
            continue
        rows = np.flatnonzero((seen.lengths == layout.width) & ~sure)
        if len(rows):
            days[rows], seconds[rows], sure[rows] = _read(seen, rows, layout)
    if to_day:
        return pa.array(days.astype(np.int32)).view(pa.date32()), sure
    return pa.array((days * 86_400 + seconds) * 1_000_000).view(pa.timestamp("us")), sure


def _read(seen: Bytes, rows: Numbers, layout: Layout) -> tuple[Numbers, Numbers, Mask]:
    letters = _letters(seen, rows, layout.width)
    good = np.ones(len(rows), np.bool_)
    for place, sign in layout.signs:
        good &= letters[:, place] == sign
    parts = {}
    for directive, place in layout.parts:
        number = np.zeros(len(rows), np.int64)
        for column in range(place, place + _WIDTHS[directive]):
            digit = letters[:, column] - _ZERO  # wraps below "0", so that one comparison is enough
            good &= digit <= 9
            number = number * 10 + digit
        least, most = _LIMITS[directive]
        good &= (number >= least) & (number <= most)
        parts[directive] = number
    days, there = _days(parts["%Y"], parts["%m"], parts["%d"])
    seconds = np.zeros(len(rows), np.int64)
    for directive, each in _SECONDS.items():
        seconds += parts.get(directive, 0) * each
    return days, seconds, good & there


def _letters(seen: Bytes, rows: Numbers, width: int) -> npt.NDArray[np.uint8]:
    if len(rows) * width == len(seen.data):  # nothing else stands in the column
        return seen.data.reshape(-1, width)
    picked: npt.NDArray[np.uint8] = seen.data[seen.starts[rows][:, None] + np.arange(width)]
    return picked


def _days(years: Numbers, months: Numbers, days: Numbers) -> tuple[Numbers, Mask]:
    """Days since 1970, and whether there is such a day in its month."""
    month = (years - 1970) * 12 + months - 1
    both = (m.astype("datetime64[M]").astype("datetime64[D]") for m in (month, month + 1))
    first, following = (days.astype(np.int64) for days in both)
    return first + days - 1, days <= following - first
