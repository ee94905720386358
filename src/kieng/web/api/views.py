"""The administrator's pages about API keys."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kieng.web.accounts.models import User
from kieng.web.accounts.reads import person_of
from kieng.web.api import actions, around, reads
from kieng.web.api.forms import KeyForm, Why
from kieng.web.api.models import ApiKey

_form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that was given."""
    return render(request, "api/keys.html", {"keys": reads.keys()})


@_form_page
@never_cache
def new_key(request: HttpRequest) -> HttpResponse:
    """Give a key; its text is shown once."""
    form = KeyForm(request.POST or None)
    if not form.is_valid():
        return render(request, "api/new_key.html", {"form": form}, status=400 if form.is_bound else 200)
    key, text = actions.make_key(**form.cleaned_data, by=_self(request))
    around.forget_keys()
    return render(request, "api/given.html", {"key": key, "text": text})


@_form_page
def revoke(request: HttpRequest, key: int) -> HttpResponse:
    """End a key. Other processes may take it for half a minute more."""
    one = get_object_or_404(ApiKey, pk=key)
    form = Why(request.POST or None)
    if form.is_valid():
        actions.revoke_key(key=one, by=_self(request), why=form.cleaned_data["why"])
        around.forget_keys()
        return redirect("api_keys:list")
    told = {"form": form, "key": one}
    return render(request, "api/revoke.html", told, status=400 if form.is_bound else 200)


def _self(request: HttpRequest) -> User:
    user = person_of(request).user
    if user is None:
        raise PermissionDenied
    return user
