"""Versions: when two rows say the same, and what becomes of a delivered row.

All is done a column at a time in Arrow, so that a million rows take seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from kieng.plan.record_type import STATES, RecordType
from kieng.problems import Place, Problem
from kieng.records.batch import Delivery
from kieng.records.manifest import VERSIONS

UNDATED = "undated"
_SLICE = 100_000  # rows hashed at a time: bounds the memory their texts take


def identified(delivery: Delivery) -> pa.Table:
    """The delivery's rows with ``_hash`` and ``month``, the month of the anchor date."""
    rows = delivery.rows.combine_chunks()
    hashes = row_hashes(rows, delivery)
    months = month_texts(rows[delivery.record_type.anchor])
    return rows.append_column("_hash", hashes).append_column("month", months)


def row_hashes(rows: pa.Table, delivery: Delivery) -> pa.Array:
    """Equal hash, same version: of the fields that have a value, ``_withdrawn`` and the origin.

    Fields without a value leave no mark, so a record type may gain a field and old rows
    stay equal. The origin counts, lest a measured figure keep the mark of a synthetic one.
    """
    names = ["_withdrawn", *sorted(delivery.record_type.fields)]
    hashes = []
    for start in range(0, rows.num_rows, _SLICE):
        part = rows.slice(start, _SLICE).combine_chunks()
        marked = [_marked(name, part[name].chunk(0)) for name in names]
        origin = pa.scalar(delivery.origin.value)
        texts = pc.binary_join_element_wise(origin, *marked, "", null_handling="skip")
        digests = (hashlib.blake2b(text, digest_size=16) for text in texts.cast(pa.binary()).to_pylist())
        hashes.append(pa.array([digest.hexdigest() for digest in digests], pa.string()))
    return pa.chunked_array(hashes, pa.string())


def delivery_hash(delivery: Delivery, rows: pa.Table) -> str:
    """Of the record type and of every row's key and hash, in order."""
    digest = hashlib.sha256(delivery.record_type.id.encode())
    for start in range(0, rows.num_rows, _SLICE):
        part = rows.slice(start, _SLICE)
        lines = pc.binary_join_element_wise(part["_key"], part["_hash"], "\x1f")
        digest.update("\x1e".join(["", *lines.to_pylist()]).encode())
    return digest.hexdigest()


def month_texts(anchor: pa.ChunkedArray) -> pa.Array:
    """``2024-03`` of each date or date-time, :data:`UNDATED` where there is none."""
    numbers = pc.add(pc.multiply(pc.year(anchor), 100), pc.month(anchor))
    coded = pc.fill_null(numbers.cast(pa.int64()), 0).combine_chunks().dictionary_encode()
    texts = [f"{n // 100:04}-{n % 100:02}" if n else UNDATED for n in coded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(coded.indices)


def versions_in(rows: pa.Table, record_type: RecordType, month: str) -> pa.Table:
    """:data:`VERSIONS` of rows (with ``_batch``) that lie in the partition ``month``."""
    months = pa.repeat(pa.scalar(month), rows.num_rows)
    columns = [rows["_key"], rows["_hash"], rows["_batch"], months, _ranks(rows, record_type)]
    return pa.table(columns, schema=VERSIONS)


def version_columns(record_type: RecordType) -> list[str]:
    """The columns :func:`versions_in` reads."""
    state = [record_type.state_field] if record_type.state_field else []
    return ["_key", "_hash", "_batch", "_withdrawn", *state]


@dataclass(frozen=True)
class Verdict:
    """What becomes of the rows: the accepted ones (``month`` is where their key lies) and the rest."""

    accepted: pa.Table
    superseded: int
    unchanged: int
    refused: tuple[Problem, ...]


def judge(delivery: Delivery, rows: pa.Table, known: Iterable[pa.Table]) -> Verdict:
    """Hold ``rows`` (:func:`identified`) against the versions ``known`` of their keys.

    A row equal to its newest version is not stored again; a figure in a weaker state than the newest
    is refused; all versions of a key lie where the first one was put, even if the anchor
    date is corrected, so that the newest is found within one partition.
    """
    newest = pa.concat_tables([VERSIONS.empty_table(), *known]).sort_by([("_batch", "descending")])
    place = pc.index_in(rows["_key"], value_set=newest["_key"].combine_chunks())  # first, so the newest
    older = newest.take(place)
    exists = pc.is_valid(place)
    same = pc.equal(rows["_hash"], older["_hash"]).fill_null(False)
    weaker = pc.and_(_weaker(rows, delivery.record_type, older["state"]), pc.invert(same))
    accepted = pc.invert(pc.or_(same, weaker))
    months = pc.coalesce(older["month"], rows["month"])
    kept = rows.set_column(rows.schema.get_field_index("month"), "month", months).filter(accepted)
    refused = _refusals(delivery, rows.filter(weaker), older["state"].filter(weaker))
    return Verdict(kept, _count(pc.and_(accepted, exists)), _count(same), refused)


def _marked(name: str, column: pa.Array) -> pa.Array:
    """``␟name=value``, null where there is no value; no text can imitate the marks."""
    return pc.binary_join_element_wise(pa.scalar(f"\x1f{name}="), _text(column), "")


def _text(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        escaped = pc.replace_substring(column, "\\", "\\\\")
        return pc.replace_substring(escaped, "\x1f", "\\u")
    if pa.types.is_date(column.type):  # by number: how Arrow writes dates may change
        return column.cast(pa.int32()).cast(pa.string())
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.int64()).cast(pa.string())
    return column.cast(pa.string())


def _ranks(rows: pa.Table, record_type: RecordType) -> pa.ChunkedArray:
    if record_type.state_field is None:
        return pa.nulls(rows.num_rows, pa.int8())
    ranks = pc.index_in(rows[record_type.state_field], value_set=pa.array(STATES)).cast(pa.int8())
    return pc.if_else(rows["_withdrawn"], pa.scalar(None, pa.int8()), ranks)


def _weaker(rows: pa.Table, record_type: RecordType, older: pa.ChunkedArray) -> pa.ChunkedArray:
    """A withdrawal is never weaker: a source may always take back what it said."""
    ranks = pc.fill_null(_ranks(rows, record_type), pa.scalar(-1, pa.int8()))
    return pc.and_(pc.less(ranks, older).fill_null(False), pc.invert(rows["_withdrawn"]))


def _refusals(delivery: Delivery, rows: pa.Table, older: pa.ChunkedArray) -> tuple[Problem, ...]:
    field = delivery.record_type.state_field
    if field is None:
        return ()
    places = (Place(delivery.file or delivery.key, row) for row in rows["_row"].to_pylist())
    details = zip(places, rows["_key"].to_pylist(), rows[field].to_pylist(), older.to_pylist(), strict=True)
    return tuple(
        Problem(
            place,
            "weaker-state",
            f"the ledger already holds {key} as {STATES[rank]}; a weaker state cannot replace it",
            f"send it as {STATES[rank]} or stronger, or have the source withdraw the figure first",
            state,
        )
        for place, key, state, rank in details
    )


def _count(mask: pa.ChunkedArray) -> int:
    return pc.sum(mask, min_count=0).as_py() or 0
