"""Every page of every role: no barrier (WCAG 2.2 AA), no complaint, no sideways scrolling.

The list is made from the addresses of the site: a new page is in it without anybody adding it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from datetime import date
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Page, Route
from tests.journeys.conftest import WIDTHS, Open
from tests.web.gone_wrong import STATUS, gone_wrong
from tests.web.test_access import ROLES, SAMPLES, WARD, may, patterns

from kieng.web.accounts.models import Post, User
from kieng.web.api.models import ApiKey

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,  # would load style sheets once more, against the site's own policy
}
#: A page in a state that its bare address does not show.
MORE = {
    "stranger": [
        "/chi-so/cases-online/?map=today&period=2025",
        f"/chi-so/cases-online/?agency={WARD}",
        "/co-quan/?q=quy",
        "/co-quan/gia-lai/",
        "/phien-ban/?all=1",
        "/ban-do/?indicator=cases-online&map=today",
        "/khong-co-trang-nay/",
        "/chi-so/cases-online/?period=khong-phai-ky",
    ],
    "head": ["/toi/co-quan/gia-lai/"],
    "leader": ["/toi/?agency=gia-lai", "/toi/chi-so/cases-online/gia-lai/", "/toi/co-quan/gia-lai/"],
}
#: Every page is looked at narrow, forms wide too; in English and wide what stands side by side on a wide
#: screen and in another order on a narrow one, or has pictures. All the others so in `make test-heavy`.
_FORMS = ("account_", "accounts:", "mfa_", "socialaccount", "api_keys", "openid")
_WIDE_TOO = {
    "public:plan",
    "public:indicator",
    "public:agency",
    "maps:map",
    "open_data",
    "account_login",
    "cockpit:home",
    "cockpit:everything",
    "cockpit:indicator",
    "cockpit:trace",
    "accounts:people",
}
#: Pages that show something else to each role are looked at as each, the others as the first that may.
_OF_EACH = {"cockpit:home", "accounts:me"}
_ORDER = ("stranger", "admin", "head", "officer", "office", "leader", "citizen")

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def client_of(role: str) -> Client:
    """Logged in a moment ago, so that pages that ask for the password once more do not."""
    client, post = Client(), ROLES[role]
    if post is None:
        return client
    user = User.objects.create_user(role, password="x", shown_as=role)
    if post[0]:
        Post.objects.create(user=user, role=post[0], agency=post[1], valid_from=date(2020, 1, 1))
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "username": role}]
    session.save()
    return client


def addresses_of(role: str) -> Iterator[str]:
    """What a role may open and nobody before it in the order may, with what only the test's database has."""
    samples = {**SAMPLES, **_made_for(role)}
    for name, takes in patterns():
        first = next(one for one in _ORDER if one in may(name))
        if role == first or (name in _OF_EACH and role in may(name)):
            yield reverse(name, kwargs={key: samples[key] for key in takes})
    yield from MORE.get(role, ())


def _made_for(role: str) -> dict[str, int]:
    if role != "admin":
        return {}
    other = User.objects.create_user("other", password="x", shown_as="Phó Chủ tịch")
    post = Post.objects.create(user=other, role="officer", agency=WARD, valid_from=date(2020, 1, 1))
    key = ApiKey.objects.create(name="Báo chí", begins="abcd", hash="0" * 64, made_by=other)
    TOTP.activate(User.objects.get(username="admin"), generate_totp_secret())
    return {"user": other.pk, "post": post.pk, "key": key.pk}


def pages(client: Client, role: str, host: str, only: Collection[str] | None = None) -> Iterator[str]:
    """Those of the addresses that answer with a page; where they send on to, once."""
    seen = set()
    for address in addresses_of(role):
        if only is not None and resolved(address) not in only:
            continue
        answer = client.get(address, follow=True, headers={"Host": host})
        end = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        is_page = answer["Content-Type"].startswith("text/html") and answer.content
        if is_page and end not in seen:
            seen.add(end)
            yield end


def faults_of(page: Page, width: int, axe: bool = True) -> list[object]:
    """What is wrong with the page that is open, at a width; ``axe``: barriers too, not only its size."""
    page.set_viewport_size({"width": width, "height": 800})
    told: list[object] = []
    if axe:
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(_AXE)
        found = page.evaluate("rules => axe.run(document, rules)", _RULES)["violations"]
        told += [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
    wide = page.evaluate("document.documentElement.scrollWidth")
    told += [f"{wide} px wide"] if wide > width else []
    told += [] if page.locator("h1").count() == 1 else [f"{page.locator('h1').count()} first headings"]
    return told


def all_faults(page: Page, width: int) -> list[object]:
    """Narrow and wide where that is quickly told: a form."""
    if resolved(page.url).startswith(_FORMS):
        return [(each, found) for each in WIDTHS if (found := faults_of(page, each))]
    return faults_of(page, width)


def resolved(url: str) -> str:
    """The name of the page at an address; "" for one that is not there."""
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


_EVERYTHING = pytest.param(1280, "en", True, marks=pytest.mark.heavy)


@pytest.mark.parametrize("role", _ORDER)
@pytest.mark.parametrize(
    ("width", "language", "every"), [(375, "vi", True), (1280, "en", False), _EVERYTHING]
)
def test_no_barrier(open_page: Open, role: str, width: int, language: str, every: bool) -> None:
    client = client_of(role)
    client.cookies["kieng_language"] = language
    page, faults = open_page("/tro-giup/", width, client, language=language, refused=True), {}
    site = urlsplit(page.url)
    for path in pages(client, role, site.netloc, None if every else _WIDE_TOO):
        page.goto(f"{site.scheme}://{site.netloc}{path}")
        assert page.locator("html").get_attribute("lang") == language, path
        if found := all_faults(page, width):
            faults[path] = found
    assert faults == {}


def test_the_list_has_every_page_of_the_site() -> None:
    told = {name for role in _ORDER for name, _ in patterns() if role in may(name)}
    assert told == {name for name, _ in patterns()}
    assert set(_ORDER) == set(ROLES)


@pytest.mark.parametrize(
    ("language", "width"), [("vi", 375), pytest.param("en", 1280, marks=pytest.mark.heavy)]
)
def test_public_pages_without_javascript(open_page: Open, language: str, width: int) -> None:
    client = Client()
    client.cookies["kieng_language"] = language
    page = open_page("/tro-giup/", width, script=False, refused=True, language=language)
    site = urlsplit(page.url)
    for path in pages(client, "stranger", site.netloc):
        page.goto(f"{site.scheme}://{site.netloc}{path}")
        assert page.locator("html").get_attribute("lang") == language, path
        assert page.locator("main h1").count() == 1, path
        assert page.locator("main").inner_text().strip().count("\n") > 1, path
        assert page.locator("details.menu").count() == 1, path


# --- when something went wrong -------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_barrier_when_something_went_wrong(
    open_page: Open, language: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    page = open_page("/tro-giup/", 375, language=language, refused=True)
    site, faults = page.url.removesuffix("/tro-giup/"), {}
    told = gone_wrong(language, monkeypatch, settings)
    assert {name: status for name, (status, _) in told.items()} == STATUS
    for name, (status, text) in told.items():
        page.route(f"{site}/{name}/", _answering(status, text))
        page.goto(f"{site}/{name}/")
        found = [(width, fault) for width in WIDTHS if (fault := faults_of(page, width))]
        faults |= {name: found} if found else {}
    assert faults == {}


def _answering(status: int, text: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body=text, content_type="text/html; charset=utf-8")
