"""The trail, for those who watch over."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kieng.web.audit import kinds, reads

_LONGEST = 18  # digits of a number that every database takes


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    asked = {name: _plain(request.GET.get(name, "")) for name in ("kind", "agency", "about")}
    page = reads.trail(before=_number(request.GET.get("before", "")), **asked)
    return render(request, "audit/trail.html", {"page": page, "kinds": kinds.names(), "asked": asked})


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Whether any byte of the trail was changed."""
    head = _plain(request.GET.get("head", "")).strip()
    return render(request, "audit/check.html", {"sound": reads.verify(head), "asked": head})


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        raise BadRequest("not a number")
    return int(text)


def _plain(text: str) -> str:
    if "\0" in text or len(text) > 200:
        raise BadRequest("not a text to look for")
    return text
