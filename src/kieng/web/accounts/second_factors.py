"""Second factors: sealed in the database, and each code of an app of use once, wherever it was used first."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.db import IntegrityError, transaction

from kieng.web.accounts import sealing, tries
from kieng.web.accounts.models import Seal, UsedCode, User
from kieng.workspace.web_secret import fingerprint

#: What an authenticator keeps that must not be read: a text, or a list of texts.
SECRETS = ("secret", "seed", "migrated_codes")
#: So many used codes of one app are remembered. By number, not by time: a clock that is set back makes no
#: used code good again.
_REMEMBERED = 50


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """How allauth keeps what it must not be read of."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)


class _CodeIsUsedUp:
    """Of a form in which somebody who is known enters a code."""

    authenticator: Any
    user: User

    def clean_code(self) -> str:
        tried = tries.begin(context.request, self.user.username, code=True)
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            _use_up(sealing.unseal(self.authenticator.data["secret"]), code)
        tried.was_right()
        return code


class AuthenticateForm(_CodeIsUsedUp, base_forms.AuthenticateForm):  # type: ignore[misc]
    """After the password."""


class ReauthenticateForm(_CodeIsUsedUp, base_forms.ReauthenticateForm):  # type: ignore[misc]
    """Before something that asks for it once more."""


class ActivateForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """Adding an app, whose first code is used up by it."""

    def clean_code(self) -> str:
        tried = tries.begin(context.request, self.user.username, code=True)
        code: str = super().clean_code()
        _use_up(self.secret, code)
        tried.was_right()
        return code


def _use_up(secret: str, code: str) -> None:
    """ValidationError for a code that was used, in this very moment by another request perhaps."""
    step = _step_of(secret, code)
    if step is None or not _first_use(secret, step):
        raise get_adapter().validation_error("incorrect_code")


def _step_of(secret: str, code: str) -> int | None:
    """The half minute that a code is good for; None where it ended since the code was looked at."""
    step: int
    for step in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


def _first_use(secret: str, step: int) -> bool:
    of = hashlib.sha256(f"kieng.used {secret}".encode()).hexdigest()  # of 160 random bits: tells nothing
    try:
        with transaction.atomic():
            UsedCode.objects.create(of=of, step=step)
    except IntegrityError:
        return False
    kept = UsedCode.objects.filter(of=of).order_by("-pk").values("pk")[:_REMEMBERED]
    UsedCode.objects.filter(of=of).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return True


@transaction.atomic
def seal_all() -> int:
    """Seal all second factors with today's secret. How many are sealed with one that is not known here."""
    unreadable = 0
    for one in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN):
        try:
            data = each_secret(one.data, lambda text: sealing.seal(_read(text)))
        except sealing.Unreadable:
            unreadable += 1
            continue
        Authenticator.objects.filter(pk=one.pk).update(data=data)
    if not unreadable:
        Seal.objects.update_or_create(pk=1, defaults={"fingerprint": fingerprint(settings.SECRET_KEY)})
    return unreadable


def each_secret(data: dict[str, Any], change: Any) -> dict[str, Any]:
    """``data`` of an authenticator with each secret in it changed."""
    changed = {}
    for name, value in data.items():
        if name in SECRETS and value is not None:
            value = [change(one) for one in value] if isinstance(value, list) else change(value)
        changed[name] = value
    return changed


def _read(text: str) -> str:
    return sealing.unseal(text) if sealing.is_sealed(text) else text
