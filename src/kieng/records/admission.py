"""How a delivery becomes a batch: drawn up against one state of the ledger, then committed onto it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kieng.plan.record_type import RecordType
from kieng.problems import Place, Problem, Problems, UserError, refuse
from kieng.records.arrow_bytes import to_bytes
from kieng.records.batch import Batch, Delivery, intake_schema, ledger_schema
from kieng.records.chain import content_hash, moment_text, row_hash, sha256, stored
from kieng.records.column_texts import has_controls
from kieng.records.key_index import surely_distinct
from kieng.records.lookup import newest_versions
from kieng.records.manifest import Admission, Head, Kind, ManifestState, Piece, TailKey
from kieng.records.plain_text import odd_character, refuse_odd, visible
from kieng.records.segments import Draft, SegmentFolder, discard
from kieng.records.versions import Verdict, delivery_hash, judge

#: More agencies than these are not listed: measuring then looks at the whole month.
_FEW_AGENCIES = 50


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery.

    ``already`` is the earlier batch when the ledger had this delivery before: then nothing was added and
    ``batch`` is None. ``refused`` are rows the ledger itself turned away, beside those intake did.
    """

    batch: Batch | None
    already: Batch | None
    accepted: int
    superseded: int
    unchanged: int
    refused: tuple[Problem, ...]


@dataclass(frozen=True)
class Known:
    """The delivery is there already, as ``batch``."""

    head: Head
    batch: Batch


@dataclass
class Proposal:
    """What a delivery adds if the chain still ends at ``head``."""

    head: Head
    recorded_at: datetime
    delivery_hash: str
    verdict: Verdict
    drafts: list[Draft] = field(default_factory=list)
    chunks: list[Piece] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    keys: list[TailKey] = field(default_factory=list)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return (*(draft.piece for draft in self.drafts), *self.chunks)


def check_rows(delivery: Delivery) -> None:
    """Raise UserError for texts no database can keep, and for keys that are missing or stand twice;
    ValueError for other columns than :func:`~kieng.records.batch.intake_schema` (a fault of the caller, not
    of the data)."""
    _check_texts(delivery)
    schema = intake_schema(delivery.record_type)
    if not delivery.rows.schema.equals(schema):
        raise ValueError(f"rows of {delivery.record_type.id} must have the columns {schema.names} in order")
    keys = delivery.rows["_key"]
    _check_keys(delivery, keys)
    if surely_distinct(keys):
        return
    problems, seen = Problems(), set()
    for key, row in zip(keys.to_pylist(), delivery.rows["_row"].to_pylist(), strict=True):
        if key is None or key in seen:
            place = Place(delivery.file or delivery.key, row)
            why = "the record has no key" if key is None else "an earlier row of this delivery has this key"
            remedy = "give every record its own id, once in a delivery"
            problems.add(place, "missing-key" if key is None else "duplicate-key", why, remedy, key)
        seen.add(key)
    raise UserError(problems)


def _check_texts(delivery: Delivery) -> None:
    texts = {"by": delivery.by, "source": delivery.source, "key": delivery.key}
    for name, text in {**texts, "mapping": delivery.mapping, "file": delivery.file}.items():
        refuse_odd(name, text or "")
    refuse_odd("citation", delivery.citation or "", lines=True)


def _check_keys(delivery: Delivery, keys: pa.ChunkedArray) -> None:
    """Keys stand in the database as text, where controls have no place."""
    if not any(has_controls(chunk) for chunk in keys.chunks):
        return
    problems = Problems()
    for key, row in zip(keys.to_pylist(), delivery.rows["_row"].to_pylist(), strict=True):
        odd = odd_character(key or "")
        if odd is not None:
            place = Place(delivery.file or delivery.key, row)
            why = f"the key holds the character {odd}, which cannot be kept"
            problems.add(place, "control-character", why, "give the record another id", visible(key))
    raise UserError(problems)


def draw_up(
    state: ManifestState, files: SegmentFolder, delivery: Delivery, rows: pa.Table, small: int, now: datetime
) -> Known | Proposal:
    """Decide what becomes of each row and write what is accepted: drafts, or tail chunks in memory.

    ``rows`` are :func:`~kieng.records.versions.with_months`; fewer than ``small`` go to the tail.
    Drafts belong to the caller, who settles or discards them.
    """
    head, content = state.head(), delivery_hash(delivery)
    earlier = state.batch_with_key(delivery.source, delivery.key)
    if earlier is not None:
        # A source's key is itself a hash of the files, so of a batch that hashed otherwise it says enough.
        if earlier[1] not in (content, ""):
            raise _key_taken(delivery, earlier[0])
        return Known(head, earlier[0])
    verdict = judge(delivery, rows, newest_versions(state, files, delivery.record_type, rows["_key"]))
    # Equal content alone is not enough: A, then B, then A again must bring A back.
    if rows.num_rows and verdict.unchanged == rows.num_rows:
        equal = state.batch_with_content(content)
        if equal is not None:
            return Known(head, equal)
    proposal = Proposal(head, _moment(delivery, head, now), content, verdict)
    _place(proposal, files, delivery, rows.num_rows < small)
    return proposal


def admit(
    state: ManifestState, files: SegmentFolder, delivery: Delivery, proposal: Known | Proposal, now: datetime
) -> Receipt:
    """Add a proposal to the chain, whose head it was drawn up for. Done inside a writing transaction."""
    if isinstance(proposal, Known):
        return Receipt(None, proposal.batch, 0, 0, delivery.rows.num_rows, ())
    files.settle(proposal.drafts)
    committed_at = max(now, proposal.head.known_from)
    # A big delivery is stamped before its files are written. Readers who stood in between must
    # find the same figures later, so a live batch counts from its commit on.
    known_from = delivery.recorded_at or committed_at
    batch = _sealed(delivery, proposal, committed_at, known_from)
    pieces, keys = proposal.pieces, tuple(proposal.keys)
    state.add(Admission(batch, known_from, proposal.delivery_hash, pieces, proposal.contents, keys))
    counts = (batch.accepted, batch.superseded, batch.unchanged)
    return Receipt(batch, None, *counts, proposal.verdict.refused)


def drafts_of(proposal: Known | Proposal) -> list[Draft]:
    """The files a proposal has written."""
    return proposal.drafts if isinstance(proposal, Proposal) else []


def _place(proposal: Proposal, files: SegmentFolder, delivery: Delivery, to_tail: bool) -> None:
    """Turn the accepted rows into tail chunks or draft files: of each month, first versions and newer ones
    apart."""
    try:
        # In the order of agencies one agency's records lie together in a file, found without the others'.
        for part in _parts(proposal.verdict.accepted, None if to_tail else delivery.record_type.agency_field):
            _place_part(proposal, files, delivery, part, to_tail)
    except OSError:
        discard(proposal.drafts)
        raise


@dataclass(frozen=True)
class _Part:
    """Accepted rows that go into one piece."""

    month: str
    kind: Kind
    rows: pa.Table


def _place_part(
    proposal: Proposal, files: SegmentFolder, delivery: Delivery, part: _Part, to_tail: bool
) -> None:
    sequence = proposal.head.sequence + 1
    table = _stamped(part.rows, delivery, proposal.recorded_at, sequence)
    piece = _piece(delivery.record_type, part, sequence)
    if not to_tail:
        proposal.drafts.append(files.draft(table, piece))
        return
    content = to_bytes(table)
    chunk = replace(piece, sha256=sha256(content), bytes=len(content))
    proposal.chunks.append(chunk)
    proposal.contents[chunk.sha256] = content
    record_type, month = piece.record_type, piece.month
    proposal.keys += [TailKey(record_type, key, sequence, month) for key in table["_key"].to_pylist()]


def _piece(record_type: RecordType, part: _Part, batch: int) -> Piece:
    """What is known of a piece before its bytes are."""
    return Piece(
        record_type=record_type.id,
        month=part.month,
        sha256="",
        kind=part.kind,
        rows=part.rows.num_rows,
        bytes=0,
        first_batch=batch,
        last_batch=batch,
        keys_sha256=None,
        agencies=_agencies(part.rows, record_type),
        batch=batch,
        rewrite=None,
    )


def _agencies(rows: pa.Table, record_type: RecordType) -> str | None:
    named = {*rows[record_type.agency_field].unique().to_pylist(), *rows["_was_of"].unique().to_pylist()}
    few = sorted(agency for agency in named if agency is not None)
    return json.dumps(few, ensure_ascii=False) if len(few) <= _FEW_AGENCIES else None


def _parts(rows: pa.Table, then_by: str | None) -> Iterator[_Part]:
    """The rows of each month and kind, in the order of months and, within one, of the column ``then_by`` and
    of the delivery."""
    if not rows.num_rows:
        return
    follows = rows["_follows"].to_numpy()
    ranks = _ranks(rows["month"]) * 2 + follows
    # Small numbers are sorted once, and every row moved once: a million texts would take seconds.
    within = [] if then_by is None else [_ranks(rows[then_by])]
    order = np.lexsort([*within, ranks])
    ordered = rows if bool((np.diff(order) > 0).all()) else rows.take(pa.array(order))
    ends = np.flatnonzero(np.diff(ranks[order], append=-1)) + 1
    for start, end in zip([0, *ends.tolist()], ends.tolist(), strict=False):
        part = ordered.slice(start, end - start)
        kind = Kind.NEWER if part["_follows"][0].as_py() else Kind.FIRST
        yield _Part(part["month"][0].as_py(), kind, part)


def _ranks(texts: pa.ChunkedArray) -> npt.NDArray[np.int32]:
    """The place of each text among the different ones in order; that of null is the last."""
    coded = texts.combine_chunks().dictionary_encode()
    places = np.append(pc.rank(coded.dictionary, tiebreaker="dense").to_numpy(), len(coded.dictionary) + 1)
    ranks: npt.NDArray[np.int32] = places.astype(np.int32)[
        coded.indices.fill_null(len(places) - 1).to_numpy()
    ]
    return ranks


def _stamped(rows: pa.Table, delivery: Delivery, recorded_at: datetime, sequence: int) -> pa.Table:
    schema = ledger_schema(delivery.record_type)
    constant = {"_recorded_at": recorded_at, "_batch": sequence, "_origin": delivery.origin.bit}
    columns = [
        pa.repeat(pa.scalar(constant[column.name], column.type), rows.num_rows)
        if column.name in constant
        else rows[column.name]
        for column in schema
    ]
    return pa.table(columns, schema=schema)


def _sealed(delivery: Delivery, proposal: Proposal, committed_at: datetime, known_from: datetime) -> Batch:
    verdict, head = proposal.verdict, proposal.head
    content = content_hash(stored(piece) for piece in proposal.pieces)
    batch = Batch(
        sequence=head.sequence + 1,
        record_type=delivery.record_type.id,
        source=delivery.source,
        key=delivery.key,
        origin=delivery.origin,
        by=delivery.by,
        mapping=delivery.mapping,
        mapping_hash=delivery.mapping_hash,
        citation=delivery.citation,
        file=delivery.file,
        recorded_at=proposal.recorded_at,
        committed_at=committed_at,
        accepted=verdict.accepted.num_rows,
        superseded=verdict.superseded,
        unchanged=verdict.unchanged,
        refused=delivery.refused + len(verdict.refused),
        content_hash=content,
        previous=head.hash,
        hash="",
    )
    row = stored(batch, known_from=known_from, delivery_hash=proposal.delivery_hash)
    return replace(batch, hash=row_hash(row))


def _moment(delivery: Delivery, head: Head, now: datetime) -> datetime:
    """When the ledger learns of the delivery. A clock set back never breaks the order of the chain."""
    stated = delivery.recorded_at
    if stated is None:
        return max(now, head.known_from)
    if stated.tzinfo is None:
        raise ValueError("recorded_at must carry its time zone")
    if stated < head.known_from:
        why = (
            f"the last batch was recorded at {moment_text(head.known_from)}; this one says an earlier moment"
        )
        raise _moment_refused(delivery, "recorded-before-last-batch", why, "replay old deliveries in order")
    if stated > now:
        why = f"it is only {moment_text(now)} now; nothing can have been recorded later"
        raise _moment_refused(delivery, "recorded-in-future", why, "state a past moment, or none")
    return stated


def _moment_refused(delivery: Delivery, code: str, why: str, remedy: str) -> UserError:
    return refuse(delivery.file or delivery.key, code, why, remedy, delivery.recorded_at)


def _key_taken(delivery: Delivery, batch: Batch) -> UserError:
    why = (
        f"source {delivery.source} delivered other content under this key before, "
        f"as batch {batch.sequence} on {moment_text(batch.recorded_at)}"
    )
    remedy = "give the new content a key of its own; its records then supersede the older ones"
    return refuse(delivery.file or delivery.key, "delivery-key-taken", why, remedy, delivery.key)
