"""Kiềng: stored measurements, from SQLite, or from the PostgreSQL server whose URL is the third argument.

The second argument says what is asked: ``same``, the districts of the table that all are asked about, or
``nation``, the nation and its provinces, of which far more is stored.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date

from contest import DISTRICTS, Answer, Question, asked_folder, contest
from kieng_figures import PROVINCES, READINGS, open_store

from kieng.measurement.measurement import Measurement
from kieng.measurement.store import MeasurementStore

_DISTRICTS = [f"d{n:02}" for n in range(DISTRICTS)]
_PROVINCES = ["vn", *(f"t{n:02}" for n in range(PROVINCES))]


def series(
    store: MeasurementStore, indicator: str, agencies: Sequence[str], reading: str, first: date, last: date
) -> list[Measurement]:
    """Figures of ``agencies`` in the months from ``first`` to ``last``."""
    found = (store.read(indicator, agency, reading=reading) for agency in agencies)
    return [one for some in found for one in some if first <= one.period.start <= last]


def main(what: str, url: str | None) -> None:
    store = open_store(asked_folder(), url)
    nation = store.read(agency="vn", reading="as-was")
    indicators = sorted({one.indicator for one in nation})

    def ask(question: Question) -> Answer:
        name, agencies, reading = question.element, _DISTRICTS, "as-was"
        if what == "nation":
            number = int(question.element[1:])
            name, agencies = indicators[number % len(indicators)], _PROVINCES
            reading = READINGS[number // len(indicators) % 2]
        first, last = date.fromisoformat(question.first_day), date.fromisoformat(question.last_month_day)
        figures = series(store, name, agencies, reading, first, last)
        return [(one.agency, one.period.start, one.value / 100) for one in figures if one.value is not None]

    contest(ask)


if __name__ == "__main__":
    main(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
