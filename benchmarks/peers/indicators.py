"""The indicators of benchmark 2, as Kiềng and as SQL understand them. Runs in any peer's Python.

Counts, and ratios of counts, over the newest versions of cases, by agency and month: what the peers can
express. On-time clocks, working days, medians and readings on another map they cannot.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ALL = ""  # no condition: every case


@dataclass(frozen=True)
class Counted:
    """``over`` and ``under`` are conditions on a case; without ``under`` the indicator is a count."""

    name: str
    over: str
    under: str | None = ALL

    @property
    def is_ratio(self) -> bool:
        return self.under is not None

    @property
    def formula(self) -> str:
        """In Kiềng's words."""
        if self.under is None:
            return _count(self.over)
        return f"{_count(self.over)} / {_count(self.under)}"

    @property
    def conditions(self) -> list[str]:
        return [self.over] if self.under is None else [self.over, self.under]


INDICATORS = [
    Counted("received", ALL, None),
    Counted("online", "channel = 'online'"),
    Counted("by_post", "channel = 'post'"),
    Counted("full_online", "channel = 'online' and service_level = 'full'"),
    Counted("part_online", "channel = 'online' and service_level = 'partial'", "channel = 'online'"),
    Counted("paid_online", "paid_online and fee_due > 0", "fee_due > 0"),
    Counted("free", "fee_due = 0"),
    Counted("e_results", "e_result and needs_paper_result", "needs_paper_result"),
    Counted("digitised", "input_digitised"),
    Counted("reused", "reused"),
    Counted("online_reused", "reused and channel = 'online'", "channel = 'online'"),
    Counted("population", "population_data"),
    Counted("satisfied", "satisfied", "satisfied is not null"),
    Counted("finished", "finished_at is not null"),
    Counted("finished_by_due", "finished_at <= due_at", "due_at is not null"),
]
CONDITIONS = list(dict.fromkeys(condition for one in INDICATORS for condition in one.conditions))

_FIELDS = """agency, received_at, due_at, finished_at, channel, service_level, paid_online, fee_due, e_result,
  needs_paper_result, input_digitised, reused, population_data, satisfied, _withdrawn"""
_NEWEST = (
    "QUALIFY row_number() OVER (PARTITION BY _key ORDER BY _recorded_at DESC, _batch DESC, _row DESC) = 1"
)

Row = tuple[Any, ...]
Counts = Iterable[Row]  # agency, month (a date, or text that begins so), one count per CONDITIONS


def _count(condition: str) -> str:
    return f"count(where {condition})" if condition else "count(*)"


@dataclass(frozen=True)
class Job:
    """What a contestant is started with. ``once`` and ``newer`` are Parquet files, see VersionedRecords.

    ``view`` is how the newest versions are found: ``blind`` in the whole history, ``knowing`` only where
    ``newer`` has another version, as Kiềng does it. ``at_once``: one request for all indicators.
    """

    once: list[str]
    newer: list[str]
    work: str
    times: int
    view: str = "blind"
    at_once: bool = True

    @staticmethod
    def asked() -> Job:
        return Job(**json.loads(Path(sys.argv[1]).read_text()))

    @property
    def live(self) -> str:
        """SQL of the newest versions that stand."""
        if self.view == "blind" or not self.newer:
            known = f"SELECT {_FIELDS} FROM read_parquet({self.once + self.newer}) {_NEWEST}"
        else:
            once, newer = f"read_parquet({self.once})", f"read_parquet({self.newer})"
            known = (
                f"SELECT {_FIELDS} FROM {once} AS o ANTI JOIN {newer} AS n USING (_key)"
                f" UNION ALL SELECT {_FIELDS} FROM {newer} {_NEWEST}"
            )
        return f"SELECT * EXCLUDE (_withdrawn) FROM ({known}) WHERE NOT _withdrawn"

    @property
    def requests(self) -> Iterator[list[Counted]]:
        """Which indicators are asked for together."""
        yield from ([INDICATORS] if self.at_once else ([one] for one in INDICATORS))


def contest(job: Job, measure: Callable[[list[Counted]], object], count: Callable[[], Counts]) -> None:
    """Print, as JSON, the least seconds of processor and clock for all indicators, and their counts.

    ``measure`` answers one request for indicators and is timed; ``count`` is not: it gives what their
    values were made of, to be compared.
    """
    cpu, wall = [], []
    for _ in range(job.times):
        start_cpu, start_wall = time.process_time(), time.perf_counter()
        for request in job.requests:
            measure(request)
        cpu.append(time.process_time() - start_cpu)
        wall.append(time.perf_counter() - start_wall)
    counts = {f"{row[0]} {str(row[1])[:7]}": [int(count or 0) for count in row[2:]] for row in count()}
    json.dump({"cpu": min(cpu), "wall": min(wall), "counts": counts}, sys.stdout)
