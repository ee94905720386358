"""Characters that no database, file or screen gives back as they were written."""

from __future__ import annotations

import re

from kieng.problems import refuse

# Controls, and halves of surrogate pairs (what is left of bytes that are no text).
_ODD = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_ODD_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def odd_character(text: str, *, lines: bool = False) -> str | None:
    """The first such character of ``text`` as ``U+0000``, if any. ``lines``: tabs and line ends may stand."""
    if text.isprintable():
        return None
    found = (_ODD_IN_LINES if lines else _ODD).search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def visible(text: str) -> str:
    """``text`` as it can be shown: such characters become their escapes."""
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def refuse_odd(name: str, text: str, *, lines: bool = False) -> None:
    """Raise UserError for such a character in the text that somebody has given for ``name``."""
    odd = odd_character(text, lines=lines)
    if odd is not None:
        why = f"The text of `{name}` holds the character {odd}, which cannot be kept."
        raise refuse("", "control-character", why, "Type it again in characters one can see.", visible(text))
