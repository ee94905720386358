"""What is done around every page."""

from __future__ import annotations

import gzip
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from kieng.problems import UserError
from kieng.web import door
from kieng.web.counting import NO_PAGE, PAGE

View = Callable[[HttpRequest], HttpResponse]
_log = logging.getLogger("kieng.requests")

#: Nothing from elsewhere, nothing inline: a page that was tampered with can run nothing.
CSP = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
#: In the environment of a question whose answer is the same for every stranger: the version of the data.
KEPT = "kieng.kept"
_TRIES = 5
_READING = ("GET", "HEAD")
_KEPT_BYTES = 64_000_000
#: Answers smaller than this are not worth compressing.
_SMALL = 1_000


def security_headers(get_response: View) -> View:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        csp = CSP.replace("form-action 'self'", " ".join(("form-action 'self'", *settings.FORM_ACTIONS)))
        response.headers.setdefault("Content-Security-Policy", csp)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        # What does not say that it is for everybody stays in nobody's cache, this browser's neither.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def zipped_pages(get_response: View) -> View:
    """Pages made for one person travel compressed. Django pads them by chance, and masks their token anew
    each time, so that their length gives no secret away (BREACH). Files travel as they are."""
    compress = GZipMiddleware(get_response)

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
        if page:
            compress.process_response(request, response)  # changes what it is given
        return response

    return answer


def request_log(get_response: View) -> View:
    """One line per page made: which, how it ended, how long. Nothing of who asked, from where or for what."""

    def answer(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        name = match.view_name if match else NO_PAGE
        request.META[PAGE] = name
        took = round((time.perf_counter() - began) * 1000)
        _log.info("%s %s %s %s ms", request.method, name, response.status_code, took)
        return response

    return answer


def language(get_response: View) -> View:
    """Vietnamese unless the person chose English: what a browser happens to prefer does not count."""

    def answer(request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request)):
            request.LANGUAGE_CODE = language_of(request)
            response = get_response(request)
        response.headers.setdefault("Content-Language", language_of(request))
        return response

    return answer


def keep_language(response: HttpResponse, language: str) -> None:
    """Keep the chosen language in a cookie, for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def language_of(request: HttpRequest) -> str:
    return language_in(request.COOKIES)


def language_in(cookies: Mapping[str, str]) -> str:
    return "en" if cookies.get(settings.LANGUAGE_COOKIE_NAME) == "en" else "vi"


def is_anybody(cookies: Mapping[str, str]) -> bool:
    """Whether a page is the same beside these cookies as beside none. Any but the language and a form's token
    may stand for somebody, or for what is to be told them once."""
    return not cookies.keys() - {settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}


class OneState:
    """Make a page again when what it reads was measured anew meanwhile, so that none mixes two states."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for _ in range(_TRIES if request.method in _READING else 1):
            with door.one_state():
                response = self.get_response(request)
            if not isinstance(response, _Moved):
                break
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, door.StateMoved):
            return _Moved(status=503, headers={"Retry-After": "1"})
        if isinstance(error, door.NothingMeasured):
            return render(request, "kieng/nothing_measured.html", status=503)
        if isinstance(error, UserError):
            return _out_of_reach(error)
        return None


def _out_of_reach(error: UserError) -> HttpResponse:
    """What a page is made of cannot be had: a damaged database, a full disk. Whatever else there is to say of
    it, where it lies above all, is for the log."""
    _log.error("%s", error)
    codes = ", ".join(sorted({one.code for one in error.problems}))
    # Without the request: what every other page knows may be what cannot be had.
    return HttpResponse(render_to_string("kieng/out_of_reach.html", {"codes": codes}), status=503)


class _Moved(HttpResponse):
    """The page was not made: the data moved on."""


@dataclass(frozen=True)
class _Page:
    headers: dict[str, str]
    plain: bytes
    zipped: bytes | None
    etag: str
    name: str


class _Kept:
    """Pages by what they depend on, the oldest dropped first; at most so many bytes."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0
        self._pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, ...]) -> _Page | None:
        return self._pages.get(key)

    def put(self, key: tuple[str, ...], page: _Page) -> None:
        with self._lock:
            old = self._pages.pop(key, None)  # two may have made it at once
            self._bytes += len(page.plain) - (len(old.plain) if old else 0)
            self._pages[key] = page
            while self._bytes > self._most:
                self._bytes -= len(self._pages.popitem(last=False)[1].plain)


_kept = _Kept(_KEPT_BYTES)
#: What a page may depend on: these of an answer's headers are kept with it.
_HEADERS = ("Content-Type", "Content-Language", "Content-Disposition", "Link")


def public_pages(get_response: View) -> View:
    """Keep whole pages that are the same for every stranger: by data version, address and language.

    Only what a view marks with ``response.same_for_all`` is kept, and only for people without a session,
    so that no token, name or language of one visitor reaches another.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in _READING or not is_anybody(request.COOKIES):
            return get_response(request)
        version = _version()
        key = (version, language_of(request), request.get_full_path(), request.get_host())
        page = _kept.get(key) if version else None
        if page is None:
            response = get_response(request)
            if not version or not getattr(response, "same_for_all", False) or response.status_code != 200:
                return response
            page = _page_of(response, key, request.META.get(PAGE, NO_PAGE))
            _kept.put(key, page)
        request.META[KEPT], request.META[PAGE] = version, page.name
        return _answer(request, page)

    return answer


def _version() -> str:
    try:
        return door.state().version
    except door.NO_STATE:
        return ""


def _page_of(response: HttpResponse, key: tuple[str, ...], name: str) -> _Page:
    content = response.content
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    zipped = gzip.compress(content, 6, mtime=0) if len(content) >= _SMALL else None
    etag = hashlib.sha256("\n".join(key).encode() + content).hexdigest()[:20]
    return _Page(headers, content, zipped, etag, name)


def _answer(request: HttpRequest, page: _Page) -> HttpResponse:
    etag = f'W/"{page.etag}"'
    if etag in [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]:
        response: HttpResponse = HttpResponseNotModified()
    elif page.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(page.zipped)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(page.plain)
    more = {"ETag": etag, "Vary": "Accept-Encoding, Cookie", "Cache-Control": "no-cache"}
    for name, value in (page.headers | more).items():
        response.headers[name] = value
    return response
