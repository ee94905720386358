"""Mapping: how the columns, words, dates and numbers of one source become our fields."""

from __future__ import annotations

import dataclasses
from collections import abc
from dataclasses import dataclass
from enum import StrEnum

from kieng.plan.record_type import RecordType
from kieng.problems import Place


class FileType(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    XLSX = "xlsx"


class AgencyBy(StrEnum):
    """What a source names agencies by."""

    CODE = "code"
    ID = "id"
    NAME = "name"


class Many(StrEnum):
    """What becomes of several values in one record (a path through a list, ``Fees[].Amount``)."""

    ONE = "one"  # they must be equal, else the row is refused
    SUM = "sum"
    COUNT = "count"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True)
class FileFormat:
    """``header_row`` counts from 1. ``sheet`` None is the first one."""

    type: FileType
    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int = 1
    sheet: str | None = None


@dataclass(frozen=True)
class NumberStyle:
    """Separators. Until a mapping declares them, texts such as ``1.234`` are refused as ambiguous."""

    decimal: str = "."
    group: str | None = None
    declared: bool = False


@dataclass(frozen=True)
class FieldMapping:
    """Where one field comes from: a column (or path), or a constant.

    ``values`` maps the source's words to ours (None: no value). ``on`` is the field, or the ISO date, on
    which an agency is looked up. ``present`` asks only whether there is a value. ``not_personal``
    vouches that what looks like personal data in this column is not.
    """

    field: str
    source: str | None
    constant: str | None = None
    values: abc.Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    dates: tuple[str, ...] = ("iso",)
    time_zone: str = "UTC"
    numbers: NumberStyle = NumberStyle()
    by: AgencyBy = AgencyBy.CODE
    on: str | None = None
    present: bool = False
    many: Many = Many.ONE
    not_personal: bool = False
    place: Place = Place("")


@dataclass(frozen=True)
class Withdrawal:
    """A record whose ``source`` column holds one of ``values`` is taken back."""

    source: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Mapping:
    """One mapping file. ``absent`` gives, per text that is no value, the reason (one of ABSENCES).

    ``hash`` is the SHA-256 of the file's bytes: a batch says with which wording it came in.
    """

    id: str
    record_type: RecordType
    source: str
    format: FileFormat
    absent: abc.Mapping[str, str]
    absence_from: tuple[str, ...]
    fields: abc.Mapping[str, FieldMapping]
    withdrawn: Withdrawal | None
    ignore: tuple[str, ...]
    other_columns_ignored: bool
    hash: str
    place: Place = Place("")

    def columns_read(self) -> set[str]:
        """Every column (or path) this mapping takes something from."""
        read = {f.source for f in self.fields.values() if f.source is not None}
        return read | ({self.withdrawn.source} if self.withdrawn else set())
