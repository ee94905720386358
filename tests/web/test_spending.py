"""What pages cost is counted by who asks, whatever the address of the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from kieng.web import limits

pytestmark = pytest.mark.django_db
#: Enough for one question, not for a second.
LITTLE = (0.001, 0.0001)


@pytest.fixture(autouse=True)
def little(settings: Any) -> Iterator[None]:
    settings.SECONDS_OF_ONE = LITTLE
    limits.buckets().forget()
    yield
    limits.buckets().forget()


@pytest.mark.parametrize("address", ["/chi-so/cases-online/", "/tai-khoan/login/", "/khong-co/", "/toi/"])
def test_who_has_spent_all_waits_and_is_told_how_long(address):
    client = Client()
    assert client.get(f"{address}?as_of=2026-01-01").status_code != 429
    refused = client.get(f"{address}?as_of=2026-01-02")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1
    assert "Hãy đợi ít phút" in refused.content.decode()
    assert Client(REMOTE_ADDR="203.0.113.9").get(f"{address}?as_of=2026-01-02").status_code != 429


def test_open_data_says_so_as_a_problem():
    Client().get("/khong-co/")
    refused = Client().get("/api/v1/figures?indicator=cases-online&period=2026")
    assert refused.status_code == 429
    assert refused.json()["type"].endswith("too-many")


def test_who_is_known_is_counted_by_account_not_by_the_address_of_the_office(log_in):
    Client().get("/khong-co/")
    officer = log_in("officer", "quy-nhon-21583-2025")
    assert officer.get("/toi/").status_code == 200
    assert officer.get("/toi/").status_code == 429
    assert log_in("head", "quy-nhon-21583-2025").get("/toi/").status_code == 200


def test_what_is_kept_and_the_health_page_cost_nothing():
    client = Client()
    client.get("/")
    assert [client.get("/").status_code for _ in range(3)] == [200] * 3
    assert [client.get("/suc-khoe/").status_code for _ in range(3)] == [200] * 3
