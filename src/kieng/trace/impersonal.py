"""Records without persons, for who gets a bundle: not even the hash that stands for one leaves the ledger.

The same hash stands for a person in every bundle: two of them would tell what one person did in both.
"""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa

from kieng.plan.record_type import RecordType


def impersonal(versions: pa.Table, record_type: RecordType, read: Collection[str]) -> pa.Table:
    """``versions`` with other values in personal fields: none in those that are not ``read`` by the formula,
    in the others running numbers of this table alone, in which equal stays equal and unequal unequal."""
    numbers: dict[str, str] = {}
    for field in record_type.fields.values():
        if field.personal is None or field.name not in versions.column_names:
            continue
        place = versions.column_names.index(field.name)
        kind = versions.schema.field(place)
        if field.name in read:
            values = [_numbered(value, numbers) for value in versions[field.name].to_pylist()]
            column = pa.array(values, kind.type)
        else:
            column = pa.nulls(len(versions), kind.type)
        versions = versions.set_column(place, pa.field(kind.name, kind.type), column)
    return versions


def _numbered(value: str | None, numbers: dict[str, str]) -> str | None:
    return None if value is None else numbers.setdefault(value, f"#{len(numbers) + 1}")
