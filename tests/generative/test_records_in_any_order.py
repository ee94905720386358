"""Order does not matter, what is learnt later does not change what was known, and sending again changes
nothing. Shown on the reference engine, which the others equal (``test_engines_agree``)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.generative.requests import Case, cases
from tests.helpers.cells import ENGINES, rows_of


def cells_of(case: Case) -> list[dict[str, Any]]:
    return rows_of(ENGINES["reference"].cells(case.request, case.records))


@given(case=cases(), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(case: Case, random: Any) -> None:
    shuffled = list(case.versions)
    random.shuffle(shuffled)
    assert cells_of(replace(case, versions=tuple(shuffled))) == cells_of(case)


@given(case=cases())
def test_what_is_learnt_later_does_not_change_what_was_known(case: Case) -> None:
    then = case.request.as_of
    known = tuple(version for version in case.versions if version["_recorded_at"] <= then)
    later = tuple(
        {**version, "_recorded_at": then + timedelta(seconds=1), "_batch": 9, "_withdrawn": True}
        for version in case.versions
    )
    assert cells_of(replace(case, versions=case.versions + later)) == cells_of(replace(case, versions=known))
