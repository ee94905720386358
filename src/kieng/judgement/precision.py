"""How exactly a figure is known, in words: "ước tính trên 25.378", "gần 1.000", "93,5% (suy ra)"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kieng.judgement.phrases import both, figure
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS
from kieng.plan.indicator import Indicator
from kieng.plan.stated import Precision, Stated, stated_in
from kieng.plan.target import Baseline
from kieng.words import Name

#: In the order in which they are said; ``{v}`` is the figure.
PRECISION_WORDS = {
    Precision.AVERAGE: Name("bình quân", "on average"),
    Precision.ESTIMATED: Name("ước tính", "an estimated"),
    Precision.ABOUT: Name("khoảng", "about"),
    Precision.NEARLY: Name("gần", "nearly"),
    Precision.OVER: Name("trên", "over"),
    Precision.DERIVED: Name("suy ra", "derived"),
}
_AFTER = Precision.DERIVED  # "93,5 % (suy ra)"; all others stand before their figure
_NOTHING = Name("", "")


def stated_of(measurement: Measurement, indicator: Indicator) -> Stated | None:
    """What its source says of a published figure. On the map of another day a figure may stand with the
    heir of the agency that the source speaks of."""
    if measurement.value is None or measurement.breakdown is not None:
        return None
    agency = measurement.agency if measurement.reading == str(AS_WAS) else None
    return stated_in(indicator.stated, agency, measurement.period, measurement.value)


def before(precision: Sequence[Precision]) -> Name:
    """The words that stand before a figure; empty where it is exact."""
    said = [PRECISION_WORDS[one] for one in PRECISION_WORDS if one in precision and one is not _AFTER]
    return Name(" ".join(one.vi for one in said), " ".join(one.en for one in said))


def after(stated: Stated | None) -> Name:
    """What stands after a figure: that it is derived, the years of an average, what it covers."""
    if stated is None:
        return _NOTHING
    said = [PRECISION_WORDS[_AFTER]] if _AFTER in stated.precision else []
    if stated.since is not None:
        years = f"{stated.since.year}–{stated.on.year}"
        said.append(Name(years, years))
    if stated.covers is not None:
        said.append(stated.covers)
    return Name(", ".join(one.vi for one in said), ", ".join(one.en for one in said))


def told(value: Decimal, indicator: Indicator, stated: Stated | None, beside: Decimal | None = None) -> Name:
    """A figure with how exactly it is known: "trên 70 trạm (của Viettel)"; a rank with its field, "hạng
    31/34"."""
    words = figure(value, indicator, beside, stated.out_of if stated else None)
    return _around(words, before(stated.precision if stated else ()), after(stated))


def baseline_told(baseline: Baseline, indicator: Indicator, aside: bool = False) -> Name:
    """The same of where a way began: "bình quân 5,56 % (2020–2023)"; with a comma where it stands ``aside``,
    in brackets itself."""
    first, last = baseline.over or (None, baseline.on)
    stated = Stated("", last, baseline.value, baseline.precision, first, baseline.out_of, baseline.covers)
    words = figure(baseline.value, indicator, out_of=baseline.out_of)
    return _around(words, before(baseline.precision), after(stated), "{v}, {b}" if aside else "{v} ({b})")


def _around(words: Name, first: Name, last: Name, joined: str = "{v} ({b})") -> Name:
    if first.vi:
        words = both("{a} {v}", "{a} {v}", a=first, v=words)
    return both(joined, joined, v=words, b=last) if last.vi else words
