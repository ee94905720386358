"""Batches that a ledger of version 1 took in: their seals stay as they were made.

Then a batch's content hash was of its rows in ``segments``, ``tail`` and ``tail_versions``. Those tables are
no more, but a hash that was chained, noted by the witness and perhaps printed must not change: the text
it was taken of is kept instead, and still says which files and chunks came with the batch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from kieng.records.chain import content_hash, sha256
from kieng.records.manifest import Entry, Row


def carried_text(segments: Iterable[Row], tail: Iterable[Row], index: Iterable[Row]) -> str:
    """What version 1 took the content hash of: every column of these rows, contents by their SHA-256."""
    lists = {"segments": segments, "tail": tail, "index": index}
    return _json({name: sorted(_json(dict(row)) for row in rows) for name, rows in lists.items()})


def content_of(entry: Entry) -> str:
    """The content hash that a batch must have for what the manifest says came with it; empty when the text
    kept of version 1 names other pieces."""
    if entry.carried is None:
        return content_hash(entry.pieces)
    named = json.loads(entry.carried)
    then = {_place(json.loads(row)) for row in (*named["segments"], *named["tail"])}
    now = {_place(row) for row in entry.pieces}
    return sha256(entry.carried.encode("utf-8", "surrogatepass")) if then == now else ""


def _place(row: Row) -> tuple[object, ...]:
    return row["batch"], row["record_type"], row["month"], row["sha256"], row["rows"]


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=repr)
