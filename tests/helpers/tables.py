"""Little tables of text, as the specs write them: columns between bars, an empty cell is null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from kieng.plan.record_type import FieldType, RecordType
from kieng.records.batch import Origin, VersionedRecords, ledger_schema

FIRST_MOMENT = datetime(2020, 1, 1, tzinfo=UTC)

Row = dict[str, str | None]


def read_table(text: str) -> list[Row]:
    """The rows of a table written with ``|``; the first line names the columns."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    header, *rows = ([cell.strip() for cell in line.strip().split("|")] for line in lines)
    for row in rows:
        assert len(row) == len(header), f"{len(row)} cells under {len(header)} columns: {row}"
    return [dict(zip(header, (cell or None for cell in row), strict=True)) for row in rows]


def moment(text: str) -> datetime:
    """A moment in UTC, of a day (its first) or a time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def value_of(text: str | None, kind: FieldType) -> Any:
    """A cell of a table as a field of ``kind`` holds it."""
    if text is None:
        return None
    match kind:
        case FieldType.BOOLEAN:
            return {"yes": True, "no": False}[text]
        case FieldType.INTEGER:
            return int(text)
        case FieldType.DECIMAL:
            return Decimal(text)
        case FieldType.DATE:
            return date.fromisoformat(text)
        case FieldType.DATETIME:
            return datetime.fromisoformat(text)
        case _:
            return text


def records_from(kind: RecordType, text: str) -> list[dict[str, Any]]:
    """Versions of records, as the ledger keeps them.

    Besides the fields of ``kind`` a table may have ``@recorded`` (default: the ledger's first moment),
    ``@batch`` (default 1), ``@origin`` (default measured), ``@withdrawn`` and ``@times`` (so many
    records like this one, with ids of their own).
    """
    versions: list[dict[str, Any]] = []
    for line in read_table(text):
        for copy in range(int(line.pop("@times", None) or 1)):
            versions.append(_version(kind, line, copy, len(versions) + 1))
    return versions


def _version(kind: RecordType, line: Row, copy: int, row: int) -> dict[str, Any]:
    unknown = {name for name in line if not name.startswith("@")} - set(kind.fields)
    assert not unknown, f"{kind.id} has no field {unknown}"
    values = {name: value_of(line.get(name), field.type) for name, field in kind.fields.items()}
    identity = f"{values[kind.id_field] or row}{f'-{copy}' if copy else ''}"
    return version(
        kind,
        {**values, kind.id_field: identity},
        row=row,
        batch=int(line.get("@batch") or 1),
        recorded_at=moment(line["@recorded"]) if line.get("@recorded") else FIRST_MOMENT,
        origin=Origin(line.get("@origin") or "measured"),
        withdrawn=line.get("@withdrawn") == "yes",
    )


def version(
    kind: RecordType,
    values: Mapping[str, Any],
    *,
    row: int = 1,
    batch: int = 1,
    recorded_at: datetime = FIRST_MOMENT,
    origin: Origin = Origin.MEASURED,
    withdrawn: bool = False,
) -> dict[str, Any]:
    """One version of one record, with the columns the ledger adds. Fields not named are null."""
    fields = {name: values.get(name) for name in kind.fields}
    return {
        "_key": f"test:{fields[kind.id_field]}",
        "_row": row,
        "_withdrawn": withdrawn,
        **fields,
        "_recorded_at": recorded_at,
        "_batch": batch,
        "_origin": origin.bit,
    }


def versioned(kind: RecordType, versions: Iterable[Mapping[str, Any]], as_of: datetime) -> VersionedRecords:
    """What the ledger would hand to an engine."""
    tail = pa.Table.from_pylist(list(versions), schema=ledger_schema(kind))
    return VersionedRecords.in_memory(kind, tail, as_of)
