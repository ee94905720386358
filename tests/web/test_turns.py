"""Turns at making pages: one asker never has them all, nobody waits for ever, and none is lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable

import pytest
from tests.helpers.loops import in_a_loop

from kieng.web.serving.turns import NoTurn, Turns


async def stays() -> None:
    await asyncio.Event().wait()


async def work(turns: Turns, who: str, log: list[str], until: asyncio.Event) -> None:
    async with turns.turn(who, stays):
        log.append(who)
        await until.wait()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_one_asker_leaves_turns_to_others():
    async def tried() -> None:
        turns, log, until = Turns(at_once=4, of_one=2), [], asyncio.Event()
        tasks = [asyncio.create_task(work(turns, "many", log, until)) for _ in range(10)]
        await settled()
        tasks.append(asyncio.create_task(work(turns, "one", log, until)))
        await settled()
        assert Counter(log) == {"many": 2, "one": 1}
        until.set()
        await asyncio.gather(*tasks)
        assert Counter(log) == {"many": 10, "one": 1}
        assert turns == Turns(at_once=4, of_one=2)  # nobody has or waits for anything

    in_a_loop(tried())


def test_askers_come_in_turn_each_in_the_order_of_asking():
    async def tried() -> None:
        turns, log = Turns(at_once=1, of_one=1), []

        async def quick(who: str, n: int) -> None:
            async with turns.turn(who, stays):
                log.append(f"{who}{n}")

        first = asyncio.Event()
        tasks = [asyncio.create_task(work(turns, "x", [], first))]
        await settled()
        tasks += [asyncio.create_task(quick("a", n)) for n in range(3)]
        await settled()
        tasks += [asyncio.create_task(quick("b", n)) for n in range(2)]
        await settled()
        first.set()
        await asyncio.gather(*tasks)
        assert log == ["a0", "b0", "a1", "b1", "a2"]

    in_a_loop(tried())


@pytest.mark.parametrize("turns", [Turns(at_once=1, waiting_of_one=1), Turns(at_once=1, waiting=1)])
def test_a_full_queue_refuses_at_once(turns):
    async def tried() -> None:
        until = asyncio.Event()
        tasks = [asyncio.create_task(work(turns, "a", [], until)) for _ in range(2)]
        await settled()
        with pytest.raises(NoTurn):
            await work(turns, "a", [], until)
        until.set()
        await asyncio.gather(*tasks)
        await work(turns, "a", [], until)

    in_a_loop(tried())


def test_who_waits_too_long_or_has_gone_away_loses_the_place_alone():
    async def tried() -> None:
        turns, until = Turns(at_once=1, of_one=1, patience=0.05), asyncio.Event()
        having = asyncio.create_task(work(turns, "a", [], until))
        await settled()
        with pytest.raises(NoTurn):
            await work(turns, "b", [], until)

        async def gone() -> None:
            return None

        async def asked() -> None:
            async with turns.turn("c", gone):
                raise AssertionError

        with pytest.raises(NoTurn):
            await asked()
        until.set()
        await having
        assert turns == Turns(at_once=1, of_one=1, patience=0.05)

    in_a_loop(tried())


@pytest.mark.parametrize("seed", range(5))
def test_no_turn_is_lost_however_tasks_end(seed):
    async def tried() -> None:
        chance, turns = random.Random(seed), Turns(at_once=3, of_one=2, patience=0.02)

        async def maybe() -> None:
            await asyncio.sleep(chance.random() / 20)

        async def one(who: str) -> None:
            async with turns.turn(who, maybe):
                assert turns._having.total() <= 3
                assert max(turns._having.values()) <= 2
                await asyncio.sleep(chance.random() / 100)
                if chance.random() < 0.2:
                    raise ValueError

        tasks = [asyncio.create_task(one(chance.choice("abcd"))) for _ in range(300)]
        for task in chance.sample(tasks, 60):
            asyncio.get_running_loop().call_later(chance.random() / 10, task.cancel)
        ends: list[Awaitable[object]] = list(tasks)
        await asyncio.gather(*ends, return_exceptions=True)
        assert not turns._having
        assert not turns._queues

    in_a_loop(tried())
