"""Curves through anchors, and choices that hit a share exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A random stream of its own for each purpose, so that one does not disturb another."""
    text = "/".join(map(str, names)).encode()
    return np.random.default_rng([seed, *text])


def curve(anchors: Mapping[str, float], days: Days | Sequence[date]) -> Floats:
    """Straight lines between the anchors (``2022-01`` or ``2022-01-15``), level outside."""
    at = np.array(list(anchors), dtype="M8[D]").astype(np.int64)
    when = np.asarray(days, dtype="M8[D]").astype(np.int64)
    return np.interp(when, at, np.array(list(anchors.values()), dtype=np.float64))


def chosen(
    rng: np.random.Generator, share: float, lean: Floats | None, eligible: Flags, spread: float = 1.0
) -> Flags:
    """Exactly ``share`` of the eligible rows, those that ``lean`` higher more often than others."""
    found = np.zeros(len(eligible), dtype=np.bool_)
    rows = np.flatnonzero(eligible)
    score = rng.random(len(rows)) * spread
    if lean is not None:
        score = score + lean[rows]
    wanted = round(share * len(rows))
    if wanted:
        found[rows[np.argpartition(-score, wanted - 1)[:wanted]]] = True
    return found


def rounded(parts: Floats, total: int) -> Ints:
    """``parts`` scaled to whole numbers that add up to ``total``; what is cut off one goes to the next."""
    reached = np.round(np.cumsum(parts) / parts.sum() * total).astype(np.int64)
    steps: Ints = np.diff(reached, prepend=0)
    return steps


def pick(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """``count`` indices, each drawn by weight."""
    edges = np.cumsum(weights / weights.sum())
    found: Ints = np.searchsorted(edges, rng.random(count), side="right").astype(np.int64)
    return np.minimum(found, len(weights) - 1).astype(np.int64)


def uniform_days(rng: np.random.Generator, first: str, last: str, count: int) -> Days:
    """``count`` days from ``first`` to ``last``, both possible."""
    start = np.datetime64(first, "D")
    length = int((np.datetime64(last, "D") - start).astype(np.int64)) + 1
    days: Days = start + rng.integers(0, length, count).astype("m8[D]")
    return days
