"""What a browser asks of Superset for one dashboard, seen once in Chromium, and the same asked anew."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.sync_api import Request, sync_playwright
from superset_client import Ask, Session

#: As many connections to one host as a browser keeps.
_AT_ONCE = 6
DATA = "/api/v1/chart/data"


def seen(session: Session, path: str, charts: int, picture: str) -> tuple[list[Ask], list[Ask]]:
    """The requests behind the dashboard at ``path`` as somebody logged in opens it, and apart from them those
    for files that never change, which a browser keeps. Waits until ``charts`` charts have their rows, and
    keeps a picture of the page."""
    asks: list[Ask] = []
    files: list[Ask] = []

    def note(request: Request) -> None:
        timing = request.timing
        began = timing["startTime"] / 1000
        address = request.url.split(session.host, 1)[1]
        kind = request.headers.get("content-type", "")
        ended = began + timing["responseEnd"] / 1000
        ask = Ask(request.method, address, request.post_data_buffer, kind, began, ended)
        (files if "/static/" in address else asks).append(ask)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        at = f"http://{session.host}"
        context.add_cookies(
            [{"name": name, "value": value, "url": at} for name, value in session.cookies.items()]
        )
        page = context.new_page()
        page.on("requestfinished", note)
        page.goto(at + path)
        while sum(DATA in one.path for one in asks) < charts:
            page.wait_for_timeout(200)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(2000)
        page.screenshot(path=picture)
        browser.close()
    return sorted(asks, key=lambda one: one.began), files


def waves(asks: Iterable[Ask]) -> list[list[Ask]]:
    """Requests in the order they began; one that began after all before it had ended opens a new wave."""
    found: list[list[Ask]] = []
    over = float("-inf")
    for one in sorted(asks, key=lambda ask: ask.began):
        if one.began >= over:
            found.append([])
        found[-1].append(one)
        over = max(over, one.ended)
    return found


class Visitor:
    """One browser of somebody who has logged in."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._connections = ThreadPoolExecutor(_AT_ONCE)

    def open(self, page: Sequence[Sequence[Ask]]) -> dict[str, Any]:
        """Every request of the page, each wave at once: seconds, bytes as sent, and refused requests."""
        began, size, refused = time.perf_counter(), 0, []
        for wave in page:
            answers = self._connections.map(self.session.send, wave)
            for ask, (status, body) in zip(wave, answers, strict=True):
                size += len(body)
                if status not in (200, 201, 304):
                    refused.append(f"{status} {ask.method} {ask.path}")
        return {"took": time.perf_counter() - began, "bytes": size, "refused": refused}
