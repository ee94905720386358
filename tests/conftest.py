"""Fixtures that all tests may use."""

from __future__ import annotations

import os

# A process of pytest-xdist states a width that rich would keep for good; tests state their own.
os.environ.pop("COLUMNS", None)

import pytest
from tests.helpers import postgres


@pytest.fixture(params=["sqlite", "postgres"])
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test once on each database; ledgers opened by ``open_ledger`` lie there."""
    if request.param == "postgres":
        monkeypatch.setenv(postgres.SERVER, postgres.server())
    return str(request.param)
