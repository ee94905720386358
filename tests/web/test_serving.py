"""The server itself: who sends nothing, or never ends, holds up nobody; what goes out is what Django made."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.helpers.loops import in_a_loop

from kieng.web.serving import bodies
from kieng.web.serving.kept import Answer, Kept, key_of

_UNFINISHED = b"POST /ngon-ngu/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n\r\na"


@pytest.fixture(scope="module")
def port(ministry: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    with _serving(ministry, free):
        _until_up(free)
        yield free


@contextmanager
def _serving(root: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "kieng.web", "--workspace", str(root), "--port", str(port)]
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("KIENG_", "DJANGO_"))}
    with subprocess.Popen([*command, "--workers", "1"], env=environ, stderr=subprocess.DEVNULL) as server:
        try:
            yield server
        finally:
            server.terminate()


def _until_up(port: int) -> None:
    for _ in range(600):
        try:
            if _answer(port, "/suc-khoe/")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError


def _answer(port: int, address: str, method: str = "GET", body: bytes | None = None, **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, address, body, named)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()


def _connected(port: int, *, sends: bytes = b"") -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(sends)
    return one


def test_workers_that_die_one_after_another_do_not_end_the_service(ministry):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    with _serving(ministry, free) as server:
        _until_up(free)
        for _ in range(3):
            for worker in _children(server.pid):
                os.kill(worker, signal.SIGKILL)
            time.sleep(0.7)
        assert server.poll() is None
        _until_up(free)
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) is not None


def _children(process: int) -> list[int]:
    """Those that serve: the others only watch."""
    told = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    named = {int(one): Path(f"/proc/{one}/cmdline").read_bytes() for one in told}
    return [one for one, by in named.items() if b"resource_tracker" not in by and b"web.watch" not in by]


def test_who_never_ends_holds_up_nobody(port):
    held = [_connected(port, sends=_UNFINISHED) for _ in range(60)]
    held += [_connected(port) for _ in range(50)]
    held += [_connected(port, sends=b"GET / HTTP/1.1\r\nHost:") for _ in range(50)]
    _answer(port, "/")
    try:
        took = []
        for address in ("/", "/khong-co/", "/suc-khoe/") * 5:
            began = time.perf_counter()
            _answer(port, address)
            took.append(time.perf_counter() - began)
        assert max(took) < 2
    finally:
        for one in held:
            one.close()


def test_pages_go_out_as_django_made_them_kept_or_not(port):
    first, again = _answer(port, "/"), _answer(port, "/")
    assert first[0] == again[0] == 200
    assert first[2] == again[2]
    assert "default-src 'self'" in again[1]["content-security-policy"]
    assert _answer(port, "/", if_none_match=again[1]["etag"])[0] == 304
    zipped = _answer(port, "/", accept_encoding="gzip")
    assert (zipped[1]["content-encoding"], zipped[2][:2]) == ("gzip", b"\x1f\x8b")
    assert "Kế hoạch".encode() in first[2]
    english = _answer(port, "/", cookie="kieng_language=en")[2]
    assert english != first[2]
    assert _answer(port, "/", cookie="kieng_language=en")[2] == english
    assert _answer(port, "/", "HEAD")[2] == b""
    assert _answer(port, "/kh%C3%B4ng-c%C3%B3/")[0] == 404
    assert _answer(port, "/", host="evil.example")[0] == 400


def test_files_go_out_whole(port):
    style = re.search(rb'href="(/static/[^"]+\.css)"', _answer(port, "/")[2])[1].decode()
    status, headers, body = _answer(port, style)
    assert (status, headers["content-type"]) == (200, 'text/css; charset="utf-8"')
    assert len(body) == int(headers["content-length"]) > 1_000
    assert _answer(port, style)[2] == body
    assert _answer(port, style, range="bytes=0-9")[2] == body[:10]


def test_a_form_comes_in_and_its_cookie_goes_out(port):
    status, headers, _ = _answer(
        port,
        "/ngon-ngu/",
        "POST",
        b"language=en&back=/du-lieu/",
        content_type="application/x-www-form-urlencoded",
    )
    assert (status, headers["location"]) == (302, "/du-lieu/")
    assert headers["set-cookie"].startswith("kieng_language=en")


def test_what_is_too_large_is_refused_before_it_is_sent(port):
    status, headers, body = _answer(port, "/ngon-ngu/", "POST", b"x" * 1_200_000)
    assert (status, headers["connection"]) == (413, "close")
    assert "Gửi lên quá lớn" in body.decode()


def test_one_asker_sends_so_much_at_once_and_no_more(port):
    held = [_connected(port, sends=_UNFINISHED) for _ in range(60)]
    try:
        held[-1].settimeout(5)
        assert held[-1].recv(12) == b"HTTP/1.1 503"
    finally:
        for one in held:
            one.close()


def test_who_says_nothing_is_not_waited_for(port):
    with closing(_connected(port)) as silent:
        silent.settimeout(20)
        assert silent.recv(1) == b""


def test_without_a_host_the_server_is_asked_by_its_own_name(port):
    with closing(_connected(port, sends=b"GET /suc-khoe/ HTTP/1.0\r\n\r\n")) as one:
        assert one.recv(12) == b"HTTP/1.0 200"


def test_a_name_with_an_underscore_passes_for_no_other(port):
    """nginx leaves such names out too: X_Forwarded_Proto would become HTTP_X_FORWARDED_PROTO."""
    with closing(_connected(port)) as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost_: a\r\nAccept_Language: en\r\nHost: 127.0.0.1\r\n\r\n")
        assert one.recv(12) == b"HTTP/1.1 200"


async def _pieces(*found: bytes, stays: bool = False) -> AsyncIterator[bytes]:
    for one in found:
        yield one
    if stays:
        await asyncio.Event().wait()


def test_a_body_is_read_within_its_limits(monkeypatch):
    def read(sender: AsyncIterator[bytes], stated: str | None, chunked: bool = False) -> bytes:
        return in_a_loop(bodies.body_of(sender, stated, chunked))

    monkeypatch.setattr(bodies, "SECONDS", 0.05)
    assert read(_pieces(b"a", b"b"), "2") == b"ab"
    assert read(_pieces(b"a", b"b"), None, chunked=True) == b"ab"
    assert read(_pieces(stays=True), None) == read(_pieces(stays=True), "0") == b""
    with pytest.raises(bodies.TooSlow):
        read(_pieces(b"a", stays=True), "500")
    with pytest.raises(bodies.TooLarge):
        read(_pieces(stays=True), "99999999")
    with pytest.raises(bodies.TooLarge):
        read(_pieces(*[b"x" * 100_000] * 20), None, chunked=True)


def test_kept_answers_are_of_one_version_and_of_no_one_person():
    kept, key = Kept(most=13_000), key_of("GET", "/", "", {"host": "a"})
    assert key is not None
    kept.put(key, "1", Answer(200, [], b"x" * 5_000))
    assert kept.get(key, "1") is not None
    assert kept.get(key, "2") is kept.get(key, "") is None
    kept.put(("other",), "2", Answer(200, [], b"y" * 5_000))
    assert kept.get(key, "1") is kept.get(key, "2") is None
    kept.put(("third",), "2", Answer(200, [], b"z" * 5_000))
    assert kept.get(("other",), "2") is None  # no room for both
    kept.put(("counted",), "2", Answer(200, [("RateLimit-Limit", "120")], b""))
    assert kept.get(("counted",), "2") is None
    asked = {"host": "a", "accept-encoding": "gzip"}
    for cookie in ("sessionid=c", "kieng_language=en; sessionid=c", "messages=x", "a=b"):
        assert key_of("GET", "/", "", asked | {"cookie": cookie}) is None
    assert key_of("POST", "/", "", asked) is key_of("GET", "/", "", {}) is None
    assert key_of("GET", "/", "", asked | {"if-none-match": "x" * 5_000}) is None
    assert key_of("GET", "/?x", "", asked) != key_of("GET", "/", "x?", asked)
    said = {
        one: key_of("GET", "/", "", asked | {"cookie": f"kieng_language={one}"})
        for one in ("en", "english", "")
    }
    for same in ('"en"', " en", "vi; kieng_language=en"):  # Django reads each as English
        assert key_of("GET", "/", "", asked | {"cookie": f"kieng_language={same}"}) == said["en"]
    assert said["en"] != said["english"] == said[""] == key_of("GET", "/", "", asked)
