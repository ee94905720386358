"""Figures by area type on pages and in files: with coverage, origin and gap, nothing small told."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from django.test import Client
from tests.web.conftest import LogIn

from kieng.web import door
from kieng.web.public.shown import hidden_agencies

pytestmark = pytest.mark.django_db
FIBRE = "fibre-households"


def page(address: str, client: Client | None = None, language: str = "vi") -> str:
    client = client or Client()
    client.cookies["kieng_language"] = language
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def section(told: str) -> str:
    found = re.search(r'<section aria-labelledby="dia-ban">.*?</section>', told, re.S)
    assert found is not None
    return found[0]


def file_rows(name: str, query: str = "") -> list[dict[str, str]]:
    answer = Client().get(f"/du-lieu/tai/{name}.areas.csv{query}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_the_indicator_s_page_tells_rural_beside_urban() -> None:
    told = section(page(f"/chi-so/{FIBRE}/?agency=gia-lai&period=2025"))
    assert re.search(r"Nông thôn [\d,]+ ?%, đô thị [\d,]+ ?%: chênh [\d,]+ điểm", told)
    for area in ("rural", "urban", "mountainous", "remote", "border", "coastal", "island"):
        assert f'data-area="{area}"' in told
    assert told.count("SYNTHETIC") + told.count("TỔNG HỢP THỬ") >= 7
    assert "đơn vị có số" in told
    assert "Ai xếp xã nào vào loại nào" in told
    english = section(page(f"/chi-so/{FIBRE}/?agency=gia-lai&period=2025", language="en"))
    assert re.search(r"Rural [\d.]+ ?%, urban [\d.]+ ?%: a gap of [\d.]+", english)


def test_what_cannot_be_told_by_area_says_why() -> None:
    told = section(page("/chi-so/handling-days-median/?agency=gia-lai&period=2025"))
    assert "Không cho biết theo loại địa bàn" in told
    assert "data-area" not in told
    assert 'id="dia-ban"' not in page("/chi-so/digital-economy-share/?agency=gia-lai")


def test_a_head_reads_it_too(log_in: LogIn) -> None:
    told = section(page(f"/toi/chi-so/{FIBRE}/gia-lai/?period=2025", log_in("leader")))
    assert 'data-area="remote"' in told


@pytest.mark.parametrize("indicator", [FIBRE, "e-payment-accounts", "stations"])
@pytest.mark.parametrize("map_", ["as-was", "today"])
def test_the_file_adds_up_to_the_whole(indicator: str, map_: str) -> None:
    rows = [
        r for r in file_rows(indicator, f"?map={map_}") if r["agency"] == "gia-lai" and len(r["period"]) == 4
    ]
    state = door.state()
    assert rows
    for period in {row["period"] for row in rows}:
        mine = {row["area"]: row for row in rows if row["period"] == period}
        whole = next(
            one
            for one in state.of_agency(
                indicator, "gia-lai", state.today_map if map_ == "today" else door.AS_WAS
            )
            if str(one.period) == period
        )
        key = "value" if indicator == "stations" else "numerator"
        expected = whole.value if indicator == "stations" else whole.numerator
        assert sum(Decimal(mine[area][key]) for area in ("rural", "urban")) == expected
        if indicator == "stations":
            assert {row["gap"] for row in mine.values()} == {""}  # a number of stations is no level of supply
    assert {row["synthetic"] for row in rows} == {"true"}


def test_hidden_rows_tell_nothing() -> None:
    """Where counts are few some rows are hidden, in the file as on the page; none of them has a number."""
    rows = file_rows("cases-open-overdue")
    closed = [row for row in rows if row["status"] == "hidden"]
    assert closed
    numbers = [
        key for key in rows[0] if key.rpartition(".")[2] in ("value", "numerator", "denominator", "gap")
    ]
    assert not [row for row in closed for key in numbers if row[key]]
    one = closed[-1]
    told = section(page(f"/chi-so/cases-open-overdue/?agency={one['agency']}&period={one['period']}"))
    assert f'data-area="{one["area"]}"' not in told
    assert "không công bố để không lộ số nhỏ" in told


def test_no_shown_row_is_the_only_hidden_commune_s() -> None:
    state = door.state()
    for row in file_rows("cases-received")[-400:]:
        if row["status"] == "value" and row["agencies"] == "1":
            period = next(
                p.period
                for p in state.of_agency("cases-received", row["agency"])
                if str(p.period) == row["period"]
            )
            hidden = hidden_agencies(state, "cases-received", period)
            of_it = [a for a in hidden if state.definitions.areas.bears(a, row["area"], period.last_day)]
            assert not of_it
