"""Which agency an office means, by id, code or name: with or without accents, and with "UBND" before it."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from datetime import date

from kieng.plan.agency import Agency
from kieng.plan.definitions import Definitions
from kieng.plan.succession import on_the_day
from kieng.records.agency_finder import AgencyFinder
from kieng.records.faults import Fault, fault
from kieng.records.mapping import AgencyBy
from kieng.web.people.columns import Column
from kieng.words import bare, fold

UNKNOWN = "unknown-agency"
#: A sheet of another province names none of these agencies.
_MOST_SEARCHED = 50
_OFFICE_OF = re.compile(r"^(ubnd|uy ban nhan dan|u b n d)\s+")


class Agencies:
    """Looks agencies up on the first day of a post. Nothing is guessed."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions, self._searched = definitions, 0
        self._by_key = [AgencyFinder(definitions, by) for by in (AgencyBy.ID, AgencyBy.CODE)]
        self._by_name = AgencyFinder(definitions, AgencyBy.NAME)
        self._spelled: dict[str, set[str]] = defaultdict(set)
        for agency in definitions.tree.agencies.values():
            for name in agency.names:
                for word in (name.value.vi, name.value.en):
                    self._spelled[_plain(word)].add(word)

    def find(self, text: str, day: date | None) -> str | Fault:
        """The id of the agency that ``text`` names on ``day``, or why there is none."""
        for finder in (*self._by_key, self._by_name):
            found = finder.known(text, day)
            if found is not None:
                return found
        names = sorted(self._spelled.get(_plain(text), ()), key=fold)
        known = {one for name in names if (one := self._by_name.known(name, day)) is not None}
        if len(known) == 1:
            return known.pop()
        if known:
            return fault("ambiguous-agency", candidates=", ".join(sorted(known)[:5]))
        # What is wrong is said of the name as it is spelled in full, where there is one.
        for finder, word in ((self._by_name, (names or [text])[0]), *((one, text) for one in self._by_key)):
            if finder.knows(word):
                return finder.find(word, day, Column.FIRST.heading.vi)
        return fault(UNKNOWN, by="", hint="")

    def near(self, text: str) -> str:
        """The name that was probably meant; "" where none is like it, and after many: it takes a search."""
        self._searched += 1
        if self._searched > _MOST_SEARCHED:
            return ""
        close = difflib.get_close_matches(_plain(text)[:80], self._spelled, n=1)
        return sorted(self._spelled[close[0]])[-1] if close else ""

    def __getitem__(self, agency: str) -> Agency:
        return self._definitions.tree.agencies[agency]

    def heirs(self, agency: str, day: date) -> tuple[str, ...]:
        """What an agency has become by ``day``; itself while it is there."""
        known = self._definitions
        return tuple(sorted(on_the_day(known.tree, known.reorganisations, agency, day)))


def _plain(text: str) -> str:
    return _OFFICE_OF.sub("", " ".join(bare(text).split()))
