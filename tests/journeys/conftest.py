"""A real browser over a real server: a page that complains, or asks another host, fails its test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer
from tests.web.conftest import _over_the_example, example, log_in  # noqa: F401

# Playwright's own loop runs in this thread; Django would take it for an asynchronous caller.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WIDTHS = (375, 1280)
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed: the pages would go untested")
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium fonts-noto-core")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    """``open_page("/", 375)``: a page of the live server; ``client``: as the person logged in there;
    ``script=False``: without JavaScript."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(
        path: str, width: int, client: Client | None = None, script: bool = True, language: str = "vi"
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
        contexts.append(context)
        cookies = {name: morsel.value for name, morsel in client.cookies.items()} if client else {}
        for name, value in {**cookies, "kieng_language": language}.items():
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and complaints.append(f"{path}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        page.on("request", lambda asked: _note_foreign(asked.url, live_server.url, complaints))
        page.goto(live_server.url + path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _note_foreign(url: str, own: str, complaints: list[str]) -> None:
    if not url.startswith((own, "data:", "blob:")):
        complaints.append(f"asks another host: {url}")
