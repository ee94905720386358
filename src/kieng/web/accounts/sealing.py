"""What the database holds of sessions and second factors is sealed: of no use to who has the database alone.

The key comes of the installation's secret (``KIENG_WEB_SECRET``, or ``.kieng/web-secret``), which is in no
database. ``KIENG_WEB_SECRET_BEFORE`` opens what was sealed under an earlier one; all is sealed anew at the
next start. Where the secret is lost second factors are lost, and an administrator has people make new ones.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError

from kieng.words import Name

#: Begins what is sealed, so that nothing is taken for it, and nothing is sealed twice.
_MARK = "sealed1:"
LOST = Name(
    "Lớp bảo vệ thứ hai này được niêm phong bằng khoá bí mật mà hệ thống không còn có, nên không dùng được."
    " Hãy nhờ quản trị bỏ lớp bảo vệ thứ hai của bạn, rồi tạo lại.",
    "This second factor is sealed with a secret that the system no longer has, and cannot be used."
    " Ask the administrator to remove your second factor, then make a new one.",
)


class Unreadable(ValidationError):
    """Sealed with a secret that is neither today's nor the one before; forms say so."""

    def __init__(self) -> None:
        super().__init__(f"{LOST.vi} / {LOST.en}", code="sealed")


def seal(text: str) -> str:
    """``text`` as the database may hold it; what is sealed stays as it is."""
    return text if text.startswith(_MARK) else _MARK + _locks()[0].encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. Raises Unreadable for anything that was not, and without its secret."""
    if not sealed.startswith(_MARK):
        raise Unreadable
    try:
        return MultiFernet(_locks()).decrypt(sealed.removeprefix(_MARK).encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def is_sealed(text: str) -> bool:
    return text.startswith(_MARK)


def _locks() -> tuple[Fernet, ...]:
    return _locks_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(4)
def _locks_of(secrets: tuple[str, ...]) -> tuple[Fernet, ...]:
    return tuple(Fernet(base64.urlsafe_b64encode(_derived(one))) for one in secrets)


def _derived(secret: str) -> bytes:
    # The secret is random and long (50 characters or more): it needs no slow derivation.
    return hmac.digest(secret.encode(), b"kieng.web.accounts.sealing", hashlib.sha256)
