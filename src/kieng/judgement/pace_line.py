"""The pace in one plain line, to stand behind a standing.

"Tăng 0,2 điểm phần trăm/tháng: đạt 100 % vào 09/2029, sớm nhất 11/2027, có thể không đạt".
"""

from __future__ import annotations

from kieng.judgement.pace import Forecast, Outlook
from kieng.judgement.phrases import both, difference
from kieng.judgement.target_words import goal_text
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain
from kieng.plan.target import Target
from kieng.words import Name

_EACH = {
    Grain.MONTH: Name("tháng", "a month"),
    Grain.QUARTER: Name("quý", "a quarter"),
    Grain.HALF: Name("nửa năm", "a half-year"),
    Grain.YEAR: Name("năm", "a year"),
}


_UP, _DOWN, _NOT = Name("tăng", "up"), Name("giảm", "down"), Name("không đổi", "unchanged")
_BY = {
    Grain.MONTH: Name("tháng", "month"),
    Grain.QUARTER: Name("quý", "quarter"),
    Grain.HALF: Name("nửa năm", "half-year"),
    Grain.YEAR: Name("năm", "year"),
}


def pace_line(
    target: Target, indicator: Indicator, told: Forecast, grain: Grain, of_parts: bool = False
) -> Name | None:
    """How fast the figure moves and what that comes to; None where there is no pace to tell. ``of_parts``:
    the target is judged by longer periods than those whose figures move so, and the line says whose."""
    if told.outlook is Outlook.MET:
        vi = "Mức từng {each} gần đây đã ở {goal}"
        en = "By the {each} it has been at {goal} of late"
        if not told.firmly:
            vi = "Số từng {each} gần đây dao động quanh {goal}"
            en = "By the {each} it has swung about {goal} of late"
        return both(vi, en, each=_BY[grain], goal=goal_text(target, indicator))
    if told.outlook is Outlook.NO_TREND:
        vi = "Chưa rõ xu hướng: số từng {each} dao động mạnh hơn mức tăng giảm"
        return both(vi, "No trend to be seen: it swings by the {each} by more than it moves", each=_BY[grain])
    if told.per_period is None:
        return None
    moves = _moves(indicator, told, grain, of_parts)
    said = {"moves": moves, "goal": goal_text(target, indicator)}
    if told.met_in is not None:
        line = both("{moves}: đạt {goal} vào {p}", "{moves}: {goal} is met in {p}", **said, p=told.met_in)
        return both("{l}{range}", "{l}{range}", l=line, range=_range(told))
    if told.earliest is not None:
        vi = "{moves}: với tốc độ này không đạt {goal}, sớm nhất {p}"
        en = "{moves}: at this pace {goal} is not met, at the earliest in {p}"
        return both(vi, en, **said, p=told.earliest)
    vi, en = "{moves}: với tốc độ này không đạt {goal}", "{moves}: at this pace {goal} is not met"
    return both(vi, en, **said)


def _moves(indicator: Indicator, told: Forecast, grain: Grain, of_parts: bool) -> Name:
    """ "Tăng 0,2 điểm phần trăm/tháng"; "Số từng tháng tăng 0,2 điểm phần trăm/tháng"."""
    pace = told.per_period.middle if told.per_period else None
    verb = _NOT if not pace else _UP if pace > 0 else _DOWN
    if of_parts:
        vi, en = f"Số từng {{by}} {verb.vi}", f"The figure of each {{by}} is {verb.en}"
        verb = both(vi, en, by=_BY[grain])
    else:
        verb = Name(verb.vi[:1].upper() + verb.vi[1:], verb.en[:1].upper() + verb.en[1:])
    if not pace:
        return verb
    said = {"verb": verb, "d": difference(abs(pace), indicator), "each": _EACH[grain]}
    return both("{verb} {d}/{each}", "{verb} {d} {each}", **said)


def _range(told: Forecast) -> Name:
    """Nothing where slow and fast end in one period."""
    if told.earliest == told.latest:
        return Name("", "")
    early = both(", sớm nhất {e}", ", at the earliest {e}", e=told.earliest or told.met_in)
    if told.latest is None:
        return both("{early}, có thể không đạt", "{early}, perhaps never", early=early)
    return both("{early}, muộn nhất {l}", "{early}, at the latest {l}", early=early, l=told.latest)
