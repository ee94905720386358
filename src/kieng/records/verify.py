"""Verify: does the ledger still say what it said when each batch was committed?

Walks the chain over rows as they are stored, reads every segment and tail chunk, and holds
the chain against the witness. Each finding names the batch and the file or table row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kieng.records.arrow_bytes import from_bytes
from kieng.records.carried import content_of
from kieng.records.chain import content_hash, plan_text_hash, row_hash, sha256
from kieng.records.manifest import GENESIS, Entry, Manifest, ManifestState, PlanText, RewriteEntry, Row
from kieng.records.seal import ledger_damaged
from kieng.records.segments import SegmentFolder, changed_batches, why_newer
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
    there, noted, rewrites = files.files(), witness.lines(), witness.rewrites()
    found: list[Finding] = []
    hashes: dict[int, object] = {}
    named: set[Path] = set()
    last: Entry | None = None
    with manifest.reading() as state:
        for entry in state.entries():
            found += _links(entry, last)
            found += _contents(entry, state, files, named)
            hashes[_number(entry.batch["sequence"])] = entry.batch["hash"]
            last = entry
        made = list(state.rewrites())
        found += _rewrites(made, state, files, named)
        found += _plan_texts(state.plan_texts())
    found += [_leftover(path) for path in there if path not in named]
    found += _against_rewrites(rewrites, made, witness.path)
    return found + list(_against(noted, hashes, witness.path))


def refuse_changed_rows(manifest: Manifest) -> None:
    """Hold what the manifest says of batches and pieces to their chains, reading no file.

    A piece that stands under another record type, month or moment than it was committed under would be left
    out by whoever measures, without a word. Raises UserError, naming the first row that is not as committed.
    """
    with manifest.reading() as state:
        found = next(_changed_rows(state), None)
    if found is not None:
        raise ledger_damaged(found.place)


def _changed_rows(state: ManifestState) -> Iterator[Finding]:
    last: Entry | None = None
    newest = state.rewrite_head()[0]
    for entry in state.entries():
        yield from _links(entry, last)
        yield from _changed_content(entry)
        yield from (found for row in entry.pieces for found in _retired_by_nothing(row, newest))
        last = entry
    previous = GENESIS.hash
    for expected, made in enumerate(state.rewrites(), start=1):
        yield from _rewrite_row(made, expected, previous)
        yield from (found for row in made.made for found in _retired_by_nothing(row, newest))
        previous = str(made.rewrite["hash"])


def _links(entry: Entry, before: Entry | None) -> Iterator[Finding]:
    """The batch's own row, and its place in the chain."""
    row = entry.batch
    number = _number(row["sequence"])
    expected = 1 if before is None else _number(before.batch["sequence"]) + 1
    place = f"batches row {number}"
    if number != expected:
        yield Finding("missing-batch", expected, f"batches row {expected}", "the chain has a gap here")
    if row_hash(row) != row["hash"]:
        yield Finding("changed-row", number, place, "the row is not what was committed")
    # Either, so that a change to one row's hash is not laid to the next row's charge.
    ends = {GENESIS.hash} if before is None else {before.batch["hash"], row_hash(before.batch)}
    if number == expected and row["previous"] not in ends:
        yield Finding("broken-chain", number, place, "the row does not follow the batch before it")


def _contents(entry: Entry, state: ManifestState, files: SegmentFolder, named: set[Path]) -> list[Finding]:
    number = _number(entry.batch["sequence"])
    found = [*_pieces(entry.pieces, state, files, named), *_changed_content(entry)]
    chunks = [row for row in entry.pieces if _lies_in_tail(row)]
    if not found and sorted(state.tail_keys(number)) != _keys_of(chunks, state):
        place = f"tail_keys rows of batch {number}"
        found.append(Finding("changed-content", number, place, "they are not the keys of the batch's rows"))
    return found


def _changed_content(entry: Entry) -> Iterator[Finding]:
    if content_of(entry) != entry.batch["content_hash"]:
        number = _number(entry.batch["sequence"])
        place = f"pieces rows of batch {number}"
        yield Finding("changed-content", number, place, "they are not the rows that were committed")


def _rewrites(
    made: Sequence[RewriteEntry], state: ManifestState, files: SegmentFolder, named: set[Path]
) -> Iterator[Finding]:
    """What was put together: the rows of the chain, and the files that are in use."""
    previous = GENESIS.hash
    for expected, entry in enumerate(made, start=1):
        yield from _rewrite_row(entry, expected, previous)
        yield from _pieces(entry.made, state, files, named)
        previous = str(entry.rewrite["hash"])


def _rewrite_row(entry: RewriteEntry, expected: int, previous: str) -> Iterator[Finding]:
    row = entry.rewrite
    place = f"rewrites row {row['number']}"
    if row["number"] != expected or row_hash(row) != row["hash"] or row["previous"] != previous:
        yield Finding("changed-rewrite", None, place, "the row is not what was committed, or follows none")
    retired = (str(piece["sha256"]) for piece in entry.retired)
    if content_hash(entry.made, retired) != row["content_hash"]:
        why = "the pieces put together, or those made of them, are not those that were committed"
        yield Finding("changed-rewrite", None, place, why)


def _pieces(
    rows: Sequence[Row], state: ManifestState, files: SegmentFolder, named: set[Path]
) -> list[Finding]:
    """Holds the bytes of what is in use, and of retired files still there, against their names."""
    found: list[Finding] = []
    last = state.rewrite_head()[0]
    for row in rows:
        found += _retired_by_nothing(row, last)
        if row["keys_sha256"] is not None:
            path = files.path(str(row["record_type"]), str(row["month"]), str(row["sha256"]))
            index = path.with_suffix(".keys")
            named |= {path, index}
            if row["retired_by"] is None or path.exists():
                found += _file(row, path, row["sha256"], row["bytes"]) or _newer_format(row, path)
                found += _file(row, index, row["keys_sha256"], None)
        elif row["retired_by"] is None:
            found += _chunk(row, state)
    return found


def _retired_by_nothing(row: Row, newest: int) -> list[Finding]:
    if _number(row["retired_by"]) <= newest:
        return []
    why = "the rewrite that is said to have retired it is not there"
    return [Finding("changed-content", _batch_of(row), f"pieces row {row['sha256']}", why)]


def _newer_format(row: Row, path: Path) -> list[Finding]:
    """Its bytes are those that were committed, and yet this program cannot say what stands in them."""
    why = why_newer(path)
    return [] if why is None else [Finding("newer-file", _batch_of(row), str(path), why)]


def _file(row: Row, path: Path, expected: object, size: object) -> list[Finding]:
    return list(_changes(row, path, expected, size))


def _changes(row: Row, path: Path, expected: object, size: object) -> Iterator[Finding]:
    batch, where = _batch_of(row), f"{path}{_batches_in(row)}"
    if not path.is_file():
        yield Finding("missing-file", batch, where, "the manifest names this file; it is not there")
        return
    content = path.read_bytes()
    if size is not None and len(content) != size:
        kind, why = "wrong-size", f"the file has {len(content)} bytes; {size} were committed"
    elif sha256(content) != expected:
        kind, why = "changed-file", "its bytes are not those that were committed"
    else:
        return
    changed = changed_batches(path) if batch is None else []
    for number in changed:
        yield Finding(kind, number, str(path), why)
    if not changed:
        yield Finding(kind, batch, where, why)


def _chunk(row: Row, state: ManifestState) -> Iterator[Finding]:
    content = _chunk_bytes(row, state)
    if content is None or sha256(content) != row["sha256"]:
        place = f"tail row of batch {row['batch']}, {row['record_type']}, {row['month']}"
        yield Finding("changed-tail", _batch_of(row), place, "its content is not what was committed")


def _chunk_bytes(row: Row, state: ManifestState) -> bytes | None:
    found = state.chunk(str(row["record_type"]), str(row["month"]), str(row["sha256"]))
    return found if isinstance(found, bytes) else None


def _keys_of(chunks: Sequence[Row], state: ManifestState) -> list[tuple[str, str, str]]:
    keys: list[tuple[str, str, str]] = []
    for row in chunks:
        table = from_bytes(_chunk_bytes(row, state) or b"")
        keys += [(str(row["record_type"]), str(row["month"]), key) for key in table["_key"].to_pylist()]
    return sorted(keys)


def _lies_in_tail(row: Row) -> bool:
    return row["keys_sha256"] is None and row["retired_by"] is None


def _batch_of(row: Row) -> int | None:
    """The batch a piece holds, when it holds one only."""
    return _number(row["first_batch"]) if row["first_batch"] == row["last_batch"] else None


def _batches_in(row: Row) -> str:
    return "" if _batch_of(row) is not None else f" (batches {row['first_batch']} to {row['last_batch']})"


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


def _against_rewrites(
    noted: list[tuple[int, str]], made: Sequence[RewriteEntry], path: Path
) -> Iterator[Finding]:
    """Rewrites are held against the witness too: theirs alone are the names of what was put together."""
    hashes = {_number(entry.rewrite["number"]): entry.rewrite["hash"] for entry in made}
    for number, hash_ in sorted(noted):
        if hashes.get(number) != hash_:
            why = f"the witness saw rewrite {number}, which is not there or has other content"
            yield Finding("changed-rewrite", None, str(path), why)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
