"""Intake: files through a mapping become rows for the ledger, and named problems for the rest.

A row with any problem is refused whole, the others go in. A problem of a whole file (a missing column, a
wrong encoding, a truncated Parquet file) refuses the delivery: nothing is half-loaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import pyarrow as pa

from kieng.plan.definitions import Definitions
from kieng.problems import Place, Problem, Problems, UserError, refuse
from kieng.records.batch import Delivery, Origin, intake_schema
from kieng.records.column_intake import ColumnIntake
from kieng.records.columns import bind, unknown_column, unknown_names
from kieng.records.duplicates import FILE, settle
from kieng.records.faults import RowFault
from kieng.records.mapping import Mapping
from kieng.records.readers.chunk import Chunk, ObjectChunk, Source
from kieng.records.readers.source import open_source
from kieng.records.whole_rows import whole_rows

#: So many row faults are kept word by word; rows beyond them are still refused and counted.
MOST_FAULTS = 100_000

OnProgress = Callable[[int, int, int], None]
"""Called with (rows read, done, total): how far in the files, in units that only make sense together."""


@dataclass(frozen=True)
class Counts:
    """``rows`` = ``accepted`` + ``repeated`` (rows equal in every column, counted once) + ``refused``."""

    rows: int
    accepted: int
    repeated: int
    refused: int


@dataclass(frozen=True)
class RefusedRows:
    """The refused rows by file and line. ``faults`` may lack those of a delivery with very many."""

    mapping: Mapping
    files: tuple[Path, ...]
    lines: tuple[frozenset[int], ...]  # per file
    faults: tuple[dict[int, tuple[RowFault, ...]], ...]  # per file: line → what is wrong

    def __len__(self) -> int:
        return sum(len(lines) for lines in self.lines)


@dataclass(frozen=True)
class Intake:
    """What came of a delivery. ``key`` is the hash of the files' contents and of the text they were read
    by: the same files read in the same way, the same key; empty when they were refused."""

    mapping: Mapping
    rows: pa.Table  # intake_schema
    problems: tuple[Problem, ...]
    refused: RefusedRows
    counts: Counts
    key: str
    sound: bool  # False: a whole file was refused, so nothing was accepted

    def delivery(
        self,
        *,
        origin: Origin,
        by: str,
        citation: str | None = None,
        recorded_at: datetime | None = None,
    ) -> Delivery:
        """The accepted rows, ready for the ledger."""
        return Delivery(
            record_type=self.mapping.record_type,
            rows=self.rows,
            source=self.mapping.source,
            key=self.key,
            origin=origin,
            by=by,
            mapping=self.mapping.id,
            mapping_hash=self.mapping.hash,
            citation=citation,
            file=", ".join(path.name for path in self.refused.files),
            refused=self.counts.refused,
            recorded_at=recorded_at,
        )


def take_in(
    files: Sequence[Path],
    mapping: Mapping,
    definitions: Definitions,
    *,
    secret: bytes,
    on_progress: OnProgress | None = None,
) -> Intake:
    """Read ``files`` through ``mapping``. ``secret`` keys the hashes of personal fields.

    Never raises for what stands in the files: look at ``sound`` and ``problems``. UserError for a file that
    somebody changed meanwhile.
    """
    if not files:
        raise refuse("", "no-file", "No file was named.", "Name at least one file to load.")
    reading = _Reading(mapping, ColumnIntake(mapping, definitions, secret), on_progress)
    before = [_stamp(path) for path in files]
    for index, path in enumerate(files):
        reading.read(index, path)
    key = "" if reading.problems else _delivery_key(files, mapping, definitions)
    intake = reading.intake(tuple(files), key)
    for path, stamp in zip(files, before, strict=True):
        if intake.sound and _stamp(path) != stamp:
            raise _changed(path)
    return intake


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Changes when somebody writes to a file or puts another in its place; None where there is none."""
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns


def _changed(path: Path) -> UserError:
    why = "The file was changed while it was read: part of it would be of before, part of after."
    remedy = "Save and close it elsewhere (in Excel, say), then load again."
    return refuse(path.name, "file-changed", why, remedy)


@dataclass
class _FileResult:
    """What one file has given so far."""

    name: str
    lines: set[int] = field(default_factory=set)
    faults: dict[int, list[RowFault]] = field(default_factory=dict)
    id_column: tuple[int, str] = (0, "")


class _Reading:
    """The work on one delivery."""

    def __init__(self, mapping: Mapping, rows: ColumnIntake, on_progress: OnProgress | None) -> None:
        self.problems = Problems()
        self._mapping, self._rows, self._on_progress = mapping, rows, on_progress
        self._schema = intake_schema(mapping.record_type)
        self._tables: list[pa.Table] = []
        self._results: list[_FileResult] = []
        self._read = 0
        self._kept = 0

    def read(self, index: int, path: Path) -> None:
        result = _FileResult(path.name)
        self._results.append(result)
        try:
            source = open_source(path, self._mapping.format, path.name)
            names = (
                {} if source.names is None else bind(self._mapping, source.names, path.name, self.problems)
            )
            if not self.problems:
                self._read_rows(index, source, names)
        except UserError as error:
            self.problems.extend(error.problems)

    def _read_rows(self, index: int, source: Source, names: dict[str, str]) -> None:
        result = self._results[index]
        seen: set[str] = set()
        for chunk in source.chunks():
            self._check_names(chunk, seen, result.name)
            taken = self._rows.take(chunk, names)
            self._tables.append(_with_file(taken.rows, index))
            for _, faults in sorted(taken.faults.items()):  # by line, however chunks are cut
                self._refuse(result, faults)
            for unreadable in chunk.unreadable:
                self._refuse(result, [unreadable.fault])
            self._read += len(chunk.lines) + len(chunk.unreadable)
            self._note_id(result, chunk, names)
            if self._on_progress:
                self._on_progress(self._read, *source.done())

    def _note_id(self, result: _FileResult, chunk: Chunk, names: dict[str, str]) -> None:
        source = self._mapping.fields[self._mapping.record_type.id_field].source
        if source is not None:
            called = names.get(source, source)
            result.id_column = (chunk.position(called), called)

    def _check_names(self, chunk: Chunk, seen: set[str], file: str) -> None:
        """Names of objects nobody has mapped: each is a problem of the file where it first stands."""
        if not isinstance(chunk, ObjectChunk):
            return
        for line, found in zip(chunk.lines, chunk.objects, strict=True):
            fresh = found.keys() - seen
            if fresh:
                seen |= fresh
                for name in sorted(unknown_names(self._mapping, fresh)):
                    unknown_column(self._mapping, name, Place(file, line), self.problems)

    def _refuse(self, result: _FileResult, faults: Sequence[RowFault]) -> None:
        line = faults[0].line
        result.lines.add(line)
        if self._kept < MOST_FAULTS:
            result.faults.setdefault(line, []).extend(faults)
            self._kept += len(faults)

    # --- the end ---------------------------------------------------------------------------------

    def intake(self, files: tuple[Path, ...], key: str) -> Intake:
        sound = not self.problems
        rows, repeated = self._settled(files) if sound else (self._schema.empty_table(), 0)
        refused = self._refused(files)
        problems = self.problems.sorted() + self._row_problems()
        counts = Counts(self._read, len(rows), repeated, len(refused))
        return Intake(self._mapping, rows, tuple(problems), refused, counts, key, sound)

    def _settled(self, files: Sequence[Path]) -> tuple[pa.Table, int]:
        names = [result.name for result in self._results]
        whole = partial(whole_rows, files, self._mapping.format)
        settled = settle(pa.concat_tables(self._tables), names, self._results[0].id_column, whole)
        for index, conflict in settled.conflicts:
            self._refuse(self._results[index], [conflict])
        return settled.rows.select(self._schema.names), settled.repeated

    def _row_problems(self) -> list[Problem]:
        found = [
            row_fault.problem(result.name)
            for result in self._results
            for _, row in sorted(result.faults.items())
            for row_fault in row
        ]
        unnamed = sum(len(result.lines - result.faults.keys()) for result in self._results)
        if unnamed:
            why = f"{unnamed:,} more rows were refused than are named here."
            remedy = "Mend the mapping or the source first: so many equal faults have one cause."
            found.append(Problem(Place(self._results[0].name), "too-many-problems", why, remedy))
        return found

    def _refused(self, files: tuple[Path, ...]) -> RefusedRows:
        lines = tuple(frozenset(result.lines) for result in self._results)
        faults = tuple({k: tuple(v) for k, v in result.faults.items()} for result in self._results)
        return RefusedRows(self._mapping, files, lines, faults)


def _with_file(rows: pa.Table, index: int) -> pa.Table:
    return rows.append_column(FILE, pa.repeat(pa.scalar(index, pa.int16()), len(rows)))


def _delivery_key(files: Sequence[Path], mapping: Mapping, definitions: Definitions) -> str:
    """SHA-256 over the contents of all files, in order, and the text they are read by: once a mapping or
    an agency is mended, the rows refused before may be taken from the same file."""
    total = hashlib.sha256(f"{mapping.hash} {definitions.fingerprint}".encode())
    for path in files:
        with path.open("rb") as opened:
            total.update(hashlib.file_digest(opened, "sha256").digest())
    return total.hexdigest()
