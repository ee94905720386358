"""20,000 series of each kind: false alarms within what a family may spend, power and ranges as told.

The trials are those of ``tools/signal_trials.py``, whose page says what came out.
"""

from __future__ import annotations

from math import sqrt

import pytest
from tools.signal_trials import (
    FALLS,
    NOISES,
    SERIES,
    SIZE,
    STABLE,
    Row,
    Trial,
    falls,
    kept,
    projected,
    stable,
)

from kieng.judgement.course import ChartKind

pytestmark = pytest.mark.heavy


def by_id(trial: Trial) -> str:
    return trial.key


def as_kept(row: Row) -> None:
    """What came out lies within three standard deviations of what was kept."""
    told = next(
        one for one in kept()[1] if (one.kind, one.key, one.family) == (row.kind, row.key, row.family)
    )
    for now, then in zip(row.shares, told.shares, strict=True):
        assert abs(now - then) <= 3 * sqrt(2 * max(then, 0.001) / SERIES)


@pytest.mark.parametrize("size", [SIZE, 1])
@pytest.mark.parametrize("trial", STABLE, ids=by_id)
def test_a_family_in_which_nothing_happens_keeps_to_half_a_signal_a_period(trial: Trial, size: int) -> None:
    row = stable(trial, size)
    as_kept(row)
    assert row.shares[0] <= min(0.01, trial.most / size)


@pytest.mark.parametrize("size", [SIZE, 1])
@pytest.mark.parametrize("trial", FALLS, ids=by_id)
def test_power_is_as_told(trial: Trial, size: int) -> None:
    row = falls(trial, size)
    as_kept(row)
    if trial.key == "fall-100" and size == SIZE:
        assert trial.kind is ChartKind.P
        assert row.shares[-1] >= 0.85


@pytest.mark.parametrize("points", [8, 5])
@pytest.mark.parametrize("noise", NOISES)
def test_ranges_cover_what_they_say(noise: str, points: int) -> None:
    row = projected(noise, points)
    as_kept(row)
    if noise != "kept":
        assert all(0.75 <= share <= 0.9 for share in row.shares)
