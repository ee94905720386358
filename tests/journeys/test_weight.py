"""What a phone on a slow line must fetch for one page: below 100 kB, all of it, as it is sent."""

from __future__ import annotations

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from tests.web.conftest import LogIn
from tests.web.test_access import WARD

from kieng.web import door

MOST = 100_000
_ASSET = re.compile(r'(?:src|href)="/static/([^"]+)"')

pytestmark = pytest.mark.django_db


def fetched(client: Client, path: str) -> dict[str, int]:
    """Bytes over the wire of a page and of the files that it names."""
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    zipped = answer.headers.get("Content-Encoding") == "gzip"
    sent = answer.content if zipped else gzip.compress(answer.content, 6)
    plain = gzip.decompress(sent).decode()
    found = {path: len(sent)}
    for name in set(_ASSET.findall(plain)):
        file = finders.find(name)
        assert isinstance(file, str), name
        with open(file, "rb") as opened:
            found[name] = len(gzip.compress(opened.read(), 6))
    return found


@pytest.mark.parametrize(
    "path",
    ["/", "/chi-so/cases-online/?agency=gia-lai", "/ban-do/?indicator=cases-online", "/co-quan/gia-lai/"],
)
def test_a_public_page_is_light(path: str) -> None:
    told = fetched(Client(), path)
    assert sum(told.values()) < MOST, told


@pytest.mark.parametrize(
    "path", ["/toi/?agency=gia-lai", "/toi/co-quan/gia-lai/", "/toi/chi-so/cases-online/gia-lai/"]
)
def test_a_heads_page_is_light(log_in: LogIn, path: str) -> None:
    told = fetched(log_in("leader"), path)
    assert sum(told.values()) < MOST, told


def test_there_is_enough_on_them() -> None:
    state = door.state()
    below = state.definitions.tree.on(state.today).parent_of
    communes = [a for a, above in below.items() if above == "gia-lai" and a != WARD]
    assert len(communes) >= 134
    page = Client().get("/chi-so/cases-online/?agency=gia-lai").content.decode()
    assert sum(one in page for one in communes) >= 134
    assert len(set(re.findall(r'href="/chi-so/([^/]+)/', Client().get("/").content.decode()))) >= 30
