"""Any figure on a public page is the one ``kieng show`` gives for the same agency, period and reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser

import pytest
from django.test import Client

from kieng.judgement.counted import counts_of
from kieng.measurement.measurement import Measurement
from kieng.plan.period import Period
from kieng.web import door
from kieng.web.opendata.published import standing_lines
from kieng.web.public.shown import disclosure, shown
from kieng.workspace.figures import KEPT_MAPS, Asked, figures

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/chi-so/cases-online/",
    "/chi-so/cases-online/?map=today&period=2025",
    "/chi-so/cases-received/",
    "/chi-so/work-files-online/?agency=binh-dinh",
    "/chi-so/digital-economy-share/",
    "/chi-so/fibre-households/?agency=binh-dinh",
    "/chi-so/dti-rank-published/",
    "/co-quan/gia-lai/",
    "/co-quan/quy-nhon-21583-2025/",
    "/co-quan/quy-nhon-540/",
)


@dataclass(frozen=True)
class OnPage:
    """A figure as a page's markup names it."""

    indicator: str
    agency: str
    period: str
    reading: str
    breakdown: str
    value: Decimal


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[OnPage] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        if tag == "data" and "data-area" not in told:  # those by area type: see test_every_figure
            named = (told[f"data-{key}"] for key in ("indicator", "agency", "period", "reading"))
            self.found.append(OnPage(*named, told.get("data-breakdown", ""), Decimal(told["value"])))


def on_page(address: str) -> list[OnPage]:
    response = Client().get(address)
    assert response.status_code == 200, address
    reader = Reader()
    reader.feed(response.content.decode())
    return reader.found


@cache
def shown_by_kieng(indicator: str, period: str, map_: str) -> dict[tuple[str, str], Measurement]:
    found = figures(door.workspace(), Asked(indicator, None, Period.parse(period), map_, None, True))
    return {(one.agency, "=".join(map(str, one.breakdown or ()))): one for one in found.listed}


def of(one: OnPage) -> Measurement:
    map_ = one.reading if one.reading in KEPT_MAPS else "today"
    return shown_by_kieng(one.indicator, one.period, map_)[one.agency, one.breakdown]


@pytest.mark.parametrize("address", PAGES)
def test_every_figure_equals_that_of_kieng_show(address):
    found = on_page(address)
    assert found
    for one in found:
        assert of(one).value == one.value, one
        assert one.reading in (*KEPT_MAPS, str(door.state().run.map_day))


@pytest.mark.parametrize("address", PAGES)
def test_no_small_count_stands_on_a_page(address):
    for one in on_page(address):
        assert not disclosure(door.state()).is_small(of(one)), one


def small_ones() -> Iterator[Measurement]:
    state = door.state()
    for one in state.of_period("cases-online", Period.parse("2026-10")).values():
        if disclosure(state).is_small(one):
            yield one


def test_few_stations_are_no_secret():
    state, year = door.state(), Period.parse("2025")
    few = [
        one
        for indicator in state.definitions.indicators.values()
        if state.definitions.record_types[indicator.rules[-1].record].open_counts
        for one in state.of_period(indicator.id, year).values()
        if one.value and one.value < 5 and counts_of(indicator.rules[one.rule])
    ]
    assert few
    for one in few[:20]:
        address = f"/chi-so/{one.indicator}/?agency={one.agency}&period=2025"
        assert "Ẩn để không lộ số nhỏ" not in Client().get(address).content.decode().split("phan-to")[0]


def test_a_small_count_is_hidden_with_its_reason():
    small = next(small_ones())
    page = Client().get(f"/chi-so/cases-online/?agency={small.agency}&period=2026-10").content.decode()
    assert "Ẩn để không lộ số nhỏ" in page
    assert not any(
        (one.agency, one.period, one.indicator) == (small.agency, "2026-10", "cases-online")
        for one in on_page(f"/chi-so/cases-online/?agency={small.agency}&period=2026-10")
    )


def test_a_figure_as_known_on_a_past_day_equals_that_of_kieng_show():
    day = date(2022, 2, 1)
    found = figures(
        door.workspace(),
        Asked(
            "digital-economy-share",
            "binh-dinh",
            Period.parse("2021"),
            "as-was",
            datetime.combine(day, time.max),
        ),
    ).listed
    address = "/chi-so/digital-economy-share/?agency=binh-dinh&period=2021"
    known = on_page(f"{address}&as_of=2022-02-01")
    then = {one.value for one in known if one.reading == "as-was" and one.period == "2021"}
    now = {one.value for one in on_page(address) if one.reading == "as-was" and one.period == "2021"}
    assert then == {found[0].value}
    assert then != now  # it was corrected in March 2022


def test_a_promise_over_a_year_tells_no_hidden_part_of_it():
    """Lineage less the shown forebears would be the hidden one."""
    state = door.state()
    lines = [one for one in standing_lines(state) if one.parts and one.measurement is not None]
    told = [
        one
        for one in lines
        if counts_of(state.definitions.indicators[one.measurement.indicator].rules[one.measurement.rule])
    ]
    with_hidden = [
        (one, hidden)
        for one in told
        if (hidden := [part for part in one.parts if shown(state, part.measurement).hidden])
    ]
    assert with_hidden
    assert not [
        one
        for one, hidden in with_hidden
        if len(hidden) == 1 and shown(state, one.measurement).hidden is None
    ]
