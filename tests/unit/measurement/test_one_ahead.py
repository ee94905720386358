"""Jobs one ahead: in order, never two at work, alone where there is no room, and faults in their turn."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest

from kieng.measurement.one_ahead import Job, one_ahead


def test_answers_come_in_order_while_the_next_is_worked_out():
    started = [threading.Event() for _ in range(3)]

    def work(number: int) -> Callable[[], int]:
        return lambda: (started[number].set(), number * number)[1]

    seen = []
    for what, answer in one_ahead(Job(n, work(n)) for n in range(3)):
        seen.append((what, answer))
        if what < 2:
            assert started[what + 1].wait(5)  # while this answer is used
    assert seen == [(0, 0), (1, 1), (2, 4)]


def test_what_needs_the_room_waits_until_the_last_answer_is_done_with():
    started = threading.Event()
    jobs = [Job("first", lambda: None), Job("large", started.set, beside=False)]
    for what, _ in one_ahead(jobs):
        assert what == "large" or not started.wait(0.2)
    assert started.is_set()


def test_a_fault_comes_in_its_turn_and_the_usual_turns_are_back():
    usual = sys.getswitchinterval()

    def fails() -> int:
        raise ArithmeticError

    told = one_ahead([Job(1, lambda: 1), Job(2, fails), Job(3, lambda: 3)])
    assert next(told) == (1, 1)
    with pytest.raises(ArithmeticError):
        next(told)
    assert sys.getswitchinterval() == usual


def test_nothing_to_do():
    assert list(one_ahead([])) == []
