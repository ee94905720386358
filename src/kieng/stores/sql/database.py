"""What the stores need of a database: SQLite and PostgreSQL take the same statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Row(Protocol):
    """A row by the names or the places of its columns. Iterates over its values."""

    def __getitem__(self, key: Any, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...

    def keys(self) -> Any: ...


class Answer(Protocol):
    """The rows of a query."""

    @property
    def description(self) -> Any: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def fetchmany(self, size: int, /) -> list[Any]: ...


class Session(Protocol):
    """An open transaction. Values stand as ``?`` in statements."""

    def execute(self, statement: str, values: Sequence[object] = ()) -> Answer: ...

    def executemany(self, statement: str, values: Iterable[Sequence[object]]) -> None: ...

    def define(self, statement: str) -> None:
        """Make, change or drop a table; bytes are called BLOB in the statement."""
        ...

    def stream(self, statement: str, at_once: int) -> Iterator[tuple[list[str], list[Any]]]:
        """The rows of a big query, at most ``at_once`` of them in memory, each time with their columns."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add many rows, the quickest way there is."""
        ...


class Database(Protocol):
    """One connection, for one thread of one process. Others open their own."""

    @property
    def place(self) -> str:
        """Where it is, as people may read it: without a password."""
        ...

    def transaction(self) -> AbstractContextManager[Session]:
        """Write alone: others wait from the beginning, so what is read inside stays true until the commit."""
        ...

    def snapshot(self) -> AbstractContextManager[Session]:
        """Read one unchanging state. Never waits for a writer."""
        ...

    def contradictions(self) -> list[str]:
        """What in the structure of the database contradicts itself, in its own words; nothing where it is
        whole, or cannot tell."""
        ...

    def close(self) -> None: ...
