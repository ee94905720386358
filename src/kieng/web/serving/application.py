"""What the server calls for each question: RSGI (granian's own interface) outside, WSGI and Django inside.

WSGI alone would give each question a thread from its first byte on: eight that never finish sending took all
of them. Here a question gets a thread when it is whole, and its turn has come.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kieng.records.disk import owner_only
from kieng.web import door
from kieng.web.asker import asker_of
from kieng.web.counting import NO_PAGE, PAGE, Counted, add
from kieng.web.middleware import KEPT
from kieng.web.serving.bodies import TooLarge, TooSlow, body_of
from kieng.web.serving.kept import Answer, Kept, LargeFile, key_of
from kieng.web.serving.turns import AT_ONCE, NoTurn, Turns

#: Files larger than this are sent by the server itself, which has opened them within so many seconds.
_LARGE, _OPENED = 1_000_000, 30.0
#: So many bodies of one asker are read at once.
_SENDING = 32
#: Seconds between two times that a worker adds what it counted to what all have.
_EACH = 1.0
#: One that was asked nothing says after so many that it is there.
_AT_LEAST = 10.0
_FOLDER = Path(settings.WORKSPACE) / ".kieng"
_SAID = {
    408: "Gửi quá chậm, máy chủ không chờ nữa; hãy gửi lại. / Sent too slowly; please send it again.",
    413: "Gửi lên quá lớn. / What was sent is too large.",
    503: "Máy chủ đang bận, hãy thử lại sau giây lát. / The server is busy, try again in a moment.",
}


class Application:
    """The site, for one process of the server."""

    def __init__(self) -> None:
        self._django = get_wsgi_application()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="page")
        self._glances = ThreadPoolExecutor(1, thread_name_prefix="glance")
        self._turns, self._kept = Turns(), Kept()
        self._senders: Counter[str] = Counter()
        self._counted, self._added = Counted(), 0.0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by the server once, before anybody asks."""
        loop.call_later(_EACH, self._add_up, loop)

    def _add_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Add what was counted to what all workers have, and go on doing so."""
        loop.call_later(_EACH, self._add_up, loop)
        now = time.monotonic()
        if not self._counted.requests and now - self._added < _AT_LEAST:
            return
        counted, self._counted, self._added = self._counted, Counted(), now
        turns = self._turns.awaited, self._turns.taken
        adding = loop.run_in_executor(self._glances, add, _FOLDER, counted, *turns)
        adding.add_done_callback(lambda done: None if done.result() else self._counted.add_all(counted))

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        began = time.perf_counter()
        headers = _headers(scope.headers)
        key = key_of(scope.method, scope.path, scope.query_string, headers)
        answer = self._kept.get(key, door.fresh_version() or await self._looked()) if key else None
        if answer is None:
            answer = await self._asked(scope, protocol, headers, key)
        if answer.file is not None:
            _send(protocol, answer, answer.file)
        else:
            protocol.response_bytes(answer.status, answer.headers, answer.body)
        self._counted.add(answer.page, answer.status, time.perf_counter() - began)

    async def _looked(self) -> str:
        """The version of the newest state: who only wants to know that waits for nobody's page."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._glances, door.newest_version)

    async def _asked(
        self, scope: Any, protocol: Any, headers: dict[str, str], key: tuple[str, ...] | None
    ) -> Answer:
        environ = _environ(scope, headers)
        asker = asker_of(environ)
        try:
            with self._sending(asker):
                body = await body_of(protocol, headers.get("content-length"), "transfer-encoding" in headers)
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
            async with self._turns.turn(asker, protocol.client_disconnect):
                loop = asyncio.get_running_loop()
                answer = await loop.run_in_executor(self._threads, self._made, environ)
        except TooSlow:
            return self._refused("slow", 408, ("connection", "close"))
        except TooLarge:
            return self._refused("large", 413, ("connection", "close"))
        except NoTurn:
            return self._refused("turn", 503, ("retry-after", "5"))
        if answer.status == 429:
            self._counted.refused["cost"] += 1
        if key and KEPT in environ:
            self._kept.put(key, environ[KEPT], answer)
        return answer

    def _refused(self, reason: str, status: int, header: tuple[str, str]) -> Answer:
        self._counted.refused[reason] += 1
        return _said(status, header)

    @contextmanager
    def _sending(self, asker: str) -> Iterator[None]:
        """While this lasts ``asker`` sends something. NoTurn when it sends too much at once."""
        if self._senders[asker] >= _SENDING:
            raise NoTurn
        self._senders[asker] += 1
        try:
            yield
        finally:
            self._senders[asker] -= 1
            if not self._senders[asker]:
                del self._senders[asker]

    def _made(self, environ: dict[str, Any]) -> Answer:
        """Django's answer, whole."""
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            told[:] = [int(status.split(" ", 1)[0]), headers]

        response: Iterable[bytes] = self._django(environ, start)
        file = response if isinstance(response, _File) and response.is_large else None
        body = b""
        if file is None:
            try:
                body = b"".join(response)
            finally:
                response.close()  # type: ignore[attr-defined]
        status, headers = told
        told_headers = [(name.lower(), value) for name, value in headers]
        return Answer(status, told_headers, body, file, environ.get(PAGE, NO_PAGE))


class _File:
    """WSGI's way to say that the answer is a file."""

    def __init__(self, file: Any, block_size: int = 8192) -> None:
        self._file = file

    @property
    def is_large(self) -> bool:
        try:
            return os.fstat(self._file.fileno()).st_size > _LARGE
        except (OSError, AttributeError):  # part of a file, or none of the disk
            return False

    @property
    def path(self) -> str:
        """Where it is found even if it loses its name meanwhile; else, where a system has none, its name."""
        by_number = f"/proc/self/fd/{self._file.fileno()}"
        return by_number if os.path.exists(by_number) else str(self._file.name)

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._file.read(_LARGE), b"")

    def close(self) -> None:
        self._file.close()


def _send(protocol: Any, answer: Answer, file: LargeFile) -> None:
    """Have the server send a file from the disk, as fast as it is taken: it opens it by itself, and soon."""
    protocol.response_file(answer.status, answer.headers, file.path)
    asyncio.get_running_loop().call_later(_OPENED, file.close)


def _headers(sent: Any) -> dict[str, str]:
    """By name in small letters. What came several times is joined, as RFC 9110 says, cookies as RFC 6265."""
    found: dict[str, str] = {}
    for name, value in sent.items():
        name = name.lower()
        if name in found:
            found[name] += ("; " if name == "cookie" else ",") + value
        else:
            found[name] = value
    return found


def _environ(scope: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    """The question as PEP 3333 has it, but for its body. A name with an underscore is left out: it would pass
    for another."""
    host, _, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _File,
        **{f"HTTP_{n.upper().replace('-', '_')}": v for n, v in headers.items() if "_" not in n},
    }
    if scope.authority and "host" not in headers:
        environ["HTTP_HOST"] = scope.authority
    if "content-type" in headers:
        environ["CONTENT_TYPE"] = headers["content-type"]
    return environ


def _said(status: int, *headers: tuple[str, str]) -> Answer:
    said = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"), *headers]
    return Answer(status, said, f"{_SAID[status]}\n".encode())


owner_only()
application = Application()
