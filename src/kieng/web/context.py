"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from kieng.web import door
from kieng.web.accounts.reads import person_of


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """``state`` (None where there is none), ``person``, ``language``, ``demo``, ``here``."""
    try:
        state = door.state()
    except door.NO_STATE:
        state = None
    return {
        "state": state,
        "person": person_of(request),
        "language": get_language(),
        "demo": settings.DEMO,
        "here": request.get_full_path(),
    }
