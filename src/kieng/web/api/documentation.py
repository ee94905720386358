"""The page that tells how to use the open data, made from the API's own description."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kieng.web import door
from kieng.web.api import reference
from kieng.web.opendata.catalogue import FORMS
from kieng.web.public.views import same_for_all


@same_for_all
def documentation(request: HttpRequest) -> HttpResponse:
    """How to use the open data, with examples that run as they stand."""
    state = door.state()
    told = {
        "state": state,
        "site": request.build_absolute_uri("/").rstrip("/"),
        "indicators": state.definitions.indicators.values(),
        "forms": FORMS,
        "licence": state.definitions.licence,
        "addresses": reference.addresses(),
        "problems": reference.problems(),
    }
    return render(request, "opendata/documentation.html", told)
