"""Personal data is stopped at the door: dropped, hashed with a key, or, where nobody declared it, refused."""

from __future__ import annotations

import hmac
import re

from kieng.records.faults import Fault

HASH_LENGTH = 32

# A citizen's number (12 digits) begins with one of the province codes 001 to 096: TT 59/2021/TT-BCA.
# Longer or shorter runs of digits, and sequence numbers filled up with zeros, are not taken for one.
_CITIZEN = re.compile(r"(?<!\d)0(?:0[1-9]|[1-8]\d|9[0-6])\d{9}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
_PHONE = re.compile(r"(?<![\d.,-])(?:\+84|0)[ .]?[35789]\d(?:[ .]?\d){7}(?![\d.,-]*\d)")

_CITIZEN_KIND = ("số định danh cá nhân", "a citizen's number")
_EMAIL_KIND = ("địa chỉ thư điện tử", "an e-mail address")
_PHONE_KIND = ("số điện thoại", "a telephone number")


def pseudonym(value: str, secret: bytes) -> str:
    """A keyed hash (HMAC-SHA256, 32 hexadecimal digits): equal people stay equal, nobody can be named."""
    return hmac.digest(secret, value.encode(), "sha256").hex()[:HASH_LENGTH]


def looks_personal(text: str, *, free_text: bool) -> Fault | None:
    """A fault when ``text`` holds personal data.

    Telephone numbers are looked for in free text only: a ten-digit tax code has the same shape.
    """
    if len(text) >= 12 and _CITIZEN.search(text):
        return _fault(text, _CITIZEN_KIND)
    if "@" in text and _EMAIL.search(text):
        return _fault(text, _EMAIL_KIND)
    if free_text and len(text) >= 10 and _PHONE.search(text):
        return _fault(text, _PHONE_KIND)
    return None


def _fault(text: str, kind: tuple[str, str]) -> Fault:
    masked = text[:2] + "…" if len(text) < 20 else "…"
    return Fault("personal-data", (("kind", kind[0]), ("kind_en", kind[1])), masked)
