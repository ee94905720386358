"""Standing (mức đạt): how a measurement stands against its target, in one word.

Whoever means several standings asks one of the questions below (:attr:`Standing.is_off`, …), which all
rest on :attr:`Standing.group`, or keeps a table made by :func:`for_every_standing`. So a new standing is
forgotten nowhere: without a group it fails type checking, a table without it fails when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar, assert_never

from kieng.words import Name

T = TypeVar("T")


class Group(StrEnum):
    """What standings have in common. Every standing is in one group."""

    GOOD = "good"
    SAVABLE = "savable"
    LOST = "lost"
    UNDECIDED = "undecided"
    WITHOUT_FIGURE = "without_figure"
    ENDED = "ended"


class Standing(StrEnum):
    """Mức đạt."""

    MET = "met"
    ON_COURSE = "on_course"
    LATE = "late"
    MISSED = "missed"
    OPEN = "open"
    NOT_DUE = "not_due"
    DUE_NO_FIGURE = "due_no_figure"
    NO_DATA = "no_data"
    CLOSED = "closed"
    UNKNOWN = "unknown"

    @property
    def words(self) -> Name:
        return _WORDS[self]

    @property
    def meaning(self) -> Name:
        """What the word says, in a sentence."""
        return _MEANINGS[self]

    @property
    def group(self) -> Group:
        """What the standing means for whoever counts or sorts several."""
        match self:
            case Standing.MET | Standing.ON_COURSE:
                return Group.GOOD
            case Standing.LATE:
                return Group.SAVABLE
            case Standing.MISSED:
                return Group.LOST
            case Standing.OPEN | Standing.NOT_DUE | Standing.UNKNOWN:
                return Group.UNDECIDED
            case Standing.DUE_NO_FIGURE | Standing.NO_DATA:
                return Group.WITHOUT_FIGURE
            case Standing.CLOSED:
                return Group.ENDED
            case _:
                assert_never(self)

    @property
    def is_good(self) -> bool:
        """Whether what was promised is kept so far."""
        return self.group is Group.GOOD

    @property
    def is_off(self) -> bool:
        """Whether the figure falls short of what its way or its deadline asks for (lệch)."""
        return self.group in (Group.SAVABLE, Group.LOST)

    @property
    def is_savable(self) -> bool:
        """Off, but the deadline is ahead."""
        return self.group is Group.SAVABLE

    @property
    def is_lost(self) -> bool:
        """Off for good: the deadline is over, and no later figure repairs it."""
        return self.group is Group.LOST

    @property
    def is_judged(self) -> bool:
        """Whether there is a verdict: the figure was held against its way or its deadline."""
        return self.is_good or self.is_off

    @property
    def lacks_figure(self) -> bool:
        """Whether there is no figure at all that could be held against the target."""
        return self.group is Group.WITHOUT_FIGURE

    @property
    def is_closed(self) -> bool:
        """Whether the target was ended early and counts no more."""
        return self.group is Group.ENDED


def for_every_standing(table: Mapping[Standing, T]) -> Mapping[Standing, T]:
    """``table``, once it has an entry for every standing; ValueError names those it forgets."""
    forgotten = [one.value for one in Standing if one not in table]
    if forgotten:
        raise ValueError(f"a table of standings forgets {', '.join(forgotten)}")
    return table


_WORDS = for_every_standing(
    {
        Standing.MET: Name("Đạt", "Met"),
        Standing.ON_COURSE: Name("Đúng tiến độ", "On course"),
        Standing.LATE: Name("Chậm tiến độ", "Late"),
        Standing.MISSED: Name("Không đạt", "Missed"),
        Standing.OPEN: Name("Chưa kết luận", "Open"),
        Standing.NOT_DUE: Name("Chưa đến hạn", "Not due yet"),
        Standing.DUE_NO_FIGURE: Name("Đến hạn, chưa có số", "Due, no figure"),
        Standing.NO_DATA: Name("Chưa có số liệu", "No data"),
        Standing.CLOSED: Name("Đã khép lại", "Closed"),
        Standing.UNKNOWN: Name("Chưa rõ", "Unknown"),
    }
)

_MEANINGS = for_every_standing(
    {
        Standing.MET: Name("Số liệu đã đạt mục tiêu.", "The figure has reached its target."),
        Standing.ON_COURSE: Name(
            "Chưa đến hạn, và không chậm so với lộ trình đến mục tiêu.",
            "The deadline is ahead, and the figure keeps up with the way to the target.",
        ),
        Standing.LATE: Name(
            "Chưa đến hạn, nhưng đang chậm so với lộ trình.",
            "The deadline is ahead, but the figure lags behind the way to the target.",
        ),
        Standing.MISSED: Name(
            "Hết hạn mà chưa đạt. Số của kỳ sau không sửa được hạn đã lỡ.",
            "The deadline passed before the target was reached. No later figure repairs that.",
        ),
        Standing.OPEN: Name(
            "Đã đến hạn và có số, nhưng số mới là ước, còn thiếu, hoặc không tách được cho đúng phạm vi, "
            "nên kết luận còn có thể khác; hai cận được ghi bên cạnh.",
            "Due, and there is a figure; but it is an estimate, or part of it is missing or cannot be cut to "
            "what was promised, so that the verdict could still turn; both bounds stand beside it.",
        ),
        Standing.NOT_DUE: Name(
            "Có số, chưa đến hạn, và kế hoạch không có lộ trình; khoảng cách và tốc độ được ghi bên cạnh.",
            "There is a figure, the deadline is ahead, the plan has no way: gap and pace stand beside it.",
        ),
        Standing.DUE_NO_FIGURE: Name(
            "Đã đến hạn mà chưa có số; nơi phải báo cáo được nêu tên.",
            "The deadline is over and there is no figure; who owes it is named.",
        ),
        Standing.NO_DATA: Name(
            "Chưa đến hạn, và chưa có số liệu nào của các kỳ được xét để so với mục tiêu.",
            "The deadline is ahead, and the periods judged have no figure to hold against the target.",
        ),
        Standing.CLOSED: Name(
            "Chỉ tiêu khép lại trước hạn, ví dụ vì cấp huyện kết thúc hoạt động; số cuối được giữ.",
            "Ended early, as when districts were abolished; its last figure is kept.",
        ),
        Standing.UNKNOWN: Name(
            "Không đủ căn cứ để nói gì; lý do ghi ngay bên cạnh.",
            "Nothing can honestly be said; the reason stands beside it.",
        ),
    }
)

#: What asks for attention, the worst first: what stands for several stands as its worst one does.
WORST_FIRST = (
    Standing.MISSED,
    Standing.LATE,
    Standing.DUE_NO_FIGURE,
    Standing.OPEN,
    Standing.UNKNOWN,
    Standing.NO_DATA,
    Standing.NOT_DUE,
    Standing.ON_COURSE,
    Standing.MET,
    Standing.CLOSED,
)
_RANK = for_every_standing({standing: rank for rank, standing in enumerate(WORST_FIRST)})
Tally = tuple[tuple[Standing, int], ...]


def worst(standings: Iterable[Standing]) -> Standing:
    """As what stands for several stands; unknown for none."""
    return min(standings, key=lambda one: _RANK[one], default=Standing.UNKNOWN)


def tally(standings: Iterable[Standing]) -> Tally:
    """How many stand how, the worst first."""
    found = list(standings)
    return tuple((one, found.count(one)) for one in WORST_FIRST if one in found)
