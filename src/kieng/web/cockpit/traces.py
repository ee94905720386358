"""The trail of a figure, made apart: it reads records, which takes seconds.

One is made at a time, so that nobody's curiosity slows the pages of everybody else. What was made is kept
for as long as the data stand, the oldest dropped first.
"""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa

from kieng.plan.formula.nodes import Aggregate, Formula, Ratio
from kieng.plan.period import Period
from kieng.plan.record_type import Field, RecordType
from kieng.trace.trace import Contribution, Trace, TracedRecord, Verdict
from kieng.web.door import Busy, State
from kieng.words import Name
from kieng.workspace.explanation import Explanation, pack

#: A page waits so long for the trail it asked for; then it says that it is being made.
PATIENCE = 4.0
_KEPT = 8
_WAITING = 6

_maker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="trail")
_made: OrderedDict[tuple[str, ...], Future[Trail]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Seen:
    """One version of a record as it is shown: its verdict, and its fields without the personal ones."""

    traced: TracedRecord
    fields: tuple[Any, ...]

    @property
    def place(self) -> str:
        """Where it came in: batch and row, as they are written elsewhere too."""
        return f"{self.traced.batch}:{self.traced.row}"


@dataclass(frozen=True)
class Trail:
    """An explanation, ready to be shown."""

    explanation: Explanation

    @property
    def trace(self) -> Trace:
        return self.explanation.trace

    @cached_property
    def record_type(self) -> RecordType:
        return self.trace.definitions.record_types[self.trace.rule.record]

    @cached_property
    def shown(self) -> tuple[Field, ...]:
        """The fields that are shown: whatever is personal stays away, also where it is hashed."""
        return tuple(one for one in self.record_type.fields.values() if one.personal is None)

    @cached_property
    def records(self) -> tuple[TracedRecord, ...]:
        """Used ones first, of those first what counts for less: it is there that a share is lost."""
        verdicts = {verdict: number for number, verdict in enumerate(Verdict)}
        return tuple(
            sorted(
                self.trace.records,
                key=lambda one: (verdicts[one.verdict], sum(one.counted), one.agency, one.key),
            )
        )

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        return tuple(sorted(self.trace.contributions, key=lambda one: (-one.used, one.agency)))

    @cached_property
    def used(self) -> tuple[TracedRecord, ...]:
        """Those of :attr:`records` that the figure counts."""
        return tuple(one for one in self.records if one.verdict is Verdict.USED)

    def page(self, chosen: Sequence[TracedRecord]) -> list[Seen]:
        """Some of :attr:`records` with their fields."""
        rows = self.explanation.versions.take(
            pa.array([self._place[one.batch, one.row] for one in chosen], pa.int64())
        )
        columns = [rows[field.name].to_pylist() for field in self.shown]
        return [Seen(one, tuple(column[n] for column in columns)) for n, one in enumerate(chosen)]

    @cached_property
    def _place(self) -> dict[tuple[int, int], int]:
        table = self.explanation.versions
        pairs = zip(table["_batch"].to_pylist(), table["_row"].to_pylist(), strict=True)
        return {pair: number for number, pair in enumerate(pairs)}


def part_names(formula: Formula) -> list[Name]:
    """What the aggregates of a formula are called, in its order: numerator and denominator where it is one
    count over another."""
    count = len(formula.aggregates)
    match formula.root:
        case Ratio(numerator=Aggregate(), denominator=Aggregate()) if count == 2:
            return [Name("Tử số", "Numerator"), Name("Mẫu số", "Denominator")]
    if count == 1:
        return [Name("Được tính", "Counted")]
    return [Name(f"Thành phần {n}", f"Component {n}") for n in range(1, count + 1)]


def trail(state: State, indicator: str, agency: str, period: Period, map_: str) -> Trail | None:
    """The trail, or None while it is being made. Raises UserError where there is no such figure, and Busy."""
    future = _asked((state.version, indicator, agency, str(period), map_), state, period)
    try:
        return future.result(PATIENCE)
    except TooLong:
        return None


def _asked(key: tuple[str, ...], state: State, period: Period) -> Future[Trail]:
    with _lock:
        before = _made.get(key)
        if before is None or (before.done() and before.exception() is not None):
            if sum(not future.done() for future in _made.values()) >= _WAITING:
                raise Busy
            _made[key] = _maker.submit(_make, state, key[1], key[2], period, key[4])
            while len(_made) > _KEPT and next(iter(_made.values())).done():
                _made.popitem(last=False)
        _made.move_to_end(key)
        return _made[key]


def _make(state: State, indicator: str, agency: str, period: Period, map_: str) -> Trail:
    return Trail(state.explain(indicator, agency, period, map_))


def bundle(found: Trail) -> bytes:
    """What recomputes the figure elsewhere: a zip that `kieng recompute` reads."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        pack(found.explanation, path)
        return path.read_bytes()
