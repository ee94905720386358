"""How the national DTI figures a merged province, beside the true figure.

The ranking takes the plain mean of the parts' index values (an unweighted mean over the former
provinces), whatever their size. Kiềng shows it only beside its own, with its name, to explain a difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kieng.measurement.measurement import VALUE_DIGITS, Measurement
from kieng.words import Name

_NOTE = Name(
    "Cách tính của DTI: trung bình cộng đơn giản của các tỉnh cũ, không theo quy mô; không phải số của Kiềng",
    "How DTI does it: the plain mean of the former provinces, whatever their size; not Kiềng's figure",
)
_NO_MEAN = Name(
    "Không so sánh được với cách tính của DTI: có tỉnh cũ chưa có số",
    "No comparison with how DTI does it: a former province has no figure",
)
_NOT_MEASURED = Name(
    "Không so sánh được với cách tính của DTI: tỉnh sau sáp nhập chưa có số",
    "No comparison with how DTI does it: the merged province has no figure",
)


@dataclass(frozen=True)
class MergerComparison:
    """``sum_over_sum`` is the figure; ``plain_mean`` is DTI's way and ``difference`` is how far it lies
    from the figure. None where it cannot be told; ``note`` says why, or whose the mean is."""

    sum_over_sum: Decimal | None
    plain_mean: Decimal | None
    difference: Decimal | None
    note: Name


def dti_mean(parts: Sequence[Decimal]) -> Decimal:
    """The plain mean of the parts' values, to nine places. ValueError without parts."""
    if not parts:
        raise ValueError("a mean needs at least one part")
    mean = sum((Fraction(part) for part in parts), Fraction(0)) / len(parts)
    return Decimal(round(mean * 10**VALUE_DIGITS)).scaleb(-VALUE_DIGITS)


def merger_comparison(merged: Measurement, parts: Sequence[Measurement]) -> MergerComparison:
    """A merged province's figure beside the plain mean of its parts' figures for the same period."""
    values = [part.value for part in parts if part.value is not None]
    mean = dti_mean(values) if values and len(values) == len(parts) else None
    if mean is None:
        return MergerComparison(merged.value, None, None, _NO_MEAN)
    if merged.value is None:
        return MergerComparison(None, mean, None, _NOT_MEASURED)
    return MergerComparison(merged.value, mean, mean - merged.value, _NOTE)
