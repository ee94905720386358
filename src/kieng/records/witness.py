"""The witness: a second account of the chain, outside the database.

One line, ``sequence hash``, per batch in a file only ever appended to, and one, ``rewrite number hash``, for
whatever was put together: once the old files are gone, nothing else says what stood in them. A chain that
was cut short or made anew contradicts it. Whoever can change the database *and* this file can still
deceive; an authority that fears it keeps a copy of the file elsewhere.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from kieng.records.batch import Batch
from kieng.records.manifest import Rewrite

_REWRITE = "rewrite"


class Witness:
    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, batch: Batch) -> None:
        """Add a committed batch's line.

        The batch is in the ledger whether or not this succeeds, and a line short is no contradiction: so
        a full disk is passed over, and nothing waits for the disk.
        """
        self._add(f"{batch.sequence} {batch.hash}\n")

    def note_rewrite(self, rewrite: Rewrite) -> None:
        """Add a committed rewrite's line, as :meth:`note` does."""
        self._add(f"{_REWRITE} {rewrite.number} {rewrite.hash}\n")

    def lines(self) -> list[tuple[int, str]] | None:
        """What was noted of batches, in no particular order; None without a file. A torn line is left out."""
        words = self._words()
        return None if words is None else _whole(words)

    def rewrites(self) -> list[tuple[int, str]]:
        """What was noted of rewrites; those of before this was noted have no line."""
        return _whole(line[1:] for line in self._words() or () if line[:1] == [_REWRITE])

    def _add(self, line: str) -> None:
        with contextlib.suppress(OSError):
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(handle, line.encode())
            finally:
                os.close(handle)

    def _words(self) -> list[list[str]] | None:
        if not self.path.exists():
            return None
        return [line.split() for line in self.path.read_text("ascii", "replace").splitlines()]


def _whole(words: Iterable[list[str]]) -> list[tuple[int, str]]:
    pairs = [pair for pair in words if len(pair) == 2 and pair[0].isdecimal() and len(pair[1]) == 64]
    return [(int(number), hash_) for number, hash_ in pairs]
