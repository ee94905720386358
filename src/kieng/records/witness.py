"""The witness: a second account of the chain, outside the database.

One line, ``sequence hash``, per batch in a file only ever appended to. A chain that was cut short or made
anew contradicts it. Whoever can change the database *and* this file can still deceive; an
authority that fears it keeps a copy of the file elsewhere.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from kieng.records.batch import Batch


class Witness:
    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, batch: Batch) -> None:
        """Add a committed batch's line.

        The batch is in the ledger whether or not this succeeds, and a line short is no contradiction: so
        a full disk is passed over, and nothing waits for the disk.
        """
        line = f"{batch.sequence} {batch.hash}\n".encode()
        with contextlib.suppress(OSError):
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)

    def lines(self) -> list[tuple[int, str]] | None:
        """What was noted, in no particular order; None without a file. A torn line is left out."""
        if not self.path.exists():
            return None
        words = [line.split() for line in self.path.read_text("ascii", "replace").splitlines()]
        whole = [pair for pair in words if len(pair) == 2 and pair[0].isdecimal() and len(pair[1]) == 64]
        return [(int(sequence), hash_) for sequence, hash_ in whole]
