"""How an answer goes out: JSON, with what lets an asker keep it and ask only whether it changed."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase

from kieng import __version__
from kieng.web.door import State
from kieng.workspace.json_format import Json, json_text

_SMALL = 1_000
Make = Callable[[], Json]
Response = TypeVar("Response", bound=HttpResponseBase)


def etag_of(request: HttpRequest, state: State, media: str = "") -> str:
    """The same as long as neither data nor text nor program changed: no page need be made to know it.
    ``media`` where one address has several."""
    told = "\n".join((__version__, state.version, request.get_host(), request.get_full_path(), media))
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the asker has what the ETag stands for."""
    told = [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
    return "*" in told or etag in told or etag.removeprefix("W/") in told


def json_answer(
    request: HttpRequest,
    state: State,
    make: Make,
    write: Callable[[Json], str] = json_text,
    media: str = "application/json",
) -> HttpResponse:
    """What ``make`` gives as ``write`` writes it, unless the asker has it already; it may refuse the question
    all the same."""
    etag = etag_of(request, state, media)
    told = make()
    if is_known(request, etag):
        return with_headers(HttpResponseNotModified(), etag, state)
    text = write(told).encode()
    response = HttpResponse(content_type=media)
    if len(text) >= _SMALL and "gzip" in request.headers.get("Accept-Encoding", ""):
        text = gzip.compress(text, 6, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    response.content = text
    following = told.get("next")
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return with_headers(response, etag, state)


def with_headers(response: Response, etag: str, state: State) -> Response:
    """What lets an asker keep the answer, and the licence it may be used under."""
    told = {"ETag": etag, "Cache-Control": "public, no-cache", "Vary": "Accept-Encoding"}
    for name, value in told.items():
        response.headers[name] = value
    about = f'<{state.definitions.licence.url}>; rel="license"'
    known = response.headers.get("Link")
    response.headers["Link"] = f"{known}, {about}" if known else about
    return response
