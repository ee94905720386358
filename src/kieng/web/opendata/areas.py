"""Figures by area type as CSV: every period of the agencies above all others, rural beside urban."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from kieng.judgement.by_area import ByArea
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.period import Period
from kieng.records.batch import Origin
from kieng.web.door import State
from kieng.web.public.by_area import rows_hidden
from kieng.workspace.by_area import AREA_KEYS, area_figures, area_json
from kieng.workspace.json_format import flat_row

COLUMNS = (*AREA_KEYS, "synthetic", "licence", "version")
_NUMBERS = tuple(
    key
    for key in AREA_KEYS
    if key.rpartition(".")[2] in ("value", "numerator", "denominator", "gap", "may_be_chance")
)


def area_lines(state: State, indicators: Iterable[str], map_: str) -> Iterator[str]:
    """Lines of CSV by :data:`COLUMNS`. Of a hidden row the numbers are left out."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    reading = AS_WAS if map_ == str(AS_WAS) else state.today_map
    for indicator in indicators:
        for found, hidden in _of(state, indicator, reading):
            writer.writerows(_rows(state, found, hidden))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _of(state: State, indicator: str, reading: Reading) -> Iterator[tuple[ByArea, frozenset[str]]]:
    definitions = state.definitions
    for period in _periods(state, indicator, reading):
        figures = state.read_period(indicator, period, reading)
        for agency in _tops(figures, state):
            found = area_figures(*(definitions, indicator, agency, period, reading, figures, state.run.as_of))
            if found.rows:
                yield found, rows_hidden(state, found, figures)


def _periods(state: State, indicator: str, reading: Reading) -> list[Period]:
    """Every period in which an agency above all others has a figure."""
    tops = [one for one in state.definitions.tree.agencies if _is_top(state, one)]
    found = {one.period for top in tops for one in state.of_agency(indicator, top, reading)}
    return sorted(found, key=lambda period: (-period.grain.months, period.start))


def _tops(figures: Iterable[Measurement], state: State) -> list[str]:
    return sorted(one.agency for one in figures if one.breakdown is None and _is_top(state, one.agency))


def _is_top(state: State, agency: str) -> bool:
    tree = state.definitions.tree
    return all(tree.levels[fact.value].rank == 0 for fact in tree.agencies[agency].levels)


def _rows(state: State, found: ByArea, hidden: frozenset[str]) -> Iterator[dict[str, str | None]]:
    told = area_json(state.definitions, found, state.run.as_of)
    shared = {key: value for key, value in told.items() if key in AREA_KEYS}
    for row, source in zip(told["areas"], found.rows, strict=True):
        flat = flat_row(shared | row, AREA_KEYS)
        if row["area"] in hidden:
            flat |= dict.fromkeys(_NUMBERS) | {"status": "hidden"}
        synthetic = str(Origin.SYNTHETIC in source.origins).lower()
        yield flat | {
            "synthetic": synthetic,
            "licence": state.definitions.licence.url,
            "version": state.version,
        }
