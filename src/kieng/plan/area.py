"""Area types (loại địa bàn): rural, mountainous, remote, border, coastal … of agencies, through time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from kieng.plan.dated import Dated
from kieng.plan.indicator import Source
from kieng.plan.reorganisation import Reorganisation
from kieng.words import Name

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class AreaType:
    """A kind of area. Its figures are held against those of the area ``against``, else of all others."""

    id: str
    name: Name
    against: str | None = None


@dataclass(frozen=True)
class AreaFact:
    """That an agency is of an area type, and who says so."""

    area: str
    source: Source


@dataclass(frozen=True)
class Areas:
    """Which agencies of ``level`` are of which area types; one may be of several at once, or of none.

    An agency of which nothing is stated has what all those it was made from had in common: a commune
    made of three mountainous ones is mountainous; of two and another, nobody has said.
    """

    level: str = ""
    types: Mapping[str, AreaType] = field(default_factory=dict)
    facts: Mapping[str, tuple[Dated[AreaFact], ...]] = field(default_factory=dict)
    reorganisations: tuple[Reorganisation, ...] = ()

    def excludes(self, area: str, other: str) -> bool:
        """Whether no agency can be of both at once: each is held against the other, as rural and urban."""
        return self.types[area].against == other and self.types[other].against == area

    def bears(self, agency: str, area: str, day: date) -> bool | None:
        """Whether ``agency`` is of ``area`` on ``day``; None where neither the text nor its past says."""
        if (own := self.facts.get(agency)) is not None:
            return any(fact.value.area == area and fact.holds_on(day) for fact in own)
        origins = [(one, made) for one, made in self._origins.get(agency, ()) if made <= day]
        said = {self.bears(one, area, made - _DAY) for one, made in origins}
        return said.pop() if len(said) == 1 else None

    def of(self, agency: str, day: date) -> tuple[AreaType, ...]:
        """The area types of ``agency`` on ``day``, in the order of the text."""
        return tuple(one for one in self.types.values() if self.bears(agency, one.id, day))

    def sources(self, area: str) -> tuple[Source, ...]:
        """Who says which agencies are of an area type, each once."""
        facts = (fact.value for own in self.facts.values() for fact in own)
        return tuple(dict.fromkeys(fact.source for fact in facts if fact.area == area))

    @cached_property
    def _origins(self) -> Mapping[str, tuple[tuple[str, date], ...]]:
        found: dict[str, list[tuple[str, date]]] = {}
        for event in self.reorganisations:
            for agency, sources in event.sources_of.items():
                found.setdefault(agency, []).extend(
                    (one, event.day) for one in sorted(sources) if one != agency
                )
        return {agency: tuple(pairs) for agency, pairs in found.items()}
