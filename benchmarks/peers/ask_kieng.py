"""Kiềng: stored measurements, from SQLite, or from the PostgreSQL server whose URL is the third argument.

The second argument says what is asked: ``same``, the districts of the table that all are asked about, or
``nation``, the provinces of a nation, of which far more is stored.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from contest import Answer, Question, asked_folder, contest
from kieng_figures import READINGS, open_store

from kieng.measurement.kept import KeptStore
from kieng.plan.period import Grain, Period

Asked = Callable[[str, str, date, date], Answer]  # indicator, reading, first and last month


def with_series(store: KeptStore, level: str) -> Asked:
    """A span of months of all agencies of a level, as columns."""

    def asked(indicator: str, reading: str, first: date, last: date) -> Answer:
        span = Period(first, Grain.MONTH), Period(last, Grain.MONTH)
        table = store.series(indicator, reading, *span, level=level)
        columns = (table[name].to_pylist() for name in ("agency", "start", "value"))
        return [(agency, start, Decimal(value) / 100) for agency, start, value in zip(*columns, strict=True)]

    return asked


def with_read(store: KeptStore, level: str) -> Asked:
    """The same from a store that knows no series: every month of each agency, then those asked for."""
    known = store.read(period=Period(date(2024, 1, 1), Grain.MONTH))
    agencies = sorted({one.agency for one in known if one.level == level})

    def asked(indicator: str, reading: str, first: date, last: date) -> Answer:
        found = (one for agency in agencies for one in store.read(indicator, agency, reading=reading))
        return [
            (one.agency, one.period.start, one.value / 100)
            for one in found
            if first <= one.period.start <= last and one.value is not None
        ]

    return asked


def main(what: str, url: str | None) -> None:
    store = open_store(asked_folder(), url)
    level = "district" if what == "same" else "province"
    asked = with_series(store, level) if hasattr(store, "series") else with_read(store, level)
    nation = sorted({one.indicator for one in store.read(agency="vn", reading="as-was")})

    def ask(question: Question) -> Answer:
        first, last = date.fromisoformat(question.first_day), date.fromisoformat(question.last_month_day)
        if what == "same":
            return asked(question.element, "as-was", first, last)
        number = int(question.element[1:])
        reading = READINGS[number // len(nation) % 2]
        return asked(nation[number % len(nation)], reading, first, last)

    contest(ask)


if __name__ == "__main__":
    main(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
