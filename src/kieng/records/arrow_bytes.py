"""Tables as bytes that a database keeps: Arrow's own stream, compressed."""

from __future__ import annotations

import pyarrow as pa


def to_bytes(table: pa.Table) -> bytes:
    """``table`` as bytes, compressed with lz4: quick both ways."""
    buffer = pa.BufferOutputStream()
    # A slice of a combined column would drag the whole column's buffers along.
    with pa.ipc.new_stream(buffer, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as out:
        out.write_table(table.combine_chunks())
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def from_bytes(content: bytes) -> pa.Table:
    """What :func:`to_bytes` made bytes of."""
    return pa.ipc.open_stream(content).read_all()
