"""The files of the open data keep their formats' rules, tell the same figures, and hide what pages hide."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import math
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client

from kieng.measurement.measurement import Status
from kieng.records.batch import Origin
from kieng.web import door, limits
from kieng.web.opendata.published import Question, published
from kieng.web.opendata.sdmx import COLUMNS, DIMENSIONS
from kieng.web.public.shown import hidden_agencies
from kieng.workspace.figures import Asked

pytestmark = pytest.mark.django_db
INDICATOR = "fibre-households"


@pytest.fixture(autouse=True)
def _fresh_buckets() -> None:
    limits.buckets().forget()


def file_of(name: str, **asked: str) -> bytes:
    answer = Client().get(f"/du-lieu/tai/{name}", asked)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def rows_of(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def exact() -> dict[tuple[str, str], Decimal | None]:
    found = published(door.state(), Question(INDICATOR)).figures
    return {
        (one.measurement.agency, str(one.measurement.period)): None if one.hidden else one.measurement.value
        for one in found
    }


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def test_csv_is_exact():
    rows = rows_of(file_of(f"{INDICATOR}.csv"))
    assert {(r["agency"], r["period"]): number(r["value"]) for r in rows} == exact()
    assert {row["licence"] for row in rows} == {"https://creativecommons.org/licenses/by/4.0/"}
    assert all((row["synthetic"] == "true") == ("synthetic" in row["origin"]) for row in rows)


def test_vietnamese_excel_opens_the_csv():
    content = file_of(f"{INDICATOR}.csv", **{"for": "excel"})
    assert content.startswith(b"\xef\xbb\xbf")
    rows = rows_of(content, ";")
    assert "hộ" in rows[0]["indicator.name"]
    told = {(r["agency"], r["period"]): number(r["value"].replace(",", ".")) for r in rows}
    assert told == exact()
    assert any("," in row["value"] for row in rows)
    assert not file_of(f"{INDICATOR}.csv").startswith(b"\xef\xbb\xbf")


def test_parquet_is_exact_and_marked():
    table = pq.read_table(io.BytesIO(file_of(f"{INDICATOR}.parquet")))
    told = {
        (r["agency"], r["period"]): r["value"]
        for r in table.select(["agency", "period", "value"]).to_pylist()
    }
    assert told == exact()
    assert b"creativecommons" in table.schema.metadata[b"licence"]
    assert "TỔNG HỢP THỬ" in table.schema.metadata[b"note"].decode()


def test_sdmx_csv_keeps_the_rules():
    content = file_of("stations.sdmx.csv", breakdowns="1")
    rows = rows_of(content)
    assert tuple(rows[0]) == COLUMNS
    keys = [tuple(row[name] for name in DIMENSIONS) for row in rows]
    assert len(keys) == len(set(keys))
    assert {len(row) for row in csv.reader(io.StringIO(content.decode(), newline=""))} == {len(COLUMNS)}
    assert content.count(b"\r\n") == content.count(b"\n")
    time = {"M": r"\d{4}-\d{2}", "Q": r"\d{4}-Q[1-4]", "S": r"\d{4}-S[12]", "A": r"\d{4}"}
    for row in rows:
        assert row["STRUCTURE[;]"] == "dataflow"
        assert set(row["ORIGIN[]"].split(";")) <= {"", *(one.value for one in Origin)}
        assert re.fullmatch(r"[A-Z]+:[A-Z_]+\(\d+\.\d+\)", row["STRUCTURE_ID"])
        assert row["ACTION"] == "I"
        assert re.fullmatch(time[row["FREQ"]], row["TIME_PERIOD"])
        assert row["OBS_STATUS"] in ("A", "E", "P", "O", "M", "Q")
        assert (row["OBS_VALUE"] == "") == (row["OBS_STATUS"] in ("O", "M", "Q"))
        assert row["CONF_STATUS"] == ("C" if row["OBS_STATUS"] == "Q" else "F")


def told_of(name: str) -> dict[tuple[str, str, str], dict[str, str]]:
    rows = rows_of(file_of(f"{name}.sdmx.csv"))
    return {(row["INDICATOR"], row["REF_AREA"], row["TIME_PERIOD"].replace("-S", "-H")): row for row in rows}


@pytest.mark.parametrize("indicator", ["cases-online", "cases-on-time", "stations-published"])
def test_no_format_tells_a_number_that_is_not_there(indicator):
    """What is hidden, not applicable, without data or without a denominator is told apart from 0."""
    found = [
        one for one in published(door.state(), Question(indicator)).figures if not one.measurement.breakdown
    ]
    assert found
    cube = json.loads(file_of(f"{indicator}.json"), parse_float=Decimal)
    values, rows = dict(checked_cube(cube)), told_of(indicator)
    codes = [sorted(one["category"]["index"], key=one["category"]["index"].get) for one in _axes(cube)]
    for place, (_, agency, period) in enumerate(itertools.product(*codes)):
        assert (str(place) in cube["status"]) == ((indicator, agency, period) in rows)
    for one in found:
        measurement = one.measurement
        key = (indicator, measurement.agency, str(measurement.period))
        row, value = rows[key], None if one.hidden else measurement.value
        assert values.get(key) == value
        assert number(row["OBS_VALUE"]) == value
        if one.hidden:
            assert (row["OBS_STATUS"], row["CONF_STATUS"], row["NUMERATOR"], row["DENOMINATOR"]) == (
                *("Q", "C"),
                *("", ""),
            )
        elif value is None:
            assert row["OBS_STATUS"] == ("O" if measurement.status is Status.NO_DATA else "M")


def _axes(cube: dict[str, Any]) -> list[Any]:
    return [cube["dimension"][name] for name in cube["id"]]


def checked_cube(told: dict[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    """The rules of JSON-stat 2.0: sizes fit, indexes are 0 to size - 1, cells lie within the cube."""
    assert (told["version"], told["class"]) == ("2.0", "dataset")
    assert set(told["id"]) == set(told["dimension"])
    assert {one for role in told["role"].values() for one in role} <= set(told["id"])
    codes = []
    for name, size in zip(told["id"], told["size"], strict=True):
        category = told["dimension"][name]["category"]
        assert sorted(category["index"].values()) == list(range(size))
        assert set(category["label"]) == set(category["index"])
        codes.append(sorted(category["index"], key=category["index"].__getitem__))
    whole = math.prod(told["size"])
    assert all(0 <= int(place) < whole and str(int(place)) == place for place in told["status"])
    assert all(isinstance(status, str) and status for status in told["status"].values())
    assert set(told["value"]) <= set(told["status"])
    datetime.fromisoformat(told["updated"])
    cells = []
    for place, value in told["value"].items():
        rest, key = int(place), []
        for names in reversed(codes):
            rest, at = divmod(rest, len(names))
            key.append(names[at])
        assert rest == 0
        cells.append((tuple(reversed(key)), value))
    return cells


def test_json_stat_keeps_the_rules():
    told = json.loads(file_of(f"{INDICATOR}.json"), parse_float=Decimal)
    cells = {(agency, period): value for (_, agency, period), value in checked_cube(told)}
    assert cells == {key: value for key, value in exact().items() if value is not None}
    assert told["extension"]["synthetic"] is True


@pytest.mark.heavy
def test_all_indicators_in_one_file():
    rows = rows_of(file_of("tat-ca.csv"))
    assert len({row["indicator"] for row in rows}) > 40
    assert len(rows) > 100_000


def test_a_file_is_packed_and_known_again():
    client = Client()
    answer = client.get(f"/du-lieu/tai/{INDICATOR}.csv", headers={"Accept-Encoding": "gzip"})
    assert rows_of(gzip.decompress(b"".join(answer.streaming_content)))
    again = client.get(f"/du-lieu/tai/{INDICATOR}.csv", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_an_unknown_file_or_form_is_a_problem():
    for path in ("nothing.csv", f"{INDICATOR}.exe", f"{INDICATOR}.csv?map=yesterday", f"{INDICATOR}.csv?x=1"):
        answer = Client().get(f"/du-lieu/tai/{path}")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.status_code in (400, 404)


@pytest.mark.parametrize("map_", ["as-was", "today"])
def test_what_the_pages_hide_is_hidden(map_):
    state = door.state()
    found = published(state, Question("cases-online", map_=map_)).figures
    assert any(one.hidden for one in found)
    for one in found[::50]:
        told = one.measurement
        reading = door.Reading(state.run.map_day) if map_ == "today" else door.AS_WAS
        hidden = hidden_agencies(state, told.indicator, told.period, reading)
        assert one.hidden == (told.agency in hidden)


def test_no_small_part_of_a_breakdown_is_shown():
    state = door.state()
    found = published(state, Question("stations", breakdowns=True)).figures
    parts = [one for one in found if one.measurement.breakdown and one.measurement.value is not None]
    assert not any(one.hidden for one in parts)  # a hidden breakdown is not listed
    shown = [one.measurement for one in parts]
    tree = state.definitions.tree
    assert {"commune", "province"} <= {tree.agencies[one.agency].levels[-1].value for one in shown}
    every = state.figures(Asked("stations", breakdowns=True)).listed
    whole = {one.agency for one in every if one.breakdown}
    assert whole > {one.agency for one in shown}
    for one in shown:
        assert not 0 < one.value < 5


def test_who_answers_for_it_sees_it_by_the_other_way_only(log_in):
    hidden = [r for r in rows_of(file_of("cases-online.csv")) if r["status"] == "hidden"]
    agency = next(r["agency"] for r in hidden if r["level"] == "commune" and r["period"] > "2025-07")
    client = log_in("head", agency)
    own = rows_of(client.get("/du-lieu/noi-bo/cases-online.csv").content, ";")
    seen = [r for r in own if r["agency"] == agency]
    assert seen
    assert all(row["status"] != "hidden" for row in seen)
    others = [r for r in own if r["agency"] != agency and r["status"] == "hidden"]
    assert others
    public = client.get("/du-lieu/tai/cases-online.csv")
    assert [r for r in rows_of(b"".join(public.streaming_content)) if r["status"] == "hidden"] == hidden
    assert Client().get("/du-lieu/noi-bo/cases-online.csv").status_code == 302


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_documentation_tells_every_address(language):
    client = Client()
    client.cookies["kieng_language"] = language
    text = client.get("/du-lieu/").content.decode()
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert path in text
    assert ("Open data" in text) == (language == "en")


def test_two_moments_are_compared():
    turns = [at for kind, at, _ in door.state().turns() if kind == "batch"]
    asked = {"indicator": INDICATOR, "from": turns[-40].isoformat(), "to": turns[-1].isoformat()}
    told = Client().get("/api/v1/changes", asked).json()
    assert told["items"]
    assert told["batches"]
    assert told["before"] < told["batches"][0]["recorded_at"] <= told["after"]
    for one in told["items"]:
        old, new = one["before"], one["after"]
        assert old is None or new is None or (old["value"], old["status"]) != (new["value"], new["status"])
    page = Client().get("/du-lieu/so-sanh/", asked)
    assert f"{len(told['items'])} số đã đổi" in page.content.decode()
    assert Client().get("/du-lieu/so-sanh/", asked | {"from": "hôm qua"}).status_code == 400
