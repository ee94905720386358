"""What a state keeps of what it made is bounded, and what is used stays."""

from __future__ import annotations

import threading

import pytest

from kieng.web import door
from kieng.web.door import State


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setattr(door, "KEPT_FIGURES", 10)
    now = door.state()
    return State(now.definitions, now.run, now.version)


def test_what_was_not_used_longest_goes_first(state: State) -> None:
    made: list[str] = []

    def of(key: str) -> list[int]:
        return state.once(key, lambda: made.append(key) or [0, 0, 0, 0])

    of("a"), of("b"), of("a"), of("c")  # three times four are too many: b goes
    of("a"), of("c")
    assert made == ["a", "b", "c"]
    of("b")
    assert made == ["a", "b", "c", "b"]
    assert state._weight == 8


def test_one_thing_larger_than_the_room_is_still_kept(state: State) -> None:
    large = state.once("large", lambda: [0] * 50)
    assert state.once("large", list) is large
    state.once("small", lambda: [0])
    assert state.once("large", list) == []


def test_many_threads_make_a_thing_once(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "KEPT_FIGURES", 1_000)
    made: list[int] = []
    ready = threading.Barrier(4)

    def ask() -> None:
        ready.wait()
        for number in range(200):
            state.once(number, lambda number=number: made.append(number) or [number])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(made) == list(range(200))


def test_what_takes_long_holds_up_nothing_else(state: State) -> None:
    begun, end = threading.Event(), threading.Event()

    def slow() -> list[int]:
        begun.set()
        assert end.wait(10)
        return [1]

    one = threading.Thread(target=lambda: state.once("slow", slow))
    one.start()
    assert begun.wait(10)
    assert state.once("quick", lambda: [2]) == [2]
    end.set()
    one.join()
    assert state.once("slow", list) == [1]


def test_a_page_has_one_state_to_its_foot(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = State(door.state().definitions, door.state().run, "newer")
    with door.one_state():
        first = door.state()
        monkeypatch.setattr(door, "_current", newer)
        assert door.state() is first
    assert door.state() is newer
    with door.one_state():
        assert door.state() is door.state()


def test_all_of_an_agency_is_what_the_store_has_of_it() -> None:
    now = door.state()
    agencies = [*list(now.definitions.tree.agencies)[::60], "gia-lai", "binh-dinh", "quy-nhon-21583-2025"]
    for agency in agencies:
        stored = {
            (m.indicator, m.period): m for m in door.workspace().stored.read(None, agency, None, "as-was")
        }
        found = now.all_of_agency(agency)
        assert {(name, period): m for name, of in found.items() for period, m in of.items()} == stored
        for series in found.values():
            assert list(series) == sorted(series, key=lambda p: (p.start, p.grain.months))
        for indicator in ("work-files-online", "unheard-of"):
            assert list(found.get(indicator, {}).values()) == now.of_agency(indicator, agency)
