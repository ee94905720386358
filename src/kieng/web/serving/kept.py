"""Answers that are the same for every stranger, given again without asking Django.

What may be kept, and for how long, is the middleware's to say (``public_pages``): it marks the question with
the version of the data that its answer was made of. Here it is found again by all that it may depend on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from django.http import parse_cookie

from kieng.web.counting import NO_PAGE
from kieng.web.middleware import is_anybody, language_in

#: An answer that says how much one asker may still ask is that asker's alone.
_COUNTED = "ratelimit-limit"
_BYTES, _ENTRY = 64_000_000, 5_000  # of a key and an answer's headers, at most

Key = tuple[str, ...]
_ASKED_BY = ("host", "accept", "accept-encoding", "if-none-match", "x-forwarded-proto")
#: Whoever sends more than this asks Django: what is kept under endless names would fill the memory.
_LONGEST = 1_000


class LargeFile(Protocol):
    """What the server sends from the disk by itself."""

    @property
    def path(self) -> str: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Answer:
    """What goes back: a body, or the large file that holds it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    file: LargeFile | None = None
    page: str = NO_PAGE  # which it is, for those who count


def key_of(method: str, path: str, query: str, headers: Mapping[str, str]) -> Key | None:
    """What an answer is kept by; None for whoever is, or may be, somebody known."""
    cookies = parse_cookie(headers.get("cookie", ""))  # as the pages read them: quoted, spaced, said twice
    asked = (path, query, *(headers.get(name, "") for name in _ASKED_BY))
    if method != "GET" or "host" not in headers or not is_anybody(cookies):
        return None
    return None if sum(map(len, asked)) > _LONGEST else (*asked, language_in(cookies))


class Kept:
    """Answers of one version of the data, the oldest dropped first; at most so many bytes."""

    def __init__(self, most: int = _BYTES) -> None:
        self._most, self._bytes, self._version = most, 0, ""
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def get(self, key: Key, version: str) -> Answer | None:
        return self._answers.get(key) if version and version == self._version else None

    def put(self, key: Key, version: str, answer: Answer) -> None:
        if answer.file is not None or any(name.lower() == _COUNTED for name, _ in answer.headers):
            return
        if version != self._version:
            self._answers.clear()
            self._bytes, self._version = 0, version
        if key in self._answers:
            return
        self._answers[key] = answer
        self._bytes += len(answer.body) + _ENTRY
        while self._bytes > self._most:
            self._bytes -= len(self._answers.popitem(last=False)[1].body) + _ENTRY
