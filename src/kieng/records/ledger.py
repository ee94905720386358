"""The ledger (sổ ghi): all records, only ever added to.

Batches are committed by one transaction of the manifest; big ones lie in Parquet segments, small ones
in the manifest's tail. See :mod:`kieng.records.manifest` for what a store must offer.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from kieng.plan.record_type import RecordType
from kieng.problems import refuse
from kieng.records.admission import Receipt, admit, check_rows, discard, draw_up
from kieng.records.batch import Batch, Delivery, VersionedRecords, ledger_schema
from kieng.records.manifest import Manifest, TailChunk
from kieng.records.plan_texts import KnownPlan, plan_as_of, remember_plan
from kieng.records.segments import SegmentFolder
from kieng.records.verify import Finding, verify
from kieng.records.versions import identified
from kieng.records.witness import Witness

#: Deliveries of fewer rows go to the tail.
SMALL = 5_000
_DEAD_AFTER = timedelta(days=1)


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
        rows = identified(delivery)
        with _writing(self._folder):
            receipt = self._append(delivery, rows)
        if receipt.batch is not None:
            self._witness.note(receipt.batch)
        return receipt

    def records(self, record_type: RecordType, as_of: datetime | None = None) -> VersionedRecords:
        """Every version known at ``as_of``, of one state of the ledger; None: all there is."""
        with self._manifest.reading() as state:
            segments = state.segments(record_type.id, as_of)
            chunks = state.tail(record_type.id, as_of)
            moment = as_of or max(self._now(), state.head().known_from)
        paths = tuple(self._files.path_of(segment) for segment in segments)
        return VersionedRecords(record_type, paths, _tail_table(chunks, record_type), moment)

    def batches(self, as_of: datetime | None = None) -> list[Batch]:
        """In the order they came."""
        with self._manifest.reading() as state:
            return state.batches(as_of)

    def batch(self, sequence: int) -> Batch | None:
        return next((batch for batch in self.batches() if batch.sequence == sequence), None)

    def verify(self) -> list[Finding]:
        """Walk the chain and read every file: see :mod:`kieng.records.verify`."""
        return verify(self._manifest, self._files, self._witness)

    def sweep(self) -> list[Path]:
        """Remove, and name, the files that deliveries cut off half-way have left behind."""
        with self._manifest.writing() as state:  # files get their final names only under this lock
            named = {self._files.path_of(segment) for segment in state.segments(None)}
            left = [path for path in self._files.files() if path not in named]
            left += self._files.abandoned(self._now() - _DEAD_AFTER)
            for path in left:
                path.unlink()
        return left

    def remember_plan(self, files: Mapping[str, bytes], fingerprint: str, at: datetime | None = None) -> None:
        """Keep the plan's text as it stands, unless the newest kept is the same."""
        with self._manifest.writing() as state:
            remember_plan(state, files, fingerprint, at or self._now())

    def plan_as_of(self, as_of: datetime) -> KnownPlan | None:
        """The plan's text as last kept by ``as_of``; else the first there is, marked so."""
        with self._manifest.reading() as state:
            return plan_as_of(state, as_of)

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
                    discard(proposal)
                    proposal = draw_up(state, self._files, delivery, rows, self._small, self._now())
                return admit(state, self._files, delivery, proposal, self._now())
        finally:
            discard(proposal)


def _tail_table(chunks: list[TailChunk], record_type: RecordType) -> pa.Table:
    """One table of the chunks; a field the record type gained after a chunk was written is null in it."""
    schema = ledger_schema(record_type)
    tables = [pa.ipc.open_stream(chunk.content).read_all() for chunk in chunks]
    return pa.concat_tables([schema.empty_table(), *tables], promote_options="default").select(schema.names)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say in a civil servant's words that the disk would not take it."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        code, remedy = (
            ("disk-full", "free some space and send the delivery again")
            if full
            else ("cannot-write", "check the disk and who may write there, then send the delivery again")
        )
        why = f"the ledger could not be written ({error.strerror or error}); nothing of the delivery is in it"
        raise refuse(str(folder), code, why, remedy) from error
