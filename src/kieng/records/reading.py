"""What there is to read of a partition: each key once if possible, its whole history if need be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from kieng.plan.record_type import RecordType
from kieng.records.batch import VersionedRecords, ledger_schema
from kieng.records.lookup import read_chunks
from kieng.records.manifest import Kind, ManifestState, Piece
from kieng.records.segments import SegmentFolder


def partition_of(
    state: ManifestState,
    files: SegmentFolder,
    record_type: RecordType,
    pieces: Sequence[Piece],
    through: int,
    as_of: datetime,
    history: bool = False,
) -> VersionedRecords:
    """The records of one month's ``pieces``; with ``history``, also those that count no more.

    Whoever stands after the last batch of every current piece need not look at what those superseded.
    Whoever stands before it sees all pieces as history. UserError for a file of a newer format.
    """
    now = not history and all(piece.last_batch <= through for piece in pieces if piece.kind is Kind.CURRENT)
    wanted = [piece for piece in pieces if not (now and piece.kind is Kind.OLDER)]
    in_files = [piece for piece in wanted if not piece.in_tail]
    once = tuple(files.known_path_of(piece) for piece in in_files if now and piece.in_one_version)
    newer = tuple(files.known_path_of(piece) for piece in in_files if not (now and piece.in_one_version))
    chunks = read_chunks(state, record_type, [piece for piece in wanted if piece.in_tail])
    tail = pa.concat_tables([ledger_schema(record_type).empty_table(), *chunks])
    tail_months = ((pieces[0].month, tail.num_rows),)
    return VersionedRecords(record_type, once, newer, tail, as_of, through, tail_months)


def together(
    record_type: RecordType, partitions: Iterable[VersionedRecords], as_of: datetime
) -> VersionedRecords:
    """Several partitions of one state of the ledger as one."""
    parts = list(partitions)
    return VersionedRecords(
        record_type=record_type,
        once=tuple(path for part in parts for path in part.once),
        newer=tuple(path for part in parts for path in part.newer),
        tail=pa.concat_tables([ledger_schema(record_type).empty_table(), *(part.tail for part in parts)]),
        as_of=as_of,
        through=max((part.through or 0 for part in parts), default=0),
        tail_months=tuple(each for part in parts for each in part.tail_months),
    )


def dataset_of(records: VersionedRecords) -> ds.Dataset:
    """All versions of batches up to ``through``, of files and tail alike; a field that a file does not have
    yet is null in it."""
    schema = ledger_schema(records.record_type)
    sources: list[ds.Dataset] = [ds.dataset(records.tail.cast(schema))]
    if records.segments:
        files = [str(path) for path in records.segments]
        sources.append(ds.dataset(files, schema=schema, format="parquet"))
    whole = ds.dataset(sources)
    return whole if records.through is None else whole.filter(pc.field("_batch") <= records.through)
