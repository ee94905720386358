"""What chance alone makes of a count: the binomial and the Poisson law, and the limits they set.

Only sums, products and quotients of doubles are used, so that every machine has the same limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

_NOTHING = 1e-20  # beside the most probable count; what is rarer is left out


@dataclass(frozen=True)
class Chances:
    """The probabilities of the counts ``first``, ``first`` + 1, …; what is left out is below 1e-18."""

    first: int
    of: tuple[float, ...]

    def limits(self, tail: float) -> tuple[float, float]:
        """Two limits: a count lies beyond one just when chance makes a count as far out, or farther, with
        less than ``tail``.

        Between counts the limit is interpolated, so that it does not jump from one denominator to the
        next (Spiegelhalter 2005, appendix A.1). He interpolates the upper one from below as well, which
        puts the highest count of a small agency beyond it however likely; here each comes from its end.
        """
        if len(self.of) == 1:
            return float(self.first), float(self.first)
        last = self.first + len(self.of) - 1
        return max(0.0, self.first + _within(self.of, tail)), last - _within(self.of[::-1], tail)


def _within(chances: Sequence[float], tail: float) -> float:
    """How far from the first of ``chances`` the chance before it comes to ``tail``; may be negative."""
    reached = list(accumulate(chances))
    at = next((n for n, sum_to in enumerate(reached) if sum_to >= tail), len(reached) - 1)
    return at - (reached[at] - tail) / chances[at]


def binomial(trials: int, share: float) -> Chances:
    """How many of ``trials`` succeed when each does so with probability ``share``, 0 to 1."""
    if share <= 0 or share >= 1:
        return Chances(0 if share <= 0 else trials, (1.0,))
    odds = share / (1 - share)
    mode = min(trials, int((trials + 1) * share))
    return _chances(mode, lambda k: (trials - k) / (k + 1) * odds)


def poisson(mean: float) -> Chances:
    """How many events there are when ``mean`` are expected."""
    if mean <= 0:
        return Chances(0, (1.0,))
    return _chances(int(mean), lambda k: mean / (k + 1))


def beta_binomial(trials: int, successes: int, failures: int) -> Chances:
    """How many of ``trials`` new cases succeed where each does so as often as a share drawn from the beta law
    of ``successes`` and ``failures``.

    For K successes among M earlier cases of one and the same unknown share, the chance of as few as x among
    ``trials`` new ones, given how many succeed in all (Fisher's exact test), is that of
    ``beta_binomial(trials, K, M - K + 1)`` at x; of as many as x it is that of ``beta_binomial(trials, K + 1,
    M - K)``. So the limits of these hold for every share, with the uncertainty of the earlier cases in them.
    """
    if successes <= 0 or failures <= 0:
        return Chances(0 if successes <= 0 else trials, (1.0,))
    inner = successes + failures - 2
    mode = int((trials * (successes - 1) - (failures - 1)) / inner) + 1 if inner else 0

    def rise(k: int) -> float:
        left = trials - k
        return left / (k + 1) * (successes + k) / (failures + left - 1) if left else 0.0

    return _chances(min(trials, max(0, mode)), rise)


def negative_binomial(events: int, before: int, after: int) -> Chances:
    """How many events there are in ``after`` periods where ``before`` periods brought ``events``; as with
    :func:`beta_binomial`, the exact limit from below is that of the events themselves, from above of one more
    (the events of both stretches fall on the later one as a coin does)."""
    if events <= 0:
        return Chances(0, (1.0,))
    share = after / (before + after)
    return _chances(int((events - 1) * after / before), lambda k: (events + k) / (k + 1) * share)


def _chances(mode: int, rise: Callable[[int], float]) -> Chances:
    """The law whose P(k + 1) / P(k) is ``rise(k)``, reckoned outward from its most probable count."""
    below, above = [], [1.0]
    count, weight = mode, 1.0
    while count > 0 and weight > _NOTHING:
        count -= 1
        weight /= rise(count)
        below.append(weight)
    first, count, weight = count, mode, 1.0
    while weight > _NOTHING:
        weight *= rise(count)
        count += 1
        above.append(weight)
    weights = (*reversed(below), *above)
    whole = sum(weights)
    return Chances(first, tuple(weight / whole for weight in weights))
