"""Vietnamese in encodings that have not all of its letters: spelled as well as the encoding can."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_BARRED = str.maketrans("đĐ", "dD")


def spelled(text: str, encoding: str) -> str:
    """``text`` in what ``encoding`` has: letters are taken apart where that helps (windows-1258 has ê, and
    an acute to put on it, but no ế), else they lose their marks; what is no letter to it becomes ``?``."""
    return text if _has(text, encoding) else "".join(_letter(letter, encoding) for letter in text)


def _has(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=4_096)
def _letter(letter: str, encoding: str) -> str:
    base, *marks = list(unicodedata.normalize("NFD", letter))
    # Any mark may be the one that stands in a letter of the encoding: ệ is ê with a dot below.
    apart = [unicodedata.normalize("NFC", base + one) + _without(marks, one) for one in marks]
    choices = (letter, *apart, base + "".join(marks), base.translate(_BARRED))
    return next((choice for choice in choices if _has(choice, encoding)), "?")


def _without(marks: list[str], one: str) -> str:
    return "".join(mark for mark in marks if mark != one)
