"""Stored measurements in SQLite: decimals and days as text, so that what is read is what was measured."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.store import MeasureRun
from kieng.plan.period import Grain, Period
from kieng.records.batch import origins_of
from kieng.records.chain import moment_of, moment_text
from kieng.stores.sqlite.database import Database

_COLUMNS = (
    "indicator",
    "agency",
    "reading",
    "start",
    "grain",
    "breakdown_field",
    "breakdown_value",
    "rule",
    "level",
    "status",
    "reason",
    "value",
    "parts",
    "numerator",
    "denominator",
    "reporting",
    "expected",
    "people_share",
    "weighted",
    "state",
    "origins",
    "used",
    "records",
)
_INSERT = f"INSERT INTO measurements ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM measurements"
_INSERT_RUN = "INSERT INTO measure_runs VALUES (?, ?, ?, ?, ?)"

_NONE = "-"  # a part that is null, among numbers separated by spaces

Row = tuple[object, ...]


class SqliteMeasurements:
    """Implements :class:`kieng.measurement.store.MeasurementStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, run: MeasureRun, measurements: Iterable[Measurement]) -> None:
        rows = [_row(one) for one in measurements]  # made first: the lock is held only to write
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM measurements")
            connection.executemany(_INSERT, rows)
            number = connection.execute("SELECT coalesce(max(run), 0) + 1 FROM measure_runs").fetchone()[0]
            connection.execute(_INSERT_RUN, (number, *_run_row(run)))

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
        asked = {"indicator": indicator, "agency": agency, "reading": reading}
        if period is not None:
            asked |= {"start": period.start.isoformat(), "grain": period.grain.value}
        asked = {column: value for column, value in asked.items() if value is not None}
        conditions = [f"{column} = ?" for column in asked]
        if not breakdowns:
            conditions.append("breakdown_field IS NULL")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        with self._database.snapshot() as connection:
            run = _last_run(connection)
            rows = connection.execute(_SELECT + where, tuple(asked.values())).fetchall()
        return [] if run is None else [_measurement(row, run.as_of) for row in rows]


def _last_run(connection: sqlite3.Connection) -> MeasureRun | None:
    row = connection.execute(
        "SELECT as_of, plan_fingerprint, through_batch, map_day FROM measure_runs ORDER BY run DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    return MeasureRun(
        moment_of(row["as_of"]),
        row["plan_fingerprint"],
        row["through_batch"],
        date.fromisoformat(row["map_day"]),
    )


def _run_row(run: MeasureRun) -> Row:
    return (moment_text(run.as_of), run.plan_fingerprint, run.through_batch, run.map_day.isoformat())


def _row(one: Measurement) -> Row:
    field, value = one.breakdown or (None, None)
    return (
        one.indicator,
        one.agency,
        one.reading,
        one.period.start.isoformat(),
        one.period.grain.value,
        field,
        value,
        one.rule,
        one.level,
        one.status.value,
        one.reason,
        _text(one.value),
        " ".join([_NONE if part is None else str(part) for part in one.parts]),
        _text(one.numerator),
        _text(one.denominator),
        one.coverage.reporting,
        one.coverage.expected,
        _text(one.coverage.people_share),
        one.weighted,
        one.state,
        sum(origin.bit for origin in one.origins),
        one.used,
        one.records,
    )


def _measurement(row: sqlite3.Row, as_of: datetime) -> Measurement:
    field = row["breakdown_field"]
    return Measurement(
        indicator=row["indicator"],
        rule=row["rule"],
        agency=row["agency"],
        level=row["level"],
        period=Period(date.fromisoformat(row["start"]), Grain(row["grain"])),
        reading=row["reading"],
        breakdown=None if field is None else (field, row["breakdown_value"]),
        status=Status(row["status"]),
        reason=row["reason"],
        value=_number(row["value"]),
        parts=tuple(None if part == _NONE else Decimal(part) for part in row["parts"].split()),
        numerator=_number(row["numerator"]),
        denominator=_number(row["denominator"]),
        coverage=Coverage(row["reporting"], row["expected"], _number(row["people_share"])),
        weighted=row["weighted"],
        state=row["state"],
        origins=origins_of(row["origins"]),
        used=row["used"],
        records=row["records"],
        as_of=as_of,
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
