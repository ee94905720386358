"""What a record of each kind carries: fields, and the part each plays.

Declared in YAML (``plan/record_types/*.yaml`` are built in; a workspace may add its own).
It lives in the plan room because a formula can only be checked against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kieng.problems import Place
from kieng.words import Name


class FieldType(StrEnum):
    """What a field's values are.

    ``datetime`` is wall time in the workspace's time zone; ``agency`` is an agency's id in the
    tree; ``decimal`` is exact, with :data:`DECIMAL_SCALE` digits after the point.
    """

    TEXT = "text"
    CODE = "code"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    AGENCY = "agency"


DECIMAL_SCALE = 6
DECIMAL_PRECISION = 24


class Quantity(StrEnum):
    """How a number may be added up.

    A *flow* adds over agencies and over time; a *stock* adds over agencies only;
    a *ratio* adds over nothing.
    """

    FLOW = "flow"
    STOCK = "stock"
    RATIO = "ratio"


@dataclass(frozen=True)
class Field:
    """One field. ``values`` closes the list of codes; ``value_names`` tells some of them in words;
    ``personal`` never enters the ledger as is."""

    name: str
    type: FieldType
    label: Name
    required: bool = False
    quantity: Quantity | None = None
    values: tuple[str, ...] = ()
    value_names: Mapping[str, Name] = field(default_factory=dict, compare=False)
    personal: str | None = None  # None, "drop" or "hash"

    def name_of(self, value: str | None) -> Name:
        """What one of its values is called; None is a record that does not state it."""
        if value is None:
            return Name("không ghi", "not stated")
        return self.value_names.get(value, Name(value, value))


@dataclass(frozen=True)
class ClockFields:
    """The fields a clock rule reads (see :mod:`kieng.plan.clock`). Absent roles are None."""

    received: str
    due: str | None = None
    limit: str | None = None
    limit_unit: str | None = None
    finished: str | None = None
    supplement_requested: str | None = None
    supplement_received: str | None = None
    supplement_count: str | None = None


@dataclass(frozen=True)
class RecordType:
    """A kind of record.

    ``id_field`` with the batch's source makes the natural key. ``agency_field`` names the agency
    the record counts for. ``placed_in`` (optional) names the agency that holds the same place on a
    later map, so that history is recast exactly. ``anchor`` is a date that never changes for
    a record; it decides the ledger's partition. ``state_field`` holds estimate, provisional or
    confirmed; ``absence_field`` says why a figure is missing. ``open_counts``: the records are things, not
    the doings of people, so that a small number of them tells of nobody.
    """

    id: str
    name: Name
    fields: Mapping[str, Field]
    id_field: str
    agency_field: str
    anchor: str
    placed_in: str | None = None
    state_field: str | None = None
    absence_field: str | None = None
    clock: ClockFields | None = None
    open_counts: bool = False
    place: Place = Place("")

    @property
    def carries_figures(self) -> bool:
        """Whether its records are figures somebody reports (many indicators share the type), not events.

        Of events an agency that has any record has reported. Of figures it has reported only those that
        are there: a report on another figure fills no gap.
        """
        return self.state_field is not None or self.absence_field is not None


STATES = ("estimate", "provisional", "confirmed")
NO_DATA, NOT_APPLICABLE, ZERO_DENOMINATOR = "no_data", "not_applicable", "zero_denominator"
ABSENCES = (NO_DATA, NOT_APPLICABLE, ZERO_DENOMINATOR)
