"""Keeping bases up to date: which months of the ledger need it, and which of their rows.

New batches touch the rows of the agencies they name; a new day touches the periods that were running; another
query (a rule, a clock, the calendar) touches everything of its way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.base import MONTH
from kieng.measurement.kept import BasePart, Stale
from kieng.plan.period import Period
from kieng.records.batch import VersionedRecords
from kieng.records.manifest import Piece
from kieng.records.reading import together

#: Months are read together up to so many bytes of files: bounds the memory that measuring takes.
BYTES_AT_ONCE = 256_000_000


@dataclass(frozen=True)
class Work:
    """What a month's bases need: rows of ``agencies`` made anew (None: of all), of the periods that reach
    ``since`` (None: of all)."""

    month: str
    agencies: frozenset[str] | None = None
    since: date | None = None

    def replaced(self, rows: pa.Table) -> pa.Array:
        """Which of the kept ``rows`` new ones take the place of."""
        if self.agencies is not None:
            return pc.is_in(rows["agency"], value_set=pa.array(sorted(self.agencies), pa.string()))
        if self.since is not None:
            reaching = [code for code in codes_in(rows) if Period.of_code(code).last_day >= self.since]
            return pc.is_in(rows["period"], value_set=pa.array(reaching, pa.int32()))
        return pa.repeat(pa.scalar(True), rows.num_rows)


@dataclass(frozen=True)
class Step:
    """Works that are done by one reading of the records of their months."""

    works: tuple[Work, ...]
    records: VersionedRecords

    @property
    def size(self) -> int:
        """How many bytes of files and of memory its records lie in."""
        return _size(self.records) + int(self.records.tail.nbytes)


def work_of(
    month: str, parts: Sequence[BasePart | None], news: Iterable[Piece], keys: Mapping[str, str], today: date
) -> Work | None:
    """What a month needs; ``parts`` are the kept ones of each way, ``news`` the pieces of its batches."""
    there = [part for part in parts if part is not None and part.key == keys[part.way]]
    if len(there) < len(parts):
        return Work(month)
    through, day = min(part.through for part in there), min(part.cut_off for part in there)
    later = [piece.agencies for piece in news if piece.last_batch > through]
    if not later:
        return None if day == today else Work(month, since=day)
    if day != today or None in later:
        return Work(month)
    return Work(month, frozenset(name for text in later if text for name in json.loads(text)))


def steps(works: Sequence[Work], partitions: Mapping[str, VersionedRecords]) -> Iterator[Step]:
    """Months of one kind of work together, as many as may be read at once.

    Those with agencies are done for the agencies of all of them: rows made anew once more change nothing.
    """
    kinds: dict[tuple[bool, date | None], list[Work]] = {}
    for work in works:
        kinds.setdefault((work.agencies is None, work.since), []).append(work)
    for alike in kinds.values():
        for some in _groups(alike, partitions):
            if some[0].agencies is not None:
                agencies = frozenset().union(*(work.agencies or frozenset() for work in some))
                some = [Work(work.month, agencies) for work in some]
            of_months = [partitions[work.month] for work in some if work.month in partitions]
            if of_months:
                kind, as_of = of_months[0].record_type, of_months[0].as_of
                yield Step(tuple(some), together(kind, of_months, as_of))


def _groups(works: Sequence[Work], partitions: Mapping[str, VersionedRecords]) -> Iterator[list[Work]]:
    group: list[Work] = []
    size = 0
    for work in works:
        of_month = partitions.get(work.month)
        more = _size(of_month) if of_month else 0
        if group and size + more > BYTES_AT_ONCE:
            yield group
            group, size = [], 0
        group.append(work)
        size += more
    if group:
        yield group


def _size(records: VersionedRecords) -> int:
    return sum(path.stat().st_size for path in records.segments)


def put_in(kept: pa.Table | None, new: pa.Table, work: Work, placed: bool) -> tuple[pa.Table, Stale]:
    """A month's base with ``new`` rows in the place of those the work replaces, and what that makes stale.

    With ``placed``, records name the later agency of their place, so that anybody's figures may change.
    """
    if kept is None or kept.schema != new.schema:
        before, base = (new.slice(0, 0) if kept is None else kept), new
    else:
        replaced = work.replaced(kept)
        before, base = kept.filter(replaced), pa.concat_tables([kept.filter(pc.invert(replaced)), new])
    if work.agencies is None or placed:
        return base, dict.fromkeys(codes_in(before) | codes_in(new))
    found: dict[int, set[str]] = {}
    for rows in (before, new):
        pairs = rows.group_by(["period", "agency"]).aggregate([])
        for code, agency in zip(pairs["period"].to_pylist(), pairs["agency"].to_pylist(), strict=True):
            found.setdefault(code, set()).add(agency)
    return base, {code: frozenset(agencies) for code, agencies in found.items()}


def together_stale(one: Stale, other: Stale) -> Stale:
    """What is stale by either."""
    found = dict(one)
    for code, agencies in other.items():
        before = found.get(code, frozenset())
        found[code] = None if agencies is None or before is None else agencies | before
    return found


def by_month(rows: pa.Table) -> dict[str, pa.Table]:
    """The rows of a base by the month of the ledger they come from."""
    ordered = rows.sort_by(MONTH).combine_chunks()
    ends = pc.run_end_encode(ordered[MONTH].combine_chunks())
    found, start = {}, 0
    for month, end in zip(ends.values.to_pylist(), ends.run_ends.to_pylist(), strict=True):
        found[month] = ordered.slice(start, end - start)
        start = end
    return found


def codes_in(rows: pa.Table) -> frozenset[int]:
    """The codes of the periods that rows of a base are about."""
    return frozenset(rows["period"].unique().to_pylist())
