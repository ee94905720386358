"""What can be wrong with one cell or row, in both languages, and as a problem.

Both go into :class:`~kieng.problems.Problem`, and into the file of refused rows, which goes back to whoever
sent it.
"""

from __future__ import annotations

from dataclasses import dataclass

from kieng.problems import Place, Problem
from kieng.records.fault_texts import TEXTS
from kieng.words import Name


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a value: a code of TEXTS and what fills its sentences.

    ``masked`` replaces the value wherever it would be shown (it may be personal).
    """

    code: str
    details: tuple[tuple[str, str], ...] = ()
    masked: str | None = None

    @property
    def why(self) -> Name:
        return self._filled(TEXTS[self.code][0])

    @property
    def remedy(self) -> Name:
        return self._filled(TEXTS[self.code][1])

    def _filled(self, text: Name) -> Name:
        details = dict(self.details)
        return Name(text.vi.format(**details), text.en.format(**details))


def fault(code: str, **details: object) -> Fault:
    return Fault(code, tuple((name, str(value)) for name, value in details.items()))


@dataclass(frozen=True)
class RowFault:
    """A fault of one row. ``line`` counts from 1 in the delivered file; ``position`` is the column's
    place in the row from 1 (0: the row as a whole); ``name`` the column's name."""

    line: int
    fault: Fault
    position: int = 0
    name: str = ""
    value: str | None = None

    @property
    def why(self) -> Name:
        why = self.fault.why
        if not self.name:
            return why
        return Name(f"Cột «{self.name}»: {why.vi}", f"Column `{self.name}`: {why.en}")

    def problem(self, file: str) -> Problem:
        value = self.value if self.fault.masked is None else self.fault.masked
        place = Place(file, self.line, self.position)
        why, remedy = self.why, self.fault.remedy
        return Problem(place, self.fault.code, why.en, remedy.en, value, (why.vi, remedy.vi))
