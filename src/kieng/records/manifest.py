"""The manifest: which batches, files and tail chunks make up the ledger.

Here are its shapes and what a store must offer; ``stores/`` keeps it in a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import pyarrow as pa

from kieng.records.batch import Batch

#: A manifest row as stored: names to texts, whole numbers, bytes or None.
Row = Mapping[str, object]

#: What must be known of a version to decide what becomes of the next one of its key.
VERSIONS = pa.schema(
    [
        ("_key", pa.string()),
        ("_hash", pa.string()),
        ("_batch", pa.int64()),
        ("month", pa.string()),
        ("state", pa.int8()),  # place in STATES; null: has none, or is withdrawn
    ]
)


@dataclass(frozen=True)
class Segment:
    """A Parquet file of one batch and month. ``sha256`` of its bytes is its name."""

    batch: int
    record_type: str
    month: str
    sha256: str
    bytes: int
    rows: int
    first_key: str
    last_key: str


@dataclass(frozen=True)
class TailChunk:
    """Rows of one small batch and month, kept in the database as an Arrow IPC stream."""

    batch: int
    record_type: str
    month: str
    sha256: str
    rows: int
    content: bytes


@dataclass(frozen=True)
class TailVersion:
    """A row of the tail by its key, so that the next version's append finds it without reading chunks."""

    record_type: str
    key: str
    batch: int
    month: str
    hash: str
    state: int | None


@dataclass(frozen=True)
class Head:
    """The end of the chain. ``known_from`` is the moment from which the last batch counts."""

    sequence: int
    hash: str
    known_from: datetime


#: Where the chain starts.
GENESIS = Head(0, "0" * 64, datetime(1, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Admission:
    """One batch with all that goes into the manifest with it.

    ``known_from``: readers standing before it do not see the batch. ``delivery_hash`` is of the
    delivered rows, so that the same delivery is recognised. ``index`` lists the rows of ``tail``.
    """

    batch: Batch
    known_from: datetime
    delivery_hash: str
    segments: tuple[Segment, ...]
    tail: tuple[TailChunk, ...]
    index: tuple[TailVersion, ...]


@dataclass(frozen=True)
class Entry:
    """One batch exactly as it is stored, unread: what ``verify`` looks at."""

    batch: Row
    segments: tuple[Row, ...]
    tail: tuple[Row, ...]
    index: tuple[Row, ...]


@dataclass(frozen=True)
class PlanText:
    """The plan's text files as they stood; ``archive`` is a zip, ``hash`` chains to ``previous``.

    ``recorded_at`` stays the text that is stored, so that a row can be verified unread.
    """

    sequence: int
    fingerprint: str
    recorded_at: str
    archive: bytes
    previous: str
    hash: str


class ManifestState(Protocol):
    """The manifest at one moment. ``known_by`` None means all that is there."""

    def head(self) -> Head: ...

    def batches(self, known_by: datetime | None = None) -> list[Batch]:
        """In the order of the chain."""
        ...

    def batch_with_key(self, source: str, key: str) -> tuple[Batch, str] | None:
        """The batch a source delivered under ``key``, and its delivery hash."""
        ...

    def batch_with_content(self, delivery_hash: str) -> Batch | None:
        """The newest batch of equal content."""
        ...

    def segments(self, record_type: str | None, known_by: datetime | None = None) -> list[Segment]:
        """Oldest batch first; of all record types for None."""
        ...

    def tail(self, record_type: str, known_by: datetime | None = None) -> list[TailChunk]:
        """Oldest batch first."""
        ...

    def tail_versions(self, record_type: str, keys: Sequence[str]) -> pa.Table:
        """:data:`VERSIONS` of all tail rows with one of ``keys``, and perhaps of others."""
        ...

    def add(self, admission: Admission) -> None: ...

    def entries(self) -> Iterator[Entry]:
        """Every batch as stored, in the order of the chain."""
        ...

    def plan_texts(self) -> list[PlanText]:
        """In the order they were recorded."""
        ...

    def add_plan_text(self, text: PlanText) -> None: ...


class Manifest(Protocol):
    """Where the manifest is kept."""

    def reading(self) -> AbstractContextManager[ManifestState]:
        """One unchanging state, whatever others write meanwhile."""
        ...

    def writing(self) -> AbstractContextManager[ManifestState]:
        """The one writer: others wait. Everything done inside is kept, or nothing of it."""
        ...
