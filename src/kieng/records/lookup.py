"""Finding the newest versions of given keys, wherever in the ledger they lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kieng.plan.record_type import RecordType
from kieng.records.arrow_bytes import from_bytes
from kieng.records.chain import sha256
from kieng.records.key_index import key_hashes
from kieng.records.manifest import ManifestState, Piece
from kieng.records.seal import ledger_damaged
from kieng.records.segments import SegmentFolder, conformed
from kieng.records.versions import found_schema


def newest_versions(
    state: ManifestState, files: SegmentFolder, record_type: RecordType, keys: pa.ChunkedArray
) -> pa.Table:
    """The newest version of each of ``keys`` that the ledger has, with its month
    (:func:`~kieng.records.versions.found_schema`)."""
    pieces = state.pieces(record_type.id)
    if not pieces:
        return found_schema(record_type).empty_table()
    sought = keys.combine_chunks()
    found = [_in_files(files, record_type, [p for p in pieces if not p.in_tail], sought)]
    places = state.tail_places(record_type.id, sought.to_pylist())
    chunks = [p for p in pieces if p.in_tail and (p.batch, p.month) in places]
    tables = read_chunks(state, record_type, chunks)
    found += [_with_month(table, piece) for table, piece in zip(tables, chunks, strict=True)]
    rows = pa.concat_tables([found_schema(record_type).empty_table(), *found])
    if not rows.num_rows:
        return rows  # without making a set of all the keys
    return newest_of(rows.filter(pc.is_in(rows["_key"], value_set=sought)))


def newest_of(rows: pa.Table) -> pa.Table:
    """Of versions in any order, the newest of each key: that of the last batch, in it the last row."""
    return split_by_newness(rows)[0]


def split_by_newness(rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The newest version of each key, and all the others."""
    ordered = rows.sort_by([("_batch", "ascending"), ("_row", "ascending")])
    numbered = ordered.select(["_key"]).append_column("place", pa.array(np.arange(ordered.num_rows)))
    last = numbered.group_by("_key", use_threads=False).aggregate([("place", "max")])["place_max"]
    is_newest = np.zeros(ordered.num_rows, bool)
    is_newest[last.to_numpy()] = True
    return ordered.filter(pa.array(is_newest)), ordered.filter(pa.array(~is_newest))


def read_chunks(state: ManifestState, record_type: RecordType, chunks: Sequence[Piece]) -> list[pa.Table]:
    """The tables of pieces in the tail, in the ledger's columns. UserError where one is not what was
    committed."""
    contents = state.chunks(chunks)
    for piece, content in zip(chunks, contents, strict=True):
        if sha256(content) != piece.sha256:
            raise ledger_damaged(f"tail row {piece.record_type} {piece.month} {piece.sha256}")
    return [conformed(from_bytes(content), record_type) for content in contents]


def _in_files(
    files: SegmentFolder, record_type: RecordType, pieces: Sequence[Piece], keys: pa.Array
) -> pa.Table:
    # np.unique would hash the hashes, which takes ten times as long as sorting them.
    hashes = np.sort(key_hashes(keys))
    hashes = hashes[np.append(np.diff(hashes) > 0, True)] if len(hashes) else hashes
    parts = [found_schema(record_type).empty_table()]
    for piece in pieces:
        rows = files.rows_with(piece, record_type, hashes)
        if rows is not None:
            parts.append(_with_month(rows, piece))
    return pa.concat_tables(parts)


def _with_month(rows: pa.Table, piece: Piece) -> pa.Table:
    return rows.append_column("month", pa.repeat(pa.scalar(piece.month), rows.num_rows))
