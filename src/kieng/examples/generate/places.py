"""Which agencies there are on which day, and how many people stand behind each."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from kieng.examples.generate.chance import Days, Floats, Ints, pick
from kieng.plan.agency import AgencyTree
from kieng.plan.area import Areas
from kieng.plan.dated import on_day

EAST, WEST = "east", "west"
#: Statistics codes of old Bình Định's districts end at 551, of its communes before 22100; old Gia Lai's are
#: higher. Departments have letters; they are all in the east.
_LAST_EAST = {3: "551", 5: "22100"}


def side(code: str) -> str:
    """East is what was Bình Định, with all departments; west what was old Gia Lai."""
    return WEST if code.isdigit() and code > _LAST_EAST.get(len(code), "") else EAST


@dataclass(frozen=True)
class Places:
    """Agencies of one level on one day. ``lean`` is how much better than others each does, about 0;
    ``remote`` is 1 for each that is of that area type, else 0."""

    codes: tuple[str, ...]
    people: Floats
    households: Floats
    lean: Floats
    remote: Floats

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Maps:
    """The agency tree as the generator reads it."""

    tree: AgencyTree
    seed: int
    areas: Areas = Areas()
    _known: dict[tuple[date, str, str], Places] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def starts(self) -> tuple[date, ...]:
        return (date.min, *self.tree.change_days)

    def on(self, day: date, level: str, where: str) -> Places:
        """Agencies of ``level`` on ``day`` in the ``east`` or ``west``, in the order of their codes."""
        key = (self.starts[bisect_right(self.starts, day) - 1], level, where)
        if key not in self._known:
            self._known[key] = self._find(day, level, where)
        return self._known[key]

    def _find(self, day: date, level: str, where: str) -> Places:
        today = self.tree.on(day)
        found = []
        for agency, its_level in today.level_of.items():
            code = on_day(self.tree.agencies[agency].codes, day)
            if its_level == level and code and side(code) == where:
                found.append((code, agency))
        found.sort()
        return Places(
            codes=tuple(code for code, _ in found),
            people=self._amounts([a for _, a in found], "population", day),
            households=self._amounts([a for _, a in found], "households", day),
            lean=np.array([self._lean(code) for code, _ in found]),
            remote=np.array([float(self.areas.bears(a, "remote", day) or 0) for _, a in found]),
        )

    def _amounts(self, agencies: list[str], basis: str, day: date) -> Floats:
        """Weights; 2,000 stands in where the census has no figure."""
        weights = (self.tree.agencies[agency].weight(basis, day) for agency in agencies)
        return np.array([float(w.amount) if w and w.amount else 2000.0 for w in weights])

    def _lean(self, code: str) -> float:
        return float(np.random.default_rng([self.seed, *code.encode()]).normal(0, 0.18))

    def spans(self, first: date, last: date) -> list[tuple[date, date]]:
        """``first``–``last`` (inclusive) cut wherever the tree changes; ends are exclusive."""
        cuts = [
            first,
            *(d for d in self.tree.change_days if first < d <= last),
            date.fromordinal(last.toordinal() + 1),
        ]
        return list(zip(cuts, cuts[1:], strict=False))

    def communes_at(self, rng: np.random.Generator, days: Days, where: str, power: float = 1.0) -> list[str]:
        """For each day, the code of a commune of that day, drawn by its people to the ``power``."""
        codes = np.full(len(days), "", dtype="U8")
        for start, end in zip(self.starts, (*self.starts[1:], date.max), strict=True):
            rows: Ints = np.flatnonzero((days >= np.datetime64(start)) & (days < np.datetime64(end)))
            if len(rows):
                places = self.on(max(start, date(1900, 1, 1)), "commune", where)
                codes[rows] = np.array(places.codes)[pick(rng, places.people**power, len(rows))]
        return [str(code) for code in codes]
