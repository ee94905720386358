"""Activation: a link by which somebody chooses a password, once, until a moment. Nobody else ever knows it.

Opening the link changes nothing, for mail programs open links too; sending the form does.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kieng.web.accounts import tries
from kieng.web.accounts.actions import Refused
from kieng.web.accounts.models import User
from kieng.web.audit.actions import in_turn, record
from kieng.web.people.models import Activation
from kieng.words import Name

#: How long a link opens.
LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Link:
    """A link as it is handed over, once: ``token`` is kept nowhere."""

    user: User
    token: str
    ends_at: datetime


@transaction.atomic
def give_links(*, users: Sequence[User], by: User | None, why: str, lasts: timedelta = LASTS) -> list[Link]:
    """A new link for each; those given before open no more. Refused for a disabled account."""
    in_turn()
    now = timezone.now()
    if any(not one.is_active for one in users):
        raise Refused(Name("Tài khoản đã khoá", "The account is disabled"))
    _end_open(Q(user__in=users), now)
    links = [Link(one, secrets.token_urlsafe(32), now + lasts) for one in users]
    Activation.objects.bulk_create(
        Activation(user=one.user, hash=hash_of(one.token), made_at=now, ends_at=one.ends_at) for one in links
    )
    for one in links:
        record("activation_given", by=by, about=one.user, why=why, who=one.user.get_full_name())
    return links


@transaction.atomic
def activate(*, token: str, password: str) -> User:
    """Take the password that somebody chose. Refused when the link opens no more; ValidationError for a weak
    password, and the link goes on. Whoever was logged in with the account is out."""
    in_turn()
    user = user_of(token)
    if user is None:
        raise Refused(Name("Liên kết đã hết hạn hoặc đã dùng", "The link has ended or was used"))
    validate_password(password, user)
    now = timezone.now()
    Activation.objects.filter(hash=hash_of(token)).update(used_at=now)
    _end_open(Q(user=user), now)
    user.set_password(password)
    user.must_change_password = False
    user.session_round += 1
    user.save(update_fields=["password", "must_change_password", "session_round"])
    tries.forget(user)
    record("activated", by=user, about=user, who=user.get_full_name())
    return user


def user_of(token: str) -> User | None:
    """Whose link this is, while it opens."""
    found = Activation.objects.select_related("user").filter(hash=hash_of(token)).first()
    if found is None or not found.opens_at(timezone.now()) or not found.user.is_active:
        return None
    return found.user


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _end_open(of: Q, now: datetime) -> None:
    Activation.objects.filter(of, used_at=None, ends_at__gt=now).update(ends_at=now)
