"""A made-up catalogue of procedures: what they cost, how long they may take, how they are offered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kieng.examples.generate.chance import Flags, Floats, Ints, stream

#: How many procedures each level handles.
COUNTS = {"department": 90, "district": 30, "commune": 40}
FULL, PARTIAL, NONE = 0, 1, 2


@dataclass(frozen=True)
class Procedures:
    """The procedures of one level, one place in each array per procedure."""

    codes: tuple[str, ...]
    popularity: Floats
    limits: Ints  # working days
    fees: Ints  # đồng; 0 is none
    needs_paper: Flags
    offer: Ints  # FULL, PARTIAL or NONE


def catalogue(seed: int, level: str) -> Procedures:
    rng = stream(seed, "procedures", level)
    count = COUNTS[level]
    first = 100 * (list(COUNTS).index(level) + 1)
    longest = {"department": 20, "district": 15, "commune": 6}[level]
    fees = rng.choice([20_000, 50_000, 100_000, 150_000, 300_000, 500_000], count)
    return Procedures(
        codes=tuple(f"1.{first + n:06}" for n in range(count)),
        popularity=1 / (np.arange(count) + 2.0),
        limits=np.maximum(1, np.round(longest * rng.beta(1.6, 2.4, count))).astype(np.int64),
        fees=np.where(rng.random(count) < 0.45, fees, 0).astype(np.int64),
        needs_paper=rng.random(count) < 0.72,
        offer=rng.choice([FULL, PARTIAL, NONE], count, p=[0.5, 0.35, 0.15]).astype(np.int64),
    )
