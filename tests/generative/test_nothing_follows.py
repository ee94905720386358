"""No small count follows from what the public sees: of random provinces, by somebody who calculates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.requests import Case, cases
from tests.helpers.attacker import Attacker, cells_of
from tests.helpers.made_up_counts import TODAY, Counts, counts_in, province_of


def following(counts: Counts) -> list[str]:
    return Attacker(counts.definitions, TODAY, list(cells_of(counts.definitions, counts.seen()))).told()


@settings(max_examples=8)
@given(case=cases(), seed=st.integers(0, 10**9))
def test_whatever_becomes_of_the_map(case: Case, seed: int) -> None:
    assert following(counts_in(case.request.definitions, case.kind.id, seed)) == []


@pytest.mark.parametrize("seed", [0, 7, 75])
def test_where_communes_merge(seed: int) -> None:
    """Two hundred of these in ``make test-heavy``."""
    assert following(counts_in(province_of(seed), "fact", seed)) == []
