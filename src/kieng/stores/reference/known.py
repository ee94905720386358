"""Which records are known at a moment: the newest version of each, those withdrawn left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kieng.records.batch import VersionedRecords
from kieng.stores.reference.rows import Record


def known_records(records: VersionedRecords, as_of: datetime) -> list[Record]:
    """The newest version of each record, among those recorded at ``as_of`` or before."""
    newest = newest_versions(_all_versions(records), as_of)
    return [version for version in newest.values() if not version["_withdrawn"]]


def newest_versions(versions: Iterable[dict[str, Any]], as_of: datetime) -> dict[str, dict[str, Any]]:
    """By key, the newest version recorded at ``as_of`` or before, withdrawn or not."""
    newest: dict[str, dict[str, Any]] = {}
    for version in versions:
        if version["_recorded_at"] > as_of:
            continue
        best = newest.get(version["_key"])
        if best is None or recording(version) > recording(best):
            newest[version["_key"]] = version
    return newest


def recording(version: Record) -> tuple[datetime, int, int]:
    """When the ledger learnt it; no two versions of a record share this."""
    return (version["_recorded_at"], version["_batch"], version["_row"])


def _all_versions(records: VersionedRecords) -> list[dict[str, Any]]:
    segments = [pq.ParquetFile(path).read() for path in records.segments]
    tables: list[pa.Table] = [*segments, records.tail]
    rows = [row for table in tables for row in table.to_pylist()]
    return [row for row in rows if records.through is None or row["_batch"] <= records.through]
