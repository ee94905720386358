"""Without Chromium the journeys are left out and say so; in CI that is an error."""

from __future__ import annotations

import pytest
from tests.journeys import conftest


def test_people_are_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "CHROMIUM", None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        conftest.need_chromium()


def test_in_ci_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "CHROMIUM", None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="untested"):
        conftest.need_chromium()


def test_where_it_is_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "CHROMIUM", "/usr/bin/chromium")
    assert conftest.need_chromium() == "/usr/bin/chromium"
