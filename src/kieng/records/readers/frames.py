"""What goes between a process that reads a file and the one that asked for it: frames over a pipe.

A frame is a small message and the columns of a chunk as Arrow writes them. Messages are pickled, and read by
an unpickler that knows nothing but values and the few shapes named here: what comes from a process that reads
untrusted bytes is not to call anything.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa

from kieng.records.readers.chunk import ColumnChunk

#: The lengths of the two parts stand before them, in bytes.
_LENGTH = 8
HEAD = 2 * _LENGTH
_SHAPES = {
    ("kieng.problems", "Problem"), ("kieng.problems", "Place"),
    ("kieng.records.faults", "RowFault"), ("kieng.records.faults", "Fault"),
    ("kieng.records.readers.chunk", "Unreadable"), ("kieng.records.readers.chunk", "TableChunk"),
    ("kieng.records.readers.chunk", "ColumnChunk"), ("kieng.records.readers.chunk", "TextChunk"),
    ("kieng.records.readers.chunk", "ObjectChunk"),
    ("builtins", "range"), ("decimal", "Decimal"),
    ("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"), ("datetime", "timedelta"),
}  # fmt: skip


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _SHAPES:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a frame")
        return super().find_class(module, name)


def encoded(kind: str, *content: Any) -> list[bytes | memoryview]:
    """A frame: its ``kind`` and what it says, the columns of a chunk last. To be written piece by piece."""
    columns: pa.Buffer | bytes = b""
    if content and isinstance(content[-1], ColumnChunk):
        chunk = content[-1]
        columns = _ipc(chunk)
        content = (*content[:-1], replace(chunk, arrays=()))
    message = pickle.dumps((kind, content), pickle.HIGHEST_PROTOCOL)
    told = len(message).to_bytes(_LENGTH, "big") + len(columns).to_bytes(_LENGTH, "big")
    return [told, message, memoryview(columns)]


def decoded(read: Callable[[int], bytes | bytearray], most: int) -> tuple[str, tuple[Any, ...], int]:
    """The next frame that ``read`` (of so many bytes) gives: its kind, what it says, its size.

    OverflowError for one of more than ``most`` bytes, which is not read; UnpicklingError for none."""
    head = read(HEAD)
    lengths = int.from_bytes(head[:_LENGTH], "big"), int.from_bytes(head[_LENGTH:], "big")
    if sum(lengths) > most:
        raise OverflowError
    kind, content = _Plain(io.BytesIO(read(lengths[0]))).load()
    if lengths[1]:
        content = (*content[:-1], replace(content[-1], arrays=_arrays(read(lengths[1]))))
    return kind, content, sum(lengths)


def _ipc(chunk: ColumnChunk) -> pa.Buffer:
    names = [str(number) for number in range(len(chunk.arrays))]  # a file may name two columns alike
    batch = pa.RecordBatch.from_arrays(list(chunk.arrays), names=names)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


def _arrays(content: bytes | bytearray) -> list[pa.Array]:
    with pa.ipc.open_stream(pa.py_buffer(content)) as reader:
        columns: list[pa.Array] = reader.read_next_batch().columns
    return columns
