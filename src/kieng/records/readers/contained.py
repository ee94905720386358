"""Files that may cost more than their size says are read in a process of their own.

A workbook of one kilobyte can ask for 400 gigabytes, a Parquet file of 700 bytes for four, and libraries end
the whole process when there is no more. Here a process within limits (see :mod:`.child`) reads them and sends
what it has read; whatever happens to it is told as a problem of the file.
"""

from __future__ import annotations

import atexit
import os
import pickle
import select
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kieng.problems import Place, Problem, UserError
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers.chunk import Chunk
from kieng.records.readers.frames import decoded
from kieng.words import Name

_MEMORY = 2 * 2**30
_FRAME = 512 * 2**20
_PACKED = (".gz", ".xlsx", ".parquet")
_REUSED = 200  # files after which a process has done enough


@dataclass(frozen=True)
class Limits:
    """What reading a file may cost: ``memory`` in bytes, ``seconds`` of the processor and
    ``seconds_per_byte`` more, ``rows`` and one more for each byte of the file, ``unpacked`` bytes and so many
    times the file's size, ``silence`` in seconds without a word."""

    memory: int = _MEMORY
    seconds: int = 30
    seconds_per_byte: float = 10 / 2**20
    rows: int = 1_000_000
    unpacked: int = 2**30
    times: int = 200
    silence: float = 600.0

    def of_machine(self) -> int:
        """Memory as above, or half of what there is at all."""
        return min(self.memory, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)


USUAL = Limits()

_SHEET_VI = "Xoá các dòng, cột trống ở xa sau dữ liệu trong Excel, hoặc gửi bằng CSV."
_SHEET_EN = "Delete the empty rows and columns far after the data in Excel, or deliver it as CSV."
_OTHER_VI = "Chia thành nhiều tệp, hoặc gửi bằng CSV không nén."
_OTHER_EN = "Split it into several files, or deliver it as plain CSV."


class _Gone(Exception):
    """The process ended by itself before it was asked anything."""


class _Refused(UserError):
    """What the reader itself says of the file."""


class _Child:
    """A process that reads."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.used = limits, 0
        code = f"from kieng.records.readers.child import main; main({limits.of_machine()})"
        # Of what this process knows, it gets no secret, no database, no open file.
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("KIENG_", "PG"))}
        environment |= {
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "ARROW_DEFAULT_MEMORY_POOL": "system",  # others take a gigabyte of addresses beforehand
            "MALLOC_ARENA_MAX": "2",
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = [sys.executable, "-P", "-c", code]
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            pipesize=2**20 if sys.platform == "linux" else -1,
        )

    def ask(self, *command: Any) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(pickle.dumps(command))
        except BrokenPipeError:
            raise _Gone from None

    def answer(self) -> tuple[str, tuple[Any, ...], int]:
        """The next frame. EOFError when there is none any more, TimeoutError when none comes."""
        return decoded(self._read, _FRAME)

    def _read(self, size: int) -> bytearray:
        assert self._process.stdout is not None
        handle, until = self._process.stdout.fileno(), time.monotonic() + self.limits.silence
        content, at = bytearray(size), 0
        waiting = select.poll()  # select() takes no handle above 1,023
        waiting.register(handle, select.POLLIN)
        while at < size:
            if not waiting.poll(max(until - time.monotonic(), 0) * 1_000):
                raise TimeoutError
            got = os.readv(handle, [memoryview(content)[at:]])
            if not got:
                raise EOFError
            at += got
        return content

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ended(self) -> int:
        """How it ended: a negative signal, or its exit code."""
        try:
            return self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.end()
            return -signal.SIGKILL

    def end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()


#: Processes that wait for the next file; starting one takes a quarter of a second.
_waiting: list[_Child] = []
os.register_at_fork(after_in_child=_waiting.clear)


@atexit.register
def end_all() -> None:
    """End the processes that wait for the next file."""
    while _waiting:
        _waiting.pop().end()


def make_ready(files: Sequence[Path]) -> None:
    """Start a process where one of ``files`` will need it, while other things are still being done."""
    if not _waiting and any(path.suffix in _PACKED for path in files):
        _waiting.append(_Child(USUAL))


def _taken(limits: Limits) -> _Child:
    while _waiting:
        child = _waiting.pop()
        if child.alive and child.limits == limits:
            return child
        child.end()
    return _Child(limits)


def _given_back(child: _Child) -> None:
    child.used += 1
    if child.used < _REUSED:
        _waiting.append(child)
    else:
        child.end()


@contextmanager
def _borrowed(child: _Child) -> Iterator[None]:
    """Whatever goes wrong inside, and a reader that stops half-way, ends the process; a file that it refused
    in words does not."""
    with ExitStack() as stack:
        stack.callback(child.end)
        try:
            yield
        except _Refused:
            _given_back(child)
            stack.pop_all()
            raise
        stack.pop_all()


class ContainedFile:
    """A source whose file another process reads; see :class:`~kieng.records.readers.chunk.Source`."""

    def __init__(self, path: Path, form: FileFormat, file: str, limits: Limits = USUAL) -> None:
        self._file, self._limits = file, limits
        self._workbook = form.type is FileType.XLSX
        self._size = path.stat().st_size
        self._open = ("open", path, form, file, self._seconds())
        self._done = (0, self._size)
        self._rows = self._bytes = 0
        self._child: _Child | None = None
        self.names = self._opened()

    def _seconds(self) -> int:
        return int(self._limits.seconds + self._limits.seconds_per_byte * self._size)

    def done(self) -> tuple[int, int]:
        return self._done

    def _opened(self) -> tuple[str, ...] | None:
        """The names of its columns; :attr:`_child` has the file open then."""
        self._rows = self._bytes = 0
        while True:
            child = _taken(self._limits)
            try:
                with _borrowed(child):
                    child.ask(*self._open)
                    _, (names, *done) = self._next(child)
            except _Gone:  # it had waited too long for a file, and ended
                continue
            self._done = (done[0], done[1])
            self._child = child
            self._unread = weakref.finalize(self, _given_back, child)
            return None if names is None else tuple(names)

    def chunks(self) -> Iterator[Chunk]:
        if self._child is None:  # read before: from the start once more
            self._opened()
        child, self._child = self._child, None
        assert child is not None
        self._unread.detach()
        with _borrowed(child):
            child.ask("rows")
            while True:
                kind, (*done, chunk) = self._next(child)
                self._done = (done[0], done[1])
                if kind == "end":
                    break
                self._count(chunk)
                yield chunk
        _given_back(child)

    def _next(self, child: _Child) -> tuple[str, tuple[Any, ...]]:
        """The next frame. UserError for what the file is refused for, and for what reading it has cost."""
        try:
            kind, content, size = child.answer()
        except OverflowError:
            raise self._too_costly(_memory(_FRAME)) from None
        except TimeoutError:
            raise self._too_costly(_silence(self._limits.silence)) from None
        except (EOFError, pickle.UnpicklingError):
            raise self._of_end(child) from None
        if kind == "refused":
            raise _Refused(content[0])
        if kind == "fault":  # of ours, not of the file
            raise RuntimeError(f"reading {self._file} failed:\n{content[0]}")
        self._bytes += size
        if self._bytes > self._limits.unpacked + self._limits.times * self._size:
            raise self._too_costly(_unpacked(self._bytes))
        return kind, content

    def _count(self, chunk: Chunk) -> None:
        self._rows += len(chunk.lines) + len(chunk.unreadable)
        most = self._limits.rows + self._size
        if self._rows > most:
            raise self._too_costly(_rows(most))

    def _of_end(self, child: _Child) -> Exception:
        code = child.ended()
        if code == 0 and child.used:
            return _Gone()
        if code == -signal.SIGXCPU:
            return self._too_costly(_seconds(self._seconds()))
        if code in (-signal.SIGABRT, -signal.SIGKILL):
            return self._too_costly(_memory(self._limits.of_machine()))
        return self._refusal("reader-died", _DIED, _REMEDY_DIED)

    def _too_costly(self, why: Name) -> UserError:
        remedy = Name(_SHEET_VI, _SHEET_EN) if self._workbook else Name(_OTHER_VI, _OTHER_EN)
        return self._refusal("file-too-costly", why, remedy)

    def _refusal(self, code: str, why: Name, remedy: Name) -> UserError:
        vietnamese = (why.vi, remedy.vi)
        return UserError(Problem(Place(self._file), code, why.en, remedy.en, vietnamese=vietnamese))


_DIED = Name(
    "Chương trình con đọc tệp này đã bị dừng giữa chừng: tệp hỏng, hoặc được làm ra để gây lỗi.",
    "The process that read this file ended: the file is broken, or made to do harm.",
)
_REMEDY_DIED = Name(
    "Gửi lại tệp, hoặc gửi bằng CSV; nếu vẫn vậy, báo cho người phát triển kèm tệp.",
    "Send it again, or as CSV; if it goes on, report it to the maintainers with the file.",
)


def _memory(most: int) -> Name:
    told = f"{most / 2**30:.1f}"
    return Name(
        f"Đọc tệp này cần nhiều bộ nhớ hơn mức cho phép ({told.replace('.', ',')} GB).",
        f"Reading this file takes more memory than it may ({told} GB).",
    )


def _seconds(most: int) -> Name:
    return Name(
        f"Đọc tệp này lâu hơn mức cho phép với một tệp cỡ này ({most} giây của bộ xử lý).",
        f"Reading this file takes longer than a file of its size may ({most} seconds of the processor).",
    )


def _silence(most: float) -> Name:
    return Name(
        f"Đọc tệp này mãi không xong: {most:g} giây không có gì.",
        f"Reading this file does not come to an end: nothing for {most:g} seconds.",
    )


def _rows(most: int) -> Name:
    return Name(
        f"Tệp có nhiều dòng hơn mức một tệp cỡ này có thể có ({most:,} dòng).".replace(",", "."),
        f"The file has more rows than one of its size may have ({most:,}).",
    )


def _unpacked(size: int) -> Name:
    return Name(
        f"Tệp nở ra quá lớn khi đọc: trên {size // 10**6} MB.",
        f"The file becomes too large when it is read: more than {size // 10**6} MB.",
    )
