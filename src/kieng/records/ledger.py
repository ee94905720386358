"""The ledger (sổ ghi): all records, only ever added to.

Batches are committed by one transaction of the manifest; big ones lie in Parquet segments, small ones
in the manifest's tail. See :mod:`kieng.records.manifest` for what a store must offer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from kieng.plan.record_type import RecordType
from kieng.records.admission import Receipt, admit, check_rows, drafts_of, draw_up
from kieng.records.batch import Batch, Delivery, VersionedRecords
from kieng.records.chain import moment_of
from kieng.records.disk import writing_to
from kieng.records.manifest import Manifest, ManifestState, Piece
from kieng.records.plan_texts import KnownPlan, plan_as_of, remember_plan
from kieng.records.reading import partition_of, together
from kieng.records.rewriting import USUAL, Policy, Rewriting, due
from kieng.records.segments import SegmentFolder, discard
from kieng.records.verify import Finding, refuse_changed_rows, verify
from kieng.records.versions import with_months
from kieng.records.witness import Witness

#: Deliveries of fewer rows go to the tail.
SMALL = 5_000
_DEAD_AFTER = timedelta(days=1)
#: Files that were put together with others stay so long for those who still read them.
GRACE = timedelta(days=1)
_NOTHING_ADDED = ("nothing of the delivery is in the ledger", "send the delivery again")
_NOTHING_CHANGED = ("the ledger is as it was", "put its pieces together again")


def _silent(_: str) -> None:
    """Nobody wants to hear of it."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """All batches in ``manifest`` and below ``folder`` (``.kieng``). One writer at a time; any readers.

    ``now`` is the machine's clock, replaced in tests. Deliveries under ``small`` rows go to the tail.
    """

    def __init__(
        self,
        manifest: Manifest,
        folder: Path,
        now: Callable[[], datetime] = utc_now,
        small: int = SMALL,
    ) -> None:
        self._manifest = manifest
        self._folder = folder
        self._files = SegmentFolder(folder)
        self._witness = Witness(folder / "witness")
        self._now = now
        self._small = small

    def append(self, delivery: Delivery) -> Receipt:
        """Add a delivery: all of it or, when anything fails, nothing.

        The same delivery again (same source and key, or equal content that would change nothing) adds
        nothing. ``delivery.recorded_at`` may state a past moment for old deliveries replayed in order,
        not before the last batch's. The price: an as-of answer given earlier for a moment after
        the stated one is another answer once the replay is in.

        Raises :class:`~kieng.problems.UserError` for a key that stands twice or was used for another
        delivery, for a stated moment out of order, and when nothing can be written.
        """
        check_rows(delivery)
        rows = with_months(delivery)
        with writing_to(self._folder, *_NOTHING_ADDED):
            receipt = self._append(delivery, rows)
        if receipt.batch is not None:
            self._witness.note(receipt.batch)
        return receipt

    def records(self, record_type: RecordType, as_of: datetime | None = None) -> VersionedRecords:
        """Every version that counts at ``as_of``, of one state of the ledger; None: all there is."""
        with self._manifest.reading() as state:
            moment = self._moment(state, as_of)
            return together(record_type, self._partitions(state, record_type, moment, as_of).values(), moment)

    def partitions(
        self, record_type: RecordType, as_of: datetime | None = None, months: Collection[str] | None = None
    ) -> dict[str, VersionedRecords]:
        """:meth:`records` by month (those of ``months``, all when None). All versions of a record lie in
        one month, so each can be read by itself."""
        with self._manifest.reading() as state:
            return self._partitions(state, record_type, self._moment(state, as_of), as_of, months)

    def history(self, record_type: RecordType, as_of: datetime | None = None) -> VersionedRecords:
        """Every version there ever was up to ``as_of``, also those that newer ones have superseded."""
        with self._manifest.reading() as state:
            moment = self._moment(state, as_of)
            found = self._partitions(state, record_type, moment, as_of, history=True)
            return together(record_type, found.values(), moment)

    def _partitions(
        self,
        state: ManifestState,
        record_type: RecordType,
        moment: datetime,
        as_of: datetime | None,
        months: Collection[str] | None = None,
        history: bool = False,
    ) -> dict[str, VersionedRecords]:
        through = state.through(as_of)
        by_month: dict[str, list[Piece]] = {}
        for piece in state.pieces(record_type.id, through):
            if months is None or piece.month in months:
                by_month.setdefault(piece.month, []).append(piece)
        return {
            month: partition_of(state, self._files, record_type, pieces, through, moment, history)
            for month, pieces in by_month.items()
        }

    def through(self, as_of: datetime) -> int:
        """The number of the last batch known at ``as_of``; 0 when there is none."""
        with self._manifest.reading() as state:
            return state.through(as_of)

    def touched(self, since: int, through: int) -> list[Piece]:
        """What the batches after ``since`` up to ``through`` brought, to the month and, where these are
        few, the agencies whose figures they can change."""
        with self._manifest.reading() as state:
            return state.touched(since, through)

    def _moment(self, state: ManifestState, as_of: datetime | None) -> datetime:
        return as_of or max(self._now(), state.head().known_from)

    def batches(self, as_of: datetime | None = None) -> list[Batch]:
        """In the order they came."""
        with self._manifest.reading() as state:
            return state.batches(as_of)

    def batch(self, sequence: int) -> Batch | None:
        return next((batch for batch in self.batches() if batch.sequence == sequence), None)

    def verify(self) -> list[Finding]:
        """Walk the chain and read every file: see :mod:`kieng.records.verify`."""
        return verify(self._manifest, self._files, self._witness)

    def refuse_changed_rows(self) -> None:
        """UserError when what the database says of batches and pieces is not what was committed."""
        refuse_changed_rows(self._manifest)

    def tidy(
        self,
        record_types: Iterable[RecordType],
        policy: Policy = USUAL,
        on_done: Callable[[str], None] = _silent,
    ) -> int:
        """Put together what small deliveries and newer versions have left in pieces, as far as ``policy``
        says it pays; how many partitions that were. Others read and write meanwhile.

        ``on_done`` is told the record type and month of each. Raises UserError when the disk is full; what
        was done before stays done.
        """
        count = 0
        for record_type in record_types:
            with self._manifest.reading() as state:
                pieces = state.pieces(record_type.id)
            for plan in due(pieces, policy):
                with writing_to(self._folder, *_NOTHING_CHANGED):
                    count += self._rewrite(record_type, plan)
                on_done(f"{record_type.id} {plan.month}")
        return count

    def sweep(self, grace: timedelta = GRACE) -> list[Path]:
        """Remove, and name, the files that nothing needs: those of deliveries cut off half-way, and those put
        together with others longer than ``grace`` ago."""
        with self._manifest.writing() as state:  # files get their final names only under this lock
            named = self._named(state, self._now() - grace)
            left = [path for path in self._files.files() if path not in named]
            left += self._files.abandoned(self._now() - _DEAD_AFTER)
            for path in left:
                path.unlink()
        return left

    def _named(self, state: ManifestState, retired_since: datetime) -> set[Path]:
        pieces = [*state.pieces(None), *state.retired_since(retired_since)]
        files = [piece for piece in pieces if not piece.in_tail]
        return {path for p in files for path in (self._files.path_of(p), self._files.index_of(p))}

    def _rewrite(self, record_type: RecordType, plan: Rewriting) -> bool:
        """Write the new files first; then, alone, see that nobody else has put these pieces together."""
        with self._manifest.reading() as state:
            if not plan.stands(state):
                return False
            drafts = plan.draw_up(state, self._files, record_type)
        try:
            with self._manifest.writing() as state:
                done = plan.commit(state, self._files, drafts, self._now())
        finally:
            discard(drafts)
        if done is not None:
            self._witness.note_rewrite(done)
        return done is not None

    def remember_plan(self, files: Mapping[str, bytes], fingerprint: str, at: datetime | None = None) -> None:
        """Keep the plan's text as it stands, unless the newest kept is the same."""
        with self._manifest.writing() as state:
            remember_plan(state, files, fingerprint, at or self._now())

    def plan_as_of(self, as_of: datetime) -> KnownPlan | None:
        """The plan's text as last kept by ``as_of``; else the first there is, marked so."""
        with self._manifest.reading() as state:
            return plan_as_of(state, as_of)

    def plan_texts(self, as_of: datetime) -> list[tuple[str, datetime]]:
        """Fingerprint and moment of every version of the plan's text kept by ``as_of``, oldest first."""
        with self._manifest.reading() as state:
            kept = [(text.fingerprint, moment_of(text.recorded_at)) for text in state.plan_texts()]
        return [(fingerprint, at) for fingerprint, at in kept if at <= as_of]

    def _append(self, delivery: Delivery, rows: pa.Table) -> Receipt:
        if rows.num_rows >= self._small:
            return self._append_large(delivery, rows)
        with self._manifest.writing() as state:
            proposal = draw_up(state, self._files, delivery, rows, self._small, self._now())
            return admit(state, self._files, delivery, proposal, self._now())

    def _append_large(self, delivery: Delivery, rows: pa.Table) -> Receipt:
        """Write the files before taking the lock, so that others wait only for the commit.

        If another batch came meanwhile the work is done again, this time holding the lock, so that a
        big delivery cannot be overtaken for ever.
        """
        with self._manifest.reading() as state:
            proposal = draw_up(state, self._files, delivery, rows, self._small, self._now())
        try:
            with self._manifest.writing() as state:
                if state.head() != proposal.head:
                    discard(drafts_of(proposal))
                    proposal = draw_up(state, self._files, delivery, rows, self._small, self._now())
                return admit(state, self._files, delivery, proposal, self._now())
        finally:
            discard(drafts_of(proposal))
