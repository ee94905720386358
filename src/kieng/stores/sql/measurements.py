"""Stored measurements in the database: decimals and days as text, to be read as they were measured."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.figures_table import FIGURES, TEXT, measurement_of, python_rows
from kieng.measurement.kept import BasePart, Renewed, Stale
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS
from kieng.measurement.store import SERIES, MeasureRun
from kieng.plan.period import Period, periods_between
from kieng.records.arrow_bytes import from_bytes, to_bytes
from kieng.records.chain import moment_of, moment_text
from kieng.stores.sql.database import Database, Session
from kieng.stores.sql.database import Row as SqlRow

_COLUMNS = tuple(FIGURES.names)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM measurements"
_INSERT_RUN = "INSERT INTO measure_runs VALUES (?, ?, ?, ?, ?, ?, ?)"
_PUT_BASE = (
    "INSERT INTO bases VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (record_type, way, month) DO UPDATE SET"
    " key = excluded.key, cut_off = excluded.cut_off, through = excluded.through, content = excluded.content"
)
_PUT_STALE = "INSERT INTO stale_periods VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
#: The reading on the last run's map day: its figures stay when a day passes and the map does not change.
_TODAY = "today"
_READINGS = f"reading IN ('{AS_WAS}', '{_TODAY}')"  # always so; said where an index needs it
_SERIES = f"SELECT {', '.join(SERIES.names)} FROM measurements"
_BY_START = "AND breakdown_field IS NULL ORDER BY start"
_ANY = ""  # no agency: whose records have changed is not known one by one

Row = tuple[object, ...]

_ORDER = ("indicator", "reading", "grain", "start", "level", "agency")
#: How values come into the database that are no text, number or null, or other than in FIGURES.
_STORED: Mapping[str, Callable[[Any], Any]] = {
    "reading": lambda reading: reading if reading == str(AS_WAS) else _TODAY,
    "start": date.isoformat,
}


class SqlMeasurements:
    """Implements :class:`kieng.measurement.kept.KeptStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, run: MeasureRun, tables: Iterable[pa.Table]) -> None:
        self.renew_tables(run, Renewed(frozenset(), (), (), all=True), tables)

    def renew_tables(self, run: MeasureRun, renewed: Renewed, tables: Iterable[pa.Table]) -> None:
        """Put figures in the place of those ``renewed`` names, in one transaction with the run. ``tables``
        are of :data:`~kieng.measurement.figures_table.FIGURES`."""
        made = [_sorted(table) for table in tables]  # made first: the lock is held only to write
        with self._database.transaction() as connection:
            _remove(connection, renewed)
            for table in made:
                connection.insert("measurements", _COLUMNS, python_rows(table, _STORED))
            rolled = [(record_type,) for record_type in renewed.rolled]
            connection.executemany("DELETE FROM stale_periods WHERE record_type = ?", rolled)
            number = connection.execute("SELECT coalesce(max(run), 0) + 1 FROM measure_runs").fetchone()[0]
            connection.execute(_INSERT_RUN, (number, *_run_row(run)))

    def parts(self, record_type: str) -> list[BasePart]:
        select = "SELECT record_type, way, month, key, cut_off, through FROM bases WHERE record_type = ?"
        with self._database.snapshot() as connection:
            rows = connection.execute(select, (record_type,)).fetchall()
        return [BasePart(**{**dict(row), "cut_off": date.fromisoformat(row["cut_off"])}) for row in rows]

    def bases(self, record_type: str, way: str, months: Collection[str] | None = None) -> list[pa.Table]:
        select = "SELECT content FROM bases WHERE record_type = ? AND way = ?"
        values: list[object] = [record_type, way]
        if months is not None:
            select += f" AND month IN ({_marks(months)})"
            values += months
        with self._database.snapshot() as connection:
            rows = connection.execute(f"{select} ORDER BY month", values).fetchall()
        return [from_bytes(row["content"]) for row in rows]

    def keep(
        self, parts: Sequence[tuple[BasePart, pa.Table]], stale: Mapping[tuple[str, str], Stale]
    ) -> None:
        kept = [(*_part_row(part), to_bytes(rows)) for part, rows in parts]
        periods = [
            (*place, code, agency)
            for place, of_way in stale.items()
            for code, agencies in of_way.items()
            for agency in ([_ANY] if agencies is None else agencies)
        ]
        with self._database.transaction() as connection:
            connection.executemany(_PUT_BASE, kept)
            connection.executemany(_PUT_STALE, periods)

    def stale(self, record_type: str) -> Mapping[str, Stale]:
        select = "SELECT way, period, agency FROM stale_periods WHERE record_type = ?"
        with self._database.snapshot() as connection:
            rows = connection.execute(select, (record_type,)).fetchall()
        found: dict[str, dict[int, set[str]]] = {}
        for way, period, agency in rows:
            found.setdefault(way, {}).setdefault(period, set()).add(agency)
        return {
            way: {code: None if _ANY in some else frozenset(some) for code, some in periods.items()}
            for way, periods in found.items()
        }

    def distrust_bases(self) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE bases SET key = ''")

    def run(self) -> MeasureRun | None:
        with self._database.snapshot() as connection:
            return _last_run(connection)

    def count(self) -> int:
        with self._database.snapshot() as connection:
            found: int = connection.execute("SELECT count(*) FROM measurements").fetchone()[0]
            return found

    def read(
        self,
        indicator: str | None = None,
        agency: str | None = None,
        period: Period | None = None,
        reading: str | None = None,
        breakdowns: bool = False,
    ) -> list[Measurement]:
        asked: dict[str, Collection[object]] = {}
        if agency is not None:
            asked["agency"] = [agency]
        if period is not None:
            asked |= {"start": [period.start.isoformat()], "grain": [period.grain.value]}
        with self._database.snapshot() as connection:
            run = _last_run(connection)
            if run is None:
                return []
            # Every indicator and reading is named where nobody asks for one: the index begins with them.
            if indicator is not None or (period is not None and run.indicators):
                asked["indicator"] = [indicator] if indicator else list(json.loads(run.indicators))
            asked["reading"] = [_stored_reading(reading, run)] if reading else [str(AS_WAS), _TODAY]
            total = "" if breakdowns else " AND breakdown_field IS NULL"
            where, values = _where(asked)
            rows = connection.execute(f"{_SELECT} WHERE {where}{total}", values).fetchall()
        return [_measurement(row, run) for row in rows]

    def series(
        self,
        indicator: str,
        reading: str,
        first: Period,
        last: Period,
        level: str | None = None,
        agencies: Collection[str] | None = None,
    ) -> pa.Table:
        starts = [p.start.isoformat() for p in periods_between(first.start, last.start, first.grain)]
        asked: dict[str, Collection[object]] = {"indicator": [indicator], "grain": [first.grain.value]}
        asked |= {"start": starts} | ({} if level is None else {"level": [level]})
        asked |= {} if agencies is None else {"agency": agencies}
        with self._database.snapshot() as connection:
            run = _last_run(connection)
            if run is None:
                return SERIES.empty_table()
            where, values = _where(asked | {"reading": [_stored_reading(reading, run)]})
            rows = connection.execute(f"{_SERIES} WHERE {where} {_BY_START}", values).fetchall()
        columns = list(zip(*rows, strict=True)) or [()] * len(SERIES)
        return pa.table([pa.array(*each) for each in zip(columns, SERIES.types, strict=True)], schema=SERIES)


def _where(asked: Mapping[str, Collection[object]]) -> tuple[str, list[object]]:
    """A condition that each column has one of some values, and the values in its order."""
    conditions = [f"{column} IN ({_marks(values)})" for column, values in asked.items()]
    return " AND ".join(conditions), [value for values in asked.values() for value in values]


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values)) or "NULL"  # nothing is among no values, and PostgreSQL takes no ()


def _stored_reading(reading: str, run: MeasureRun) -> str:
    return _TODAY if reading == run.map_day.isoformat() else reading


def _last_run(connection: Session) -> MeasureRun | None:
    row = connection.execute("SELECT * FROM measure_runs ORDER BY run DESC LIMIT 1").fetchone()
    if row is None:
        return None
    return MeasureRun(
        moment_of(row["as_of"]),
        row["plan_fingerprint"],
        row["through_batch"],
        date.fromisoformat(row["map_day"]),
        row["ground"],
        row["indicators"],
    )


def _run_row(run: MeasureRun) -> Row:
    day = run.map_day.isoformat()
    return (moment_text(run.as_of), run.plan_fingerprint, run.through_batch, day, run.ground, run.indicators)


def _remove(connection: Session, renewed: Renewed) -> None:
    """Take out what new figures come for."""
    if renewed.all:
        connection.execute("DELETE FROM measurements")
        return
    indicators = [(indicator,) for indicator in renewed.indicators]
    connection.executemany("DELETE FROM measurements WHERE indicator = ?", indicators)
    delete = f"DELETE FROM measurements WHERE indicator = ? AND start = ? AND grain = ? AND {_READINGS}"
    places = [(b, (b.indicator, b.period.start.isoformat(), b.period.grain.value)) for b in renewed.blocks]
    connection.executemany(delete, [place for block, place in places if block.agencies is None])
    one_by_one = [(*place, agency) for block, place in places for agency in block.agencies or ()]
    connection.executemany(f"{delete} AND agency = ?", one_by_one)


def _part_row(part: BasePart) -> Row:
    place = (part.record_type, part.way, part.month)
    return (*place, part.key, part.cut_off.isoformat(), part.through)


def _sorted(table: pa.Table) -> pa.Table:
    """In the order of the index that series are read by."""
    order = pa.table({name: _sortable(table[name]) for name in _ORDER})
    return table.take(pc.sort_indices(order, [(name, "ascending") for name in _ORDER]))


def _sortable(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return pc.rank(whole.dictionary).take(whole.indices) if column.type == TEXT else whole


def _measurement(row: SqlRow, run: MeasureRun) -> Measurement:
    stored = dict(row)
    reading = run.map_day.isoformat() if stored["reading"] == _TODAY else stored["reading"]
    return measurement_of(
        stored | {"reading": reading, "start": date.fromisoformat(stored["start"])}, run.as_of
    )
