"""Numbers as the text of a plan writes them: digits, and a point before decimals.

``1.000`` is a thousand to whoever writes Vietnamese and one to whoever writes English: it is refused rather
than guessed, as in the files that are taken in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)

#: Told, and yet read as the number with decimals: a text that was taken before stays what it was.
AMBIGUOUS_NUMBER = "ambiguous-number"


def read_number(
    text: str, problem: Callable[[str, str, str], None], thousands: bool = True
) -> Decimal | None:
    """The number that ``text`` is, or None. ``problem`` is told of one that can be read in two ways, unless
    there are no such ``thousands``."""
    if thousands and _AMBIGUOUS.fullmatch(text):
        why = "It is not clear whether this point separates thousands or decimals."
        remedy = f"Write {text.replace('.', '')} for the thousands, or {text}0 for the decimals."
        problem("ambiguous-number", why, remedy)
    return Decimal(text) if _NUMBER.fullmatch(text) else None
