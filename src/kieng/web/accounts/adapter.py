"""How allauth is held to the house's rules: nobody signs themselves up, and pages speak two languages."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kieng.web.accounts import devices, tries
from kieng.web.accounts.models import User
from kieng.web.accounts.reads import mark_proved
from kieng.web.asker import address_of
from kieng.web.audit.actions import record
from kieng.web.middleware import keep_language

log = logging.getLogger("kieng.accounts")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request.META)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The person whose password it is. ValidationError where too many were tried."""
        tried = tries.begin(request, credentials.get("username") or "")
        user = super().authenticate(request, **credentials)
        if user is not None:
            tried.was_right()
            mark_proved(request, user)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note it when somebody's account is tried. What was typed is not kept: it may be a password."""
        user = User.objects.filter(username=credentials.get("username") or "").first()
        log.info("log-in failed")
        if user is not None:
            record("log_in_failed", by=None, about=user, who=user.get_full_name())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:me")

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        if user.language:
            keep_language(response, user.language)
        devices.remember(request, response, user)
        return response


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The province's own log-in opens an account that is there; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Read what the provider calls the person, then keep nothing else of what it tells."""
        told = sociallogin.account.extra_data
        sociallogin.called = _called(told, sociallogin.account.uid)
        sociallogin.account.extra_data = {}
        return super().populate_user(request, sociallogin, {})

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Open the account that an administrator prepared under the subject or the name; refuse others."""
        if sociallogin.called is None:
            raise ImmediateHttpResponse(
                render(request, "socialaccount/authentication_error.html", status=401)
            )
        if sociallogin.is_existing:
            return
        found = User.objects.filter(province_login__in=sociallogin.called, socialaccount=None)
        if len(found) == 1:
            sociallogin.connect(request, found[0])
            record("province_login_linked", by=found[0], about=found[0], who=found[0].get_full_name())


def _called(told: dict[str, Any], subject: str) -> list[str] | None:
    """The subject and the name by which the provider knows the person, from the signed token and from the
    answer about them; None when the two speak of different people."""
    signed, answer = told.get("id_token") or {}, told.get("userinfo") or {}
    if signed.get("sub") is None or answer.get("sub", signed["sub"]) != signed["sub"]:
        return None
    name = answer.get(settings.OIDC_NAME_CLAIM) or signed.get(settings.OIDC_NAME_CLAIM)
    return [text for text in (subject, name) if isinstance(text, str) and text]
