"""The manifest: which batches, files and tail chunks make up the ledger.

Here are its shapes and what a store must offer; ``stores/`` keeps it in a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from kieng.records.batch import Batch

#: A manifest row as stored: names to texts, whole numbers, bytes or None.
Row = Mapping[str, object]


class Kind(StrEnum):
    """What a piece holds; the newest versions of a partition are found by it without sorting history."""

    FIRST = "first"  # first versions of their keys
    NEWER = "newer"  # versions that follow an older one
    CURRENT = "current"  # put together: the newest version of each key up to ``last_batch``
    OLDER = "older"  # put together: what those of a current piece have superseded


@dataclass(frozen=True)
class Piece:
    """Rows of one record type and month: a Parquet file or, when small, a chunk in the database.

    ``sha256`` is of the bytes. ``keys_sha256`` is of the file's key index; None: it is a chunk.
    ``agencies`` are those a batch's rows name, and those their older versions named, as a JSON list; None
    when there are many. It came with the batch ``batch``, or was put together by the rewrite ``rewrite``.
    """

    record_type: str
    month: str
    sha256: str
    kind: Kind
    rows: int
    bytes: int
    first_batch: int
    last_batch: int
    keys_sha256: str | None
    agencies: str | None
    batch: int | None
    rewrite: int | None

    @property
    def in_tail(self) -> bool:
        return self.keys_sha256 is None

    @property
    def in_one_version(self) -> bool:
        """Over all such pieces of a month together, each key stands once."""
        return self.kind in (Kind.FIRST, Kind.CURRENT)


@dataclass(frozen=True)
class TailKey:
    """The key of a row of the tail, so that the next version's append finds it without reading chunks."""

    record_type: str
    key: str
    batch: int
    month: str


@dataclass(frozen=True)
class Rewrite:
    """Pieces of one partition put together anew; rewrites have a chain of their own."""

    number: int
    record_type: str
    month: str
    made_at: datetime
    content_hash: str  # of the pieces retired and the pieces made
    previous: str
    hash: str


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
    delivered rows, so that the same delivery is recognised. ``contents`` holds the bytes of the pieces that
    go to the tail, by their SHA-256, and ``keys`` the keys of their rows.
    """

    batch: Batch
    known_from: datetime
    delivery_hash: str
    pieces: tuple[Piece, ...]
    contents: Mapping[str, bytes]
    keys: tuple[TailKey, ...]


@dataclass(frozen=True)
class Entry:
    """One batch exactly as it is stored, unread: what ``verify`` looks at. ``carried`` is kept of those of
    version 1; see :mod:`kieng.records.carried`."""

    batch: Row
    pieces: tuple[Row, ...]
    carried: str | None = None


@dataclass(frozen=True)
class RewriteEntry:
    """One rewrite exactly as it is stored: its row, the pieces it retired and those it made."""

    rewrite: Row
    retired: tuple[Row, ...]
    made: tuple[Row, ...]


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
        """The batch a source delivered under ``key``, and its delivery hash; an empty one for a batch of
        version 1, which hashed otherwise."""
        ...

    def batch_with_content(self, delivery_hash: str) -> Batch | None:
        """The newest batch of equal content."""
        ...

    def through(self, known_by: datetime | None = None) -> int:
        """The number of the last batch known by then; 0 when there is none."""
        ...

    def pieces(self, record_type: str | None, through: int | None = None) -> list[Piece]:
        """Those in use that hold a row of a batch up to ``through``, by month and first batch."""
        ...

    def touched(self, since: int, through: int) -> list[Piece]:
        """The pieces that came with the batches after ``since`` up to ``through``, in use or not."""
        ...

    def chunks(self, pieces: Sequence[Piece]) -> list[bytes]:
        """The contents of pieces in the tail, in their order."""
        ...

    def chunk(self, record_type: str, month: str, sha256: str) -> object:
        """The content of one piece in the tail as it is stored; None when it is not there."""
        ...

    def tail_places(self, record_type: str, keys: Sequence[str]) -> set[tuple[int, str]]:
        """(batch, month) of the tail's rows with one of ``keys``, and perhaps of others."""
        ...

    def tail_keys(self, batch: int) -> list[tuple[str, str, str]]:
        """(record type, month, key) of a batch's rows in the tail."""
        ...

    def add(self, admission: Admission) -> None: ...

    def rewrite_head(self) -> tuple[int, str]:
        """Number and hash of the last rewrite."""
        ...

    def rewrite(self, rewrite: Rewrite, retired: Sequence[Piece], made: Sequence[Piece]) -> None:
        """Put ``made`` in the place of ``retired``, whose contents leave the tail. For the ledger's keeper:
        who only adds records may not."""
        ...

    def retired_since(self, moment: datetime) -> list[Piece]:
        """What rewrites made at ``moment`` or later have put together with others."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Every batch as stored, in the order of the chain."""
        ...

    def rewrites(self) -> Iterator[RewriteEntry]:
        """Every rewrite as stored, in order."""
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
