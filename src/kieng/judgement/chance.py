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
