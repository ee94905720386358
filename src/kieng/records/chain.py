"""The hash chain: each batch's hash covers its manifest rows and the batch before.

Hashes are taken over rows as they are stored (texts and whole numbers), so that ``verify`` needs not
understand a row to see that it was changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from kieng.records.batch import Batch, Origin
from kieng.records.manifest import PlanText, Row

# Made once: a measuring hashes every row of the manifest.
_encoded = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=repr).encode


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def moment_text(moment: datetime) -> str:
    """UTC with microseconds, always of one length: texts sort as the moments do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def moment_of(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def stored(thing: Any, **more: object) -> dict[str, object]:
    """A dataclass as a manifest row: one column per field, moments and enums as text."""
    return {name: _plain(value) for name, value in (vars(thing) | more).items()}


def row_hash(row: Row) -> str:
    """Of every column of a chained row but ``hash`` itself."""
    return sha256(_canonical({name: value for name, value in row.items() if name != "hash"}))


#: Changes when a piece is put together with others: no part of what a batch brought.
_PASSING = "retired_by"


def content_hash(pieces: Iterable[Row], retired: Iterable[str] = ()) -> str:
    """Of every column of the pieces that came with a batch or a rewrite, and of the SHA-256 of those that
    a rewrite retired."""
    plain = [{name: value for name, value in row.items() if name != _PASSING} for row in pieces]
    texts = {
        "pieces": [_canonical(row).decode("utf-8", "surrogatepass") for row in plain],
        "retired": list(retired),
    }
    return sha256(_canonical({name: sorted(rows) for name, rows in texts.items()}))


def plan_text_hash(text: PlanText) -> str:
    row = stored(text, archive=sha256(text.archive))
    return row_hash(row)


def batch_of(row: Row) -> Batch:
    """The batch a manifest row describes. ValueError if it is not one."""
    values: dict[str, Any] = {f.name: row[f.name] for f in fields(Batch)}
    values["origin"] = Origin(values["origin"])
    for name in ("recorded_at", "committed_at"):
        values[name] = moment_of(values[name])
    return Batch(**values)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return moment_text(value)
    return value.value if isinstance(value, Enum) else value


def _canonical(value: object) -> bytes:
    return _encoded(value).encode("utf-8", "surrogatepass")
