"""What judgement says, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from kieng.measurement.measurement import VALUE_DIGITS, Extent, Measurement, Status
from kieng.plan.agency import Part
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain, Period
from kieng.records.batch import Origin
from kieng.words import Name

_SWAP = str.maketrans(",.", ".,")


def both(vi: str, en: str, **parts: object) -> Name:
    """A sentence in two languages with ``parts`` filled in; names and periods speak its language."""
    spoken = {k: period(part) if isinstance(part, Period) else part for k, part in parts.items()}

    def fill(text: str, language: str) -> str:
        words = {k: v.in_language(language) if isinstance(v, Name) else v for k, v in spoken.items()}
        return text.format_map(words)

    return Name(fill(vi, "vi"), fill(en, "en"))


def number(value: Decimal, decimals: int = VALUE_DIGITS) -> Name:
    """``value`` with at most ``decimals`` places: 1.234,5 and 1,234.5."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    english = f"{rounded:,f}"
    if "." in english:
        english = english.rstrip("0").rstrip(".")
    english = english if english != "-0" else "0"
    return Name(english.translate(_SWAP), english)


def figure(
    value: Decimal, indicator: Indicator, beside: Decimal | None = None, out_of: int | None = None
) -> Name:
    """``value`` with its unit, in the indicator's number of places; in more where it would otherwise
    look equal to ``beside``, so that nobody reads "90 is less than 90". A rank carries its field:
    "hạng 31/34"."""
    n = _telling(value, indicator, beside)
    if indicator.is_rank:
        field = "" if out_of is None else f"/{out_of}"
        return both("hạng {n}{field}", "rank {n}{field}", n=n, field=field)
    if is_percentage(indicator):
        return both("{n} %", "{n}%", n=n)
    return both("{n} {unit}", "{n} {unit}", n=n, unit=indicator.unit_name)


def difference(value: Decimal, indicator: Indicator) -> Name:
    """How far two figures lie apart: two percentages lie percentage points apart, two ranks places."""
    n = _telling(value, indicator, Decimal(0))
    if indicator.is_rank:
        return both("{n} bậc", "{n} {place}", n=n, place="place" if value == 1 else "places")
    if not is_percentage(indicator):
        return both("{n} {unit}", "{n} {unit}", n=n, unit=indicator.unit_name)
    return both("{n} điểm phần trăm", "{n} {point}", n=n, point="point" if value == 1 else "points")


def range_text(low: Decimal, high: Decimal, indicator: Indicator) -> Name:
    """Two bounds with one unit, a share's to one place: "46,7–94,8 %"."""
    if is_percentage(indicator):
        return both("{low}–{high} %", "{low}–{high}%", low=number(low, 1), high=number(high, 1))
    decimals = indicator.decimals
    return both("{low}–{high}", "{low}–{high}", low=number(low, decimals), high=figure(high, indicator))


def is_percentage(indicator: Indicator) -> bool:
    """Made of two counts here, or published as such."""
    return indicator.unit_name.vi == "%"


def _telling(value: Decimal, indicator: Indicator, beside: Decimal | None) -> Name:
    decimals = indicator.decimals
    while beside is not None and value != beside and decimals < VALUE_DIGITS:
        if number(value, decimals) != number(beside, decimals):
            break
        decimals += 1
    return number(value, decimals)


def percent(share: Decimal, decimals: int = 1) -> Name:
    """A share of 1 as people write it: "88,4 %", "88.4%"."""
    return both("{n} %", "{n}%", n=number(share * 100, decimals))


def day(value: date) -> Name:
    return Name(f"{value:%d/%m/%Y}", value.isoformat())


def deadline(value: date) -> Name:
    """A deadline as people say it: "hết năm 2025", "by the end of 2025"; else with its day."""
    if (value.month, value.day) == (12, 31):
        return Name(f"hết năm {value.year}", f"by the end of {value.year}")
    return both("hạn {day}", "by {day}", day=day(value))


def at_day(value: date) -> Name:
    """When something was so: "cuối năm 2024", "ngày 26/06/2023"."""
    if (value.month, value.day) == (12, 31):
        return Name(f"cuối năm {value.year}", f"at the end of {value.year}")
    return both("ngày {day}", "on {day}", day=day(value))


def part_of(value: Period, extent: Extent, *, accrues: bool) -> Name:
    """A period that is not whole as far as it goes: "từ đầu năm, đo ngày 30/11/2026"; of a stock, which is no
    matter of how long one looks, the newest figure."""
    to = up_to(extent)
    if not accrues:
        return both("số mới nhất, {to}", "the newest, {to}", to=to)
    if value.grain is Grain.YEAR:
        return both("từ đầu năm, {to}", "since January 1, {to}", to=to)
    return both("từ {first}, {to}", "since {first}, {to}", first=day(value.start), to=to)


def capital(name: Name) -> Name:
    """``name`` as a sentence begins."""
    return Name(name.vi[:1].upper() + name.vi[1:], name.en[:1].upper() + name.en[1:])


def period(value: Period) -> Name:
    """A period as people write it: 07/2025, quý 3/2025, 6 tháng đầu năm 2025, 2025; English: 2025-07."""
    year, part = value.start.year, (value.start.month - 1) // value.grain.months + 1
    match value.grain:
        case Grain.MONTH:
            vi = f"{part:02}/{year}"
        case Grain.QUARTER:
            vi = f"quý {part}/{year}"
        case Grain.HALF:
            vi = f"6 tháng {'đầu' if part == 1 else 'cuối'} năm {year}"
        case Grain.YEAR:
            vi = f"{year}"
    return Name(vi, str(value))


def up_to(extent: Extent) -> Name:
    """Beside the figure of a period that is not whole: the day it was measured on, or through which there are
    records."""
    if extent.delivered:
        return both("số liệu đến {d}", "data to {d}", d=day(extent.day))
    return both("đo ngày {d}", "measured on {d}", d=day(extent.day))


def part(days: Part) -> Name | None:
    """Beside the figure of an agency that was there for a part of the period: since or until when it was.
    It is said of the agency: what it had begun may have been closed after its end."""
    first, last = days
    if first is not None and last is not None:
        return both(
            "cơ quan hoạt động từ {a} đến hết {b}",
            "the agency was there from {a} to {b}",
            a=day(first),
            b=day(last),
        )
    if first is not None:
        return both("cơ quan hoạt động từ {a}", "the agency began on {a}", a=day(first))
    return (
        None
        if last is None
        else both("cơ quan hoạt động đến hết {b}", "the agency ended on {b}", b=day(last))
    )


def period_of(measurement: Measurement, days: Part = (None, None)) -> Name:
    """A figure's period; of one that is not over also on which day: "2026, đo ngày 30/11/2026"; of an agency
    that was there for a part of it also since or until when: "2025, cơ quan hoạt động đến hết 30/06/2025"."""
    told = period(measurement.period)
    only = part(days)
    if only is not None:
        told = both("{p}, {only}", "{p}, {only}", p=told, only=only)
    if measurement.extent is not None:
        told = both("{p}, {to}", "{p}, {to}", p=told, to=up_to(measurement.extent))
    return told


NO_NUMBER = {
    Status.NO_DATA: Name("Chưa có số liệu", "There is no data"),
    Status.NOT_APPLICABLE: Name("Không áp dụng cho cơ quan này", "It does not apply to this agency"),
    Status.ZERO_DENOMINATOR: Name("Mẫu số bằng 0", "The denominator is zero"),
    Status.CANNOT_RECAST: Name("Không quy đổi được sang địa giới này", "It cannot be recast on this map"),
}

ORIGIN_WORDS = {
    Origin.PUBLISHED: Name("đã công bố", "published"),
    Origin.MEASURED: Name("đo từ hệ thống", "measured"),
    Origin.REPORTED: Name("báo cáo", "reported"),
    Origin.SYNTHETIC: Name("TỔNG HỢP THỬ", "SYNTHETIC"),
}

NO_MARK = Name("", "")


def made_up(figures: Iterable[Measurement | None]) -> Name:
    """The word for made-up figures when there is one among ``figures``, else :data:`NO_MARK`."""
    synthetic = any(one is not None and Origin.SYNTHETIC in one.origins for one in figures)
    return ORIGIN_WORDS[Origin.SYNTHETIC] if synthetic else NO_MARK


STATE_WORDS = {
    "estimate": Name("ước", "estimate"),
    "provisional": Name("sơ bộ", "provisional"),
    "confirmed": Name("chính thức", "confirmed"),
}
