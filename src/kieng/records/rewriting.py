"""Putting pieces together: flushing the tail into files, and compacting a month into its newest versions.

Nothing is lost: every version stays, in a ``current`` piece if it is its key's newest and in an ``older``
one if not. The manifest names what was put in whose place, chained, so that ``verify`` can follow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from kieng.plan.record_type import RecordType
from kieng.records.chain import content_hash, row_hash, stored
from kieng.records.lookup import read_chunks, split_by_newness
from kieng.records.manifest import Kind, ManifestState, Piece, Rewrite
from kieng.records.segments import Draft, SegmentFolder, conformed


@dataclass(frozen=True)
class Policy:
    """When it pays. ``share``: of a month's rows, how many may be newer versions before it is compacted."""

    tail_rows: int = 20_000
    tail_chunks: int = 64
    files: int = 8
    share: float = 0.1
    least: int = 20_000  # rows of a month under which its newer versions are left as they are

    @staticmethod
    def everything() -> Policy:
        """Compact whatever is not compact already: for the night, and before a backup."""
        return Policy(tail_rows=1, tail_chunks=1, files=1, share=0.0, least=1)


USUAL = Policy()


@dataclass(frozen=True)
class Rewriting:
    """Pieces of one month to be put together: into a current and an older one (``compact``), or only the
    tail's into files."""

    month: str
    pieces: tuple[Piece, ...]
    compact: bool

    def stands(self, state: ManifestState) -> bool:
        """Whether nobody has put these pieces together yet."""
        in_use = {piece.sha256 for piece in state.pieces(self.pieces[0].record_type)}
        return all(piece.sha256 in in_use for piece in self.pieces)

    def draw_up(self, state: ManifestState, files: SegmentFolder, record_type: RecordType) -> list[Draft]:
        """Write the new files. OSError when that fails."""
        tables = self._tables(state, files, record_type)
        parts = _compacted(tables) if self.compact else self._flushed(tables)
        last = max(piece.last_batch for piece in self.pieces)
        first = min(piece.first_batch for piece in self.pieces)
        drafts: list[Draft] = []
        for kind, rows in parts:
            if rows.num_rows:
                piece = replace(
                    self.pieces[0],
                    kind=kind,
                    rows=rows.num_rows,
                    first_batch=first,
                    last_batch=last,
                    agencies=None,
                    batch=None,
                    rewrite=None,  # known when it is committed
                )
                ordered = rows.sort_by([(record_type.agency_field, "ascending")])
                drafts.append(files.draft(conformed(ordered, record_type), piece))
        if sum(draft.piece.rows for draft in drafts) != sum(piece.rows for piece in self.pieces):
            raise AssertionError(f"putting {self.month} together would lose rows")
        return drafts

    def commit(
        self, state: ManifestState, files: SegmentFolder, drafts: Sequence[Draft], now: datetime
    ) -> Rewrite | None:
        """Put the files in the pieces' place, inside a writing transaction; None when another process
        has done so meanwhile, and then nothing is changed."""
        if not self.stands(state):
            return None
        files.settle(drafts)
        number, previous = state.rewrite_head()
        made = [replace(draft.piece, rewrite=number + 1) for draft in drafts]
        rewrite = Rewrite(
            number=number + 1,
            record_type=self.pieces[0].record_type,
            month=self.month,
            made_at=now,
            content_hash=content_hash(map(stored, made), (piece.sha256 for piece in self.pieces)),
            previous=previous,
            hash="",
        )
        rewrite = replace(rewrite, hash=row_hash(stored(rewrite)))
        state.rewrite(rewrite, self.pieces, made)
        return rewrite

    def _tables(
        self, state: ManifestState, files: SegmentFolder, record_type: RecordType
    ) -> list[tuple[Piece, pa.Table]]:
        chunks = [piece for piece in self.pieces if piece.in_tail]
        tables = list(zip(chunks, read_chunks(state, record_type, chunks), strict=True))
        return tables + [(p, files.read(p, record_type)) for p in self.pieces if not p.in_tail]

    @staticmethod
    def _flushed(tables: Sequence[tuple[Piece, pa.Table]]) -> Iterator[tuple[Kind, pa.Table]]:
        for kind in (Kind.FIRST, Kind.NEWER):
            of_kind = [table for piece, table in tables if piece.kind is kind]
            if of_kind:
                yield kind, pa.concat_tables(of_kind)


def due(pieces: Sequence[Piece], policy: Policy) -> list[Rewriting]:
    """What is to be put together of one record type's ``pieces`` in use, by month."""
    by_month: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.kind is not Kind.OLDER:
            by_month.setdefault(piece.month, []).append(piece)
    found = (_due_of(month, of_month, policy) for month, of_month in sorted(by_month.items()))
    return [rewriting for rewriting in found if rewriting is not None]


def _due_of(month: str, pieces: Sequence[Piece], policy: Policy) -> Rewriting | None:
    tail = [piece for piece in pieces if piece.in_tail]
    newer = sum(piece.rows for piece in pieces if not piece.in_one_version)
    rows = sum(piece.rows for piece in pieces)
    too_many = len(pieces) - len(tail) > policy.files
    if too_many or newer > max(policy.share * rows, policy.least - 1):
        return Rewriting(month, tuple(pieces), compact=True)
    if sum(piece.rows for piece in tail) >= policy.tail_rows or len(tail) >= policy.tail_chunks:
        return Rewriting(month, tuple(tail), compact=False)
    return None


def _compacted(tables: Sequence[tuple[Piece, pa.Table]]) -> list[tuple[Kind, pa.Table]]:
    current, older = split_by_newness(pa.concat_tables([table for _, table in tables]))
    return [(Kind.CURRENT, current), (Kind.OLDER, older)]
