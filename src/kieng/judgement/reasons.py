"""Why there is no number, in words: the codes of ``Measurement.reason`` in Vietnamese and English."""

from __future__ import annotations

from datetime import date

from kieng.judgement.phrases import both, day
from kieng.measurement.value import (
    BLOCKED,
    DECLARED,
    NO_DELIVERY,
    NO_EARLIER,
    NO_FIGURE,
    NO_RECORDS,
    REPORTED,
    UNEQUAL_SPANS,
    ZERO,
)
from kieng.plan.period import Period
from kieng.words import Name

REASONS = {
    ZERO: Name("mẫu số bằng 0", "the denominator is zero"),
    NO_RECORDS: Name(
        "không có bản ghi nào của con số này trong kỳ", "no record of this figure falls into the period"
    ),
    NO_FIGURE: Name(
        "có bản ghi nhưng không bản ghi nào cho con số này",
        "there are records, but none gives this figure",
    ),
    NO_EARLIER: Name(
        "kỳ trước mà công thức dựa vào không có số liệu theo cùng cách tính",
        "the earlier period that the formula looks at has no figure made in the same way",
    ),
    UNEQUAL_SPANS: Name(
        "kỳ này và kỳ được so sánh không dài bằng nhau: kỳ đang chạy, hoặc đơn vị chỉ có trong một phần kỳ",
        "the two periods are not equally long: one is still running, or the agency was there for a part",
    ),
    NO_DELIVERY: Name(
        "không có số liệu mới nào từ tháng {month}", "nothing has been delivered since {month}"
    ),
    BLOCKED: Name(
        "đơn vị đã chia tách; trung vị, số khác nhau, nhỏ nhất, lớn nhất không chia theo trọng số",
        "the agency was split; a median, distinct count, minimum or maximum cannot be shared out by weight",
    ),
    DECLARED: Name("kế hoạch ghi là không áp dụng", "the plan declares that it does not apply"),
    REPORTED: Name("người báo cáo ghi như vậy", "whoever reported it says so"),
    "unknown-agency": Name("không có cơ quan nào mang mã {agency}", "no agency has the id {agency}"),
    "no-shares": Name(
        "{agency} bị chia tách ngày {day} mà không có phần chia theo {basis}",
        "{agency} was split on {day}, and no shares by {basis} are given",
    ),
    "no-amounts": Name(
        "{agency} hợp thành từ nhiều đơn vị ngày {day} mà chưa đủ số {basis} của các đơn vị ấy",
        "{agency} was made from several agencies on {day}, and their {basis} is not known for all",
    ),
    "no-predecessor": Name(
        "{agency} thành lập ngày {day} mà không nêu hợp thành từ đơn vị nào",
        "{agency} was opened on {day}, and no move says what it was made of",
    ),
    "not-on-the-map": Name(
        "{agency} không tồn tại ngày {day}, và không lần chuyển nào dẫn đến đơn vị tồn tại ngày ấy",
        "{agency} does not exist on {day}, and no move leads to an agency that does",
    ),
}


def reason_code(reason: str | None) -> str | None:
    """The code alone."""
    return None if reason is None else reason.partition(":")[0]


def reason_text(reason: str) -> Name:
    """``reason`` in words."""
    code, _, detail = reason.partition(": ")
    words = REASONS[code]
    if code == NO_DELIVERY:
        return both(words.vi, words.en, month=Period.parse(detail))
    if "{agency}" not in words.vi:
        return words
    agency, on, basis = detail.split(", ")
    return both(words.vi, words.en, agency=agency, day=day(date.fromisoformat(on)), basis=basis)
