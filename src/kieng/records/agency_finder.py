"""Which agency a source means: by code, id or name, on the day the record is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property

from kieng.plan.agency import Agency
from kieng.plan.dated import Dated
from kieng.plan.definitions import Definitions
from kieng.problems import near
from kieng.records.faults import Fault, fault
from kieng.records.mapping import AgencyBy
from kieng.words import fold

_Borne = tuple[Dated[str], Agency]  # who bore a code or name, and when
_SHOWN = 5
_MOST_HINTS = 200  # a hint costs a search through all names
_WORDS = {AgencyBy.CODE: "mã/code", AgencyBy.ID: "id", AgencyBy.NAME: "tên/name"}


class AgencyFinder:
    """Looks agencies up. Nothing is guessed: no match, or more than one, is a fault."""

    def __init__(self, definitions: Definitions, by: AgencyBy) -> None:
        self._heirs = _heirs(definitions)
        self._by = by
        self._folded: Callable[[str], str] = fold if by is AgencyBy.NAME else str
        self._unknowns = 0
        self._index = self._indexed(definitions.tree.agencies.values())

    def _indexed(self, agencies: Iterable[Agency]) -> dict[str, list[_Borne]]:
        index: dict[str, list[_Borne]] = defaultdict(list)
        for agency in agencies:
            for word in self._words_of(agency):
                index[self._folded(word.value)].append((word, agency))
        return dict(index)

    def _words_of(self, agency: Agency) -> Iterable[Dated[str]]:
        if self._by is AgencyBy.CODE:
            return agency.codes
        if self._by is AgencyBy.ID:
            return (Dated(agency.id),)
        both = [(n, {n.value.vi, n.value.en}) for n in agency.names]
        return [Dated(word, n.valid_from, n.valid_to) for n, words in both for word in words]

    def find(self, text: str, day: date | None, on: str = "") -> str | Fault:
        """The id of the agency ``text`` names on ``day``; ``on`` names the column of the day."""
        ever = self._index.get(self._folded(text))
        if ever is None:
            return self._unknown(text)
        bearers = ever if day is None else [b for b in ever if b[0].holds_on(day) and b[1].exists_on(day)]
        ids = sorted({agency.id for _, agency in bearers})
        if len(ids) == 1:
            return ids[0]
        if day is None:
            return fault("agency-needs-day", candidates=_shown(ids), on=on)
        if ids:
            return fault("ambiguous-agency", candidates=_shown(ids))
        return self._not_on(day, ever)

    def known(self, text: str, day: date | None) -> str | None:
        """The id that :meth:`find` gives; None where it gives a fault."""
        ever = self._index.get(self._folded(text), ())
        ids = {a.id for w, a in ever if day is None or (w.holds_on(day) and a.exists_on(day))}
        return ids.pop() if len(ids) == 1 else None

    def knows(self, text: str) -> bool:
        """Whether ``text`` ever named some agency."""
        return self._folded(text) in self._index

    @cached_property
    def changes(self) -> tuple[date, ...]:
        """The days, in order, on which what some text names may change."""
        borne = [bearer for bearers in self._index.values() for bearer in bearers]
        days = [d for w, a in borne for d in (w.valid_from, w.valid_to, a.opened, a.closed) if d]
        return tuple(sorted(set(days)))

    def _unknown(self, text: str) -> Fault:
        self._unknowns += 1
        hint = near(text, self._index) if self._unknowns <= _MOST_HINTS else ""
        longer = self._unknowns <= _MOST_HINTS and [
            known for known in self._index if known.lstrip("0") == text and known != text
        ]
        if longer:  # Excel drops the zeros a code begins with
            hint = f"Excel: 0…? `{longer[0]}`."
        return fault("unknown-agency", by=_WORDS[self._by], hint=hint)

    def _not_on(self, day: date, ever: list[_Borne]) -> Fault:
        lives = "; ".join(_life(word, agency) for word, agency in ever[:_SHOWN])
        heirs = sorted({heir for _, agency in ever for heir in self._heirs.get(agency.id, ())})
        return fault("agency-not-on-day", day=day.isoformat(), lives=lives, heirs=_shown(heirs) or "–")


def _life(word: Dated[str], agency: Agency) -> str:
    starts = [d for d in (word.valid_from, agency.opened) if d]
    ends = [d for d in (word.valid_to, agency.closed) if d]
    first = max(starts).isoformat() if starts else "…"
    last = min(ends).isoformat() if ends else "…"
    return f"{agency.id} [{first}, {last})"


def _heirs(definitions: Definitions) -> dict[str, list[str]]:
    heirs: dict[str, list[str]] = defaultdict(list)
    for reorganisation in definitions.reorganisations:
        for move in reorganisation.moves:
            heirs[move.source].append(move.target)
    return heirs


def _shown(ids: list[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (" …" if len(ids) > _SHOWN else "")
