"""Names in two languages, and Vietnamese text compared as people read it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Name:
    """A name in Vietnamese and English."""

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.vi


def composed(text: str) -> str:
    """``text`` in Unicode NFC, the form everything inside Kiềng has."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook above, dot below
_OLD_STYLE = re.compile(f"(o)([{_TONES}])([ae])|(u)([{_TONES}])(y)")


def fold(text: str) -> str:
    """A form in which two writings of one Vietnamese text are equal.

    Unicode form, capitals, runs of blanks and the place of the tone mark in *oa*, *oe*, *uy* make no
    difference (Hòa = Hoà, THUỶ = thủy). The tone itself, and every other letter, does: "hóa" is not "hòa".
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    spelled = unicodedata.normalize("NFD", text.casefold())
    return " ".join(unicodedata.normalize("NFC", _OLD_STYLE.sub(_tone_on_last, spelled)).split())


def _tone_on_last(found: re.Match[str]) -> str:
    first, tone, last = (part for part in found.groups() if part)
    return first + last + tone


_PLAIN = {ord("đ"): "d"}


def bare(text: str) -> str:
    """As people type on a phone: folded, and without any mark ("Quy Nhơn" is found by "quy nhon")."""
    spelled = unicodedata.normalize("NFD", fold(text))
    return "".join(c for c in spelled if not unicodedata.combining(c)).translate(_PLAIN)
