"""Lines of a text file in any encoding, within bounded memory, and with their true numbers."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from kieng.problems import Place, UserError, refuse

#: A longer line is refused unread; a row may stretch over so many lines.
LINE_LIMIT = 16 * 2**20
ROW_LINES = 1_000

#: Encodings a mapping may name. Only these: Python's others are not all made for text in files.
ENCODINGS = (
    "ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
    "windows-1258", "windows-1252", "iso-8859-1",
)  # fmt: skip
_ONE_BYTE = ("windows-1258", "windows-1252", "iso-8859-1")
_HEAD = 64 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class LineError(Exception):
    """This line or row cannot be used; reading may go on after it. Carries the fault's code."""


class TextLines:
    """An iterator over lines that remembers the lines of the row being read, and can hand some back."""

    def __init__(self, stream: IO[str], file: str) -> None:
        self._stream = stream
        self._file = file
        self._back: deque[str] = deque()
        self.line = 0  # number of the line handed out last
        self.taken: list[str] = []  # lines handed out since the last forget()
        self.size = 0

    def __iter__(self) -> TextLines:
        return self

    def __next__(self) -> str:
        text = self._back.popleft() if self._back else self._stream.readline(LINE_LIMIT)
        if not text:
            raise StopIteration
        self.line += 1
        self.taken.append(text)
        self.size += len(text)
        if len(text) >= LINE_LIMIT:
            raise self._too_long()
        if "\0" in text:
            raise LineError("nul-character")
        if len(self.taken) > ROW_LINES:
            raise LineError("bad-quotes")
        return text

    def block(self, size: int) -> str:
        """Whole lines of about ``size`` characters; empty at the end, and while lines handed back wait."""
        if self._back:
            return ""
        text = self._stream.read(size)
        return text + self._stream.readline(LINE_LIMIT) if text else ""

    @property
    def waiting(self) -> bool:
        """Whether lines that were handed back are still to be read."""
        return bool(self._back)

    def pass_over(self, lines: int) -> None:
        """The last block is done."""
        self.line += lines

    def give_back(self, block: str) -> None:
        """The last block is to be read line by line after all."""
        self._back.extend(io.StringIO(block, newline=""))

    def _too_long(self) -> UserError:
        why = f"The line is longer than {LINE_LIMIT:,} characters."
        remedy = "Check that the file is a text with one record per line, and its line ends."
        return refuse(Place(self._file, self.line), "line-too-long", why, remedy)

    def forget(self) -> None:
        """The row is done."""
        self.taken.clear()

    def keep_first(self) -> str:
        """Hand back all lines of the row but the first, which is returned."""
        first, *others = self.taken
        self._back.extendleft(reversed(others))
        self.line -= len(others)
        self.taken.clear()
        return first


def _raw(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb"))


@contextmanager
def open_text(path: Path, encoding: str, file: str) -> Iterator[tuple[IO[str], BinaryIO]]:
    """The text stream of ``path`` and the binary one under it. Every way a file can be unreadable
    becomes a UserError that names line and byte."""
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        with _raw(path) as binary, io.TextIOWrapper(binary, encoding=name, newline="") as text:
            yield text, binary
    except UnicodeError:
        raise _undecodable(path, name, file) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        why, remedy = "The compressed file is broken or cut off.", "Send the file again."
        raise refuse(file, "broken-gzip", why, remedy) from None
    except OSError as error:
        why = f"The file cannot be read: {error.strerror or error}."
        raise refuse(file, "unreadable-file", why, "Check that it exists and may be read.") from None


def check_encoding(path: Path, encoding: str, file: str) -> None:
    """Refuse a file whose first bytes show that it is written in another encoding than ``encoding``.

    A one-byte encoding makes some text of any bytes, so that a wrong one would pass unnoticed.
    """
    with _head_of(path, file) as head:
        pass
    guess = _guess(head)
    normal = codecs.lookup(encoding).name
    if not head:
        raise refuse(file, "empty-file", "There is nothing in this file.", "Send the file again.")
    if guess and normal in {codecs.lookup(e).name for e in _ONE_BYTE}:
        why = f"The mapping says {encoding}, but the file is written in {guess}."
        raise refuse(Place(file, 1), "wrong-encoding", why, f"Write `encoding: {guess}` in the mapping.")


@contextmanager
def _head_of(path: Path, file: str) -> Iterator[bytes]:
    with open_text(path, "utf-8", file) as (_, binary):
        yield binary.read(_HEAD)


def _guess(head: bytes) -> str | None:
    """The Unicode encoding the bytes surely are in, if any."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if head.isascii():
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _undecodable(path: Path, encoding: str, file: str) -> UserError:
    """The problem of the first byte that is not ``encoding``, found by reading again."""
    line, offset, value = _first_bad_byte(path, encoding)
    with _raw(path) as binary:
        guess = _guess(binary.read(_HEAD))
    why = f"Byte {offset + 1} of the file (value {value}) is not {encoding.removesuffix('-sig')}."
    hint = f" It looks like {guess}." if guess and not encoding.startswith(guess) else ""
    remedy = f"State the file's true encoding in the mapping, or save it as UTF-8.{hint}"
    return refuse(Place(file, line), "wrong-encoding", why, remedy)


def _first_bad_byte(path: Path, encoding: str) -> tuple[int, int, str]:
    """Line (from 1), offset in the file (from 0) and value of the first byte that cannot be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, before = 1, 0
    with _raw(path) as binary:
        while True:
            data = binary.read(_HEAD)
            try:
                line += decoder.decode(data, final=not data).count("\n")
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, errors="ignore")
                offset = before - (len(error.object) - len(data)) + error.start
                shown = f"{error.object[error.start]:#04x}" if error.start < len(error.object) else "none"
                return line + good.count("\n"), max(offset, 0), shown
            except UnicodeError:  # UTF-16 without its mark says no more than that
                return line, before, f"{data[:1].hex()}"
            if not data:
                return line, before, "none"
            before += len(data)
