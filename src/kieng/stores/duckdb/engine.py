"""The DuckDB engine: one query for the newest versions, then one fused query per pass."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from kieng.measurement.base import first_newness
from kieng.measurement.closure import CLOSURE, Maps, Variant, closure_table
from kieng.measurement.coverage import Coverages
from kieng.measurement.frames import Frame, calendar_tables, frame, frame_of
from kieng.measurement.fuse import Pass, fields_read, passes
from kieng.measurement.query import WHOLE_ON_MAP, PassQueries, pass_queries
from kieng.measurement.request import CELLS, PART, Request, Unsupported
from kieng.measurement.sql import column
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.records.batch import VersionedRecords
from kieng.stores.duckdb.known import load_known

#: What DuckDB raises when an exact number has no room, or is finer than a part may be.
_TOO_BIG_OR_FINE = (duckdb.OutOfRangeException, duckdb.ConversionException, duckdb.InvalidInputException)
#: What it raises when it has failed inwardly. Its database answers nothing from then on.
_BROKEN = (duckdb.InternalException, duckdb.FatalException)

#: Bounds what measuring takes on top of what is in Python, so that eight gigabytes are enough for both.
MEMORY = "4GB"


@dataclass
class DuckdbEngine:
    """Implements :class:`kieng.measurement.request.Engine` in memory.

    ``memory`` is a limit as DuckDB writes it; what does not fit is spilled to
    ``spill_to``, a folder (the system's own for temporary files when None). One database in memory is
    opened when it is first needed and kept, since opening one takes longer than a small query.
    """

    threads: int | None = None
    memory: str | None = MEMORY
    spill_to: Path | None = None
    name: str = "duckdb"
    _coverages: Coverages | None = field(default=None, repr=False)
    _queries: dict[tuple[object, ...], tuple[Pass, PassQueries]] = field(default_factory=dict, repr=False)
    _running: list[duckdb.DuckDBPyConnection] = field(default_factory=list, repr=False)

    def cells(self, request: Request, records: VersionedRecords) -> pa.Table:
        """A table of CELLS. Raises Unsupported for a number that has no room or would have to be rounded."""
        return self.roll(request, [[base] for base in self.bases(request, records)])

    def bases(
        self, request: Request, records: VersionedRecords, agencies: Sequence[str] | None = None
    ) -> list[pa.Table]:
        """The partial base of each of the request's passes, over ``records`` (and, of these, over those of
        ``agencies``). Raises Unsupported as :meth:`cells` does."""
        self.coverages(request.definitions, request.cut_off)
        kind = request.definitions.record_types[request.record_type]

        def made(connection: duckdb.DuckDBPyConnection) -> list[pa.Table]:
            load_known(connection, records, fields_read(request.asks, kind), request.as_of, agencies)
            return [self._base(connection, pass_, request) for pass_ in passes(request)]

        return self._asked(made)

    def roll(
        self,
        request: Request,
        bases: Sequence[Sequence[pa.Table]],
        agencies: Collection[str] | None = None,
    ) -> pa.Table:
        """A table of CELLS from the partial bases of each pass, for the request's periods: those of
        ``agencies``, and perhaps of others (None: of all)."""
        coverages = self.coverages(request.definitions, request.cut_off)

        def made(connection: duckdb.DuckDBPyConnection) -> list[pa.Table]:
            return [
                self._cells(connection, pass_, request, parts, coverages, agencies)
                for pass_, parts in zip(passes(request), bases, strict=True)
            ]

        return pa.concat_tables([CELLS.empty_table(), *self._asked(made)])

    def _base(self, connection: duckdb.DuckDBPyConnection, pass_: Pass, request: Request) -> pa.Table:
        span = frame(request, pass_.grains, _first_day(connection, pass_.way.start))
        tables = {
            "frames": span.plain_table(),
            "months": span.months_table(),
            "bounds": span.bounds_table(),
            **_calendar_tables(request.definitions.calendar),
        }
        return _run(connection, self.queries(pass_).base, tables)

    def _cells(
        self,
        connection: duckdb.DuckDBPyConnection,
        pass_: Pass,
        request: Request,
        parts: Sequence[pa.Table],
        coverages: Coverages,
        agencies: Collection[str] | None,
    ) -> pa.Table:
        partial = pa.concat_tables(parts)
        span = frame_of(request, partial["period"].unique().to_pylist())
        if not span.periods:
            return CELLS.empty_table()
        tables = {
            "partial": partial,
            "displacing": _displacing(partial, coverages.maps) if pass_.has_stocks else _DISPLACING,
            **_small_tables(pass_, span, request, coverages, agencies),
        }
        return _run(connection, self.queries(pass_).cells, tables).cast(CELLS)

    def queries(self, pass_: Pass) -> PassQueries:
        """The SQL of a pass. Building it takes longer than running it on a small table.

        The pass is kept with it, so that no other rule can come to have the identity of one of its rules.
        """
        key = tuple((ask.indicator, ask.rule_number, id(ask.rule)) for ask in pass_.asks)
        if key not in self._queries:
            self._queries[key] = (pass_, pass_queries(pass_))
        return self._queries[key][1]

    def coverages(self, definitions: Definitions, cut_off: date) -> Coverages:
        """What is remembered about ``definitions`` looked at up to ``cut_off``, until others come."""
        kept = self._coverages
        if kept is None or kept.maps.definitions is not definitions:
            self._queries = {}
        elif kept.maps.cut_off == cut_off:
            return kept
        self._coverages = Coverages(Maps(definitions, cut_off))
        return self._coverages

    def _asked(self, made: Callable[[duckdb.DuckDBPyConnection], list[pa.Table]]) -> list[pa.Table]:
        """What is made on a connection of one's own: what is temporary in it nobody else sees, and goes with
        it. A database that fails inwardly is left for a new one and asked once more: one bad moment must not
        end every measuring of a process that serves for weeks."""
        try:
            return self._made_on(self._database, made)
        except _BROKEN:
            self.__dict__.pop("_database", None)
        return self._made_on(self._database, made)

    def _made_on(
        self,
        database: duckdb.DuckDBPyConnection,
        made: Callable[[duckdb.DuckDBPyConnection], list[pa.Table]],
    ) -> list[pa.Table]:
        with database.cursor() as connection:
            self._running.append(connection)
            try:
                return made(connection)
            finally:
                self._running.remove(connection)

    def interrupt(self) -> None:
        """Let what is being computed in other threads end at once; it raises there."""
        for connection in list(self._running):
            connection.interrupt()

    @cached_property
    def _database(self) -> duckdb.DuckDBPyConnection:
        spill = tempfile.mkdtemp(prefix="kieng-", dir=self.spill_to)
        weakref.finalize(self, shutil.rmtree, spill, ignore_errors=True)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
            "preserve_insertion_order": False,
        }
        if self.threads is not None:
            settings["threads"] = self.threads
        if self.memory is not None:
            settings["memory_limit"] = self.memory
        return duckdb.connect(":memory:", config=settings)


def _run(connection: duckdb.DuckDBPyConnection, query: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    for name, table in tables.items():
        connection.register(name, table)
    try:
        found: pa.Table = connection.sql(query).to_arrow_table()
        return found
    except _TOO_BIG_OR_FINE as problem:
        raise Unsupported(str(problem)) from problem
    finally:
        for name in tables:
            connection.unregister(name)


_calendar_tables = lru_cache(maxsize=4)(calendar_tables)


def _first_day(connection: duckdb.DuckDBPyConnection, start: str) -> date | None:
    earliest = exp.Cast(this=exp.Min(this=column(start)), to=exp.DataType.build("DATE"))
    found = connection.sql(exp.select(earliest).from_("known").sql("duckdb")).fetchall()
    day: date | None = found[0][0]
    return day


def _small_tables(
    pass_: Pass, span: Frame, request: Request, coverages: Coverages, agencies: Collection[str] | None
) -> dict[str, pa.Table]:
    """Everything the fused query joins to the records."""
    maps = coverages.maps
    closure = closure_table(maps, pass_.variants, span.scopes(maps), request.readings)
    if agencies is not None and pass_.record_type.placed_in is None:
        # With places, which of an agency's rows has its stock is seen only among all that count it.
        closure = closure.filter(
            pc.is_in(closure["agency"], value_set=pa.array(sorted(agencies), pa.string()))
        )
    if pass_.record_type.placed_in is not None:
        closure = pa.concat_tables([closure, _whole_on_map(maps, pass_.variants, request)])
    return {
        "frames": span.table(maps),
        "closure": closure,
        "readings": pa.table(
            {
                "reading": pa.array(range(len(request.readings)), pa.int16()),
                "name": pa.array([str(reading) for reading in request.readings], pa.string()),
                "totals_only": pa.array([r.line is not None for r in request.readings], pa.bool_()),
            }
        ),
        "standing": _standing(request),
        "reporters": _reporters(pass_, span, coverages),
    }


_DISPLACING = pa.schema(
    [
        ("period", pa.int32()),
        ("source", pa.string()),
        ("other", pa.string()),
        ("since", pa.decimal128(38, 0)),
    ]
).empty_table()


def _displacing(partial: pa.Table, maps: Maps) -> pa.Table:
    """period, source, other, since (as records' newness): for each agency with records in a period on whose
    reporting day it does not exist, those a figure of which takes the place of its stock."""
    pairs = partial.select(["period", "agency"]).group_by(["period", "agency"]).aggregate([])
    rows = [
        {"period": code, "source": source, "other": other, "since": Decimal(first_newness(since))}
        for code, source in zip(pairs["period"].to_pylist(), pairs["agency"].to_pylist(), strict=True)
        for other, since in maps.displacing(source, Period.of_code(code)).items()
    ]
    return pa.Table.from_pylist(rows, schema=_DISPLACING.schema)


def _standing(request: Request) -> pa.Table:
    """reading (number), agency: what exists on the map of each reading that names one day."""
    found = [
        (number, agency)
        for number, reading in enumerate(request.readings)
        if reading.map_day is not None
        for agency in request.definitions.tree.on(reading.map_day).parent_of
    ]
    return pa.table(
        {
            "reading": pa.array([number for number, _ in found], pa.int16()),
            "agency": pa.array([agency for _, agency in found], pa.string()),
        }
    )


def _whole_on_map(maps: Maps, variants: Sequence[Variant], request: Request) -> pa.Table:
    """Rows of CLOSURE for records that name the agency that holds their place on a reading's map."""
    tree = request.definitions.tree
    rows = [
        {
            "variant": v,
            "scope": WHOLE_ON_MAP,
            "reading": r,
            "source": source,
            "agency": agency,
            "weight": Decimal(1),
        }
        for v, variant in enumerate(variants)
        for r, reading in enumerate(request.readings)
        if reading.map_day is not None
        for source in tree.on(reading.map_day).parent_of
        for agency in maps.chain(reading.map_day, source, variant)
    ]
    return pa.Table.from_pylist(rows, schema=CLOSURE)


def _reporters(pass_: Pass, span: Frame, coverages: Coverages) -> pa.Table:
    """who (number of the set of reporters), period, agency, reporter, people: for whom the records of an
    agency are a report in a period."""
    rows = [
        (who, period.code, agency, reporter, people[reporter])
        for who, reporters in enumerate(pass_.reporters)
        for period in span.periods
        for people in (coverages.reporters(reporters, period),)
        for agency, reporter in coverages.reports(reporters, period).items()
    ]
    columns = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    types = {
        "who": pa.int16(),
        "period": pa.int32(),
        "agency": pa.string(),
        "reporter": pa.string(),
        "people": PART,
    }
    return pa.table({n: pa.array(c, t) for (n, t), c in zip(types.items(), columns, strict=True)})
