"""No small count follows from what the public sees: of random provinces, by somebody who calculates."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.generative.requests import Case, cases
from tests.helpers.attacker import Attacker, cells_of
from tests.helpers.made_up_counts import TODAY, counts_in


@given(case=cases(), seed=st.integers(0, 10**9))
def test_no_small_count_follows(case: Case, seed: int) -> None:
    counts = counts_in(case.request.definitions, case.kind.id, seed)
    attacker = Attacker(counts.definitions, TODAY, list(cells_of(counts.definitions, counts.seen())))
    assert attacker.told() == []
