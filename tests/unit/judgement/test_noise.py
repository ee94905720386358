"""Wilson's interval against published values, and what has no interval."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.judgement.cast import COUNT, PEOPLE, SUM, indicator, measured

from kieng.judgement.noise import gap_may_be_chance, interval_of, wilson

Z = Decimal("1.959964")


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, "0.0000", "0.2775"),  # z² / (n + z²)
        (10, 10, "0.7225", "1.0000"),
        (81, 263, "0.2553", "0.3662"),  # Newcombe 1998, table I, method 3
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_wilson(successes: int, trials: int, low: str, high: str) -> None:
    found = wilson(successes, trials, Z)
    assert tuple(x.quantize(Decimal("0.0001")) for x in found) == (Decimal(low), Decimal(high))


def test_only_a_share_made_by_counting_has_an_interval() -> None:
    counts = {"numerator": Decimal(1), "denominator": Decimal(29)}
    share = measured("3.448275862", **counts)
    assert interval_of(share, indicator(), Z) is not None
    assert interval_of(share, PEOPLE, Z) is None
    assert interval_of(share, indicator(root=COUNT), Z) is None
    assert interval_of(share, indicator(root=SUM), Z) is None
    assert interval_of(measured(3, numerator=Decimal(3), denominator=Decimal(2)), indicator(), Z) is None
    assert interval_of(measured(3, **counts, weighted="population"), indicator(), Z) is None


@pytest.mark.parametrize(
    ("mine", "other", "chance"),
    [
        ((1500, 2554), (6, 8), True),  # 16 points, of eight files
        ((1500, 2554), (600, 800), False),
        ((56, 70), (48, 80), False),  # Newcombe 1998, table II, case (a): 0.0524 to 0.3339
        ((9, 10), (3, 10), False),  # case (b): 0.1705 to 0.8090
        ((6, 7), (2, 7), False),  # case (c): 0.0582 to 0.8062
        ((5, 56), (0, 29), True),  # case (d): -0.0381 to 0.1926
        ((10, 10), (10, 10), True),
    ],
)
def test_whether_chance_may_make_a_gap(mine, other, chance):
    assert gap_may_be_chance(mine, other, Z) is chance
