"""Somebody who takes every file, asks the API and looks at pages, and calculates, learns no small count."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from tests.helpers.attacker import Attacker, cells_of

from kieng.judgement.disclosure import WITHHELD
from kieng.judgement.phrases import NO_NUMBER
from kieng.measurement.measurement import Measurement, Status
from kieng.web import door
from kieng.web.door import State
from kieng.web.public.shown import shown

YEAR = 2025
#: Counts that share their denominators, two sides of one share, a breakdown; all others in test-heavy.
INDICATORS = ("cases-received", "cases-online", "cases-on-time", "cases-overdue")


def file_of(indicator: str, map_: str) -> set[tuple[str, str, str | None, str | None]]:
    """What a file shows: agency, period, and of a part its field and value."""
    told = Client().get(f"/du-lieu/tai/{indicator}.csv", {"map": map_, "breakdowns": "1"})
    text = b"".join(told.streaming_content if told.streaming else [told.content]).decode("utf-8-sig")
    return {
        (row["agency"], row["period"], row["breakdown.field"] or None, row["breakdown.value"] or None)
        for row in csv.DictReader(io.StringIO(text))
        if row["status"] != "hidden"
    }


def figures(state: State, indicator: str, reading: str) -> list[Measurement]:
    found = door.workspace().stored.read(indicator, None, None, reading, breakdowns=True)
    return [one for one in found if one.period.start.year == YEAR]


@pytest.mark.slow
def test_nothing_follows_from_all_files() -> None:
    state, seen = door.state(), list[tuple[Measurement, bool]]()
    for indicator in INDICATORS:
        for map_, reading in (("as-was", "as-was"), ("today", state.run.map_day.isoformat())):
            in_file = file_of(indicator, map_)
            for one in figures(state, indicator, reading):
                field, value = one.breakdown or (None, None)
                seen.append((one, (one.agency, str(one.period), field, value) in in_file))
        for reading in ("lineage", "lineage-shared"):
            seen += [(one, shown(state, one).hidden is None) for one in figures(state, indicator, reading)]
    attacker = Attacker(state.definitions, state.today, list(cells_of(state.definitions, seen)))
    assert attacker.told() == []
    assert attacker.checked > 1_000
    totals = [(one, told) for one, told in seen if one.breakdown is None and one.value is not None]
    assert any(not told for _, told in totals)
    for one, told in totals:  # pages and files give one answer
        assert (shown(state, one).hidden is None) == told, one


@pytest.mark.slow
def test_the_attacker_would_find_what_is_badly_hidden() -> None:
    """Small counts alone hidden, the attacker has them from the year and the months beside them."""
    state = door.state()
    known = {
        one: not (one.value is not None and 0 < one.value < 5)
        for one in figures(state, "cases-received", "as-was")
        if one.breakdown is None
    }
    attacker = Attacker(state.definitions, state.today, list(cells_of(state.definitions, known.items())))
    assert attacker.told()


def test_that_there_was_no_case_is_hidden_on_pages_too() -> None:
    """A share of nothing among hidden ones tells that its count is nought."""
    state = door.state()
    nothing = next(
        one
        for one in figures(state, "cases-satisfied", "as-was")
        if one.status is Status.ZERO_DENOMINATOR and shown(state, one).hidden
    )
    address = f"/chi-so/{nothing.indicator}/?agency={nothing.agency}&period={nothing.period}"
    first = Client().get(address).content.decode().partition("<section")[0]
    assert WITHHELD.vi in first
    assert NO_NUMBER[Status.ZERO_DENOMINATOR].vi not in first
