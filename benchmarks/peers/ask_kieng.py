"""Kiềng: stored measurements, from SQLite, or from the PostgreSQL server whose URL is the third argument.

The second argument says what is asked: ``same``, the districts of the table that all are asked about, or, of
a nation of which far more is stored: ``provinces``, the numbers of 34 provinces; ``tree``, the columns of
every commune, province and the nation; ``page``, all that is known of one commune in one month; ``commune``,
one commune's figures of all 60 months.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from contest import MONTHS, Answer, Question, asked_folder, contest
from kieng_figures import COMMUNES, PROVINCES, READINGS, open_store

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


def of_nation(store: KeptStore, what: str) -> Callable[[Question], Answer]:
    """The question about a nation, of an indicator and a reading that change from question to question."""
    names = sorted({one.indicator for one in store.read(agency="vn", reading="as-was")})
    of_provinces = with_series(store, "province")

    def ask(question: Question) -> Answer:
        first, last = date.fromisoformat(question.first_day), date.fromisoformat(question.last_month_day)
        number = int(question.element[1:])
        name, reading = names[number % len(names)], READINGS[number // len(names) % 2]
        if what == "provinces":
            return of_provinces(name, reading, first, last)
        commune, month = f"x{number * 27:04}", Period(first, Grain.MONTH)
        if what == "page":
            return _counted(question, len(store.read(agency=commune, period=month)), 2 * len(names))
        if what == "commune":
            months = [Period(date.fromisoformat(f"{month}-01"), Grain.MONTH) for month in MONTHS]
            table = store.series(name, reading, months[0], months[-1], agencies=[commune])
            return _counted(question, table.num_rows, len(months))
        table = store.series(name, reading, month, Period(last, Grain.MONTH))
        return _counted(question, table.num_rows, 12 * (COMMUNES + PROVINCES + 1))

    return ask


def _counted(question: Question, found: int, expected: int) -> Answer:
    assert found == expected, f"{found} figures instead of {expected}"
    return [("figures", question.first, found)]


def of_table(store: KeptStore) -> Callable[[Question], Answer]:
    """The question that all are asked."""
    asked = with_series(store, "district")

    def ask(question: Question) -> Answer:
        first, last = date.fromisoformat(question.first_day), date.fromisoformat(question.last_month_day)
        return asked(question.element, "as-was", first, last)

    return ask


def main(what: str, url: str | None) -> None:
    store = open_store(asked_folder(), url)
    contest(of_table(store) if what == "same" else of_nation(store, what))


if __name__ == "__main__":
    main(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
