"""Names in two languages, and Vietnamese text compared as people read it."""

from __future__ import annotations

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
