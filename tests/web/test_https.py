"""Behind a proxy that speaks HTTPS: what ``KIENG_WEB_HTTPS`` changes, and what it does not without it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import kieng.web
from kieng.web.accounts.models import User

pytestmark = pytest.mark.django_db
SETTINGS = Path(kieng.web.__file__).parent / "settings.py"
PASSWORD = "mot-mat-khau-du-dai"
BY_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
#: All that the variable may change.
TOUCHED = {
    "HTTPS",
    "CSRF_TRUSTED_ORIGINS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS",
    "SECURE_SSL_REDIRECT",
    "SECURE_PROXY_SSL_HEADER",
    "PROXIES",
}


def told_by(monkeypatch: pytest.MonkeyPatch, https: str) -> dict[str, Any]:
    """The site's own settings in an environment with the variable."""
    monkeypatch.setenv("KIENG_WEB_HTTPS", https)
    return {name: value for name, value in runpy.run_path(str(SETTINGS)).items() if name.isupper()}


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    for name, value in told_by(monkeypatch, "1").items():
        if name in TOUCHED:
            setattr(settings, name, value)


def log_in(client: Client, **headers: str) -> Any:
    User.objects.create_user("can-bo", password=PASSWORD, shown_as="Cán bộ")
    return client.post("/tai-khoan/login/", {"login": "can-bo", "password": PASSWORD}, headers=headers)


def test_it_changes_nothing_else(monkeypatch):
    on, off = told_by(monkeypatch, "1"), told_by(monkeypatch, "0")
    assert {name for name in on if repr(on[name]) != repr(off[name])} == TOUCHED


def test_every_cookie_travels_over_https_alone(https):
    client = Client()
    page = client.get("/tai-khoan/login/", headers=BY_PROXY)
    assert page.status_code == 200
    log_in(client, **BY_PROXY)
    client.post("/ngon-ngu/", {"language": "en", "back": "/"}, headers=BY_PROXY)
    assert {name: bool(cookie["secure"]) for name, cookie in client.cookies.items()} == {
        "csrftoken": True,
        "sessionid": True,
        "kieng_language": True,
        "kieng_device": True,
        **({"messages": True} if "messages" in client.cookies else {}),
    }


def test_browsers_are_told_to_come_by_https_for_a_year(https):
    assert Client().get("/", headers=BY_PROXY)["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("forwarded", [{}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Proto": "HTTPS on"}])
def test_who_comes_by_plain_http_is_sent_to_https(https, forwarded):
    answer = Client().get("/chi-so/cases-online/?period=2025", headers=forwarded)
    assert answer.status_code == 301
    assert answer["Location"] == "https://testserver/chi-so/cases-online/?period=2025"
    assert "Strict-Transport-Security" not in answer


def test_the_health_page_answers_the_one_that_watches_over_plain_http(https):
    assert Client().get("/suc-khoe/").json()["status"] == "fine"


def test_a_form_from_another_site_or_from_plain_http_is_refused(https):
    client = Client(enforce_csrf_checks=True)
    client.get("/tai-khoan/login/", headers=BY_PROXY)
    given = {"login": "a", "password": "b", "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    taken = {
        origin: client.post("/tai-khoan/login/", given, headers={**BY_PROXY, "Origin": origin}).status_code
        for origin in ("https://testserver", "http://testserver", "https://evil.example")
    }
    assert taken == {"https://testserver": 200, "http://testserver": 403, "https://evil.example": 403}


def test_an_administrator_needs_a_second_factor_there_and_elsewhere_unless_it_is_said(monkeypatch):
    monkeypatch.delenv("KIENG_WEB_SECOND_FACTOR", raising=False)
    assert [told_by(monkeypatch, https)["SECOND_FACTOR"] for https in "10"] == [True, True]
    monkeypatch.setenv("KIENG_WEB_SECOND_FACTOR", "0")
    assert [told_by(monkeypatch, https)["SECOND_FACTOR"] for https in "10"] == [False, False]


def test_without_the_setting_nobody_is_believed_who_says_they_came_by_https():
    client = Client()
    page = client.get("/", headers=BY_PROXY)
    assert page.status_code == 200
    assert not page.wsgi_request.is_secure()
    assert "Strict-Transport-Security" not in page
    log_in(client, **BY_PROXY)
    assert not client.cookies["sessionid"]["secure"]
