"""Seals: a sum over bytes or a row that a database keeps, and over where they belong.

A bit that has flipped, or a row that is found in another's place, is known before anything is made of it:
damaged bytes may unpack to other figures, or end the process that unpacks them. Seals guard against faults
of disks and memory, not against somebody who makes new ones; against these the ledger has its chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from kieng.problems import Place, Problem, UserError, refuse

SIZE = 8


class Damaged(UserError):
    """What is kept is not what was written. It can be made again: it was made of the ledger."""

    def __init__(self, place: str) -> None:
        why = "What is kept here of measured figures is not what was written: a fault of disk or memory."
        remedy = "Run `kieng measure`, which makes it again from the ledger, then `kieng verify`."
        super().__init__(Problem(Place(place), "kept-damaged", why, remedy))


def ledger_damaged(place: str) -> UserError:
    """To raise when what is kept is not what was committed."""
    why = "This is not what was committed: a fault of disk or memory, or somebody changed it."
    remedy = "Restore it from a backup; `kieng verify` names all that is damaged."
    return refuse(place, "ledger-damaged", why, remedy)


def seal_of(content: bytes, place: Sequence[object]) -> bytes:
    """The sum over ``content`` and the values of the columns by which it is found."""
    found = blake2b(ascii(tuple(place)).encode(), digest_size=SIZE)
    found.update(content)
    return found.digest()


def sealed(content: bytes, *place: object) -> bytes:
    """``content`` with its seal before it."""
    return seal_of(content, place) + content


def is_whole(content: bytes, *place: object) -> bool:
    """Whether what :func:`sealed` made is as it was, and in its place."""
    return bytes(content[:SIZE]) == seal_of(content[SIZE:], place)


def opened(content: bytes, *place: object) -> bytes:
    """What was sealed. Raises :class:`Damaged`, naming the place, when it is not as it was."""
    if not is_whole(content, *place):
        raise Damaged(" ".join(map(_told, place)))
    return content[SIZE:]


def row_seal(*row: object) -> str:
    """A seal for a row of a table, to stand in it as text."""
    return seal_of(b"", row).hex()


def _told(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ascii(value).strip("'")
