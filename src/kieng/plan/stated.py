"""How exactly a source states a figure: "trên 70" is no 70, and an average of four years stands on no day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kieng.plan.period import Period
from kieng.plan.yaml_text import Located, Section
from kieng.problems import Place, Problems
from kieng.words import Name


class Precision(StrEnum):
    """A word by which a source says that a figure is not the figure to the digit."""

    ESTIMATED = "estimated"  # ước tính
    OVER = "over"  # trên, hơn
    NEARLY = "nearly"  # gần
    ABOUT = "about"  # khoảng, xấp xỉ
    AVERAGE = "average"  # bình quân của nhiều năm
    DERIVED = "derived"  # suy ra từ những số đã nêu, không nguồn nào nêu


@dataclass(frozen=True)
class Stated:
    """How its source states one published figure, ``value``.

    ``on`` is the last day the figure is about; of an average ``since`` is the first. ``out_of`` is the
    field of a rank. ``covers`` says what the figure is of where that is less than the indicator's name.
    """

    agency: str
    on: date
    value: Decimal
    precision: tuple[Precision, ...] = ()
    since: date | None = None
    out_of: int | None = None
    covers: Name | None = None


def stated_in(stated: Sequence[Stated], agency: str | None, period: Period, value: Decimal) -> Stated | None:
    """What the source of the figure ``value`` of ``agency`` in ``period`` says of it; ``agency`` None: of
    any. A figure that was corrected since, or stood before, has another value: nothing is said of it."""
    return next(
        (
            one
            for one in stated
            if one.value == value
            and agency in (None, one.agency)
            and period.start <= one.on <= period.last_day
        ),
        None,
    )


def read_stated(section: Section) -> tuple[Stated, ...]:
    """The list under ``stated:``."""
    found = []
    for each in section.sections("stated"):
        one = Stated(
            agency=each.text("agency"),
            on=each.day("on"),
            value=each.decimal("value"),
            precision=read_precision(each),
            since=each.optional_day("since"),
            out_of=read_field(each),
            covers=each.optional_name("covers"),
        )
        if one.since is not None and one.since >= one.on:
            why = "The figure is about days that end before they begin."
            each.problem("since", "average-of-nothing", why, "Write the first of its days, before the last.")
        each.no_other_keys()
        if each.sound:
            found.append(one)
    return tuple(found)


def read_precision(section: Section) -> tuple[Precision, ...]:
    """``precision: over`` or ``precision: [estimated, over]``."""
    return section.read("precision", _words) or ()


def _words(value: Located) -> tuple[Precision, ...]:
    items = value.items() if value.is_list else [value]
    return tuple(word for item in items if (word := item.choice(Precision)) is not None)


def check_precision(words: Sequence[Precision], place: Place, problems: Problems) -> None:
    """No source says of one figure that it is over what is written and nearly that."""
    if Precision.OVER in words and Precision.NEARLY in words:
        why = "A figure cannot be both over and nearly what is written."
        problems.add(place, "precision-contradicts", why, "Keep the word that the source uses.")


def read_field(section: Section) -> int | None:
    """``out_of: 63``: among how many a rank is."""
    number = section.optional_integer("out_of")
    if number is not None and number < 2:
        why = "A rank is one of several."
        section.problem("out_of", "field-of-one", why, "Write how many are ranked, such as 63.")
        return None
    return number
