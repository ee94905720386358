"""What follows from logging in and from what allauth does: the trail, and what a session rests on."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from kieng.web.accounts import actions, reads
from kieng.web.accounts.models import User
from kieng.web.audit.actions import record

#: The posts a session was begun with. When one of them ends, so does the session.
POSTS = "kieng_posts"


@receiver(user_logged_in)
def begin(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    request.session[POSTS] = [post.pk for post in reads.person(user).posts]
    record("logged_in", by=user, about=user, who=user.get_full_name())


def outlived(request: HttpRequest, person: reads.Person) -> bool:
    """Whether a post ended that the session was begun with."""
    begun_with = request.session.get(POSTS, [])
    return not set(begun_with) <= {post.pk for post in person.posts}


@receiver(password_changed)
def chosen(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    actions.password_chosen(user=user, by=user)


@receiver(authenticator_added)
def added(sender: Any, user: User, authenticator: Any, **more: Any) -> None:
    record("second_factor_added", by=user, about=user, who=user.get_full_name(), factor=authenticator.type)


@receiver(authentication_failed)
def wrong_code(sender: Any, user: User, reauthentication: bool, **more: Any) -> None:
    if not reauthentication:
        record("second_factor_failed", by=None, about=user, who=user.get_full_name())


@receiver(authenticator_removed)
def removed(sender: Any, user: User, authenticator: Any, **more: Any) -> None:
    record("second_factor_removed", by=user, about=user, who=user.get_full_name(), factor=authenticator.type)
