"""Random plans, trees with reorganisations and records: every engine says the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.generative.requests import Case, cases
from tests.helpers.cells import ENGINES, rows_of

from kieng.measurement.request import Engine, Unsupported

OTHERS = [name for name in ENGINES if name != "reference"]


@pytest.mark.parametrize("engine", OTHERS)
@given(case=cases())
def test_equal_cells(engine: str, case: Case) -> None:
    assert _answer(ENGINES[engine], case) == _answer(ENGINES["reference"], case)


def _answer(engine: Engine, case: Case) -> list[dict[str, Any]] | str:
    """The cells, or that the engine refuses: a number that would be rounded is refused by both."""
    try:
        return rows_of(engine.cells(case.request, case.records))
    except Unsupported:
        return "unsupported"
