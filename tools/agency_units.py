"""An administrative unit, a move between two, and how their names are read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

KINDS = {
    "Phường": "Ward",
    "Xã": "Commune",
    "Thị trấn": "Township",
    "Huyện": "District",
    "Thị xã": "Town",
    "Thành phố": "City",
    "Tỉnh": "Province",
}


@dataclass(frozen=True)
class Unit:
    """One row of agencies.csv."""

    id: str
    code: str
    name: str
    level: str
    parent: str = ""
    opened: str = ""
    closed: str = ""
    latitude: float | None = None
    longitude: float | None = None
    name_en: str = ""


@dataclass(frozen=True)
class Move:
    """One row of a reorganisation's moves; without shares the move is whole."""

    source: str
    target: str
    shares: tuple[str, ...] = ("", "")
    note: str = ""


# --- names -----------------------------------------------------------------------------


def kind_and_bare(name: str) -> tuple[str, str]:
    """``Phường Trần Phú`` → (``Phường``, ``Trần Phú``)."""
    kind = next(kind for kind in KINDS if name.startswith(kind + " "))
    return kind, name[len(kind) + 1 :]


def english(name: str) -> str:
    kind, bare = kind_and_bare(name)
    return f"{bare} {KINDS[kind]}"


def slug(name: str) -> str:
    """``Phường Đống Đa`` → ``dong-da``."""
    bare = kind_and_bare(name)[1].lower().replace("đ", "d")
    plain = "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
