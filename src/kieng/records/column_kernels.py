"""Conversion of a whole column by Arrow, for the plain cases: what is not surely right is left undone.

A kernel gives the column's values and a mask of those that are surely what
:class:`~kieng.records.convert.CellReader` would give. The rest goes through that one, cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kieng.plan.record_type import DECIMAL_SCALE, FieldType
from kieng.records.batch import ARROW_TYPES
from kieng.records.column_moments import layouts, read_moments
from kieng.records.column_texts import Mask, among, bytes_of, flags, surely_impersonal, tidy
from kieng.records.convert import CellReader

Kernel = Callable[[pa.Array], tuple[pa.Array, Mask]]

_TEXTS = (FieldType.TEXT, FieldType.CODE, FieldType.AGENCY)
_DAYS = (FieldType.DATE, FieldType.DATETIME)
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)
_SURE_DIGITS = 18  # so many fit into a 64-bit whole number, and before our decimals
# Between these no year is implausible, in whatever zone, and no offset from UTC has odd seconds.
_FIRST, _LAST = np.datetime64("1980-01-01", "us"), np.datetime64("2199-12-30", "us")


def kernel_for(reader: CellReader, given: pa.DataType) -> Kernel | None:
    """The kernel that turns values of Arrow type ``given`` into those of the reader's field, if any."""
    kind = reader.field.type
    if pa.types.is_string(given):
        return _text_kernel(reader, kind)
    if not reader.plain or any(re.search("[0-9]", text) for text in reader.absent):
        return None  # a value of the file's own type may stand for a word, or for none
    if pa.types.is_boolean(given) and kind is FieldType.BOOLEAN and not reader.absent_beside_empty:
        return _as_it_is
    if kind in _NUMBERS:
        return _number_kernel(kind, given)
    if kind in _DAYS:
        return _day_kernel(reader, given)
    return None


# --- texts ----------------------------------------------------------------------------------------


def _text_kernel(reader: CellReader, kind: FieldType) -> Kernel | None:
    if reader.mapping.present:
        return _presence(reader) if kind is FieldType.BOOLEAN else None
    if not reader.plain:
        return None
    if kind in _TEXTS and not (reader.field.values or reader.field.personal):
        return _words(reader, kind)
    if kind in _DAYS:
        return _moments(reader, kind)
    return _numbers(reader, kind) if kind in _NUMBERS else None


def _presence(reader: CellReader) -> Kernel:
    def kernel(texts: pa.Array) -> tuple[pa.Array, Mask]:
        sure = tidy(bytes_of(texts)) & ~among(texts, reader.absent)
        return pa.array(sure), sure

    return kernel


def _words(reader: CellReader, kind: FieldType) -> Kernel:
    vouched = reader.native.vouched or kind is FieldType.AGENCY

    def kernel(texts: pa.Array) -> tuple[pa.Array, Mask]:
        seen = bytes_of(texts)
        sure = tidy(seen) & ~among(texts, reader.special)
        if not vouched:
            sure &= surely_impersonal(texts, seen, free_text=reader.native.free_text)
        return texts, sure

    return kernel


def _moments(reader: CellReader, kind: FieldType) -> Kernel | None:
    moments = reader.native.moments
    known, to_day = layouts(moments), kind is FieldType.DATE
    if not known:
        return None

    def kernel(texts: pa.Array) -> tuple[pa.Array, Mask]:
        values, sure = read_moments(bytes_of(texts), known, to_day=to_day, timed=moments.straight)
        return values, sure & ~among(texts, reader.special)

    return kernel


def _numbers(reader: CellReader, kind: FieldType) -> Kernel:
    style, wanted = reader.mapping.numbers, ARROW_TYPES[kind]
    decimals = (
        rf"({re.escape(style.decimal)}[0-9]{{1,{DECIMAL_SCALE}}})?" if kind is FieldType.DECIMAL else ""
    )
    plain = rf"^-?[0-9]{{1,{_SURE_DIGITS}}}{decimals}$"

    def kernel(texts: pa.Array) -> tuple[pa.Array, Mask]:
        sure = flags(pc.match_substring_regex(texts, plain)) & ~among(texts, reader.special)
        if not style.declared:
            sure &= ~flags(pc.match_substring_regex(texts, "[.,]"))
        numbers = pc.if_else(pa.array(sure), texts, "0")
        return pc.replace_substring(numbers, style.decimal, ".").cast(wanted), sure

    return kernel


# --- values of the file's own types -----------------------------------------------------------------


def _all_sure(values: pa.Array) -> tuple[pa.Array, Mask]:
    return values, np.ones(len(values), np.bool_)


def _none_sure(values: pa.Array, wanted: pa.DataType) -> tuple[pa.Array, Mask]:
    return pa.nulls(len(values), wanted), np.zeros(len(values), np.bool_)


def _as_it_is(values: pa.Array) -> tuple[pa.Array, Mask]:
    return _all_sure(values)


def _number_kernel(kind: FieldType, given: pa.DataType) -> Kernel | None:
    if not (pa.types.is_integer(given) or pa.types.is_decimal(given)):
        return None
    wanted = ARROW_TYPES[kind]

    def kernel(numbers: pa.Array) -> tuple[pa.Array, Mask]:
        try:
            # Arrow has no way from long whole numbers to our decimals but over wider ones.
            if pa.types.is_integer(given) and kind is FieldType.DECIMAL:
                numbers = numbers.cast(pa.decimal128(20, 0))
            return _all_sure(numbers.cast(wanted))
        except (
            pa.ArrowInvalid,
            pa.ArrowNotImplementedError,
        ):  # a number too large or too fine: the cells say which
            return _none_sure(numbers, wanted)

    return kernel


def _day_kernel(reader: CellReader, given: pa.DataType) -> Kernel | None:
    moments, to_day = reader.native.moments, reader.field.type is FieldType.DATE
    stamped = pa.types.is_timestamp(given)
    if not (stamped or pa.types.is_date(given)) or (stamped and given.tz is None and not moments.straight):
        return None

    def kernel(values: pa.Array) -> tuple[pa.Array, Mask]:
        whole = values.cast(pa.timestamp("us", tz=given.tz if stamped else None))
        sure = _plain_years(whole)
        if stamped and given.tz is not None:
            whole = pc.local_timestamp(whole.cast(pa.timestamp("us", tz=moments.home.key)))
        return whole.cast(pa.date32(), safe=False) if to_day else whole, sure

    return kernel


def _plain_years(stamps: pa.Array) -> Mask:
    numbers = stamps.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    plain: Mask = (numbers >= _FIRST.astype(np.int64)) & (numbers < _LAST.astype(np.int64))
    return plain
