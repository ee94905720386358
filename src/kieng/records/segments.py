"""Segments: the ledger's immutable Parquet files, each with its key index.

A file is first written under a passing name in ``drafts/`` and settled under its content hash only
inside the transaction that names it, so that two writers never share, or remove, each other's file.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kieng.plan.record_type import RecordType
from kieng.problems import refuse
from kieng.records.batch import ledger_schema
from kieng.records.chain import sha256
from kieng.records.contents import batch_digests
from kieng.records.key_index import Hashes, KeyIndex, Rows, encoded_index
from kieng.records.manifest import Piece
from kieng.records.seal import ledger_damaged

#: How a file is laid out, stated in each. 1 (not stated): rows in any order, perhaps with a column ``_hash``
#: that nothing reads any more. 2: in the order of agencies. Both are read; a newer format comes with a
#: newer version of the database, and is refused should one turn up without it.
FORMAT = 2
_FORMAT = "kieng.format"
#: Rows that are looked at to tell whether a column's values repeat.
_SAMPLE = 1_024
#: Small enough that one agency's records of a month, or one key's, are found without reading the rest.
_GROUP = 16_384
_INDEX = ".keys"
_DIGESTS = "kieng.batches"  # in a file of many batches: what each one's rows were
_MAPPED = 4_096  # key indexes kept mapped


@dataclass(frozen=True)
class Draft:
    """A file that is written but not yet named by the manifest; its key index lies beside it."""

    piece: Piece
    path: Path

    @property
    def index(self) -> Path:
        return self.path.with_suffix(_INDEX)


class SegmentFolder:
    """Below ``.kieng``: ``drafts/`` and ``segments/<record type>/<month>/<sha256>.parquet`` and ``.keys``."""

    def __init__(self, folder: Path) -> None:
        self.segments = folder / "segments"
        self.drafts = folder / "drafts"
        # Files never change, so an index once mapped serves every later look-up of this process.
        self._index = lru_cache(maxsize=_MAPPED)(_mapped_index)
        self._why_newer = lru_cache(maxsize=_MAPPED)(why_newer)
        self._whole = lru_cache(maxsize=_MAPPED)(_refuse_changed)

    def path(self, record_type: str, month: str, sha256: str) -> Path:
        return self.segments / record_type / month / f"{sha256}.parquet"

    def path_of(self, piece: Piece) -> Path:
        return self.path(piece.record_type, piece.month, piece.sha256)

    def index_of(self, piece: Piece) -> Path:
        return self.path_of(piece).with_suffix(_INDEX)

    def known_path_of(self, piece: Piece) -> Path:
        """:meth:`path_of` for other readers of the file. UserError when it is of a newer format, or not what
        was committed: it is read whole for that, once in a process."""
        path = self.path_of(piece)
        try:
            why = self._why_newer(path)
        except (OSError, pa.ArrowException) as error:
            raise ledger_damaged(str(path)) from error
        _refuse_newer(path, why)
        self._whole(path, piece.sha256)
        return path

    def files(self) -> list[Path]:
        """Every file below ``segments``, sorted."""
        return sorted(path for path in self.segments.rglob("*") if path.is_file())

    def abandoned(self, before: datetime) -> Iterator[Path]:
        """Drafts last written before a moment: their writers are long dead."""
        for path in sorted(self.drafts.glob("*")):
            if path.stat().st_mtime < before.timestamp():
                yield path

    def draft(self, table: pa.Table, piece: Piece) -> Draft:
        """Write ``table`` (of at least one row) under a passing name; ``piece`` says what it is, but for its
        bytes. OSError when that fails."""
        # What was put together may be, row by row, what it is made of: the mark keeps their names apart.
        mark = {"kieng": f"{piece.kind} {piece.first_batch} {piece.last_batch}"}
        mark[_FORMAT] = str(FORMAT)
        if piece.first_batch != piece.last_batch:
            mark[_DIGESTS] = json.dumps(batch_digests(table))
        content, index = encoded(table.replace_schema_metadata(mark)), encoded_index(table["_key"])
        known = {"sha256": sha256(content), "bytes": len(content), "keys_sha256": sha256(index)}
        draft = Draft(Piece(**vars(piece) | known), self.drafts / f"{uuid.uuid4().hex}.parquet")
        self.drafts.mkdir(parents=True, exist_ok=True)
        try:
            write_durably(draft.path, content)
            write_durably(draft.index, index)
        except OSError:
            discard([draft])
            raise
        return draft

    def settle(self, drafts: Iterable[Draft]) -> None:
        """Give each draft its final name, and wait until the folders on the disk say so."""
        touched: set[Path] = set()
        for draft in drafts:
            final = self.path_of(draft.piece)
            final.parent.mkdir(parents=True, exist_ok=True)
            draft.index.replace(final.with_suffix(_INDEX))
            draft.path.replace(final)
            touched |= {final.parent, final.parent.parent, self.segments, self.segments.parent}
        for folder in touched:
            sync_folder(folder)

    def read(self, piece: Piece, record_type: RecordType) -> pa.Table:
        """All rows of a file. UserError as for :meth:`known_path_of`."""
        with _opened(self.known_path_of(piece)) as file:
            return conformed(file.read(use_threads=False), record_type)

    def rows_with(self, piece: Piece, record_type: RecordType, hashes: Hashes) -> pa.Table | None:
        """The rows of a file whose keys have one of the ``hashes`` (ascending); None when there are none.
        UserError where what is read of it is not what was committed."""
        rows = self._index(self.index_of(piece), piece.keys_sha256 or "").rows(hashes)
        if not len(rows):
            return None
        path = self.path_of(piece)
        try:
            with _opened(path) as file:
                return conformed(_taken(file, rows), record_type)
        except (OSError, pa.ArrowException) as error:  # a page whose sum is wrong, or no file of this kind
            raise ledger_damaged(str(path)) from error


def _refuse_changed(path: Path, expected: str) -> None:
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ledger_damaged(str(path)) from error
    if found != expected:
        raise ledger_damaged(str(path))


def _mapped_index(path: Path, expected: str) -> KeyIndex:
    _refuse_changed(path, expected)
    return KeyIndex(path)


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    with pq.ParquetFile(path, memory_map=True, page_checksum_verification=True) as file:
        _refuse_newer(path, _why_newer(file.metadata))
        yield file


def why_newer(path: Path) -> str | None:
    """What is to be said of a file of a newer format than this program knows; None of any other."""
    return _why_newer(pq.read_metadata(path))


def _why_newer(metadata: pq.FileMetaData) -> str | None:
    stated = int((metadata.metadata or {}).get(_FORMAT.encode(), b"1"))
    known = f"The file is of format {stated}; this Kiềng knows formats up to {FORMAT}."
    return known if stated > FORMAT else None


def _refuse_newer(path: Path, why: str | None) -> None:
    if why is not None:
        raise refuse(str(path), "newer-file", why, "Use the Kiềng that wrote it, or a newer one.")


def _taken(file: pq.ParquetFile, rows: Rows) -> pa.Table:
    """The rows at these (ascending) places, reading only the row groups they lie in."""
    sizes = [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    groups = np.searchsorted(starts, rows, side="right") - 1
    wanted = np.unique(groups)
    before = np.concatenate([[0], np.cumsum(np.asarray(sizes)[wanted])])
    places = before[np.searchsorted(wanted, groups)] + rows - starts[groups]
    return file.read_row_groups(wanted.tolist(), use_threads=False).take(pa.array(places))


def conformed(table: pa.Table, record_type: RecordType) -> pa.Table:
    """``table`` in the ledger's columns; a field that the record type gained since is null."""
    schema = ledger_schema(record_type)
    if table.schema.equals(schema):
        return table
    return pa.concat_tables([schema.empty_table(), table], promote_options="default").select(schema.names)


def changed_batches(path: Path) -> list[int]:
    """The batches whose rows in a damaged file are not, or can no longer be read as, what was written; none
    when the file does not say, or too little of it is left to tell."""
    try:
        with pq.ParquetFile(path) as file:
            written = json.loads((file.schema_arrow.metadata or {}).get(_DIGESTS.encode(), b"{}"))
            left = batch_digests(pa.concat_tables(_readable(file)))
    except (OSError, pa.ArrowException, ValueError):
        return []
    return sorted(int(batch) for batch, digest in written.items() if left.get(batch) != digest)


def _readable(file: pq.ParquetFile) -> Iterator[pa.Table]:
    yield file.schema_arrow.empty_table()
    for number in range(file.num_row_groups):
        with suppress(OSError, pa.ArrowException):
            yield file.read_row_group(number, use_threads=False)


def discard(drafts: Iterable[Draft]) -> None:
    """Remove the drafts that were not settled."""
    for draft in drafts:
        draft.path.unlink(missing_ok=True)
        draft.index.unlink(missing_ok=True)


def encoded(table: pa.Table) -> bytes:
    """``table`` as the bytes of a Parquet file."""
    buffer = pa.BufferOutputStream()
    # A dictionary of values that hardly repeat (keys, moments, sums) costs time, and a third more bytes.
    some = table.slice(0, _SAMPLE)
    dictionary = [
        name for name in some.column_names if pc.count_distinct(some[name]).as_py() * 2 <= len(some)
    ]
    pq.write_table(
        table,
        buffer,
        compression="zstd",
        use_dictionary=dictionary,
        row_group_size=_GROUP,
        write_page_checksum=True,
    )
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file and wait until it is on the disk; a part-written file is removed."""
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Wait until the names in ``folder`` are on the disk. OSError when that fails."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
