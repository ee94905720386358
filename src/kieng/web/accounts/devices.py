"""Devices somebody logged in with before: what strangers try elsewhere keeps nobody out of their own.

A signed cookie names the last accounts that were fully logged in on a device, each with a number of its own.
It opens nothing; wrong tries on it count apart. It is sent to the pages of accounts alone.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from kieng.web.accounts.models import User

COOKIE = "kieng_device"
_SALT, _PATH = "kieng.device", "/tai-khoan/"
_AGE = timedelta(days=180)
#: Of a computer that a whole counter shares: so many accounts, the last first.
_MOST = 8


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the device of who has just logged in be known as one of theirs."""
    others = [one for one in _told(request) if one[0] != user.pk]
    mine = (user.pk, secrets.token_hex(8), user.session_round)
    value = signing.dumps([mine, *others][:_MOST], salt=_SALT)
    response.set_cookie(
        COOKIE, value, max_age=_AGE, path=_PATH, httponly=True, secure=settings.HTTPS, samesite="Lax"
    )


def known_as(request: HttpRequest, user: User | None) -> str | None:
    """The number of the device as one of ``user``'s; None where it is none, or they logged out everywhere."""
    if user is None:
        return None
    numbers = (number for pk, number, ended in _told(request) if (pk, ended) == (user.pk, user.session_round))
    return next(numbers, None)


def number_of(request: HttpRequest) -> str | None:
    """The number of the device as that of whoever logged in with it last."""
    return next((number for _, number, _ in _told(request)), None)


def _told(request: HttpRequest) -> list[tuple[int, str, int]]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_AGE)
    except signing.BadSignature:
        return []
    return [(pk, number, ended) for pk, number, ended in found]
