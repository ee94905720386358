"""Student's law: how far a figure may lie from a mean whose spread is known from a few figures only."""

from __future__ import annotations

from functools import lru_cache
from math import atan, cos, pi, sin, sqrt

_MOST = 200  # degrees of freedom; beyond, the law hardly changes, and the wider one is taken


def student_tail(t: float, freedom: int) -> float:
    """The chance beyond ``t`` on one side. The finite sums for whole degrees of freedom (Abramowitz and
    Stegun 1964, 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(freedom))
    square = cos(angle) ** 2
    term = total = cos(angle) if freedom % 2 else 1.0
    for number in range(3 if freedom % 2 else 2, freedom - 1, 2):
        term *= square * (number - 1) / number
        total += term
    if freedom == 1:
        within = 2 * angle / pi
    elif freedom % 2:
        within = 2 / pi * (angle + sin(angle) * total)
    else:
        within = sin(angle) * total
    return (1 - within) / 2


@lru_cache(maxsize=4096)
def student(freedom: int, tail: float) -> float:
    """The distance, in standard deviations as estimated, beyond which ``tail`` is left on one side."""
    known = min(freedom, _MOST)
    low, high = 0.0, 1.0
    while student_tail(high, known) > tail:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if student_tail(middle, known) > tail else (low, middle)
    return high
