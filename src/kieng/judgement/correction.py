"""A figure that was said once and later otherwise, as an official would write it.

"Công bố 31/12/2023 là 101,3 % (ước); đính chính 15/03/2024 thành 93,5 % (chính thức), thấp hơn 7,8 điểm phần
trăm, vì …". What was said to be an estimate and has come true otherwise was not wrong: it is settled, not
corrected.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kieng.judgement.phrases import STATE_WORDS, both, day, difference
from kieng.judgement.precision import told
from kieng.plan.indicator import Indicator
from kieng.plan.record_type import STATES
from kieng.plan.stated import Stated
from kieng.records.batch import Origin
from kieng.words import Name

_VERBS = {
    Origin.PUBLISHED: Name("Công bố", "Published"),
    Origin.MEASURED: Name("Đo", "Measured"),
    Origin.REPORTED: Name("Báo cáo", "Reported"),
    Origin.SYNTHETIC: Name("Số tổng hợp thử nạp", "Synthetic, entered"),
}
_NO_DATA = Name("chưa có số liệu", "no data")
_UNKNOWN_STATE = -1


@dataclass(frozen=True)
class Saying:
    """What was said of one figure on one day. ``value`` is in the indicator's unit, None for "no data";
    ``stated`` is what its source says of its precision."""

    on: date
    value: Decimal | None
    state: str | None
    origins: tuple[Origin, ...]
    stated: Stated | None = None
    withdrawn: bool = False


def first_said(indicator: Indicator, first: Saying) -> Name:
    """ "Công bố 31/12/2023 là 101,3 % (ước)"."""
    verb = next((words for origin, words in _VERBS.items() if origin in first.origins), None)
    words = {"verb": verb or _VERBS[Origin.REPORTED], "day": day(first.on), "value": _what(indicator, first)}
    if first.value is None:
        return both("{verb} {day}: {value}", "{verb} {day}: {value}", **words)
    return both("{verb} {day} là {value}", "{verb} {day} as {value}", **words)


def said_anew(indicator: Indicator, before: Saying, now: Saying) -> Name:
    """ "đính chính 15/03/2024 thành 93,5 %, thấp hơn 7,8 điểm phần trăm"; the reason stands behind it."""
    words: dict[str, object] = {"day": day(now.on), "value": _what(indicator, now)}
    if now.withdrawn:
        return both("rút lại {day}", "withdrawn {day}", **words)
    if now.value is None:
        return both("đính chính {day}: {value}", "corrected {day}: {value}", **words)
    if before.value is None:
        return both("bổ sung {day}: {value}", "supplied {day}: {value}", **words)
    if is_settled(before, now):
        vi, en = "cập nhật {day} theo số {state}: {value}", "updated {day} with a {state} figure: {value}"
        words |= {"state": STATE_WORDS[now.state or ""], "value": _value(indicator, now)}
        said = both(vi, en, **words)
    else:
        said = both("đính chính {day} thành {value}", "corrected {day} to {value}", **words)
    return both("{s}{by}", "{s}{by}", s=said, by=_by(indicator, before, now))


def is_settled(before: Saying, now: Saying) -> bool:
    """Whether a figure became more final than it was: an estimate, then provisional, then confirmed."""
    return _rank(now) > _rank(before) > _UNKNOWN_STATE


def _rank(one: Saying) -> int:
    return STATES.index(one.state) if one.state in STATES else _UNKNOWN_STATE


def _by(indicator: Indicator, before: Saying, now: Saying) -> Name:
    if before.value is None or now.value is None or before.value == now.value:
        return Name("", "")
    d, up = difference(abs(now.value - before.value), indicator), now.value > before.value
    if indicator.is_rank:
        way = Name("kém", "worse") if up else Name("hơn", "better")
    else:
        way = Name("cao hơn", "higher") if up else Name("thấp hơn", "lower")
    return both(", {way} {d}", ", {d} {way}", way=way, d=d)


def _value(indicator: Indicator, one: Saying) -> Name:
    return _NO_DATA if one.value is None else told(one.value, indicator, one.stated)


def _what(indicator: Indicator, one: Saying) -> Name:
    value, state = _value(indicator, one), STATE_WORDS.get(one.state or "")
    return both("{v} ({s})", "{v} ({s})", v=value, s=state) if state else value
