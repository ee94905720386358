"""Records that still wait for something when an agency ends: counted by the agency they stand with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import reduce
from operator import or_

import pyarrow as pa
import pyarrow.compute as pc

from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Membership
from kieng.plan.record_type import STATES, FieldType, RecordType
from kieng.records.batch import Origin, VersionedRecords, origins_of
from kieng.records.ledger import Ledger
from kieng.records.reading import dataset_of

_RECORDING = ("_recorded_at", "_batch", "_row")


@dataclass(frozen=True)
class Waiting:
    """How many records of a type an agency leaves: not finished on the day, and figures not confirmed.
    ``origins`` are those of the records counted."""

    record_type: str
    agency: str
    unfinished: int
    unconfirmed: int
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class _Life:
    """The dates between which a record is open; ``end_counts`` when it is still open on its last day."""

    start: str
    end: str
    end_counts: bool


def waiting(ledger: Ledger, definitions: Definitions, agencies: Collection[str], day: date) -> list[Waiting]:
    """What ``agencies`` leave on ``day``, as the ledger knows it now, by agency; nothing in it is changed."""
    found: list[Waiting] = []
    for record_type in definitions.record_types.values():
        lives = tuple(_lives(definitions, record_type))
        if agencies and (lives or record_type.state_field):
            known = _newest(ledger.records(record_type), agencies, lives)
            found += _counted(known, record_type, lives, day)
    return sorted(found, key=lambda one: (one.agency, one.record_type))


def _lives(definitions: Definitions, record_type: RecordType) -> Iterator[_Life]:
    """How records of the type can be open: by their clock, and by what indicators count as open."""
    clock = record_type.clock
    lives = [_Life(clock.received, clock.finished, True)] if clock and clock.finished else []
    for indicator in definitions.indicators.values():
        for rule in indicator.rules:
            counting = rule.counting
            if rule.record == record_type.id and counting.end is not None:
                lives.append(_Life(counting.start, counting.end, counting.membership is Membership.OPEN))
    yield from dict.fromkeys(lives)


def _newest(records: VersionedRecords, agencies: Collection[str], lives: Iterable[_Life]) -> pa.Table:
    """The newest version of every record that stands with one of ``agencies``, those withdrawn left out.

    Whole histories are looked at: a record whose newest version stands elsewhere is not theirs.
    """
    record_type = records.record_type
    names = {record_type.agency_field, "_withdrawn", "_origin", *_RECORDING}
    names |= {name for life in lives for name in (life.start, life.end)}
    names |= {record_type.state_field} if record_type.state_field else set()
    theirs = pc.field(record_type.agency_field).isin(sorted(agencies))
    source = dataset_of(records)
    keys = source.to_table(columns=["_key"], filter=theirs)["_key"].unique()
    versions = source.to_table(columns=["_key", *sorted(names)], filter=pc.field("_key").isin(keys))
    versions = versions.sort_by([(name, "ascending") for name in _RECORDING])
    numbered = versions.append_column("number", pa.array(range(versions.num_rows), pa.int64()))
    last = numbered.group_by("_key").aggregate([("number", "max")])["number_max"]
    return versions.take(last).filter(theirs & ~pc.field("_withdrawn"))


def _counted(
    known: pa.Table, record_type: RecordType, lives: tuple[_Life, ...], day: date
) -> Iterator[Waiting]:
    unfinished, unconfirmed, origins = Counter[str](), Counter[str](), defaultdict[str, int](int)

    def count(counter: Counter[str], condition: pc.Expression) -> None:
        met = known.filter(condition)
        for agency, bits in zip(
            met[record_type.agency_field].to_pylist(), met["_origin"].to_pylist(), strict=True
        ):
            counter[agency] += 1
            origins[agency] |= bits

    if lives:
        count(unfinished, reduce(or_, (_is_open(life, record_type, day) for life in lives)))
    if record_type.state_field:
        count(unconfirmed, pc.field(record_type.state_field) != STATES[-1])
    for agency, bits in origins.items():
        yield Waiting(record_type.id, agency, unfinished[agency], unconfirmed[agency], origins_of(bits))


def _is_open(life: _Life, record_type: RecordType, day: date) -> pc.Expression:
    """Begun before ``day`` and not over by then. A record without a first day never began."""
    start, end = pc.field(life.start), pc.field(life.end)
    first, last = _on(day, record_type, life.start), _on(day, record_type, life.end)
    return (start < first) & (end.is_null() | (end >= last if life.end_counts else end > last))


def _on(day: date, record_type: RecordType, name: str) -> pa.Scalar:
    if record_type.fields[name].type is FieldType.DATETIME:
        return pa.scalar(datetime.combine(day, time.min), pa.timestamp("us"))
    return pa.scalar(day)
