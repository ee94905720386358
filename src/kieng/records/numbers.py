"""Numbers as sources write them, exactly: nothing is rounded and no separator is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from kieng.plan.record_type import DECIMAL_PRECISION, DECIMAL_SCALE
from kieng.records.faults import Fault, fault
from kieng.records.mapping import NumberStyle

_LARGEST_INTEGER = 2**63 - 1
_WHOLE_DIGITS = DECIMAL_PRECISION - DECIMAL_SCALE
_LONGEST = 60  # digits and signs; a longer text is no number of ours
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


def number_reader(style: NumberStyle) -> Callable[[str], Decimal | Fault]:
    """Reads texts written with ``style``'s separators."""
    shape = _shape(style)

    def read(text: str) -> Decimal | Fault:
        if not style.declared and _AMBIGUOUS.fullmatch(text):
            return fault("ambiguous-number")
        if len(text) > _LONGEST or not shape.fullmatch(text):
            return fault("not-a-number", decimal=style.decimal)
        plain = text.replace(style.group, "") if style.group else text
        return Decimal(plain.replace(style.decimal, "."))

    return read


def _shape(style: NumberStyle) -> re.Pattern[str]:
    decimals = f"(?:{re.escape(style.decimal)}[0-9]+)?"
    grouped = f"[0-9]{{1,3}}(?:{re.escape(style.group)}[0-9]{{3}})+|" if style.group else ""
    return re.compile(f"[+-]?(?:{grouped}[0-9]+){decimals}")


def as_decimal(number: Decimal) -> Decimal | Fault:
    """``number`` if the ledger holds it exactly: up to 18 digits before the point and 6 after."""
    if not number.is_finite():
        return fault("not-a-number", decimal=".")
    if number and number.adjusted() >= _WHOLE_DIGITS:
        return fault("number-too-large")
    if _decimals(number) > DECIMAL_SCALE:
        return fault("too-many-decimals", scale=DECIMAL_SCALE)
    return number


def as_integer(number: Decimal) -> int | Fault:
    """``number`` as a 64-bit whole number."""
    if not number.is_finite():
        return fault("not-a-number", decimal=".")
    if number and number.adjusted() > _WHOLE_DIGITS:
        return fault("number-too-large")
    if _decimals(number) > 0:
        return fault("not-a-whole-number")
    whole = int(number)
    return whole if -_LARGEST_INTEGER - 1 <= whole <= _LARGEST_INTEGER else fault("number-too-large")


def _decimals(number: Decimal) -> int:
    """How many decimals ``number`` has, trailing zeros left out, without building huge numbers."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    trailing = len(digits)
    while trailing > 1 and digits[trailing - 1] == 0:
        trailing -= 1
    dropped = len(digits) - trailing
    return 0 if not number else max(0, -(exponent + dropped))
