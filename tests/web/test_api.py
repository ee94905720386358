"""The API: its figures are the workspace's, its pages are whole, its refusals are problems."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import served

from kieng.web import door, limits
from kieng.web.accounts.models import User
from kieng.web.api import around
from kieng.web.api.actions import make_key, revoke_key
from kieng.workspace.figures import Asked, figures
from kieng.workspace.json_format import json_text, measurement_json

pytestmark = pytest.mark.django_db
INDICATOR = "fibre-households"


@pytest.fixture(autouse=True)
def _fresh_buckets() -> None:
    limits.buckets().forget()
    around.forget_keys()


def ask(path: str, **asked: Any) -> Any:
    return Client().get(f"/api/v1/{path}", {k.rstrip("_"): v for k, v in asked.items()})


def paged(path: str, **asked: Any) -> list[Any]:
    page = ask(path, **asked).json()
    items = page["items"]
    while page["next"]:
        limits.buckets().forget()
        page = Client().get(page["next"]).json()
        items += page["items"]
    return items


@pytest.mark.parametrize("map_", ["as-was", "today"])
def test_figures_are_those_of_kieng_show(map_):
    found = figures(door.workspace(), Asked(INDICATOR, map_=map_))
    expected = {}
    for one in found.listed:
        told = measurement_json(one, found.definitions, found.lines(one))
        expected[one.agency, str(one.period)] = json.loads(json_text(told))
    told = paged("measurements", indicator=INDICATOR, map=map_, limit=1000)
    assert {(one["agency"], one["period"]) for one in told} == set(expected)
    shown = [one for one in told if one["status"] != "hidden"]
    assert shown
    assert all(one == expected[one["agency"], one["period"]] for one in shown)


def test_a_hidden_figure_tells_no_number():
    told = [
        one
        for one in paged("measurements", indicator="cases-online", limit=1000)
        if one["status"] == "hidden"
    ]
    assert told
    for one in told:
        assert (
            one["value"] is one["numerator"] is one["denominator"] is one["standing"] is one["target"] is None
        )
        assert set(one["parts"]) == {None}


def test_pages_are_whole_and_without_repeats(ministry):
    with served(ministry):
        (level, *_) = door.state().definitions.tree.levels
        whole = paged("measurements", level=level, limit=1000, **{"from": "2024"})
        small = paged("measurements", level=level, limit=20, **{"from": "2025", "to": "2025"})
    keys = [(one["indicator"], one["agency"], one["period"]) for one in small]
    assert {one["level"] for one in small} == {level}
    assert len(keys) == len(set(keys)) > 20  # more than a page
    assert keys == [
        (one["indicator"], one["agency"], one["period"]) for one in whole if one["period"].startswith("2025")
    ]
    assert len({one["indicator"] for one in small}) > 5


def test_a_cursor_of_another_question_is_refused():
    following = ask("measurements", indicator=INDICATOR, limit=1).json()["next"]
    answer = Client().get(following.replace(INDICATOR, "smart-cities"))
    assert (answer.status_code, answer.json()["parameter"]) == (400, "cursor")


def test_a_cursor_of_another_measuring_is_gone(monkeypatch):
    following = ask("measurements", indicator=INDICATOR, limit=1).json()["next"]
    monkeypatch.setattr(door.state(), "version", "another")
    assert Client().get(following).status_code == 410


def test_what_is_known_is_not_sent_again():
    answer = ask("indicators")
    again = Client().get("/api/v1/indicators", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert ask("indicators", pillar="society")["ETag"] != answer["ETag"]
    assert "Cookie" not in answer["Vary"]


def test_other_sites_may_read_and_no_cookie_is_set():
    answer = ask("plan")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert not answer.cookies
    assert "Access-Control-Allow-Origin" not in Client().get("/").headers


@pytest.mark.parametrize(
    ("path", "asked", "parameter"),
    [
        ("measurements", {"indicator": "fibre-household"}, "indicator"),
        ("measurements", {"periode": "2025"}, "periode"),
        ("measurements", {"period": "2025-13"}, "period"),
        ("measurements", {"as_of": "2024-06-30"}, "indicator"),
        ("measurements", {"as_of": "0001-01-01T00:00", "indicator": INDICATOR}, "as_of"),
        ("measurements", {"as_of": "2199-01-01", "indicator": INDICATOR}, None),
        ("measurements", {"map": "9999-12-31", "indicator": INDICATOR}, "map"),
        ("measurements", {"limit": "0"}, "limit"),
        ("measurements", {"limit": "abc"}, "limit"),
        ("measurements", {"breakdowns": "maybe"}, "breakdowns"),
        ("measurements", {"period": "7/2025"}, "period"),
        ("measurements", {"map": "yesterday"}, "map"),
        ("measurements", {"from": "2025", "to": "2024"}, "to"),
        ("standings", {"standing": "bad"}, "standing"),
        ("changes", {"indicator": INDICATOR}, "from"),
        ("measurements", {"cursor": "AAAA"}, "cursor"),
        ("agencies", {"on": "2025-02-30"}, "on"),
        ("agencies", {"level": "\0"}, "level"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(path, asked, parameter):
    answer = ask(path, **asked)
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert told.get("parameter") == parameter
    assert told["detail"] != told["detail_en"]
    for machine in ("should", "Input", "Field required", "^["):
        assert machine not in told["detail"] + told["detail_en"]


def test_an_unknown_address_is_a_problem_too():
    assert ask("nothing").json()["status"] == 404
    assert ask("indicators/nothing").json()["status"] == 404
    assert Client().post("/api/v1/plan").json()["status"] == 405


def test_the_tree_of_any_day():
    before = {one["id"] for one in paged("agencies", on="2024-01-01", level="district", limit=1000)}
    after = paged("agencies", on="2025-07-01", level="district", limit=1000)
    assert before
    assert not after


def test_who_asks_too_much_waits(monkeypatch):
    monkeypatch.setattr(limits, "STRANGER", limits.Rate(burst=2, refill=0.1))
    answers = [ask("plan") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) == 10
    assert answers[2].json()["title"] == "Hỏi quá nhiều"


def test_a_key_may_ask_more_until_it_is_revoked(monkeypatch):
    monkeypatch.setattr(limits, "STRANGER", limits.Rate(burst=1, refill=0.1))
    admin = User.objects.create_user("admin")
    key, text = make_key(name="Báo", contact="", by=admin, why="xin")
    assert text not in str(vars(key))
    asked = {"headers": {"X-API-Key": text}}
    assert [Client().get("/api/v1/plan", **asked).status_code for _ in range(3)] == [200] * 3
    revoke_key(key=key, by=admin, why="hết hạn")
    around.forget_keys()
    assert Client().get("/api/v1/plan", **asked).status_code == 401


def test_only_an_administrator_gives_keys(log_in):
    admin = log_in("admin")
    given = admin.post("/du-lieu/khoa/moi/", {"name": "Báo", "why": "xin"})
    assert "kieng_" in given.content.decode()
    assert "Báo" in admin.get("/du-lieu/khoa/").content.decode()
    assert log_in("office").get("/du-lieu/khoa/").status_code == 403


def test_numbers_are_exact():
    found = figures(door.workspace(), Asked(INDICATOR)).listed
    exact = {(one.agency, str(one.period)): one.value for one in found}
    text = ask("measurements", indicator=INDICATOR, limit=1000).content
    for one in json.loads(text, parse_float=Decimal)["items"]:
        if one["status"] == "value":
            assert Decimal(one["value"]) == exact[one["agency"], one["period"]]
