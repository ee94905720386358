"""What every reader yields: some rows at a time, asked for by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import pyarrow as pa

from kieng.records.faults import RowFault

#: Rows held at a time, and the characters after which a chunk ends early.
CHUNK_ROWS = 20_000
CHUNK_SIZE = 64 * 2**20


@dataclass(frozen=True)
class Unreadable:
    """A row that has no cells to look at: what is wrong, and its text (or cells) as they stood."""

    fault: RowFault
    original: str | list[Any]


class Chunk(Protocol):
    """``lines`` are where the rows start, from 1. A raw value is a str, int, Decimal, float, bool, date,
    datetime, list, dict or None."""

    @property
    def lines(self) -> Sequence[int]: ...
    @property
    def unreadable(self) -> Sequence[Unreadable]: ...
    def column(self, path: str) -> Sequence[Any]: ...
    def array(self, path: str) -> pa.Array | None:
        """The column as Arrow has it, when it has; no timestamp is finer than microseconds."""
        ...

    def part(self, indices: Sequence[int]) -> Chunk:
        """These rows alone."""
        ...

    def position(self, path: str) -> int:
        """The column's place from 1; 0 where columns have none."""
        ...

    def original(self, index: int) -> list[Any] | dict[str, Any]: ...


class Source(Protocol):
    """One file. ``names`` are its columns in NFC, or None where every row has its own (NDJSON)."""

    @property
    def names(self) -> tuple[str, ...] | None: ...

    def chunks(self) -> Iterator[Chunk]:
        """All rows, in order. Raises UserError when the file turns out to be unreadable."""
        ...

    def done(self) -> tuple[int, int]:
        """How far :meth:`chunks` has come, of how much."""
        ...


@dataclass(frozen=True)
class TableChunk:
    """Rows of cells under one header. ``texts``: every cell is a str."""

    names: tuple[str, ...]
    lines: Sequence[int]
    rows: Sequence[Sequence[Any]]
    unreadable: Sequence[Unreadable] = ()
    texts: bool = False

    @cached_property
    def _columns(self) -> list[tuple[Any, ...]]:
        return list(zip(*self.rows, strict=True)) if self.rows else [()] * len(self.names)

    def column(self, path: str) -> Sequence[Any]:
        return self._columns[self.names.index(path)]

    def array(self, path: str) -> pa.Array | None:
        return pa.array(self.column(path), pa.string()) if self.texts else None

    def part(self, indices: Sequence[int]) -> TableChunk:
        lines, rows = [self.lines[i] for i in indices], [self.rows[i] for i in indices]
        return TableChunk(self.names, lines, rows, texts=self.texts)

    def position(self, path: str) -> int:
        return self.names.index(path) + 1

    def original(self, index: int) -> list[Any]:
        return list(self.rows[index])


@dataclass(frozen=True)
class ColumnChunk:
    """Columns of values, which may be nested: paths such as ``Case.Fees[].Amount`` lead into them."""

    names: tuple[str, ...]
    lines: Sequence[int]
    arrays: Sequence[pa.Array]
    unreadable: Sequence[Unreadable] = ()

    def column(self, path: str) -> Sequence[Any]:
        if path in self.names:
            return self._values(path)
        head, *_ = steps = path.split(".")
        name = head.removesuffix("[]")
        return [dig({name: value}, steps) for value in self._values(name)]

    def _values(self, name: str) -> Sequence[Any]:
        values: list[Any] = self.arrays[self.names.index(name)].to_pylist()
        return values

    def array(self, path: str) -> pa.Array | None:
        return self.arrays[self.names.index(path)] if path in self.names else None

    def part(self, indices: Sequence[int]) -> ColumnChunk:
        places = pa.array(indices, pa.int64())
        lines = [self.lines[i] for i in indices]
        return ColumnChunk(self.names, lines, [array.take(places) for array in self.arrays])

    def position(self, path: str) -> int:
        head = path if path in self.names else path.split(".")[0].removesuffix("[]")
        return self.names.index(head) + 1

    def original(self, index: int) -> list[Any] | dict[str, Any]:
        return {name: array[index].as_py() for name, array in zip(self.names, self.arrays, strict=True)}


@dataclass(frozen=True)
class TextChunk(ColumnChunk):
    """Columns of texts under one header."""

    def part(self, indices: Sequence[int]) -> TextChunk:
        chosen = super().part(indices)
        return TextChunk(chosen.names, chosen.lines, chosen.arrays)

    def original(self, index: int) -> list[Any]:
        return [array[index].as_py() for array in self.arrays]


@dataclass(frozen=True)
class ObjectChunk:
    """Objects, each with names of its own, and paths into them."""

    lines: Sequence[int]
    objects: Sequence[dict[str, Any]]
    unreadable: Sequence[Unreadable] = ()

    def column(self, path: str) -> Sequence[Any]:
        if "." in path or path.endswith("[]"):
            steps = path.split(".")
            return [dig(found, steps) for found in self.objects]
        return [found.get(path) for found in self.objects]

    def array(self, path: str) -> pa.Array | None:
        return None

    def part(self, indices: Sequence[int]) -> ObjectChunk:
        return ObjectChunk([self.lines[i] for i in indices], [self.objects[i] for i in indices])

    def position(self, path: str) -> int:
        return 0

    def original(self, index: int) -> dict[str, Any]:
        return self.objects[index]


def dig(value: Any, steps: Sequence[str]) -> Any:
    """What ``steps`` lead to inside ``value``: a list where a step ends in ``[]``; None where it is missing.

    A value that is there but is no object stops the path and is returned, for the cell to be refused.
    """
    for place, step in enumerate(steps):
        if not isinstance(value, dict):
            return value
        value = value.get(step.removesuffix("[]"))
        if step.endswith("[]"):
            return _dig_each(value, steps[place + 1 :])
    return value


def _dig_each(values: Any, steps: Sequence[str]) -> Any:
    if not isinstance(values, list):
        return values
    found = [dig(value, steps) for value in values]
    return [item for value in found for item in (value if isinstance(value, list) else [value])]
