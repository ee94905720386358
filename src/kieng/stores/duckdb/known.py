"""The newest version of each record at a moment, found once for all passes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb
from sqlglot import exp

from kieng.measurement.sql import call, cast, column, literal, named
from kieng.records.batch import VersionedRecords

_RECORDING = ("_recorded_at", "_batch", "_row")
MONTH = "_month"
_LEDGER = ("_key", "_withdrawn", "_origin", *_RECORDING)


def load_known(
    connection: duckdb.DuckDBPyConnection,
    records: VersionedRecords,
    fields: Sequence[str],
    as_of: datetime,
    agencies: Sequence[str] | None = None,
) -> None:
    """Make ``known``: of each record the newest version recorded at ``as_of`` or before.

    Only the columns named in ``fields`` (and the ledger's own) are there. A record whose newest version
    is withdrawn is left out, and with ``agencies`` those whose newest version names another.

    ``known`` is a view: files are read by each query that asks, and of them the columns it needs. Only what
    is newer than the bulk of the records (``latest``) is kept as a table.
    """
    names = list(dict.fromkeys([*_LEDGER, *fields]))
    sources: list[exp.Select] = []
    if records.newer or records.tail.num_rows or not records.once:
        connection.register("tail", records.tail.append_column(MONTH, records.month_of_tail))
        connection.execute(f"CREATE TEMP TABLE latest AS {_latest(records, names, as_of).sql('duckdb')}")
        connection.unregister("tail")
        sources.append(exp.select("*").from_("latest"))
    if records.once:
        alone = exp.select(*(column(name, "once") for name in names), _month_of_file())
        alone = alone.from_(_files(records.once).as_("once")).where(*_known_by(records, as_of, "once"))
        if sources:
            followed = column("_key", "once").eq(column("_key", "latest"))
            alone = alone.join("latest", on=followed, join_type="anti")
        sources.append(alone)
    found: exp.Query = sources[0] if len(sources) == 1 else exp.union(*sources, distinct=False)
    query = exp.select("*").from_(found.subquery("newest")).where(exp.not_(column("_withdrawn")))
    if agencies is not None:
        theirs = [literal(agency) for agency in agencies]
        agency = column(records.record_type.agency_field)
        query = query.where(exp.In(this=agency, expressions=theirs) if theirs else exp.false(), copy=False)
    connection.execute(f"CREATE TEMP VIEW known AS {query.sql('duckdb')}")


def _latest(records: VersionedRecords, names: Sequence[str], as_of: datetime) -> exp.Select:
    """The newest version of each key that stands in ``newer`` or the tail."""
    known = _known_by(records, as_of)
    newer: exp.Query = exp.select(*map(column, names), column(MONTH)).from_("tail").where(*known)
    if records.newer:
        in_files = exp.select(*map(column, names), _month_of_file()).from_(_files(records.newer))
        newer = exp.union(newer, in_files.where(*known), distinct=False)
    last = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("_key")],
        order=exp.Order(expressions=[exp.Ordered(this=column(name), desc=True) for name in _RECORDING]),
    )
    latest = exp.select("*").from_(newer.subquery("newer"))
    latest.set("qualify", exp.Qualify(this=last.eq(literal(1))))
    return latest


def _files(paths: Sequence[Path]) -> exp.Table:
    files = exp.Array(expressions=[literal(str(path)) for path in paths])
    options = [
        exp.PropertyEQ(this=exp.to_identifier(option), expression=exp.true())
        for option in ("union_by_name", "filename")
    ]
    return exp.Table(this=call("READ_PARQUET", files, *options))


def _month_of_file() -> exp.Expr:
    """A file lies in the folder of its month."""
    folders = call("STRING_SPLIT", column("filename"), literal("/"))
    return named(call("LIST_EXTRACT", folders, literal(-2)), MONTH)


def _known_by(records: VersionedRecords, as_of: datetime, table: str | None = None) -> list[exp.Expr]:
    moment = cast(literal(as_of.isoformat(sep=" ")), "TIMESTAMPTZ")
    known: list[exp.Expr] = [exp.LTE(this=column("_recorded_at", table), expression=moment)]
    if records.through is not None:
        known.append(exp.LTE(this=column("_batch", table), expression=literal(records.through)))
    return known
