"""Rows as they stand in the delivered files, every column of them, mapped or not.

Records hold only what is mapped. Whether two rows are one row written twice can be told from the file alone;
so the few rows in question are looked up there once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from kieng.records.columns import explains
from kieng.records.mapping import FileFormat
from kieng.records.readers.source import open_source
from kieng.words import fold

#: Where a row stands: the number of its file among those delivered, and its line there.
Place = tuple[int, int]
_BYTES = 12  # of a cell's digest: chance makes two of 10^9 rows alike with 10^-11


@dataclass(frozen=True)
class WholeRow:
    """A row by the digest of each of its cells, so that very many fit. Cells without anything are left out;
    columns are known by their names as people read them."""

    names: tuple[str, ...]
    digests: bytes

    def differs_from(self, other: WholeRow) -> tuple[str, ...]:
        """The names of the columns in which the two rows differ."""
        own, others = self._cells(), other._cells()
        differing = (key for key in own | others if own.get(key, _NONE)[1] != others.get(key, _NONE)[1])
        return tuple((own.get(key) or others[key])[0] for key in differing)

    def _cells(self) -> dict[str, tuple[str, bytes]]:
        starts = range(0, len(self.digests), _BYTES)
        cells = (self.digests[start : start + _BYTES] for start in starts)
        return {fold(name): (name, cell) for name, cell in zip(self.names, cells, strict=True)}


_NONE = ("", b"")
WholeRows = Callable[[Iterable[Place]], Mapping[Place, WholeRow]]


def whole_rows(files: Sequence[Path], form: FileFormat, wanted: Iterable[Place]) -> dict[Place, WholeRow]:
    """The rows at these places, read from the files once more."""
    lines: dict[int, list[int]] = {}
    for index, line in wanted:
        lines.setdefault(index, []).append(line)
    found: dict[Place, WholeRow] = {}
    for index, of_file in lines.items():
        source = open_source(files[index], form, files[index].name)
        ours = Ours(form)
        for chunk in source.chunks():
            for at in np.flatnonzero(np.isin(np.asarray(chunk.lines), of_file)).tolist():
                found[index, chunk.lines[at]] = _whole_row(chunk.original(at), source.names, ours)
    return found


class Ours(dict[str, bool]):
    """Which columns a file of refused rows has added: they are no part of the row."""

    def __init__(self, form: FileFormat) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, name: str) -> bool:
        self[name] = explains(name, self._form)
        return self[name]


def _whole_row(original: list[Any] | dict[str, Any], names: tuple[str, ...] | None, ours: Ours) -> WholeRow:
    pairs = sorted(original.items()) if isinstance(original, dict) else _by_column(original, names or ())
    cells = [(name, cell) for name, cell in pairs if cell is not None and not ours[name]]
    return WholeRow(tuple(name for name, _ in cells), b"".join(_digest(cell) for _, cell in cells))


def _by_column(cells: list[Any], names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Cells under their columns' names; a name that stands twice is numbered."""
    met: Counter[str] = Counter()
    found = []
    for name, cell in zip(names, cells, strict=True):
        met[name] += 1
        found.append((name if met[name] == 1 else f"{name} ({met[name]})", cell))
    return found


def _digest(cell: Any) -> bytes:
    return blake2b(repr(cell).encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
