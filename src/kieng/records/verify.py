"""Verify: does the ledger still say what it said when each batch was committed?

Walks the chain over rows as they are stored, reads every segment and tail chunk, and holds
the chain against the witness. Each finding names the batch and the file or table row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kieng.records.chain import batch_hash, content_hash, plan_text_hash, sha256
from kieng.records.manifest import GENESIS, Entry, Manifest, PlanText, Row
from kieng.records.segments import SegmentFolder
from kieng.records.witness import Witness

#: Found and harmless: a delivery was cut off before its commit. Anything else is damage.
LEFTOVER = "leftover-file"


@dataclass(frozen=True)
class Finding:
    """``kind`` is a stable kebab-case name. ``place`` is a file, or the manifest's table and row."""

    kind: str
    batch: int | None
    place: str
    why: str

    @property
    def damage(self) -> bool:
        """False for what a cut-off delivery left behind; ``Ledger.sweep`` removes it."""
        return self.kind != LEFTOVER

    def __str__(self) -> str:
        of_batch = "" if self.batch is None else f" (batch {self.batch})"
        return f"{self.place}{of_batch}: {self.kind}: {self.why}"


def verify(manifest: Manifest, files: SegmentFolder, witness: Witness) -> list[Finding]:
    """Every contradiction found; an empty list when all is as it was."""
    # In this order a batch committed meanwhile can only be more in the manifest, which is no finding.
    there, noted = files.files(), witness.lines()
    found: list[Finding] = []
    hashes: dict[int, object] = {}
    named: set[Path] = set()
    last: Entry | None = None
    with manifest.reading() as state:
        for entry in state.entries():
            found += _links(entry, last)
            found += _contents(entry, files, named)
            hashes[_number(entry.batch["sequence"])] = entry.batch["hash"]
            last = entry
        found += _plan_texts(state.plan_texts())
    found += [_leftover(path) for path in there if path not in named]
    return found + list(_against(noted, hashes, witness.path))


def _links(entry: Entry, before: Entry | None) -> Iterator[Finding]:
    """The batch's own row, and its place in the chain."""
    row = entry.batch
    number = _number(row["sequence"])
    expected = 1 if before is None else _number(before.batch["sequence"]) + 1
    place = f"batches row {number}"
    if number != expected:
        yield Finding("missing-batch", expected, f"batches row {expected}", "the chain has a gap here")
    if batch_hash(row) != row["hash"]:
        yield Finding("changed-row", number, place, "the row is not what was committed")
    # Either, so that a change to one row's hash is not laid to the next row's charge.
    ends = {GENESIS.hash} if before is None else {before.batch["hash"], batch_hash(before.batch)}
    if number == expected and row["previous"] not in ends:
        yield Finding("broken-chain", number, place, "the row does not follow the batch before it")


def _contents(entry: Entry, files: SegmentFolder, named: set[Path]) -> Iterator[Finding]:
    number = _number(entry.batch["sequence"])
    found: list[Finding] = []
    for segment in entry.segments:
        path = files.path(str(segment["record_type"]), str(segment["month"]), str(segment["sha256"]))
        named.add(path)
        found += _segment(segment, path, number)
    for chunk in entry.tail:
        found += _chunk(chunk, number)
    yield from found
    if content_hash(entry.segments, entry.tail, entry.index) != entry.batch["content_hash"]:
        place = f"segments, tail and tail_versions rows of batch {number}"
        yield Finding("changed-content", number, place, "they are not the rows that were committed")


def _segment(row: Row, path: Path, number: int) -> Iterator[Finding]:
    if not path.is_file():
        yield Finding("missing-file", number, str(path), "the manifest names this file; it is not there")
        return
    content = path.read_bytes()
    if len(content) != row["bytes"]:
        why = f"the file has {len(content)} bytes; {row['bytes']} were committed"
        yield Finding("wrong-size", number, str(path), why)
    elif sha256(content) != row["sha256"]:
        yield Finding("changed-file", number, str(path), "its bytes are not those that were committed")


def _chunk(row: Row, number: int) -> Iterator[Finding]:
    content = row["content"]
    if not isinstance(content, bytes) or sha256(content) != row["sha256"]:
        place = f"tail row of batch {number}, {row['record_type']}, {row['month']}"
        yield Finding("changed-tail", number, place, "its content is not what was committed")


def _plan_texts(texts: Sequence[PlanText]) -> Iterator[Finding]:
    previous = GENESIS.hash
    for expected, text in enumerate(texts, start=1):
        place = f"plan_versions row {text.sequence}"
        if text.sequence != expected:
            yield Finding("missing-plan", None, place, f"version {expected} of the plan's text is not there")
            return
        if plan_text_hash(text) != text.hash or text.previous != previous:
            yield Finding("changed-plan", None, place, "the plan's text is not what was kept")
        previous = text.hash


def _leftover(path: Path) -> Finding:
    return Finding(LEFTOVER, None, str(path), "no batch names this file")


def _against(noted: list[tuple[int, str]] | None, hashes: dict[int, object], path: Path) -> Iterator[Finding]:
    if noted is None:
        if hashes:
            yield Finding("missing-witness", None, str(path), "the second account of the chain is not there")
        return
    for number, hash_ in sorted(noted):
        if number not in hashes:
            yield Finding("missing-batch", number, str(path), "the witness saw this batch; it is not there")
        elif hashes[number] != hash_:
            yield Finding(
                "rewritten-batch", number, str(path), "the witness saw this batch with other content"
            )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
