"""A small ledger for tests: two record types, deliveries in a line, a clock that can be set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.helpers.postgres import database_for

from kieng.plan.record_type import Field, FieldType, RecordType
from kieng.records.batch import Delivery, Origin, VersionedRecords, intake_schema
from kieng.records.ledger import Ledger, utc_now
from kieng.stores.sql.manifest import SqlManifest
from kieng.stores.sql.postgres import PostgresDatabase
from kieng.stores.sql.sqlite import SqliteDatabase
from kieng.words import Name

START = datetime(2024, 7, 1, 8, tzinfo=UTC)


class Clock:
    """Goes on a second with every look."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def _record_type(id_: str, anchor: str, state_field: str | None = None, **types: FieldType) -> RecordType:
    types = {"id": FieldType.TEXT, "agency": FieldType.AGENCY} | types
    fields = {name: Field(name, type_, Name(name, name)) for name, type_ in types.items()}
    return RecordType(id_, Name(id_, id_), fields, "id", "agency", anchor, state_field=state_field)


SITE = _record_type(
    "site",
    "in_service_on",
    in_service_on=FieldType.DATE,
    height=FieldType.DECIMAL,
    operator=FieldType.CODE,
    shared=FieldType.BOOLEAN,
    checked_at=FieldType.DATETIME,
    antennas=FieldType.INTEGER,
)
REPORT = _record_type(
    "report",
    "period_end",
    "state",
    period_end=FieldType.DATE,
    amount=FieldType.DECIMAL,
    state=FieldType.CODE,
)


def site(id_: str, day: date | None = date(2024, 3, 5), **values: object) -> dict[str, object]:
    return {"id": id_, "in_service_on": day, "agency": "quy-nhon"} | values


def report(id_: str, amount: str, state: str | None, **values: object) -> dict[str, object]:
    row = {"id": id_, "agency": "so-tttt", "period_end": date(2024, 6, 30)}
    return row | {"amount": Decimal(amount), "state": state} | values


def delivery(
    rows: list[dict[str, object]],
    key: str = "first",
    record_type: RecordType = SITE,
    source: str = "so-tttt",
    **more: object,
) -> Delivery:
    full = [
        {"_key": f"{source}:{row['id']}", "_row": number, "_withdrawn": False} | row
        for number, row in enumerate(rows, start=2)
    ]
    table = pa.Table.from_pylist(full, schema=intake_schema(record_type))
    values: dict[str, object] = {"origin": Origin.SYNTHETIC, "by": "test", "mapping": "plain"}
    values |= {"mapping_hash": "0" * 64, "file": f"{key}.csv"} | more
    return Delivery(record_type, table, source, key, **values)


def open_ledger(folder: Path, now: Callable[[], datetime] = utc_now, small: int = 50_000) -> Ledger:
    folder.mkdir(exist_ok=True)
    url = database_for(folder)
    database = SqliteDatabase(folder / "kieng.db") if url is None else PostgresDatabase(url)
    return Ledger(SqlManifest(database), folder, now, small)


def numbered_sites(number: int, count: int) -> Delivery:
    """The ``number``-th of a row of deliveries: ``count`` sites of its own, spread over three months."""
    days = [date(2024, 1 + place % 3, 1) for place in range(count)]
    rows = [site(f"{number}-{place}", day) for place, day in enumerate(days)]
    return delivery(rows, key=f"delivery-{number}")


def all_rows(records: VersionedRecords) -> list[dict[str, object]]:
    """Every version, segments first."""
    tables = [pq.ParquetFile(path).read() for path in records.segments]
    return pa.concat_tables([*tables, records.tail]).to_pylist()


def newest(records: VersionedRecords) -> dict[str, dict[str, object]]:
    """The newest version of each record that is not withdrawn, by key, as any reader must find it."""
    there = [row for row in all_rows(records) if records.through is None or row["_batch"] <= records.through]
    rows = sorted(there, key=lambda row: (row["_recorded_at"], row["_batch"], row["_row"]))
    last = {str(row["_key"]): row for row in rows if row["_recorded_at"] <= records.as_of}
    return {key: row for key, row in last.items() if not row["_withdrawn"]}
