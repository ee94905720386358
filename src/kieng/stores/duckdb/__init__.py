"""DuckDB: measures from the ledger's Parquet segments in memory, in parallel, exact to the last digit."""

from kieng.stores.duckdb.engine import DuckdbEngine

__all__ = ["DuckdbEngine"]
