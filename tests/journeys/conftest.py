"""A real browser over a real server: a page that complains, or asks another host, fails its test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
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
_REFUSAL = re.compile(r"the server responded with a status of (40[0134]|429|50[03])")
#: A slow machine must not turn a page into a missing one.
expect.set_options(timeout=30_000)
Open = Callable[..., Page]


def need_chromium() -> str:
    """Where the browser is. Without it people are told how to get it; in CI nobody would read that."""
    if CHROMIUM is None and os.environ.get("CI"):
        pytest.fail("Chromium is not installed: the pages would go untested")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium fonts-noto-core")
    return CHROMIUM


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = need_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    """``open_page("/", 375)``: a page of the live server; ``client``: as the person logged in there;
    ``script=False``: without JavaScript; ``refused``: the server's refusals are no complaint; ``also``:
    another host that may be asked."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(
        path: str,
        width: int,
        client: Client | None = None,
        script: bool = True,
        language: str = "vi",
        refused: bool = False,
        also: str = "",
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
        contexts.append(context)
        cookies = {name: morsel.value for name, morsel in client.cookies.items()} if client else {}
        for name, value in {**cookies, "kieng_language": language}.items():
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda said: _note_complaint(said, page.url, refused, complaints))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda asked: _note_foreign(asked.url, (live_server.url, also), complaints))
        page.goto(live_server.url + path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _note_complaint(said: ConsoleMessage, on: str, refused: bool, complaints: list[str]) -> None:
    if said.type == "error" and not (refused and _REFUSAL.search(said.text)):
        complaints.append(f"{on}: {said.text}")


def _note_foreign(url: str, own: tuple[str, str], complaints: list[str]) -> None:
    if not url.startswith((*filter(None, own), "data:", "blob:")):
        complaints.append(f"asks another host: {url}")
