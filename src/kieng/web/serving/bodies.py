"""What somebody sends, read with a limit on its size and its time: who sends slowly holds up nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from django.conf import settings

#: A whole body must be there after so many seconds; what a form may hold takes one on a slow line.
SECONDS = 20.0
#: Of what is sent around a form's fields.
_AROUND = 100_000
#: What is too large is read so many times as far and thrown away: who still sends hears no answer.
_HEARD_OUT = 8


class TooSlow(Exception):
    """The body did not come in time."""


class TooLarge(Exception):
    """The body is larger than any form of the site."""


class Sender(Protocol):
    """The part of RSGI's protocol that gives the body in pieces."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...


async def body_of(sender: Sender, stated: str | None, chunked: bool) -> bytes:
    """The whole body. ``stated`` is what Content-Length says. TooSlow, TooLarge."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + _AROUND
    if not chunked and not (stated or "0").strip("0"):
        return b""
    if stated is not None and stated.isdecimal() and int(stated) > most * _HEARD_OUT:
        raise TooLarge
    try:
        async with asyncio.timeout(SECONDS):
            return await _within(sender, most)
    except TimeoutError:
        raise TooSlow from None


async def _within(sender: Sender, most: int) -> bytes:
    found, size = bytearray(), 0
    async for piece in sender:
        size += len(piece)
        if size > most * _HEARD_OUT:
            raise TooLarge
        if size <= most:
            found += piece
    if size > most:
        raise TooLarge
    return bytes(found)
