"""The province's own log-in (OpenID Connect): allauth's, with the signature of every ID token checked."""

from __future__ import annotations

import logging
from typing import Any

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

log = logging.getLogger("kieng.accounts")
#: Signed with a key that only the provider has.
_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"})


class ProvinceAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Checks the signature even of a token that came straight from the provider."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        if jwt.get_unverified_header(id_token).get("alg") not in _ALGORITHMS:
            raise OAuth2Error("the ID token is not signed as it must be")
        self.did_fetch_access_token = False
        decoded: dict[str, Any] = super()._decode_id_token(app, id_token)
        return decoded


def _guarded(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    """An answer of the provider that makes no sense is told to the person, not to the log as a fault."""
    try:
        answer: HttpResponse = view.adapter_view(ProvinceAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (RequestException, jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        log.warning("the province's log-in cannot be used: %s", type(error).__name__)
        return render(request, "socialaccount/authentication_error.html", status=502)
    return answer


@login_not_required  # type: ignore[untyped-decorator]
def begins(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider."""
    return _guarded(OAuth2LoginView, request, provider_id)


@login_not_required  # type: ignore[untyped-decorator]
def answers(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The provider leads back, with a code that says who it is."""
    return _guarded(OAuth2CallbackView, request, provider_id)
