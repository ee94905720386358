"""Of two hundred made-up provinces no small count follows; the numbers are printed."""

from __future__ import annotations

import sys

import pytest
from tests.helpers.attacker import Attacker, cells_of
from tests.helpers.made_up_counts import TODAY, counts_in, province_of

PROVINCES = 200


@pytest.mark.parametrize("first", range(0, PROVINCES, 20))
def test_no_small_count_follows(first: int) -> None:
    checked = figures = hidden = 0
    for seed in range(first, first + 20):
        counts = counts_in(province_of(seed), "fact", seed)
        seen = list(counts.seen())
        attacker = Attacker(counts.definitions, TODAY, list(cells_of(counts.definitions, seen)))
        assert attacker.told() == [], seed
        checked, figures = checked + attacker.checked, figures + len(seen)
        hidden += sum(not told for _, told in seen)
    sys.stdout.write(f"{checked} small counts, {hidden} of {figures} figures hidden, none follows\n")
