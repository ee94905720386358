"""The process that reads one untrusted file after the other, within limits, for whoever started it.

It may take so much memory and, for each file, so many seconds of the processor; it writes no file and leaves
no image of its memory. What goes beyond ends this process alone: see :mod:`.contained`.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import select
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from kieng.problems import UserError
from kieng.records.readers.chunk import Source
from kieng.records.readers.frames import encoded
from kieng.records.readers.source import reader_of

#: Without anything to read for so many seconds, this process ends.
IDLE = 60.0
_OUT = 1
_PANIC = "PanicException"  # of Rust, through Python


def main(memory: int) -> None:
    """Serve commands until there are none: ``("open", path, form, file, seconds)``, then ``("rows",)``.

    ``memory``: bytes that reading may take beyond what this process takes at its start.
    """
    _limit(memory)
    sys.excepthook = _tell
    source: Source | None = None
    while (command := _next(source is None)) is not None:
        try:
            if command[0] == "open":
                *what, seconds = command[1:]
                _allow(seconds)
                source = reader_of(*what)
                _send("names", source.names, *source.done())
            elif source is not None:
                for chunk in source.chunks():
                    _send("rows", *source.done(), chunk)
                _send("end", *source.done(), None)
                source = None
        except UserError as error:
            source = None
            _send("refused", error.problems)


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Where there is no memory, end as Rust and C++ do. A library's panic is the file's doing; any other
    fault is ours, and told whole."""
    if issubclass(kind, MemoryError):
        os.kill(os.getpid(), signal.SIGABRT)
    if kind.__name__ != _PANIC:
        _send("fault", "".join(traceback.format_exception(kind, error, trace)))


def _limit(memory: int) -> None:
    sys.dont_write_bytecode = True
    gc.set_threshold(200_000, 20, 10)  # cells are many, and refer to nothing
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    most = _taken_now() + memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with suppress(OSError):  # should the machine itself run out of memory, it is this process that goes
        Path("/proc/self/oom_score_adj").write_text("1000")


def _taken_now() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # no Linux
        return 512 * 2**20
    return pages * resource.getpagesize()


def _allow(seconds: int) -> None:
    """So many seconds of the processor from now on; SIGXCPU ends the process then."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _next(may_end: bool) -> tuple[Any, ...] | None:
    if may_end and not select.select([sys.stdin.buffer], [], [], IDLE)[0]:
        return None
    try:
        command: tuple[Any, ...] = pickle.load(sys.stdin.buffer)
    except EOFError:
        return None
    return command


def _send(kind: str, *content: Any) -> None:
    for piece in encoded(kind, *content):
        left = memoryview(piece)
        while left:
            left = left[os.write(_OUT, left) :]
