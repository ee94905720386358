"""Segments: the ledger's immutable Parquet files.

A file is first written under a passing name in ``drafts/`` and settled under its content hash only
inside the transaction that names it, so that two writers never share, or remove, each other's file.
"""

from __future__ import annotations

import os
import uuid
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kieng.plan.record_type import RecordType
from kieng.records.chain import sha256
from kieng.records.manifest import Segment
from kieng.records.versions import version_columns, versions_in

#: Columns in which hardly a value repeats: a dictionary of them only costs time.
_NO_DICTIONARY = {"_key", "_row", "_hash"}


@dataclass(frozen=True)
class Draft:
    """A segment that is written but not yet named by the manifest."""

    segment: Segment
    path: Path


class SegmentFolder:
    """Below ``.kieng``: ``segments/<record type>/<month>/<sha256>.parquet`` and ``drafts/``."""

    def __init__(self, folder: Path) -> None:
        self.segments = folder / "segments"
        self.drafts = folder / "drafts"

    def path(self, record_type: str, month: str, sha256: str) -> Path:
        return self.segments / record_type / month / f"{sha256}.parquet"

    def path_of(self, segment: Segment) -> Path:
        return self.path(segment.record_type, segment.month, segment.sha256)

    def files(self) -> list[Path]:
        """Every file below ``segments``, sorted."""
        return sorted(path for path in self.segments.rglob("*") if path.is_file())

    def abandoned(self, before: datetime) -> Iterator[Path]:
        """Drafts last written before a moment: their writers are long dead."""
        for path in sorted(self.drafts.glob("*.parquet")):
            if path.stat().st_mtime < before.timestamp():
                yield path

    def draft(self, table: pa.Table, record_type: str, month: str, batch: int) -> Draft:
        """Write ``table`` (of at least one row) under a passing name. OSError when that fails."""
        content = encoded(table)
        keys = pc.min_max(table["_key"]).as_py()
        ends = (keys["min"], keys["max"])
        segment = Segment(batch, record_type, month, sha256(content), len(content), table.num_rows, *ends)
        path = self.drafts / f"{uuid.uuid4().hex}.parquet"
        self.drafts.mkdir(parents=True, exist_ok=True)
        write_durably(path, content)
        return Draft(segment, path)

    def settle(self, drafts: Iterable[Draft]) -> None:
        """Give each draft its final name, and wait until the folders on the disk say so."""
        touched: set[Path] = set()
        for draft in drafts:
            final = self.path_of(draft.segment)
            final.parent.mkdir(parents=True, exist_ok=True)
            draft.path.replace(final)
            touched |= {final.parent, final.parent.parent, self.segments, self.segments.parent}
        for folder in touched:
            _sync_folder(folder)

    def versions(
        self, segments: Sequence[Segment], record_type: RecordType, keys: pa.Array
    ) -> Iterator[pa.Table]:
        """The versions in ``segments`` that bear one of ``keys``.

        Only the keys are read of a segment that holds none. All are looked up at once, because the
        look-up table of a million keys costs more than reading a segment.
        """
        held = [_columns(self.path_of(segment), ["_key"])["_key"].combine_chunks() for segment in segments]
        found = pc.is_in(pa.chunked_array(held, pa.string()), value_set=keys)
        start = 0
        for segment, column in zip(segments, held, strict=True):
            mask = found.slice(start, len(column))
            start += len(column)
            if pc.any(mask).as_py():
                rows = _columns(self.path_of(segment), version_columns(record_type))
                yield versions_in(rows.filter(mask), record_type, segment.month)


def encoded(table: pa.Table) -> bytes:
    """``table`` as the bytes of a Parquet file."""
    buffer = pa.BufferOutputStream()
    dictionary = [name for name in table.column_names if name not in _NO_DICTIONARY]
    pq.write_table(table, buffer, compression="zstd", use_dictionary=dictionary)
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def may_hold(segment: Segment, ordered: Sequence[str]) -> bool:
    """Whether one of the ``ordered`` keys lies between the segment's first and last."""
    place = bisect_left(ordered, segment.first_key)
    return place < len(ordered) and ordered[place] <= segment.last_key


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


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _columns(path: Path, names: list[str]) -> pa.Table:
    with pq.ParquetFile(path, memory_map=True) as file:
        return file.read(columns=names, use_threads=False)
