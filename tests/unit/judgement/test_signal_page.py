"""The page on how far signals and projections hold is of the parameters in force."""

from __future__ import annotations

from tools.signal_trials import (
    FALLS,
    NOISES,
    PAGE,
    SIZE,
    STABLE,
    falls,
    kept,
    page,
    parameters,
    projected,
    stable,
)


def test_the_page_is_of_what_was_kept() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python -m tools.signal_trials`"


def test_what_was_kept_was_made_with_the_parameters_in_force() -> None:
    assert kept()[0] == parameters(), "run `python -m tools.signal_trials`"


def test_what_was_kept_holds_what_is_promised() -> None:
    found = {(row.kind, row.key, row.family): row.shares for row in kept()[1]}
    for trial in STABLE:
        assert found["stable", trial.key, SIZE][0] * SIZE <= trial.most
        assert found["stable", trial.key, 1][0] <= 0.01
    assert found["falls", "fall-100", SIZE][-1] >= 0.85
    for noise in ("normal", "tails", "share"):
        for points in (8, 5):
            assert all(0.75 <= share <= 0.9 for share in found["projected", noise, points])


def test_the_trials_run() -> None:
    """135 series of a kind each, so that nobody first learns in the heavy run that they do not."""
    assert stable(STABLE[0], SIZE, SIZE).shares[0] <= 0.05
    assert falls(FALLS[2], SIZE, SIZE).shares[-1] > 0.9
    assert 0.5 < projected(next(iter(NOISES)), 8, 100).shares[0] < 1
