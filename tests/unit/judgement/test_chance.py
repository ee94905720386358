"""Binomial and Poisson limits against exact sums in fractions, and published quantiles."""

from __future__ import annotations

from fractions import Fraction
from math import comb, exp, factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kieng.judgement.chance import Chances, beta_binomial, binomial, negative_binomial, poisson

TAILS = (0.001, 0.025)


def exact(trials: int, share: Fraction) -> list[Fraction]:
    return [comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(trials + 1)]


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 19))
def test_a_count_lies_beyond_a_limit_just_when_chance_seldom_makes_one_so_far_out(
    trials: int, twentieths: int
) -> None:
    share = Fraction(twentieths, 20)
    chances = exact(trials, share)
    for tail in TAILS:
        seldom = Fraction(str(tail))  # the tail as it is written: 0.1³ is a thousandth, no less
        low, high = binomial(trials, float(share)).limits(tail)
        for count in range(trials + 1):
            at_most, at_least = sum(chances[: count + 1]), sum(chances[count:])
            assert (count < low - 1e-6) == (at_most < seldom)
            assert (count > high + 1e-6) == (at_least < seldom)


def at_most(law: Chances, count: int) -> float:
    return sum(chance for k, chance in enumerate(law.of, law.first) if k <= count)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 12), st.integers(1, 20), st.data())
def test_new_cases_after_earlier_ones_follow_fishers_exact_test(
    new: int, cases: int, data: st.DataObject
) -> None:
    """However many of the earlier cases succeeded, all and none of them included."""
    successes = data.draw(st.integers(0, cases))
    low, high = (
        beta_binomial(new, successes, cases - successes + 1),
        beta_binomial(new, successes + 1, cases - successes),
    )
    for count in range(new + 1):
        both = successes + count
        ways = [comb(new, k) * comb(cases, both - k) if k <= both else 0 for k in range(new + 1)]
        assert at_most(low, count) == pytest.approx(sum(ways[: count + 1]) / sum(ways))
        assert 1 - at_most(high, count - 1) == pytest.approx(sum(ways[count:]) / sum(ways))


def test_events_after_earlier_ones_fall_on_either_stretch_as_a_coin_does() -> None:
    """Five events in twelve months, then x in three: given all, each fell on the three with one in five."""
    low, high = negative_binomial(5, 12, 3), negative_binomial(6, 12, 3)
    for count in range(12):
        ways = [comb(5 + count, k) * 0.2**k * 0.8 ** (5 + count - k) for k in range(6 + count)]
        assert at_most(low, count) == pytest.approx(sum(ways[: count + 1]))
        assert 1 - at_most(high, count - 1) == pytest.approx(sum(ways[count:]))
    assert negative_binomial(0, 12, 3).limits(0.001) == (0.0, 0.0)


def test_limits_are_interpolated_between_counts() -> None:
    """Ten trials at one half: P(R ≤ 1) = 11/1024, P(R ≤ 2) = 56/1024, so 2.5 % is reached in between."""
    low, high = binomial(10, 0.5).limits(0.025)
    assert low == pytest.approx(2 - (56 / 1024 - 0.025) / (45 / 1024))
    assert high == pytest.approx(10 - low)


def test_poisson_limits() -> None:
    low, high = poisson(10).limits(0.025)
    assert 3 < low <= 4  # P(R ≤ 3) = .010, P(R ≤ 4) = .029
    assert 17 <= high < 18  # P(R ≥ 17) = .027, P(R ≥ 18) = .014
    chances = [exp(-10) * 10**k / factorial(k) for k in range(5)]
    assert low == pytest.approx(4 - (sum(chances) - 0.025) / chances[4])


def test_a_law_sums_to_one_and_is_quick_for_a_nation() -> None:
    law = binomial(2_000_000, 0.98)
    assert sum(law.of) == pytest.approx(1)
    assert len(law.of) < 6_000
    low, high = law.limits(0.025)
    assert low == pytest.approx(1_960_000 - 1.96 * 198, abs=3)
    assert high == pytest.approx(1_960_000 + 1.96 * 198, abs=3)


def test_what_cannot_vary_does_not() -> None:
    assert binomial(10, 0.0).limits(0.001) == (0, 0)
    assert binomial(10, 1.0).limits(0.001) == (10, 10)
    assert poisson(0.0).limits(0.001) == (0, 0)
