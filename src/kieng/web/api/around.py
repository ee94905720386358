"""Middleware around everything that is open data: anybody's page may read it, nobody may ask too much, and
what goes wrong is told as a problem, never as a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest, HttpResponse

from kieng.web import limits
from kieng.web.api.reads import hash_of, is_key
from kieng.web.asker import asker_of
from kieng.web.opendata.problems import PROBLEM_TYPE, Refusal, response_of
from kieng.words import Name

#: What an answer depends on beside its address.
_VARY_OF = {"/du-lieu/catalog": "Accept, Accept-Encoding"}
View = Callable[[HttpRequest], HttpResponse]

API = "/api/"
#: Open to scripts of other sites, and counted.
OPEN = (API, "/du-lieu/tai/", "/du-lieu/catalog")
#: What takes the server seconds counts as so many questions.
_COSTLY = 10
_KEY_KNOWN = 30.0
_KEYS_KNOWN = 1_000

_NO_ADDRESS = Name(
    "Không có địa chỉ này; xem danh sách ở /du-lieu/.", "There is no such address; /du-lieu/ lists them."
)
_known: dict[str, tuple[float, bool]] = {}
_lock = Lock()

_STATUS = {
    404: ("not-found", _NO_ADDRESS),
    405: ("not-allowed", Name("Dữ liệu mở chỉ đọc: dùng GET.", "Open data is for reading: use GET.")),
    429: (
        "too-many",
        Name("Quá nhiều câu hỏi tốn sức máy.", "Too many costly questions."),
    ),
    503: ("busy", Name("Hãy thử lại sau giây lát.", "Try again in a moment.")),
    500: ("failed", Name("Lỗi ở máy chủ, không phải ở câu hỏi.", "The fault is the server's.")),
}


def open_data(get_response: View) -> View:
    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(OPEN):
            return get_response(request)
        response = _preflight(request) or _counted(request, get_response)
        return _opened(request, response)

    return answer


def _preflight(request: HttpRequest) -> HttpResponse | None:
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    allowed = {"Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Max-Age": "86400"}
    allowed["Access-Control-Allow-Headers"] = "X-API-Key, If-None-Match"
    return HttpResponse(status=204, headers=allowed)


def _counted(request: HttpRequest, get_response: View) -> HttpResponse:
    key = request.headers.get("X-API-Key", "")
    address = asker_of(request.META)
    if key and not _is_key(key):
        allowed = limits.buckets().take(address, limits.STRANGER)
        detail = Name("Khoá không có hoặc đã thu hồi.", "The key is unknown or was revoked.")
        refusal = _too_many(allowed) if allowed.wait else Refusal(401, "unknown-key", detail, "X-API-Key")
        return _told(response_of(refusal), allowed)
    rate = limits.WITH_KEY if key else limits.STRANGER
    allowed = limits.buckets().take(hash_of(key) if key else address, rate, _cost(request))
    if allowed.wait:
        return _told(response_of(_too_many(allowed)), allowed)
    return _told(get_response(request), allowed)


def _too_many(allowed: limits.Allowed) -> Refusal:
    vi = f"Hãy chờ {allowed.wait} giây rồi hỏi lại, hoặc xin khoá API."
    return Refusal(429, "too-many", Name(vi, f"Wait {allowed.wait} seconds, or ask for an API key."))


def _told(response: HttpResponse, allowed: limits.Allowed) -> HttpResponse:
    response.headers["RateLimit-Limit"] = str(allowed.rate.burst)
    response.headers["RateLimit-Remaining"] = str(allowed.left)
    response.headers["RateLimit-Reset"] = str(allowed.full)
    if allowed.wait:
        response.headers["Retry-After"] = str(allowed.wait)
    return response


def _cost(request: HttpRequest) -> int:
    asked = request.GET
    slow = asked.get("as_of") or asked.get("map", "as-was") not in ("as-was", "today", "")
    slow = slow or request.path.endswith("/changes") or "/tai/tat-ca." in request.path
    return _COSTLY if slow else 1


def _is_key(text: str) -> bool:
    """Known for half a minute, so that a question with a key asks the database seldom."""
    key, now = hash_of(text[:200]), time.monotonic()
    with _lock:
        at, found = _known.get(key, (-_KEY_KNOWN, False))
    if now - at < _KEY_KNOWN:
        return found
    found = is_key(text[:200])
    with _lock:
        if len(_known) >= _KEYS_KNOWN:
            _known.clear()
        _known[key] = (now, found)
    return found


def forget_keys() -> None:
    """Look every key up anew: one was revoked."""
    with _lock:
        _known.clear()


def _opened(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code in _STATUS and response.headers.get("Content-Type") != PROBLEM_TYPE:
        code, detail = _STATUS[response.status_code]
        headers = {n: v for n, v in response.headers.items() if n in ("Allow", "Retry-After", *_LIMITS)}
        response = response_of(Refusal(response.status_code, code, detail), headers)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = ", ".join(("ETag", "Link", "Retry-After", *_LIMITS))
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # Nothing here depends on who is logged in.
    response.headers["Vary"] = _VARY_OF.get(request.path, "Accept-Encoding")
    response.cookies.clear()
    return response


_LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
