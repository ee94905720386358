"""Logs say which page and how it ended: no address that was asked, no question, nobody's name."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from tests.web.test_access import OTHER, WARD, addresses
from tests.web.test_security import PASSWORD

from kieng.problems import refuse
from kieng.web.accounts.models import User
from kieng.web.logs import JsonFormatter

pytestmark = pytest.mark.django_db
NAME, ADDRESS = "nguyen-van-a", "203.0.113.9"
LOGIN = "/tai-khoan/login/"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the service writes, of whatever logger, as it writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_what_was_asked_wrongly_leaves_no_trace_of_what_it_was(logged, log_in):
    head = log_in("head", WARD)
    asked = [
        (Client(REMOTE_ADDR=ADDRESS), "get", f"/{NAME}/", {}),
        (Client(), "get", f"/chi-so/{NAME}/", {}),
        (Client(), "get", f"/chi-so/cases-online/?agency={NAME}&as_of={NAME}", {}),
        (head, "get", f"/toi/?agency={OTHER}", {}),
        (Client(enforce_csrf_checks=True), "post", LOGIN, {"login": NAME, "password": PASSWORD}),
        (Client(headers={"host": f"{NAME}.example"}), "get", "/", {}),
        (Client(), "post", LOGIN, {"login": f"{NAME}\0", "password": PASSWORD}),
        (Client(), "put", LOGIN, {"login": NAME}),
    ]
    for client, method, address, data in asked:
        client.raise_request_exception = False
        getattr(client, method)(address, data)
    text = logged.getvalue()
    assert "django.request" in text
    for told in (NAME, ADDRESS, PASSWORD, OTHER, WARD, "traceback"):
        assert told not in text
    for line in text.splitlines():
        assert json.loads(line).keys() <= {"at", "level", "logger", "message"}


def test_no_page_logs_its_address(logged, log_in):
    client = log_in("officer", WARD)
    client.raise_request_exception = False
    for address in addresses().values():
        client.delete(address)  # no page's method: none is made for long, and Django names each address
    for told in (WARD, "work-files-online", "/tai-khoan/", "/co-quan/"):
        assert told not in logged.getvalue()


def test_what_failed_here_says_where_and_not_what_it_quotes(logged, monkeypatch):
    def fails(*args: object) -> object:
        try:
            raise ValueError(f"Key (username)=({NAME}) already exists")
        except ValueError as error:
            raise KeyError(NAME) from error

    monkeypatch.setattr(User.objects, "filter", fails)
    client = Client(raise_request_exception=False)
    assert client.post(f"{LOGIN}?next=/{NAME}/", {"login": NAME, "password": PASSWORD}).status_code == 500
    (line,) = [json.loads(one) for one in logged.getvalue().splitlines() if "traceback" in one]
    assert line["message"] == "POST account_login 500"
    assert "builtins.KeyError" in line["traceback"]
    assert "builtins.ValueError" in line["traceback"]
    assert "test_logs.py" in line["traceback"]
    assert NAME not in logged.getvalue()


def test_a_problem_of_ones_own_says_what_it_is(logged):
    try:
        raise refuse("kieng.db", "ledger-damaged", "A piece was changed.", "Restore it.")
    except Exception:
        logging.getLogger("kieng.x").exception("not done")
    assert "A piece was changed." in logged.getvalue()
