"""Answers that are the same for every stranger, given again without asking Django.

What may be kept, and for how long, is the middleware's to say (``public_pages``): it marks the question with
the version of the data that its answer was made of. Here it is found again by all that it may depend on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

#: An answer that says how much one asker may still ask is that asker's alone.
_COUNTED = "ratelimit-limit"
_BYTES, _ENTRY = 64_000_000, 5_000  # of a key and an answer's headers, at most

Key = tuple[str, ...]
_ASKED_BY = ("host", "accept", "accept-encoding", "if-none-match", "x-forwarded-proto")
#: Whoever sends more than this asks Django: what is kept under endless names would fill the memory.
_LONGEST = 1_000
#: Cookies beside which a page is the same for everybody. Any other may stand for somebody, or for what is to
#: be told them once.
_ANYBODY = {settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}


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


def key_of(method: str, path: str, query: str, headers: Mapping[str, str]) -> Key | None:
    """What an answer is kept by; None for whoever is, or may be, somebody known."""
    cookies = cookies_of(headers.get("cookie", ""))
    asked = (path, query, *(headers.get(name, "") for name in _ASKED_BY))
    if method != "GET" or "host" not in headers or cookies.keys() - _ANYBODY:
        return None
    if sum(map(len, asked)) > _LONGEST:
        return None
    return *asked, "en" if cookies.get(settings.LANGUAGE_COOKIE_NAME) == "en" else "vi"


def cookies_of(text: str) -> dict[str, str]:
    """Cookies by name, as far as they matter here."""
    pairs = (one.strip().partition("=") for one in text.split(";"))
    return {name: value for name, _, value in pairs if name}


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
