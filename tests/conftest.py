"""Fixtures that all tests may use."""

from __future__ import annotations

import pytest
from tests.helpers import postgres


@pytest.fixture(params=["sqlite", "postgres"])
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test once on each database; ledgers opened by ``open_ledger`` lie there."""
    if request.param == "postgres":
        monkeypatch.setenv(postgres.SERVER, postgres.server())
    return str(request.param)
