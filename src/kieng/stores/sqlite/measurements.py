"""Stored measurements in SQLite: figures as texts, exact; periods as grain and first day."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.store import MeasureRun
from kieng.plan.period import Grain, Period
from kieng.records.batch import Origin, origins_of
from kieng.records.chain import moment_of, moment_text
from kieng.stores.sqlite.database import Database

_COLUMNS = (
    "indicator", "agency", "reading", "start", "grain", "breakdown_field", "breakdown_value",
    "rule", "level", "status", "reason", "value", "parts", "numerator", "denominator",
    "reporting", "expected", "people_share", "weighted", "state", "origins", "used", "records",
)  # fmt: skip
_INSERT = f"INSERT INTO measurements ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM measurements"
_ORDER = "ORDER BY indicator, agency, reading, start, grain, breakdown_field, breakdown_value"
_NEWEST_RUN = "SELECT * FROM measure_runs ORDER BY run DESC LIMIT 1"
#: A part that is null; a formula without parts is the empty text.
_NULL_PART = "-"


class SqliteMeasurements:
    """See :class:`kieng.measurement.store.MeasurementStore`.

    Runs are only added; of measurements those of the newest run are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, run: MeasureRun, measurements: Iterable[Measurement]) -> int:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM measurements")
            connection.executemany(_INSERT, _rows(run, measurements))
            connection.execute(
                "INSERT INTO measure_runs SELECT coalesce(max(run), 0) + 1, ?, ?, ?, ?, ? FROM measure_runs",
                _run_row(run),
            )
            count: int = connection.execute("SELECT count(*) FROM measurements").fetchone()[0]
        return count

    def read(
        self,
        indicator: str | None = None,
        agency: str | None = None,
        period: Period | None = None,
        reading: str | None = None,
        breakdowns: bool = False,
    ) -> list[Measurement]:
        wanted = {"indicator": indicator, "agency": agency, "reading": reading}
        if period is not None:
            wanted |= {"start": period.start.isoformat(), "grain": period.grain.value}
        given = {name: value for name, value in wanted.items() if value is not None}
        conditions = [f"{name} = ?" for name in given]
        if not breakdowns:
            conditions.append("breakdown_field IS NULL")
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        with self._database.snapshot() as connection:
            run = connection.execute(_NEWEST_RUN).fetchone()
            rows = connection.execute(f"{_SELECT} {where} {_ORDER}", tuple(given.values())).fetchall()
        return [_measurement(row, moment_of(run["as_of"])) for row in rows] if run else []

    def run(self) -> MeasureRun | None:
        with self._database.snapshot() as connection:
            row = connection.execute(_NEWEST_RUN).fetchone()
        if row is None:
            return None
        map_day = None if row["map_day"] is None else date.fromisoformat(row["map_day"])
        through, finished = row["through_batch"], moment_of(row["finished_at"])
        return MeasureRun(moment_of(row["as_of"]), row["plan_fingerprint"], through, map_day, finished)


def _run_row(run: MeasureRun) -> tuple[object, ...]:
    map_day = None if run.map_day is None else run.map_day.isoformat()
    as_of, finished = moment_text(run.as_of), moment_text(run.finished_at)
    return (as_of, run.plan_fingerprint, run.through_batch, map_day, finished)


def _rows(run: MeasureRun, measurements: Iterable[Measurement]) -> Iterator[tuple[object, ...]]:
    for m in measurements:
        if m.as_of != run.as_of:
            raise ValueError(f"{m.indicator} of {m.agency} was measured as of another moment than the run")
        field, value = m.breakdown or (None, None)
        yield (
            m.indicator,
            m.agency,
            m.reading,
            m.period.start.isoformat(),
            m.period.grain.value,
            field,
            value,
            m.rule,
            m.level,
            m.status.value,
            m.reason,
            _text(m.value),
            ",".join(_NULL_PART if part is None else str(part) for part in m.parts),
            _text(m.numerator),
            _text(m.denominator),
            m.coverage.reporting,
            m.coverage.expected,
            _text(m.coverage.people_share),
            m.weighted,
            m.state,
            _bits(m.origins),
            m.used,
            m.records,
        )


def _measurement(row: sqlite3.Row, as_of: datetime) -> Measurement:
    (indicator, agency, reading, start, grain, field, breakdown_value,
     rule, level, status, reason, value, parts, numerator, denominator,
     reporting, expected, people_share, weighted, state, origins, used, records) = row  # fmt: skip
    return Measurement(
        indicator=indicator,
        rule=rule,
        agency=agency,
        level=level,
        period=_period(start, grain),
        reading=reading,
        breakdown=None if field is None else (field, breakdown_value),
        status=Status(status),
        reason=reason,
        value=_figure(value),
        parts=_parts(parts),
        numerator=_figure(numerator),
        denominator=_figure(denominator),
        coverage=Coverage(reporting, expected, _figure(people_share)),
        weighted=weighted,
        state=state,
        origins=_origins(origins),
        used=used,
        records=records,
        as_of=as_of,
    )


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)


def _figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _parts(text: str) -> tuple[Decimal | None, ...]:
    if not text:
        return ()
    return tuple(None if part == _NULL_PART else Decimal(part) for part in text.split(","))


def _bits(origins: tuple[Origin, ...]) -> int:
    return sum(origin.bit for origin in origins)


@lru_cache(maxsize=1024)
def _period(start: str, grain: str) -> Period:
    return Period(date.fromisoformat(start), Grain(grain))


@lru_cache(maxsize=16)
def _origins(bits: int) -> tuple[Origin, ...]:
    return origins_of(bits)
