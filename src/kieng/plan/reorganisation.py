"""Reorganisation: a dated event with its legal basis and the moves it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from kieng.plan.indicator import Source
from kieng.problems import Place
from kieng.words import Name


class ReorganisationKind(StrEnum):
    MERGE = "merge"
    SPLIT = "split"
    PART_MOVES = "part_moves"
    RENAME = "rename"
    NEW_CODE = "new_code"
    NEW_PARENT = "new_parent"
    ABOLISH_LEVEL = "abolish_level"
    PROVINCE_MERGER = "province_merger"


@dataclass(frozen=True)
class Move:
    """What ``source`` becomes. ``shares`` is empty for a whole move; else, per weight basis, the part of
    ``source`` that goes to ``target`` (over all targets of one source they add up to 1)."""

    source: str
    target: str
    shares: Mapping[str, Decimal]
    shares_source: str | None = None
    place: Place = Place("")

    @property
    def whole(self) -> bool:
        return not self.shares


@dataclass(frozen=True)
class Reorganisation:
    """On ``day`` the sources cease (or change) and the targets begin."""

    id: str
    name: Name
    day: date
    kind: ReorganisationKind
    basis: Source
    moves: tuple[Move, ...]
    place: Place = Place("")

    @cached_property
    def sources_of(self) -> Mapping[str, frozenset[str]]:
        """What some of each target came from."""
        return _grouped((move.target, move.source) for move in self.moves)

    @cached_property
    def targets_of(self) -> Mapping[str, frozenset[str]]:
        """What some of each source went to."""
        return _grouped((move.source, move.target) for move in self.moves)


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
    return {one: frozenset(others) for one, others in found.items()}
