"""The newest version of each record at a moment, found once for all passes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
from sqlglot import exp

from kieng.measurement.sql import call, cast, column, count_rows, literal
from kieng.records.batch import VersionedRecords

_RECORDING = ("_recorded_at", "_batch", "_row")
_LEDGER = ("_key", "_withdrawn", "_origin", *_RECORDING)


def load_known(
    connection: duckdb.DuckDBPyConnection, records: VersionedRecords, fields: Sequence[str], as_of: datetime
) -> None:
    """Make the table ``known``: of each record the newest version recorded at ``as_of`` or before.

    Only the columns named in ``fields`` (and the ledger's own) are read. A record whose newest version
    is withdrawn is left out.
    """
    connection.register("tail", records.tail)
    kept = dict.fromkeys([*_LEDGER, *fields])
    query = _newest(_versions(records, list(kept), as_of))
    connection.execute(f"CREATE TEMP TABLE known AS {query.sql('duckdb')}")
    connection.unregister("tail")


def _versions(records: VersionedRecords, names: Sequence[str], as_of: datetime) -> exp.Query:
    """Every version known at ``as_of``: from the segments and from the tail."""
    moment = cast(literal(as_of.isoformat(sep=" ")), "TIMESTAMPTZ")
    recorded = exp.LTE(this=column("_recorded_at"), expression=moment)
    columns = [column(name) for name in names]
    tail = exp.select(*columns).from_("tail").where(recorded)
    if not records.segments:
        return tail
    files = exp.Array(expressions=[literal(str(path)) for path in records.segments])
    by_name = exp.PropertyEQ(this=exp.to_identifier("union_by_name"), expression=exp.true())
    segments = exp.select(*columns).from_(call("READ_PARQUET", files, by_name)).where(recorded)
    return exp.union(segments, tail, distinct=False)


def _newest(versions: exp.Query) -> exp.Query:
    """The newest of the versions of each key. Only keys with several versions are sorted: finding these
    by counting takes a bit more than half the time of sorting everything."""
    several = exp.select(column("_key")).from_("versions").group_by(column("_key"))
    several = several.having(exp.GT(this=count_rows(), expression=literal(1)))
    in_several = column("_key", "versions").eq(column("_key", "several"))
    single = exp.select("versions.*").from_("versions").join("several", on=in_several, join_type="anti")
    multiple = exp.select("versions.*").from_("versions").join("several", on=in_several, join_type="semi")
    first = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("_key", "versions")],
        order=exp.Order(
            expressions=[exp.Ordered(this=column(name, "versions"), desc=True) for name in _RECORDING]
        ),
    )
    multiple.set("qualify", exp.Qualify(this=first.eq(literal(1))))
    both = exp.union(single, multiple, distinct=False).subquery("newest")
    query = exp.select("*").from_(both).where(exp.not_(column("_withdrawn")))
    return query.with_("versions", as_=versions).with_("several", as_=several)
