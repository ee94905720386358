"""What asks for attention, the worst first: one rule for head, leader, public, command and file.

What can still be saved stands apart from what is lost. First the targets that are behind their way by more
than chance (*save*), then those without a way whose pace does not bring them there in time (*at risk*), then
figures that are owed, verdicts that are open, and last what was missed for good. Within each it goes by how
much it matters: the people concerned times the part of what is asked for that is lacking; then the sooner
deadline. To a reader who may not see a figure its line asks for nothing: neither a list nor its order tells
how it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from kieng.judgement.aim import aim_of
from kieng.judgement.board import BoardRow, Line
from kieng.judgement.judge import Judgement
from kieng.judgement.pace import Outlook
from kieng.judgement.standing import Standing
from kieng.measurement.coverage import PEOPLE
from kieng.plan.agency import AgencyTree
from kieng.words import Name

Tells = Callable[[Line], bool]


class Call(StrEnum):
    """What a target asks of whoever answers for it, the most urgent first."""

    SAVE = "save"
    AT_RISK = "at_risk"
    OWED = "owed"
    DECIDE = "decide"
    LOST = "lost"
    NOTHING = "nothing"

    @property
    def words(self) -> Name:
        return _WORDS[self]

    @property
    def is_ahead(self) -> bool:
        """Whether something can still be done about the figure itself."""
        return self in (Call.SAVE, Call.AT_RISK)


_WORDS = {
    Call.SAVE: Name("Đang chậm, còn kịp sửa", "Behind, and can still be saved"),
    Call.AT_RISK: Name("Có nguy cơ không kịp hạn", "At risk of missing its deadline"),
    Call.OWED: Name("Đến hạn, chưa có số", "Due, no figure"),
    Call.DECIDE: Name("Chưa kết luận", "Open"),
    Call.LOST: Name("Đã lỡ hạn", "Missed for good"),
    Call.NOTHING: Name("Không cần xử lý ngay", "Nothing to do at once"),
}
_ORDER = {call: rank for rank, call in enumerate(Call)}


@dataclass(frozen=True)
class Urgency:
    """How much a target asks for attention. ``weight``: people times the part that is lacking."""

    call: Call
    weight: Fraction
    by: date
    id: str

    @property
    def key(self) -> tuple[int, Fraction, date, str]:
        return _ORDER[self.call], -self.weight, self.by, self.id


def call_of(judged: Judgement) -> Call:
    """What one judgement asks for."""
    match judged.standing:
        case Standing.LATE:
            return Call.SAVE
        case Standing.NOT_DUE:
            return Call.NOTHING if _comes_in_time(judged) else Call.AT_RISK
        case Standing.DUE_NO_FIGURE:
            return Call.OWED
        case Standing.OPEN:
            return Call.DECIDE
        case Standing.MISSED:
            return Call.LOST
        case Standing.MET | Standing.ON_COURSE | Standing.NO_DATA | Standing.CLOSED | Standing.UNKNOWN:
            return Call.NOTHING
        case _:
            assert_never(judged.standing)


def _comes_in_time(judged: Judgement) -> bool:
    pace = judged.pace
    if pace is None:
        return False
    return pace.outlook is Outlook.IN_TIME or (pace.outlook is Outlook.MET and pace.firmly)


def urgency(lines: Sequence[Line], tree: AgencyTree, tells: Tells = lambda line: True) -> Urgency:
    """How much one target asks for attention by its ``lines``, one for each agency it is put to: by the most
    urgent of them, weighed over all that stand like it. ``tells``: whether a line's figure may be seen."""
    calls = [(call_of(line.judgement), line) for line in lines if tells(line)]
    call = min((one for one, _ in calls), key=_ORDER.__getitem__, default=Call.NOTHING)
    alike = [line for one, line in calls if one is call]
    weight = sum((_people(line, tree) * lacking(line) for line in alike), Fraction(0))
    target = lines[0].target if lines else None
    return Urgency(call, weight, target.by if target else date.max, target.id if target else "")


def worst_first(
    rows: Iterable[BoardRow], tree: AgencyTree, tells: Tells = lambda line: True
) -> list[BoardRow]:
    """The board's rows in the order of attention; those without an agency last."""
    return sorted(rows, key=lambda row: urgency(row.lines, tree, tells).key)


def by_pillar(rows: Iterable[BoardRow], pillars: Iterable[str], tree: AgencyTree) -> list[BoardRow]:
    """The same within each pillar, in the order of the pillars."""
    order = {pillar: rank for rank, pillar in enumerate(pillars)}
    return sorted(worst_first(rows, tree), key=lambda row: order[row.indicator.pillar])


def lacking(line: Line) -> Fraction:
    """The part of what is asked for by now that is lacking: of the way where there is one, else of the
    target; nought where nothing is, or where it is no amount."""
    judged = line.judgement
    if judged.expected and judged.distance is not None:
        short, asked = -Fraction(judged.distance), Fraction(judged.expected)
    else:
        aim = aim_of(line.target, line.indicator)
        limit = None if aim is None else aim.low if aim.low is not None else aim.high
        if not limit or judged.gap_to_target is None:
            return Fraction(0)
        short, asked = -Fraction(judged.gap_to_target), Fraction(limit)
    return max(short, Fraction(0)) / abs(asked)


def _people(line: Line, tree: AgencyTree) -> Fraction:
    """The people that the agency serves; one where no number is known."""
    found = tree.agencies[line.agency].weight(PEOPLE, line.target.by)
    return Fraction(found.amount) if found is not None else Fraction(1)
