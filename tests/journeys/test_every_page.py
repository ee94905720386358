"""Every page a role may open: no barrier (WCAG 2.2 AA), no complaint, no sideways scrolling."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.journeys.conftest import Open

PUBLIC = ["/", "/tai-khoan/login/"]
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("path", PUBLIC)
def test_no_barrier(open_page: Open, width: int, path: str) -> None:
    page = open_page(path, width)
    found = Axe().run(page, options=_RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_sticks_out(open_page: Open, path: str) -> None:
    page = open_page(path, 375)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("path", PUBLIC)
def test_without_javascript(open_page: Open, path: str) -> None:
    assert open_page(path, 375, script=False).locator("main h1").count() == 1
