"""Numpy arrays as the columns that sources write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kieng.examples.generate.chance import Days, Flags, Ints


def words(options: Sequence[str | None], which: npt.NDArray[Any], known: Flags | None = None) -> pa.Array:
    """``options[which]``, null where not ``known``."""
    index = pa.array(which.astype(np.int32), mask=None if known is None else ~known)
    return pa.array(options, pa.string()).take(index)


def yes_no(flags: Flags, known: Flags | None = None) -> pa.Array:
    return words(("0", "1"), flags, known)


def numbers(values: npt.NDArray[Any], known: Flags | None = None) -> pa.Array:
    return pa.array(values, mask=None if known is None else ~known).cast(pa.string())


def compact_moments(moments: Days, known: Flags | None = None) -> pa.Array:
    """``20230601090000``."""
    days = moments.astype("M8[D]")
    months = days.astype("M8[M]")
    date = (months.astype("M8[Y]").astype(np.int64) + 1970) * 10000
    date += (months.astype(np.int64) % 12 + 1) * 100 + (days - months.astype("M8[D]")).astype(np.int64) + 1
    seconds = (moments.astype("M8[s]") - days).astype(np.int64)
    clock = seconds // 3600 * 10000 + seconds // 60 % 60 * 100 + seconds % 60
    return numbers(date * 1_000_000 + clock, known)


def iso_days(days: Days, known: Flags | None = None) -> pa.Array:
    """``2023-06-01``; NaT is null."""
    held = ~np.isnat(days) if known is None else known & ~np.isnat(days)
    return pa.array(days.astype("M8[D]"), mask=~held).cast(pa.string())


def iso_moments(moments: Days, known: Flags | None = None) -> pa.Array:
    """``2023-06-01 09:00:00``; NaT is null."""
    held = ~np.isnat(moments) if known is None else known & ~np.isnat(moments)
    return pa.array(moments.astype("M8[s]"), mask=~held).cast(pa.string())


def numbered(prefix: str, count: int, first: int = 1) -> pa.Array:
    """``A00001``, ``A00002`` …"""
    return joined(prefix, padded(np.arange(first, first + count), 5))


def padded(values: Ints, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(values).cast(pa.string()), width, "0")


def joined(*parts: pa.Array | str) -> pa.Array:
    """The parts written one after another, row by row."""
    return pc.binary_join_element_wise(*parts, "")


def within_day(days: Days) -> Ints:
    """For sorted ``days``: 1, 2, 3 … anew on each day."""
    starts = np.concatenate([[True], days[1:] != days[:-1]]) if len(days) else np.zeros(0, np.bool_)
    first = np.flatnonzero(starts)
    return np.arange(len(days)) - np.repeat(first, np.diff(np.append(first, len(days)))) + 1


def time_of_day(rng: np.random.Generator, count: int) -> npt.NDArray[Any]:
    """Seconds within office hours, 7:30–11:30 and 13:30–17:00."""
    second = rng.integers(0, 27_000, count)
    seconds = np.where(second < 14_400, 27_000 + second, 48_600 + second - 14_400)
    return seconds.astype("m8[s]")
