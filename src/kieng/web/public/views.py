"""Pages for everybody: the same for all, so they may be kept whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kieng.web import door
from kieng.web.public import reads

View = Callable[..., HttpResponse]


def same_for_all(view: View) -> View:
    """Mark a page as the same for every stranger, so that ``middleware.public_pages`` may keep it.

    The template must show nothing of the person and hold no form.
    """

    @wraps(view)
    @require_safe
    def answer(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        response = view(request, *args, **options)
        response.same_for_all = True  # type: ignore[attr-defined]
        return response

    return answer


@same_for_all
def plan(request: HttpRequest) -> HttpResponse:
    """The plan at a glance: every target by pillar, with where it stands."""
    return render(request, "public/plan.html", {"pillars": reads.plan_at_a_glance(door.state())})
