"""How an answer goes out: JSON, with what lets an asker keep it and ask only whether it changed."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from kieng import __version__
from kieng.web.door import State
from kieng.web.opendata.licence import licence
from kieng.workspace.json_format import Json, json_text

_SMALL = 1_000
Make = Callable[[], Json]


def etag_of(request: HttpRequest, state: State) -> str:
    """The same as long as neither data nor text nor program changed: no page need be made to know it."""
    told = "\n".join((__version__, state.version, request.get_full_path()))
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the asker has what the ETag stands for."""
    told = [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
    return "*" in told or etag in told or etag.removeprefix("W/") in told


def json_answer(request: HttpRequest, state: State, make: Make) -> HttpResponse:
    """What ``make`` gives, unless the asker has it already; it may refuse the question all the same."""
    etag = etag_of(request, state)
    told = make()
    if is_known(request, etag):
        return with_headers(HttpResponseNotModified(), etag)
    text = json_text(told).encode()
    response = HttpResponse(content_type="application/json")
    if len(text) >= _SMALL and "gzip" in request.headers.get("Accept-Encoding", ""):
        text = gzip.compress(text, 6, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    response.content = text
    following = told.get("next")
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return with_headers(response, etag)


def with_headers(response: HttpResponse, etag: str) -> HttpResponse:
    told = {"ETag": etag, "Cache-Control": "public, no-cache", "Vary": "Accept-Encoding"}
    for name, value in told.items():
        response.headers[name] = value
    about = f'<{licence().url}>; rel="license"'
    known = response.headers.get("Link")
    response.headers["Link"] = f"{known}, {about}" if known else about
    return response
