"""Versions: when two rows say the same, and what becomes of a delivered row.

All is done a column at a time in Arrow, so that a million rows take seconds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from kieng.plan.record_type import STATES, RecordType
from kieng.problems import Place, Problem
from kieng.records.batch import Delivery, ledger_schema
from kieng.records.contents import contents

UNDATED = "undated"
_WEAKEST = pa.scalar(-1, pa.int8())


def with_months(delivery: Delivery) -> pa.Table:
    """The delivery's rows with ``month``, the month of the anchor date."""
    rows = delivery.rows.combine_chunks()
    return rows.append_column("month", month_texts(rows[delivery.record_type.anchor]))


def delivery_hash(delivery: Delivery) -> str:
    """Of the record type, the origin and the content of every row, in order.

    A column without a single value leaves no mark, so that a record type may gain a field and a
    delivery of before is still recognised.
    """
    digest = hashlib.sha256(f"{delivery.record_type.id}\x1f{delivery.origin.value}".encode())
    for name in sorted(set(delivery.rows.column_names) - {"_row"}):
        column = delivery.rows[name]
        if len(column) > column.null_count:
            digest.update(f"\x1e{name}\x1f{len(column)}\x1f".encode())
            for part in contents(column):
                digest.update(part)
    return digest.hexdigest()


def month_texts(anchor: pa.ChunkedArray) -> pa.Array:
    """``2024-03`` of each date or date-time, :data:`UNDATED` where there is none."""
    numbers = pc.add(pc.multiply(pc.year(anchor), 100), pc.month(anchor))
    coded = pc.fill_null(numbers.cast(pa.int64()), 0).combine_chunks().dictionary_encode()
    texts = [f"{n // 100:04}-{n % 100:02}" if n else UNDATED for n in coded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(coded.indices)


def found_schema(record_type: RecordType) -> pa.Schema:
    """Columns of the newest versions that a delivery is held against: the ledger's and their ``month``."""
    return ledger_schema(record_type).append(pa.field("month", pa.string()))


@dataclass(frozen=True)
class Verdict:
    """What becomes of the rows. ``accepted`` are those to be stored: ``month`` is where their key lies,
    ``_follows`` whether an older version is there, ``_was_of`` the agency that one named."""

    accepted: pa.Table
    superseded: int
    unchanged: int
    refused: tuple[Problem, ...]


def judge(delivery: Delivery, rows: pa.Table, newest: pa.Table) -> Verdict:
    """Hold ``rows`` (:func:`with_months`) against the ``newest`` versions of their keys, one of each.

    A row equal to its newest version is not stored again; a figure in a weaker state than the newest
    is refused; all versions of a key lie where the first one was put, even if the anchor
    date is corrected, so that the newest is found within one partition.
    """
    kind = delivery.record_type
    if not newest.num_rows:
        return Verdict(_unheard_of(rows), 0, 0, ())
    older = newest.take(pc.index_in(rows["_key"], value_set=newest["_key"].combine_chunks()))
    exists = pc.is_valid(older["_key"])
    same = pc.and_(exists, _same(rows, older, delivery))
    rank = _ranks(older, kind)
    weaker = pc.and_(_weaker(rows, kind, rank), pc.invert(same))
    accepted = pc.invert(pc.or_(same, weaker))
    months = pc.coalesce(older["month"], rows["month"])
    kept = rows.set_column(rows.schema.get_field_index("month"), "month", months)
    kept = kept.append_column("_follows", exists).append_column("_was_of", older[kind.agency_field])
    refused = _refusals(delivery, rows.filter(weaker), rank.filter(weaker))
    return Verdict(kept.filter(accepted), _count(pc.and_(accepted, exists)), _count(same), refused)


def _unheard_of(rows: pa.Table) -> pa.Table:
    """``rows`` as accepted where the ledger has none of their keys."""
    follows = pa.repeat(pa.scalar(False), rows.num_rows)
    return rows.append_column("_follows", follows).append_column(
        "_was_of", pa.nulls(rows.num_rows, pa.string())
    )


def _same(rows: pa.Table, older: pa.Table, delivery: Delivery) -> pa.ChunkedArray:
    """Whether every value is equal; the origin counts, lest a measured figure keep a synthetic mark."""
    names = ["_withdrawn", *delivery.record_type.fields]
    equal = [_equal(rows[name], older[name]) for name in names]
    origin = pc.equal(older["_origin"], delivery.origin.bit).fill_null(False)
    return reduce(pc.and_, equal, origin)


def _equal(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ChunkedArray:
    both_null = pc.and_(pc.is_null(one), pc.is_null(other))
    return pc.or_(pc.equal(one, other).fill_null(False), both_null)


def _ranks(rows: pa.Table, record_type: RecordType) -> pa.ChunkedArray:
    if record_type.state_field is None:
        return pa.chunked_array([pa.nulls(rows.num_rows, pa.int8())])
    ranks = pc.index_in(rows[record_type.state_field], value_set=pa.array(STATES)).cast(pa.int8())
    return pc.if_else(pc.fill_null(rows["_withdrawn"], False), pa.scalar(None, pa.int8()), ranks)


def _weaker(rows: pa.Table, record_type: RecordType, older: pa.ChunkedArray) -> pa.ChunkedArray:
    """A withdrawal is never weaker: a source may always take back what it said."""
    ranks = pc.fill_null(_ranks(rows, record_type), _WEAKEST)
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
