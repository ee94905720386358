"""Pages that belong to no app: language, health, and what is said when a page cannot be shown."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kieng.web import door

_YEAR = 365 * 24 * 3600


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
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    return response


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether the pages, their database and the workspace's figures can be reached."""
    try:
        version = door.state().version
    except door.NothingMeasured:
        return JsonResponse({"status": "nothing measured"}, status=503)
    return JsonResponse({"status": "fine", "version": version})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "kieng/bad_request.html", status=400)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "kieng/refused.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "kieng/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    # Without the request: what every other page knows may be what has failed.
    return HttpResponse(render_to_string("kieng/failed.html"), status=500)
