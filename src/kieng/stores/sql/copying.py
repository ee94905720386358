"""The ledger's tables from one database into another: for backups, and to move to another database."""

from __future__ import annotations

from kieng.problems import refuse
from kieng.stores.sql.database import Database

#: In an order in which every row finds those it refers to. Stored measurements can be made again.
_LEDGER = ("batches", "carried", "rewrites", "pieces", "tail", "tail_keys", "plan_versions")
_AT_ONCE = 1_000  # rows: bounds the memory that chunks of the tail take


def copy_ledger(source: Database, target: Database) -> None:
    """Copy one unchanging state of ``source`` into the empty ``target``, in one transaction.

    Raises UserError when there are batches in ``target`` already.
    """
    with source.snapshot() as reading, target.transaction() as writing:
        if writing.execute("SELECT 1 FROM batches LIMIT 1").fetchone():
            why = "There is a ledger in it already; two ledgers cannot become one."
            raise refuse(target.place, "ledger-there", why, "Name an empty database.")
        for table in _LEDGER:
            for columns, rows in reading.stream(f"SELECT * FROM {table}", _AT_ONCE):
                writing.insert(table, columns, [tuple(row) for row in rows])
