"""Key indexes: which rows of a segment bear a key, found without reading the segment.

Beside each Parquet file lies ``<sha256>.keys``: the 64-bit hashes of its keys in ascending order, then the
row of each. It is mapped into memory, so that looking up a hundred keys touches a few pages of it
however long the file is. Different keys may share a hash: who finds a row looks at its key.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kieng.records.column_texts import bytes_of

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]

_MAGIC = b"KIENGKEY"
_HEADER = 16  # the magic word and the number of keys
_SLICE = 100_000  # keys hashed at a time: bounds the memory of their words
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))  # splitmix64's constants
_WORD = 8
_FIRST_BYTES = np.array([256**count - 1 for count in range(_WORD + 1)], np.uint64)
_SEED = np.uint64(0x9E3779B97F4A7C15)


def key_hashes(keys: pa.Array | pa.ChunkedArray) -> Hashes:
    """64 bits of each key (none may be null), in order; the same on every machine."""
    whole = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    parts = [_hashed(whole.slice(start, _SLICE)) for start in range(0, len(whole), _SLICE)]
    return np.concatenate(parts) if parts else np.empty(0, np.uint64)


def surely_distinct(keys: pa.ChunkedArray) -> bool:
    """Whether no key stands twice; False also where one is null, and where that cannot be said cheaply.

    Keys of different hashes differ, so that a million are compared as a million numbers.
    """
    if keys.null_count:
        return False
    hashes = np.sort(key_hashes(keys))
    return not bool((hashes[1:] == hashes[:-1]).any())


def encoded_index(keys: pa.Array | pa.ChunkedArray) -> bytes:
    """The bytes of a key index of rows that bear ``keys``, in order."""
    hashes = key_hashes(keys)
    order = np.argsort(hashes, kind="stable")
    count = np.array([len(hashes)], "<u8")
    return b"".join(
        [_MAGIC, count.tobytes(), hashes[order].astype("<u8").tobytes(), order.astype("<u4").tobytes()]
    )


class KeyIndex:
    """A key index on disk. ValueError when the file is none, OSError when it cannot be read."""

    def __init__(self, path: Path) -> None:
        content = np.memmap(path, np.uint8, mode="r")
        count = (len(content) - _HEADER) // 12
        if bytes(content[:8]) != _MAGIC or int(content[8:_HEADER].view("<u8")[0]) != count:
            raise ValueError(f"{path} is no key index")
        self.hashes: Hashes = content[_HEADER : _HEADER + 8 * count].view("<u8")
        self._rows = content[_HEADER + 8 * count :].view("<u4")

    def rows(self, sought: Hashes) -> Rows:
        """The rows, ascending, whose keys have one of the ``sought`` hashes (ascending, each once)."""
        if len(sought) * 16 < len(self.hashes):
            first, after = (np.searchsorted(self.hashes, sought, side) for side in ("left", "right"))
            spans = [np.arange(a, b) for a, b in zip(first, after, strict=True) if b > a]
            places = np.concatenate(spans) if spans else np.empty(0, np.int64)
        else:
            near = np.minimum(np.searchsorted(sought, self.hashes), max(len(sought) - 1, 0))
            places = np.flatnonzero(sought[near] == self.hashes) if len(sought) else np.empty(0, np.int64)
        return np.sort(self._rows[places].astype(np.int64))


def _hashed(keys: pa.Array) -> Hashes:
    """Eight bytes at a time are mixed into the hash; a short key is done after its last word."""
    seen = bytes_of(keys)
    padded = np.concatenate([seen.data, np.zeros(_WORD, np.uint8)])
    # The eight bytes from each place on, as one number.
    words = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))
    hashes = _mixed(seen.lengths.astype(np.uint64) + _SEED)
    for offset in range(0, int(seen.lengths.max(initial=0)), _WORD):
        left = np.flatnonzero(seen.lengths > offset)
        of_key = _FIRST_BYTES[np.minimum(seen.lengths[left] - offset, _WORD)]
        hashes[left] = _mixed(hashes[left] ^ (words[seen.starts[left] + offset] & of_key))
    return hashes


def _mixed(numbers: Hashes) -> Hashes:
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _MIX[0]
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _MIX[1]
    return numbers ^ (numbers >> np.uint64(31))
