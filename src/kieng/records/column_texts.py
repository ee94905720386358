"""Texts of a whole column looked at at once, byte by byte: which of them surely need no mending."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]

_BLANK, _DELETE = 0x20, 0x7F
# Wider than what personal.py looks for, so that what does not match is surely not personal.
_MAYBE_PERSONAL = "@|0[0-9]{11}"
_MAYBE_TELEPHONE = r"(\+84|0)[ .]?[35789][0-9]([ .]?[0-9]){7}"
_SHORTEST_TELEPHONE, _SHORTEST_CITIZEN = 10, 12


@dataclass(frozen=True)
class Bytes:
    """The bytes of a column of texts: value ``i`` is ``data[starts[i]:ends[i]]``. Nulls are empty."""

    data: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        return self.ends - self.starts


def bytes_of(texts: pa.Array) -> Bytes:
    """``texts`` (pa.string) without copying the text; the first value starts at 0."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    whole = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    places_from_first = places - places[0]
    return Bytes(whole[places[0] : places[-1]], places_from_first[:-1], places_from_first[1:])


def has_controls(texts: pa.Array) -> bool:
    """Whether any of ``texts`` (pa.string) holds a control character below the blank."""
    data = bytes_of(texts).data
    return bool(len(data)) and int(data.min()) < _BLANK


def tidy(seen: Bytes) -> Mask:
    """Texts of printable ASCII alone, not empty, without blanks around them: stripping and composing would
    leave them as they are."""
    good = seen.lengths > 0
    if not len(seen.data):
        return good
    odd = np.flatnonzero((seen.data < _BLANK) | (seen.data >= _DELETE))
    good[np.searchsorted(seen.ends, odd, side="right")] = False
    last = len(seen.data) - 1
    around = (seen.data[np.minimum(seen.starts, last)] == _BLANK) | (seen.data[seen.ends - 1] == _BLANK)
    good &= ~around
    return good


def surely_impersonal(texts: pa.Array, seen: Bytes, *, free_text: bool) -> Mask:
    """Texts in which :func:`~kieng.records.personal.looks_personal` would find nothing."""
    shortest = _SHORTEST_TELEPHONE if free_text else _SHORTEST_CITIZEN
    if 0x40 not in seen.data and (not len(seen.data) or int(seen.lengths.max()) < shortest):
        return np.ones(len(texts), np.bool_)
    pattern = f"{_MAYBE_PERSONAL}|{_MAYBE_TELEPHONE}" if free_text else _MAYBE_PERSONAL
    return ~flags(pc.match_substring_regex(texts, pattern))


def among(texts: pa.Array, words: Collection[str]) -> Mask:
    return flags(pc.is_in(texts, value_set=pa.array(sorted(words), pa.string())))


def flags(booleans: pa.Array) -> Mask:
    """An Arrow array of booleans as numpy has them; null is False."""
    if booleans.null_count:
        booleans = booleans.fill_null(False)
    found: Mask = booleans.to_numpy(zero_copy_only=False)
    return found
