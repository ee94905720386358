"""A merged province: sum over sum, with DTI's plain mean shown beside it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.judgement.cast import measured

from kieng.judgement.compare import dti_mean, merger_comparison


def test_a_big_and_a_small_province() -> None:
    # 900 of 1,000 and 10 of 100: 910 of 1,100, not the mean of 90 and 10.
    found = merger_comparison(measured("82.727272727"), [measured(90), measured(10)])
    assert (found.sum_over_sum, found.plain_mean) == (Decimal("82.727272727"), 50)
    assert found.difference == Decimal("-32.727272727")
    assert "không phải số của Kiềng" in found.note.vi
    assert "How DTI does it" in found.note.en


def test_a_part_without_a_figure_gives_no_mean() -> None:
    found = merger_comparison(measured(80), [measured(90), measured(None)])
    assert (found.sum_over_sum, found.plain_mean, found.difference) == (80, None, None)
    assert merger_comparison(measured(80), []).plain_mean is None


def test_without_the_merged_figure_there_is_no_difference() -> None:
    found = merger_comparison(measured(None), [measured(90), measured(10)])
    assert (found.sum_over_sum, found.plain_mean, found.difference) == (None, 50, None)


def test_the_mean_is_exact() -> None:
    assert dti_mean([Decimal(1), Decimal(0), Decimal(0)]) == Decimal("0.333333333")
    with pytest.raises(ValueError, match="at least one"):
        dti_mean([])
