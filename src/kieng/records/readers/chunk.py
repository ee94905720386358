"""What every reader yields: some rows at a time, asked for by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

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
    """Rows of cells under one header."""

    names: tuple[str, ...]
    lines: Sequence[int]
    rows: Sequence[Sequence[Any]]
    unreadable: Sequence[Unreadable] = ()

    @cached_property
    def _columns(self) -> list[tuple[Any, ...]]:
        return list(zip(*self.rows, strict=True)) if self.rows else [()] * len(self.names)

    def column(self, path: str) -> Sequence[Any]:
        return self._columns[self.names.index(path)]

    def position(self, path: str) -> int:
        return self.names.index(path) + 1

    def original(self, index: int) -> list[Any]:
        return list(self.rows[index])


@dataclass(frozen=True)
class ColumnChunk:
    """Columns of values, which may be nested: paths such as ``Case.Fees[].Amount`` lead into them."""

    names: tuple[str, ...]
    lines: Sequence[int]
    columns: Sequence[Sequence[Any]]
    unreadable: Sequence[Unreadable] = ()

    def column(self, path: str) -> Sequence[Any]:
        if path in self.names:
            return self.columns[self.names.index(path)]
        head, *_ = steps = path.split(".")
        name = head.removesuffix("[]")
        return [dig({name: value}, steps) for value in self.columns[self.names.index(name)]]

    def position(self, path: str) -> int:
        head = path if path in self.names else path.split(".")[0].removesuffix("[]")
        return self.names.index(head) + 1

    def original(self, index: int) -> dict[str, Any]:
        return {name: values[index] for name, values in zip(self.names, self.columns, strict=True)}


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
