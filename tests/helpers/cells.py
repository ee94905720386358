"""Tables of cells compared as rows, and the engines there are."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from kieng.measurement.request import CELLS, Engine
from kieng.stores.duckdb.engine import DuckdbEngine
from kieng.stores.reference.engine import ReferenceEngine

ENGINES: dict[str, Engine] = {"reference": ReferenceEngine(), "duckdb": DuckdbEngine(threads=1)}

KEY = ("indicator", "rule", "reading", "agency", "grain", "start", "breakdown_field", "breakdown_value")


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table of cells in a fixed order. No two have one key."""
    assert table.schema.equals(CELLS)
    rows = table.to_pylist()
    keys = [key_of(row) for row in rows]
    assert len(set(keys)) == len(keys), "two cells with one key"
    return sorted(rows, key=lambda row: repr(key_of(row)))


def key_of(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEY)
