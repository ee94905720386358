"""The text in the workspace's folder, as far as pages need to know of it: whether it can be used."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings

from kieng.plan.load import load, stamps_of

_FRESH = 5.0  # seconds: how long what was seen of the folder is taken for true


class FolderText:
    """Pages show the text that was last measured with; this one may have been changed since, with faults."""

    def __init__(self) -> None:
        self._stamps: object = None
        self._faults, self._looked = 0, 0.0

    def faults(self, found: int) -> int:
        """How many there are; looked for again when a file has changed, and at that every few seconds.
        ``found``: how many were found a moment ago, for the first time this is asked."""
        if time.monotonic() - self._looked > _FRESH:
            root = Path(settings.WORKSPACE)
            stamps = (root, stamps_of(root))
            if self._stamps is None:
                self._faults, self._stamps = found, stamps
            elif stamps != self._stamps:
                self._faults, self._stamps = len(load(root)[1]), stamps
            self._looked = time.monotonic()
        return self._faults

    def forget(self) -> None:
        self._stamps, self._looked = None, 0.0
