"""Stored measurements in the database: in packs, as they were measured, and bases. All of it is sealed
(:mod:`kieng.records.seal`): whoever reads what is not as it was written gets ``Damaged``, never a figure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.figures_table import measurements_of
from kieng.measurement.kept import BasePart, Block, Renewed, Stale
from kieng.measurement.measurement import Measurement
from kieng.measurement.packs import (
    FULL,
    Pack,
    Place,
    exchanged,
    figures_in,
    of_agency,
    packs_of,
    series_in,
    unpacked,
)
from kieng.measurement.request import AS_WAS, LINEAGE, LINEAGE_SHARED
from kieng.measurement.store import SERIES, MeasureRun
from kieng.plan.period import Period, periods_between
from kieng.records.arrow_bytes import from_bytes, to_bytes
from kieng.records.chain import moment_of, moment_text
from kieng.records.seal import opened, sealed
from kieng.records.verify import Finding
from kieng.stores.sql.database import Database, Session
from kieng.stores.sql.sealed_rows import (
    IN_BASES,
    IN_REST,
    IN_SERIES,
    KEY,
    PART,
    RUN,
    STALE,
    checked,
    damage_in,
    is_sealed,
    with_seal,
)

_COLUMNS = (*Place._fields, "first_agency", "last_agency", "figures", "series", "rest")
_PLACE = ", ".join(Place._fields)
_START = Place._fields.index("start")
_RUNS = 1_000
_INSERT_RUN = f"INSERT INTO measure_runs ({RUN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_BASE = (
    f"INSERT INTO bases ({PART}, seal, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (record_type, way, month) DO UPDATE SET key = excluded.key, cut_off = excluded.cut_off,"
    " through = excluded.through, seal = excluded.seal, content = excluded.content"
)
_PUT_STALE = f"INSERT INTO stale_periods ({STALE}, seal) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
#: The reading on the last run's map day: its figures stay when a day passes and the map does not change.
_TODAY = "today"
#: A pack with fewer figures is packed anew with whatever comes to its period, lest a place fall to crumbs.
_SMALL = FULL // 4
_MANY = 100  # agencies: asked for one by one up to here, so that the statement stays short
_ANY = ""  # no agency: whose records have changed is not known one by one

Row = tuple[object, ...]

#: An index begins with indicator and reading, so that all are named where any is meant.
_READINGS = (str(AS_WAS), _TODAY, str(LINEAGE), str(LINEAGE_SHARED))
_AT = f"indicator = ? AND reading IN {_READINGS} AND grain = ? AND start = ?"
_DELETE = f"DELETE FROM measurements WHERE {' AND '.join(f'{c} = ?' for c in _COLUMNS[:7])}"

Packs = dict[Place, list[Pack]]


class SqlMeasurements:
    """Implements :class:`kieng.measurement.kept.KeptStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, run: MeasureRun, tables: Iterable[pa.Table]) -> None:
        self.renew_tables(run, Renewed(frozenset(), (), (), all=True), tables)

    def renew_tables(self, run: MeasureRun, renewed: Renewed, tables: Iterable[pa.Table]) -> None:
        """Put figures in the place of those ``renewed`` names, in one transaction with the run. ``tables``
        are of :data:`~kieng.measurement.figures_table.FIGURES`."""
        made: Packs = {}
        for table in tables:  # made first: the lock is held only to write
            for place, pack in packs_of(table):
                made.setdefault(_stored(place), []).append(pack)
        with self._database.transaction() as connection:
            _remove(connection, renewed, made)
            connection.insert("measurements", _COLUMNS, _pack_rows(made))
            rolled = [(record_type,) for record_type in renewed.rolled]
            connection.executemany("DELETE FROM stale_periods WHERE record_type = ?", rolled)
            number = connection.execute("SELECT coalesce(max(run), 0) + 1 FROM measure_runs").fetchone()[0]
            connection.execute(_INSERT_RUN, with_seal(number, *_run_row(run)))

    def parts(self, record_type: str) -> list[BasePart]:
        select = f"SELECT {PART}, seal FROM bases WHERE record_type = ?"
        with self._database.snapshot() as connection:
            rows = connection.execute(select, (record_type,)).fetchall()
        return [_part_of(checked("bases", row)) for row in rows]

    def bases(self, record_type: str, way: str, months: Collection[str] | None = None) -> list[pa.Table]:
        select = "SELECT month, content FROM bases WHERE record_type = ? AND way = ?"
        values: list[object] = [record_type, way]
        if months is not None:
            select += f" AND month IN ({_marks(months)})"
            values += months
        with self._database.snapshot() as connection:
            rows = connection.execute(f"{select} ORDER BY month", values).fetchall()
        place = (IN_BASES, record_type, way)
        return [from_bytes(opened(row["content"], *place, row["month"])) for row in rows]

    def keep(
        self, parts: Sequence[tuple[BasePart, pa.Table]], stale: Mapping[tuple[str, str], Stale]
    ) -> None:
        kept = [_base_row(part, rows) for part, rows in parts]
        periods = [
            with_seal(*place, code, agency)
            for place, of_way in stale.items()
            for code, agencies in of_way.items()
            for agency in ([_ANY] if agencies is None else agencies)
        ]
        with self._database.transaction() as connection:
            connection.executemany(_PUT_BASE, kept)
            connection.executemany(_PUT_STALE, periods)

    def stale(self, record_type: str) -> Mapping[str, Stale]:
        select = f"SELECT {STALE}, seal FROM stale_periods WHERE record_type = ?"
        with self._database.snapshot() as connection:
            rows = connection.execute(select, (record_type,)).fetchall()
        found: dict[str, dict[int, set[str]]] = {}
        for _, way, period, agency in (checked("stale_periods", row) for row in rows):
            found.setdefault(way, {}).setdefault(period, set()).add(agency)
        return {
            way: {code: None if _ANY in some else frozenset(some) for code, some in periods.items()}
            for way, periods in found.items()
        }

    def forget_bases(self) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM bases")
            connection.execute("DELETE FROM stale_periods")
            rows = connection.execute(f"SELECT {RUN} FROM measure_runs").fetchall()
            gone = [(row["run"],) for row in rows if not is_sealed(row)]
            connection.executemany("DELETE FROM measure_runs WHERE run = ?", gone)

    def findings(self) -> list[Finding]:
        """What is kept here and is not as it was written."""
        with self._database.snapshot() as connection:
            return list(damage_in(connection))

    def run(self) -> MeasureRun | None:
        with self._database.snapshot() as connection:
            return _last_run(connection)

    def runs(self) -> list[MeasureRun]:
        select = f"SELECT {RUN} FROM measure_runs ORDER BY run DESC LIMIT {_RUNS}"
        with self._database.snapshot() as connection:
            rows = connection.execute(select).fetchall()
        return [_run_of(row) for row in reversed(rows)]

    def count(self) -> int:
        with self._database.snapshot() as connection:
            found = connection.execute("SELECT coalesce(sum(figures), 0) FROM measurements").fetchone()[0]
            return int(found)

    def read(
        self,
        indicator: str | None = None,
        agency: str | None = None,
        period: Period | None = None,
        reading: str | None = None,
        breakdowns: bool = False,
    ) -> list[Measurement]:
        asked: dict[str, Collection[object]] = {} if breakdowns else {"breakdown": [""]}
        if period is not None:
            asked |= {"grain": [period.grain.value], "start": [period.start.isoformat()]}
        with self._database.snapshot() as connection:
            run = _last_run(connection)
            if run is None:
                return []
            if indicator is not None:
                asked["indicator"] = [indicator]
            if reading is not None:
                asked["reading"] = [_stored_reading(reading, run)]
            packs = _whole_packs(connection, run, asked, [agency] if agency else None)
        if agency is not None:
            packs = [(place, of_agency(rows, agency)) for place, rows in packs]
        return list(measurements_of(figures_in(packs), run.as_of, run.map_day, run.known_through))

    def totals(self, reading: str, level: str) -> pa.Table:
        return self._table(reading, {"breakdown": [""], "level": [level]})

    def whole(self, indicator: str, reading: str) -> pa.Table:
        return self._table(reading, {"indicator": [indicator]})

    def _table(self, reading: str, asked: Mapping[str, Collection[object]]) -> pa.Table:
        with self._database.snapshot() as connection:
            run = _last_run(connection)
            if run is None:
                return figures_in([])
            stored = {"reading": [_stored_reading(reading, run)], **asked}
            return figures_in(_whole_packs(connection, run, stored, None))

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
        asked |= {"start": starts, "breakdown": [""]} | ({} if level is None else {"level": [level]})
        with self._database.snapshot() as connection:
            run = _last_run(connection)
            if run is None:
                return SERIES.empty_table()
            asked["reading"] = [_stored_reading(reading, run)]
            found = _packs(connection, f"{KEY}, series", asked, agencies)
        packs = [(key[_START], opened(series, IN_SERIES, *key)) for *key, series in found]
        table = series_in(sorted(packs, key=_start))
        if agencies is None:
            return table
        return table.filter(pc.is_in(table["agency"], value_set=pa.array(agencies, pa.string())))


def _whole_packs(
    connection: Session,
    run: MeasureRun,
    asked: Mapping[str, Collection[object]],
    agencies: Collection[str] | None,
) -> list[tuple[Place, pa.RecordBatch]]:
    """The packs that may have what is asked for, unpacked."""
    # Every indicator and reading is named where nobody asks for one: the index begins with them.
    every: dict[str, Collection[object]] = {"reading": _READINGS}
    if run.indicators:
        every["indicator"] = list(json.loads(run.indicators))
    found = _packs(connection, f"{KEY}, series, rest", every | dict(asked), agencies)
    return [
        (_as_read(Place(*key[:-3]), run), _opened_pack(key, series, rest)) for *key, series, rest in found
    ]


def _packs(
    connection: Session,
    columns: str,
    asked: Mapping[str, Collection[object]],
    agencies: Collection[str] | None,
) -> list[Any]:
    """The packs that may have what is asked for, of (None: all) agencies."""
    where, values = _where(asked)
    if agencies is not None:
        some, more = _may_have(agencies)
        where, values = f"{where} AND ({some})", [*values, *more]
    return connection.execute(f"SELECT {columns} FROM measurements WHERE {where}", values).fetchall()


def _may_have(agencies: Collection[str]) -> tuple[str, list[object]]:
    """A condition that a pack may have a figure of some of these, and its values."""
    if len(agencies) > _MANY:
        return "1 = 1", []
    each = " OR ".join(["? BETWEEN first_agency AND last_agency"] * len(agencies))
    return each or "1 = 0", [agency.encode() for agency in agencies]


def _where(asked: Mapping[str, Collection[object]]) -> tuple[str, list[object]]:
    """A condition that each column has one of some values, and the values in its order."""
    conditions = [f"{column} IN ({_marks(values)})" for column, values in asked.items()]
    return " AND ".join(conditions), [value for values in asked.values() for value in values]


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values)) or "NULL"  # nothing is among no values, and PostgreSQL takes no ()


def _stored_reading(reading: str, run: MeasureRun) -> str:
    return _TODAY if reading == run.map_day.isoformat() else reading


def _last_run(connection: Session) -> MeasureRun | None:
    row = connection.execute(f"SELECT {RUN} FROM measure_runs ORDER BY run DESC LIMIT 1").fetchone()
    return None if row is None else _run_of(row)


def _run_of(row: Any) -> MeasureRun:
    checked("measure_runs", row)
    return MeasureRun(
        moment_of(row["as_of"]),
        row["plan_fingerprint"],
        row["through_batch"],
        date.fromisoformat(row["map_day"]),
        row["ground"],
        row["indicators"],
        row["known"],
    )


def _run_row(run: MeasureRun) -> Row:
    place = (moment_text(run.as_of), run.plan_fingerprint, run.through_batch, run.map_day.isoformat())
    return (*place, run.ground, run.indicators, run.known)


def _remove(connection: Session, renewed: Renewed, made: Packs) -> None:
    """Take out what new figures come for. What stays of a pack goes into ``made``."""
    if renewed.all:
        connection.execute("DELETE FROM measurements")
        return
    indicators = [(indicator,) for indicator in renewed.indicators]
    connection.executemany("DELETE FROM measurements WHERE indicator = ?", indicators)
    for (indicator, period), agencies in _together(renewed.blocks).items():
        at = (indicator, period.grain.value, period.start.isoformat())
        if agencies is None:
            connection.execute(f"DELETE FROM measurements WHERE {_AT}", at)
        else:
            _take_out(connection, at, agencies, made)


def _together(blocks: Iterable[Block]) -> Mapping[tuple[str, Period], frozenset[str] | None]:
    """The agencies whose figures are renewed, by indicator and period."""
    found: dict[tuple[str, Period], frozenset[str] | None] = {}
    for block in blocks:
        known = found.setdefault((block.indicator, block.period), block.agencies)
        both = None if known is None or block.agencies is None else known | block.agencies
        found[block.indicator, block.period] = both
    return found


def _take_out(connection: Session, at: Row, agencies: frozenset[str], made: Packs) -> None:
    """Take some agencies' figures out of the packs of an indicator and period, and these out of the
    database where they change or figures come to their place."""
    some, values = _may_have(agencies)
    found = connection.execute(
        f"SELECT {KEY}, series, rest FROM measurements WHERE {_AT} AND (figures < {_SMALL} OR {some})",
        (*at, *values),
    ).fetchall()
    names = [agency.encode() for agency in agencies]
    gone: list[Row] = []
    old: dict[Place, list[pa.RecordBatch]] = {}
    for *shared, first, last, count, series, rest in found:
        place, key = Place(*shared), (*shared, first, last, count)
        if place in made or any(first <= name <= last for name in names):
            gone.append((*place, first))
            old.setdefault(place, []).append(_opened_pack(key, series, rest))
    connection.executemany(_DELETE, gone)
    for place, rows in old.items():
        new = [unpacked(pack.series, pack.rest) for pack in made.get(place, ())]
        made[place] = list(exchanged(rows, agencies, new))


def _pack_rows(made: Packs) -> Iterator[Row]:
    for place, packs in made.items():
        for pack in packs:
            key = (*place, pack.first, pack.last, pack.count)
            yield (*key, sealed(pack.series, IN_SERIES, *key), sealed(pack.rest, IN_REST, *key))


def _opened_pack(key: Sequence[object], series: bytes, rest: bytes) -> pa.RecordBatch:
    """The rows of a pack as it is stored. Raises Damaged."""
    return unpacked(opened(series, IN_SERIES, *key), opened(rest, IN_REST, *key))


def _base_row(part: BasePart, rows: pa.Table) -> Row:
    place = (part.record_type, part.way, part.month)
    row = with_seal(*place, part.key, part.cut_off.isoformat(), part.through)
    return (*row, sealed(to_bytes(rows), IN_BASES, *place))


def _part_of(row: Sequence[Any]) -> BasePart:
    record_type, way, month, key, cut_off, through = row
    return BasePart(record_type, way, month, key, date.fromisoformat(cut_off), through)


def _start(found: tuple[str, bytes]) -> str:
    return found[0]


def _stored(place: Place) -> Place:
    return place if place.reading in _READINGS else place._replace(reading=_TODAY)


def _as_read(place: Place, run: MeasureRun) -> Place:
    return place._replace(reading=run.map_day.isoformat()) if place.reading == _TODAY else place
