"""Turns at making pages: so many at once, fewer for one asker, and whoever waits costs no thread.

All of it happens in the thread of one event loop, so nothing is locked.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

#: So many pages are made at once in a process; of one asker so many, so that the others find a turn free.
AT_ONCE, OF_ONE = 8, 2
#: So many questions of one asker and of all may wait, and for so many seconds.
WAITING_OF_ONE, WAITING, PATIENCE = 64, 1_000, 30.0


class NoTurn(Exception):
    """Too many wait already, or one has waited too long."""


@dataclass
class Turns:
    """Who has a turn, and who waits for one: of every asker in the order they came, the askers in turn."""

    at_once: int = AT_ONCE
    of_one: int = OF_ONE
    waiting_of_one: int = WAITING_OF_ONE
    waiting: int = WAITING
    patience: float = PATIENCE
    _having: Counter[str] = field(default_factory=Counter)
    _queues: OrderedDict[str, deque[asyncio.Future[None]]] = field(default_factory=OrderedDict)

    @asynccontextmanager
    async def turn(self, asker: str, gone: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
        """While this lasts ``asker`` has a turn. NoTurn when there is none to be had, or when the asker is
        ``gone`` before it comes."""
        if self._free(asker):
            self._having[asker] += 1
        else:
            await self._wait(asker, gone)
        try:
            yield
        finally:
            self._give_back(asker)

    @property
    def taken(self) -> int:
        """How many have a turn."""
        return self._having.total()

    @property
    def awaited(self) -> int:
        """How many wait for one."""
        return sum(map(len, self._queues.values()))

    def _free(self, asker: str) -> bool:
        return self._having.total() < self.at_once and self._having[asker] < self.of_one

    async def _wait(self, asker: str, gone: Callable[[], Awaitable[object]]) -> None:
        queue = self._queues.setdefault(asker, deque())
        if len(queue) >= self.waiting_of_one or self.awaited >= self.waiting:
            self._leave(asker)
            raise NoTurn
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        left = asyncio.ensure_future(gone())
        queue.append(called)
        waited = False
        try:
            await asyncio.wait((called, left), timeout=self.patience, return_when=asyncio.FIRST_COMPLETED)
            waited = True
        finally:
            left.cancel()
            if not called.done():
                queue.remove(called)
                self._leave(asker)
            elif not waited:  # called in the very moment of giving up: the next one gets it
                self._give_back(asker)
        if not called.done():
            raise NoTurn

    def _give_back(self, asker: str) -> None:
        self._having[asker] -= 1
        if not self._having[asker]:
            del self._having[asker]
        self._call_next()

    def _call_next(self) -> None:
        for asker in list(self._queues):
            if not self._free(asker):
                continue
            called = self._queues[asker].popleft()
            self._having[asker] += 1
            self._queues.move_to_end(asker)  # the others are before this one next time
            self._leave(asker)
            called.set_result(None)
            return

    def _leave(self, asker: str) -> None:
        if not self._queues[asker]:
            del self._queues[asker]
