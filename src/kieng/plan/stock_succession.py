"""Whose stock takes the place of whose: what an agency had is its heirs' from the day it ended.

A stock (``latest``) is a state, not something that happens: when a commune has become another, both figures
are about the same thing. So of an agency that is gone on the day a stock is read on, the figure stands only
until one of its heirs has one; of an agency that is not there yet, only where none of its forebears has one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from kieng.plan.agency import AgencyTree
from kieng.plan.reorganisation import Move, Reorganisation

ANY_DAY = date.min

_DAY = timedelta(days=1)


@dataclass
class StockSuccession:
    """Made once for a tree and its reorganisations, and kept: it remembers."""

    tree: AgencyTree
    reorganisations: Iterable[Reorganisation]
    _from: dict[tuple[str, date], list[Move]] = field(default_factory=lambda: defaultdict(list))
    _to: dict[tuple[str, date], list[Move]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[tuple[str, date], Mapping[str, date]] = field(default_factory=dict)
    _inverse: dict[date, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for event in self.reorganisations:
            for move in event.moves:
                if move.whole or any(move.shares.values()):
                    self._from[move.source, event.day].append(move)
                    self._to[move.target, event.day].append(move)

    def displacing(self, agency: str, day: date) -> Mapping[str, date]:
        """The agencies a figure of which takes the place of ``agency``'s stock read on ``day``, each with the
        day from which its figures do: an heir that was there before has to have reported since. Of an agency
        that exists on ``day``, none."""
        key = (agency, day)
        if key not in self._known:
            self._known[key] = self._displacing(agency, day)
        return self._known[key]

    def displaced_by(self, agency: str, day: date) -> frozenset[str]:
        """The agencies that ``agency`` is :meth:`displacing` on ``day``."""
        if day not in self._inverse:
            inverse: dict[str, set[str]] = defaultdict(set)
            for source in self.tree.agencies:
                for other in self.displacing(source, day):
                    inverse[other].add(source)
            self._inverse[day] = {other: frozenset(sources) for other, sources in inverse.items()}
        return self._inverse[day].get(agency, frozenset())

    def _displacing(self, agency: str, day: date) -> Mapping[str, date]:
        known = self.tree.agencies.get(agency)
        if known is None or known.exists_on(day):
            return {}
        found: dict[str, date] = {}
        if known.closed is not None and known.closed <= day:
            self._heirs(agency, day, found)
        else:
            self._forebears(agency, day, found)
        return found

    def _heirs(self, agency: str, day: date, found: dict[str, date]) -> None:
        """What ``agency``, gone on ``day``, has become on the way to that day."""
        closed = self.tree.agencies[agency].closed
        if closed is None or closed > day:
            return
        for move in self._from.get((agency, closed), ()):
            if move.target not in found:
                found[move.target] = self._since(move.target, closed)
                self._heirs(move.target, day, found)

    def _since(self, heir: str, day: date) -> date:
        known = self.tree.agencies.get(heir)
        return day if known is not None and known.exists_on(day - _DAY) else ANY_DAY

    def _forebears(self, agency: str, day: date, found: dict[str, date]) -> None:
        """What ``agency``, not there yet on ``day``, has been made of since that day."""
        opened = self.tree.agencies[agency].opened
        if opened is None or opened <= day:
            return
        for move in self._to.get((agency, opened), ()):
            if move.source not in found:
                found[move.source] = ANY_DAY
                self._forebears(move.source, day, found)
