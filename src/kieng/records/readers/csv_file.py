"""CSV, also gzipped: a broken row costs itself, never the rows after it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from kieng.problems import Place, refuse
from kieng.records.faults import Fault, RowFault, fault
from kieng.records.mapping import FileFormat
from kieng.records.readers.chunk import CHUNK_ROWS, CHUNK_SIZE, Chunk, TableChunk, TextChunk, Unreadable
from kieng.records.readers.plain_csv import plain_columns
from kieng.records.readers.text_lines import LineError, TextLines, check_encoding, open_text
from kieng.words import composed

# After so many broken rows each further one could make us read the same lines again and again.
_MOST_BROKEN = 1_000
# Characters looked at to see whether they are plain.
_BLOCK_SIZE = 4 * 2**20


@dataclass
class _Gathered:
    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


class CsvFile:
    """A CSV file under one mapping's format."""

    def __init__(self, path: Path, form: FileFormat, file: str) -> None:
        self._path, self._form, self._file = path, form, file
        self._binary: BinaryIO | None = None
        self._done = self._broken_rows = 0
        self._size = path.stat().st_size
        check_encoding(path, form.encoding, file)
        self.names = self._header()

    def done(self) -> tuple[int, int]:
        return self._done, self._size

    def _reader(self, lines: TextLines) -> Iterator[list[str]]:
        for _ in range(self._form.header_row - 1):
            next(lines, None)
        lines.forget()
        return csv.reader(lines, delimiter=self._form.delimiter, strict=True)

    def _header(self) -> tuple[str, ...]:
        with open_text(self._path, self._form.encoding, self._file) as (stream, _):
            lines = TextLines(stream, self._file)
            try:
                header = next(self._reader(lines), None)
            except (csv.Error, LineError):
                why, remedy = "The header cannot be read.", "Check its quotation marks and separators."
                raise refuse(Place(self._file, lines.line), "bad-header", why, remedy) from None
        names = [composed(name.strip()) for name in header or ()]
        while names and not names[-1]:
            names.pop()
        if not names:
            why = f"Row {self._form.header_row} holds no column names."
            raise refuse(self._file, "no-header", why, "Set `header_row` in the mapping's format.")
        return tuple(names)

    def chunks(self) -> Iterator[Chunk]:
        self._done = 0
        with open_text(self._path, self._form.encoding, self._file) as (stream, binary):
            lines = TextLines(stream, self._file)
            reader = self._reader(lines)
            next(reader)
            lines.forget()
            yield from self._chunks(lines, reader, binary)

    def _chunks(self, lines: TextLines, reader: Iterator[list[str]], binary: BinaryIO) -> Iterator[Chunk]:
        self._broken_rows, ended = 0, False
        while not ended:
            chunk: Chunk | None = self._plain_chunk(lines)
            if chunk is None:
                gathered = _Gathered()
                ended = self._gather(lines, reader, gathered)
                chunk = self._chunk(gathered)
            self._done = self._position(binary)
            yield chunk

    def _plain_chunk(self, lines: TextLines) -> Chunk | None:
        """The next rows, where they are so plain that they need not be read one by one."""
        block = lines.block(_BLOCK_SIZE)
        if not block:
            return None
        columns = plain_columns(block, len(self.names), self._form.delimiter)
        if columns is None:
            lines.give_back(block)
            return None
        first = lines.line + 1
        lines.pass_over(len(columns[0]))
        return TextChunk(self.names, range(first, lines.line + 1), columns)

    def _gather(self, lines: TextLines, reader: Iterator[list[str]], gathered: _Gathered) -> bool:
        """Read until the chunk is full or the block is done (False), or the file ends (True)."""
        lines.size = 0
        while True:
            try:
                return self._gather_whole(lines, reader, gathered)
            except (csv.Error, LineError) as error:
                self._broken_rows += 1
                gathered.unreadable.append(self._broken(lines, error))
                if self._broken_rows > _MOST_BROKEN:
                    raise self._too_broken() from None

    def _gather_whole(self, lines: TextLines, reader: Iterator[list[str]], gathered: _Gathered) -> bool:
        """The same, up to the first broken row."""
        rows, starts = gathered.rows, gathered.lines
        start = lines.line + 1
        for row in reader:
            if row:
                rows.append(row)
                starts.append(start)
            lines.taken.clear()
            start = lines.line + 1
            if len(rows) >= CHUNK_ROWS or lines.size >= CHUNK_SIZE or not lines.waiting:
                return False
        return True

    def _broken(self, lines: TextLines, error: Exception) -> Unreadable:
        """Only the first line of a broken row is refused; what a stray quote swallowed is read again."""
        first = lines.keep_first()
        why = _why(error)
        return Unreadable(RowFault(lines.line, why), first.rstrip("\r\n"))

    def _position(self, binary: BinaryIO) -> int:
        under = getattr(binary, "fileobj", binary)  # of a gzip stream, the compressed file
        return min(int(under.tell()), self._size)

    def _chunk(self, gathered: _Gathered) -> TableChunk:
        width = len(self.names)
        if set(map(len, gathered.rows)) - {width}:
            self._part(gathered, width)
        return TableChunk(self.names, gathered.lines, gathered.rows, gathered.unreadable, texts=True)

    def _part(self, gathered: _Gathered, width: int) -> None:
        """Set rows of another width apart; empty cells after the last column are no fault."""
        fitting = _Gathered(unreadable=gathered.unreadable)
        for line, row in zip(gathered.lines, gathered.rows, strict=True):
            if len(row) == width or (len(row) > width and not any(row[width:])):
                fitting.rows.append(row[:width])
                fitting.lines.append(line)
            elif any(cell.strip() for cell in row):
                ragged = RowFault(line, fault("ragged-row", found=len(row), expected=width))
                fitting.unreadable.append(Unreadable(ragged, row))
        gathered.rows, gathered.lines = fitting.rows, fitting.lines

    def _too_broken(self) -> Exception:
        why = f"More than {_MOST_BROKEN:,} rows have broken quotation marks."
        remedy = "Check the `delimiter` in the mapping, and that the file is CSV."
        return refuse(self._file, "not-csv", why, remedy)


def _why(error: Exception) -> Fault:
    if isinstance(error, LineError):
        return fault(str(error))
    if "field larger" in str(error):
        return fault("cell-too-long", limit=f"{csv.field_size_limit():,}")
    return fault("bad-quotes")
