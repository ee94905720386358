"""What an engine is asked, and the shape of what it answers.

An engine (``stores/reference``, ``stores/duckdb``) turns records into *cells*: the exact parts of every
indicator's formula for agency × period × reading × breakdown. Ratios are made from them later, in one
place (:mod:`kieng.measurement.value`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

import pyarrow as pa

from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Rule
from kieng.plan.recast import WEIGHT_UNIT as WEIGHT_UNIT
from kieng.records.batch import VersionedRecords


class Line(StrEnum):
    """How far a figure of a lineage goes where something serves the heirs of several agencies at once."""

    OWN = "lineage"  # without what is shared
    SHARED = "lineage-shared"  # with all of it


@dataclass(frozen=True)
class Reading:
    """Which map a series is read on: each period's own (neither is given), that of one day (``map_day``),
    or an agency with its forebears and heirs as one, the period whole (``line``).

    A lineage has a figure only where it can differ from the one as it was: see
    :meth:`kieng.plan.lineage.Lineages.followed`.
    """

    map_day: date | None = None
    line: Line | None = None

    @staticmethod
    def of(text: str) -> Reading:
        """What ``str`` made a text of, as measurements state it. ValueError for any other."""
        known = _BY_NAME.get(text)
        return Reading(date.fromisoformat(text)) if known is None else known

    def __str__(self) -> str:
        if self.line is not None:
            return self.line.value
        return "as-was" if self.map_day is None else self.map_day.isoformat()


AS_WAS = Reading()
LINEAGE, LINEAGE_SHARED = Reading(line=Line.OWN), Reading(line=Line.SHARED)
_BY_NAME = {str(reading): reading for reading in (AS_WAS, LINEAGE, LINEAGE_SHARED)}


@dataclass(frozen=True)
class Ask:
    """One indicator's rule. It is measured only for periods in which the rule holds."""

    indicator: str
    rule_number: int
    rule: Rule


@dataclass(frozen=True)
class Request:
    """One fused pass over one record type.

    ``cut_off`` is the local day of ``as_of``: nothing after it is looked at, and a running period is
    measured up to it. ``first``/``last`` bound the periods asked for (those that overlap); None: all.
    """

    definitions: Definitions
    record_type: str
    asks: tuple[Ask, ...]
    readings: tuple[Reading, ...]
    as_of: datetime
    cut_off: date
    first: date | None = None
    last: date | None = None
    reach: date | None = None  # the newest month with a record (its first day); None: not looked at


PART = pa.decimal128(38, 15)  # 6 digits of a decimal field times 9 of a weight

#: One row per indicator × rule × reading × agency × period × breakdown that has at least one record; of a
#: record type that carries figures, one that is used: a report on another figure says nothing of this one.
CELLS = pa.schema(
    [
        ("indicator", pa.string()),
        ("rule", pa.int16()),
        ("reading", pa.string()),
        ("agency", pa.string()),
        ("grain", pa.string()),
        ("start", pa.date32()),
        ("breakdown_field", pa.string()),  # null: the total over all
        ("breakdown_value", pa.string()),  # null with a field: the records where it is null
        ("parts", pa.list_(PART)),  # one per rule.formula.aggregates, null when that is null
        ("blocked", pa.bool_()),  # a recomputed part met a split it cannot be recast over
        ("weighted", pa.bool_()),  # some record came over a split by weight
        ("state", pa.int8()),  # weakest of STATES over the used records (of a stock, those that make it)
        ("absence", pa.string()),  # the newest used record's absence, when that record has one
        ("origins", pa.int8()),  # Origin bits over the records the figure rests on; see resting_on
        ("used", pa.int64()),  # records that some aggregate's condition is true for
        ("records", pa.int64()),  # records of the type in this cell, whatever the conditions
        # How many reporters (agencies of rule.reporters levels); see kieng.measurement.reporting
        ("reporting", pa.int32()),  # are covered
        ("reporting_people", PART),  # the population of these
        ("not_applicable", pa.int32()),  # delivered no figure, the last time "not applicable"
        ("not_applicable_people", PART),
        ("no_data", pa.int32()),  # delivered no figure for any other reason, or none at all
        ("nought", pa.int32()),  # gave a figure that is 0
        ("inherited", pa.int32()),  # are not covered, and the stock of their forebears stands for them
    ]
)


class Engine(Protocol):
    """Turns records into cells. All engines give equal cells for equal requests."""

    name: str

    def cells(self, request: Request, records: VersionedRecords) -> pa.Table:
        """A table of :data:`CELLS`, in no particular order.

        Raises :class:`Unsupported` by name for what the engine cannot do.
        """
        ...


class Unsupported(Exception):
    """An engine says by name what it cannot do; it never approximates."""
