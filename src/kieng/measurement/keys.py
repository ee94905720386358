"""Keys: what figures rest on besides the records, so that a change of the text is seen where it matters.

Equal keys, equal figures. What a text says in words (names, sources, places in files, worked examples) and
who heads an agency are no part of a key: they change no number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cached_property

from kieng.measurement.request import Ask
from kieng.plan.definitions import Definitions

#: Counted up when this code makes other figures of the same text and records, so that all are made anew.
FIGURES_OF_CODE = 3

_WORDS = frozenset(
    {"name", "names", "source", "place", "note", "examples", "heads", "because", "legal_basis", "areas"}
)


@dataclass
class Keys:
    """The keys of one set of definitions. Made once and kept: they take a while."""

    definitions: Definitions

    @cached_property
    def ground(self) -> str:
        """Of what all figures rest on: the tree with its weights, the events, who need not report,
        and which agencies that ended have a promise left."""
        known = self.definitions
        ground = (known.tree, known.reorganisations, known.not_applicable, known.lineages.promised)
        return _digest((FIGURES_OF_CODE, *ground, known.measured_from, known.time_zone))

    @cached_property
    def indicators(self) -> dict[str, str]:
        """Of each indicator: its rules and its unit."""
        return {one.id: _digest((one.unit, one.rules)) for one in self.definitions.indicators.values()}

    def base(self, query: str) -> str:
        """Of the query that makes a base; the rules, the record type and the clocks are in its text."""
        return _digest((query, self._calendar))

    @cached_property
    def _calendar(self) -> str:
        return _digest(self.definitions.calendar.working_days)


def way_name(ask: Ask) -> str:
    """How an ask's records fall into periods, as a word."""
    counting = ask.rule.counting
    return " ".join(word for word in (counting.membership.value, counting.start, counting.end) if word)


def _digest(thing: object) -> str:
    return hashlib.sha256(_canonical(thing).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _canonical(thing: object) -> str:
    if isinstance(thing, Enum):
        return repr(thing.value)
    if is_dataclass(thing):
        named = (f.name for f in fields(thing) if f.name not in _WORDS and not f.name.startswith("_"))
        parts = ((name, getattr(thing, name)) for name in named)
        inner = ",".join(f"{name}={_canonical(value)}" for name, value in parts)
        return f"{type(thing).__name__}({inner})"
    if isinstance(thing, Mapping):
        pairs = sorted((_canonical(key), _canonical(value)) for key, value in thing.items())
        return "{" + ",".join(f"{key}:{value}" for key, value in pairs) + "}"
    if isinstance(thing, (frozenset, set)):
        return "{" + ",".join(sorted(map(_canonical, thing))) + "}"
    if isinstance(thing, (list, tuple)):
        return "[" + ",".join(map(_canonical, thing)) + "]"
    return repr(thing)
