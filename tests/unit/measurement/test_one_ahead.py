"""Jobs one ahead: in order, never two at work, alone where there is no room, and faults in their turn."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

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


def test_what_needs_the_room_works_alone():
    """Neither an earlier answer is in use then, nor is anything fetched for the next."""
    started, fetched = threading.Event(), []

    def jobs() -> Iterator[Job[str, None]]:
        for name, answer in (("first", lambda: None), ("large", started.set), ("last", lambda: None)):
            fetched.append(name)
            yield Job(name, answer, beside=name != "large")

    for what, _ in one_ahead(jobs()):
        assert what != "first" or not started.wait(0.2)
        assert what != "large" or fetched == ["first", "large"]
    assert fetched == ["first", "large", "last"]


def test_who_stops_reading_does_not_wait_for_the_end():
    going, ended = threading.Event(), threading.Event()

    def endless() -> None:
        going.set()
        ended.wait(30)

    told = one_ahead([Job(1, lambda: None), Job(2, endless)], ended.set)
    next(told)
    assert going.wait(5)
    told.close()
    assert ended.is_set()


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
