"""Pages that belong to no app: language, health, and what is said when a page cannot be shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kieng.web import watched
from kieng.web.accounts.actions import change_language
from kieng.web.accounts.reads import person_of
from kieng.web.middleware import keep_language


# A token would make every kept page another for each visitor; a language forced on somebody does no harm.
@csrf_exempt
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page it was chosen on."""
    back = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = redirect(back)
    chosen = "en" if request.POST.get("language") == "en" else "vi"
    keep_language(response, chosen)
    user = person_of(request).user
    if user is not None:
        change_language(user=user, language=chosen, by=user)
    return response


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether the pages, their database and the workspace's figures can be reached; with the workspace's
    token also which alarms stand."""
    found = watched.health()
    told: dict[str, Any] = {"status": found.status}
    if found.version:
        told["version"] = found.version
    if found.text_faults:
        told["text_faults"] = found.text_faults
    if watched.has_token(request):  # strangers are told no more than they can see
        told["alarms"] = [one.told() for one in watched.alarms(found)]
    return JsonResponse(told, status=200 if found.status == "fine" else 503)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "kieng/bad_request.html", status=400)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "kieng/refused.html", status=403)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: sent from elsewhere, or kept open since another log-in."""
    return render(request, "kieng/form_refused.html", status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "kieng/too_many.html", status=429)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "kieng/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    # Without the request: what every other page knows may be what has failed.
    return HttpResponse(render_to_string("kieng/failed.html"), status=500)
