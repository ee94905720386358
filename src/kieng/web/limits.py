"""How much one asker may ask: a bucket of tokens for each address, a larger one for each API key.

All workers of a machine count together, in one small file that each maps into its memory: a table of places,
each holding whose bucket it is and when it will be full again. A place is changed while its part of the file
is locked (``fcntl.lockf``, which ends with the process that holds it). Asking costs some microseconds; no
server, no commit. The file can be deleted while nothing runs; then every bucket is full.
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import mmap
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from django.conf import settings

#: Where a bucket may lie: in one of the places of its shelf, which its name tells.
_SHELVES, _PLACES = 8_192, 8
_PLACE = struct.Struct("<8sd")
_SHELF = _PLACE.size * _PLACES
#: Moments are kept to some tenths of a microsecond: so much of a token may be lost on the way.
_ROUNDED = 1e-4


@dataclass(frozen=True)
class Rate:
    """``burst`` at once, ``refill`` more each second."""

    burst: int
    refill: float


STRANGER = Rate(burst=120, refill=2)
WITH_KEY = Rate(burst=1_200, refill=20)


@dataclass(frozen=True)
class Allowed:
    """``wait``: seconds until so much may be asked; 0 when it may now. ``full``: until all may be."""

    rate: Rate
    left: int
    wait: int
    full: int


class Buckets:
    """The buckets kept in a file. ``clock`` gives seconds that are the same for all processes, and go on when
    the machine is started anew; replaced in tests."""

    def __init__(self, path: Path, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._clock, self._secret = clock, hashlib.sha256(secret.encode()).digest()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = _SHELVES * _SHELF
        if os.fstat(self._file).st_size != size:  # another process may do the same, to the same effect
            os.ftruncate(self._file, size)
        self._table = mmap.mmap(self._file, size)
        self._lock = Lock()  # a lock of the file is the process's, not the thread's

    def take(self, who: str, rate: Rate, cost: int = 1, afterwards: bool = False) -> Allowed:
        """Take ``cost`` tokens when there are so many; else none. ``afterwards``: what they stand for is
        spent already, so all there are are taken."""
        name, shelf = self._named(who)
        with self._locked(shelf):
            now = self._clock()
            place, full_at = self._find(name, shelf)
            missing = max(0.0, full_at - now) * rate.refill
            # More than a bucket holds: the clock was set back since. Better too much than shut out for long.
            left = rate.burst - missing if missing <= rate.burst + _ROUNDED else float(rate.burst)
            enough = afterwards or left + _ROUNDED >= cost
            if enough:
                left = max(0.0, left - cost)
                _PLACE.pack_into(self._table, place, name, now + (rate.burst - left) / rate.refill)
        wait = 0 if enough else max(1, math.ceil((cost - left) / rate.refill))
        return Allowed(rate, int(left), wait, math.ceil((rate.burst - left) / rate.refill))

    def _named(self, who: str) -> tuple[bytes, int]:
        """Short, and of no use to whoever reads the file: no address can be had from it."""
        digest = hashlib.blake2b(who.encode(), digest_size=16, key=self._secret).digest()
        return digest[:8], int.from_bytes(digest[8:], "little") % _SHELVES * _SHELF

    @contextmanager
    def _locked(self, shelf: int) -> Iterator[None]:
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX, _SHELF, shelf)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, _SHELF, shelf)

    def _find(self, name: bytes, shelf: int) -> tuple[int, float]:
        """Where ``name`` is or may be put, and when its bucket is full. The one that makes room is the one
        that is full again first, most often already: nobody gains by it."""
        fullest, full_at = shelf, math.inf
        for place in range(shelf, shelf + _SHELF, _PLACE.size):
            found, when = _PLACE.unpack_from(self._table, place)
            if found == name:
                return place, when
            if when < full_at:
                fullest, full_at = place, when
        return fullest, 0.0

    def forget(self) -> None:
        """Fill every bucket. For tests."""
        with self._lock:
            self._table[:] = bytes(len(self._table))


_opened: dict[Path, Buckets] = {}
_opening = Lock()


def buckets() -> Buckets:
    """Those of the workspace, which all its workers share."""
    path = Path(settings.WORKSPACE) / ".kieng" / "limits"
    found = _opened.get(path)
    if found is None:
        with _opening:
            found = _opened.get(path) or Buckets(path, settings.SECRET_KEY)
            _opened[path] = found
    return found
