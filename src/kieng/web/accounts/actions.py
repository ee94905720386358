"""The only writer of people and posts. Whatever is done says by whom and why, and is in the audit trail."""

from __future__ import annotations

import secrets
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kieng.web.accounts import tries
from kieng.web.accounts.models import Post, Role, User
from kieng.web.audit.actions import in_turn, record
from kieng.words import Name

#: Without those that look alike (0 O, 1 l I): read from a sheet and typed.
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_OF_AN_AGENCY = frozenset({Role.OFFICER, Role.HEAD})


class Refused(Exception):
    """What was asked for cannot be; ``says`` tells the person why and how to mend it."""

    def __init__(self, says: Name) -> None:
        super().__init__(says.en)
        self.says = says


@transaction.atomic
def create_person(
    *,
    username: str,
    shown_as: str,
    by: User | None,
    why: str,
    password: str = "",
    province_login: str = "",
    email: str = "",
) -> User:
    """An account without any post. Without ``password``, it opens by an activation link, or by the province's
    own log-in."""
    user = User(username=username, shown_as=shown_as, province_login=province_login, email=email)
    user.must_change_password = bool(password)
    user.set_password(password or None)
    user.save()
    record("person_created", by=by, about=user, why=why, who=str(user.get_full_name()))
    return user


@transaction.atomic
def give_post(
    *,
    user: User,
    role: Role,
    by: User | None,
    why: str,
    valid_from: date,
    valid_to: date | None = None,
    agency: str = "",
    acting: bool = False,
    instead_of: Post | None = None,
    title: str = "",
) -> Post:
    """Let somebody hold a post from a day until (not including) another. Refused when it cannot be."""
    in_turn()  # two administrators at once must not both find an agency without a head
    if valid_to is not None and valid_to <= valid_from:
        raise Refused(Name("Ngày kết thúc phải sau ngày bắt đầu", "The end must come after the beginning"))
    if role in _OF_AN_AGENCY and not agency:
        raise Refused(Name("Chức vụ này phải thuộc một cơ quan", "This post needs an agency"))
    if acting and valid_to is None:
        raise Refused(Name("Quyền hoặc uỷ quyền phải có ngày kết thúc", "An acting post needs an end"))
    agency = agency if role in _OF_AN_AGENCY else ""
    if role is Role.HEAD and not acting:
        _refuse_second_head(agency, valid_from, valid_to)
    post = Post.objects.create(
        user=user,
        role=role,
        agency=agency,
        valid_from=valid_from,
        valid_to=valid_to,
        acting=acting,
        because=why[:500],
        instead_of=instead_of,
        title=title,
    )
    _record_post("post_given", post, by, why)
    return post


@transaction.atomic
def end_post(*, post: Post, on: date, by: User | None, why: str) -> None:
    """Let a post, and what was delegated of it, be held no longer from ``on``."""
    if post.valid_to is not None and post.valid_to <= on:
        raise Refused(Name("Chức vụ này đã kết thúc trước ngày đó", "The post ends before that day already"))
    if on <= post.valid_from:
        raise Refused(Name("Ngày kết thúc phải sau ngày bắt đầu", "The end must come after the beginning"))
    _keep_one_administrator(post.user, post)
    post.valid_to = on
    post.save(update_fields=["valid_to"])
    _record_post("post_ended", post, by, why)
    for below in post.delegations.filter(Q(valid_to=None) | Q(valid_to__gt=on)):
        _cut_short(below, on, by, why)


@transaction.atomic
def change_post(*, post: Post, valid_to: date | None, title: str, by: User | None, why: str) -> None:
    """Give a post another end, later or none, or another title. To end it sooner is :func:`end_post`."""
    in_turn()
    if valid_to != post.valid_to and post.role == Role.HEAD and not post.acting:
        _refuse_second_head(post.agency, post.valid_from, valid_to, but=post)
    post.valid_to, post.title = valid_to, title
    post.save(update_fields=["valid_to", "title"])
    _record_post("post_changed", post, by, why)


@transaction.atomic
def hand_over(*, post: Post, to: User, on: date, by: User | None, why: str, open_matters: int = 0) -> Post:
    """Let ``to`` hold a post from ``on`` instead of its holder. What is open in the agency is whoever's holds
    the post, so it passes on that day; what was delegated ends. ``open_matters`` are noted in the trail."""
    in_turn()
    if post.acting:
        raise Refused(
            Name("Người quyền, được uỷ quyền không bàn giao", "Who acts for another hands nothing over")
        )
    if to == post.user or not to.is_active:
        raise Refused(Name("Hãy chọn một người khác đang làm việc", "Choose somebody else who is at work"))
    end_post(post=post, on=on, by=by, why=why)
    given = give_post(
        user=to, role=Role(post.role), agency=post.agency, valid_from=on, by=by, why=why, title=post.title
    )
    record(
        "post_handed_over",
        by=by,
        about=to,
        agency=post.agency,
        why=why,
        who=to.get_full_name(),
        before=post.user.get_full_name(),
        post=given.pk,
        role=post.role,
        valid_from=on.isoformat(),
        open=open_matters,
    )
    return given


@transaction.atomic
def rename(*, user: User, shown_as: str, by: User | None, why: str) -> None:
    """Call somebody otherwise on the pages."""
    before = user.get_full_name()
    user.shown_as = shown_as
    user.save(update_fields=["shown_as"])
    record("person_renamed", by=by, about=user, why=why, who=shown_as, before=before)


@transaction.atomic
def set_email(*, user: User, email: str, by: User | None, why: str) -> None:
    """The address by which a sheet of people knows somebody."""
    user.email = email
    user.save(update_fields=["email"])
    record("email_set", by=by, about=user, why=why, who=user.get_full_name())


@transaction.atomic
def delegate(
    *, post: Post, to: User, valid_from: date, valid_to: date, by: User, why: str, today: date | None = None
) -> Post:
    """Let somebody of the same agency act in ``post`` for some days. Only its own holder, who does not act
    in it for another, and an administrator may."""
    today = today or timezone.localdate()
    if post.acting:
        raise Refused(
            Name("Người được uỷ quyền không uỷ quyền lại", "Whoever acts for another delegates not")
        )
    if to == post.user or not to.is_active:
        raise Refused(Name("Hãy chọn một người khác đang làm việc", "Choose somebody else who is at work"))
    if valid_from < today:
        raise Refused(Name("Không uỷ quyền cho ngày đã qua", "What is past cannot be delegated"))
    if not (post.holds_on(valid_from) and (post.valid_to is None or valid_to <= post.valid_to)):
        raise Refused(Name("Thời gian uỷ quyền vượt quá chức vụ", "The days go beyond the post's own"))
    if post.agency and not _serves_in(to, post.agency, valid_from):
        raise Refused(Name("Người này không thuộc cơ quan", "This person holds no post in the agency"))
    return give_post(
        user=to,
        role=Role(post.role),
        agency=post.agency,
        valid_from=valid_from,
        valid_to=valid_to,
        acting=True,
        instead_of=post,
        by=by,
        why=why,
    )


@transaction.atomic
def take_back(*, post: Post, on: date, by: User, why: str) -> None:
    """End a delegation from ``on``; one that had not begun never does."""
    if post.instead_of is None or post.instead_of.user != by:
        raise Refused(Name("Chỉ người uỷ quyền rút lại được", "Only who delegated may take it back"))
    if post.valid_to is not None and post.valid_to <= on:
        raise Refused(Name("Uỷ quyền đã kết thúc", "It has ended already"))
    _cut_short(post, on, by, why)


@transaction.atomic
def disable(*, user: User, by: User | None, why: str) -> None:
    """Nobody logs in with the account any more; who is logged in is out at once. Posts stay in history."""
    if user == by:
        raise Refused(Name("Không thể tự khoá tài khoản của mình", "You cannot disable your own account"))
    _keep_one_administrator(user)
    user.is_active = False
    user.session_round += 1
    user.save(update_fields=["is_active", "session_round"])
    record("person_disabled", by=by, about=user, why=why, who=user.get_full_name())


@transaction.atomic
def enable(*, user: User, by: User | None, why: str) -> None:
    """Let a disabled account log in again."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("person_enabled", by=by, about=user, why=why, who=user.get_full_name())


@transaction.atomic
def new_password(*, user: User, by: User | None, why: str) -> str:
    """A password made by chance, to be handed over and changed at the first log-in. Ends every session."""
    made = made_password()
    user.set_password(made)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    tries.forget(user)
    record("password_given", by=by, about=user, why=why, who=user.get_full_name())
    return made


@transaction.atomic
def password_chosen(*, user: User, by: User) -> None:
    """Somebody chose their own password."""
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    record("password_changed", by=by, about=user, who=user.get_full_name())


@transaction.atomic
def remove_second_factor(*, user: User, by: User | None, why: str) -> None:
    """For somebody who lost their phone and their codes."""
    Authenticator.objects.filter(user=user).delete()
    user.session_round += 1
    user.save(update_fields=["session_round"])
    record("second_factor_removed", by=by, about=user, why=why, who=user.get_full_name())


@transaction.atomic
def set_province_login(*, user: User, province_login: str, by: User | None, why: str) -> None:
    """What the province's own log-in calls somebody; empty: it opens the account no more."""
    taken = User.objects.filter(province_login=province_login).exclude(pk=user.pk)
    if province_login and taken.exists():
        raise Refused(Name("Tên này đã gắn với người khác", "Another person has this name already"))
    user.province_login = province_login
    user.save(update_fields=["province_login"])
    # Whoever was let in under the old name is asked for anew.
    SocialAccount.objects.filter(user=user).delete()
    record("province_login_set", by=by, about=user, why=why, who=user.get_full_name())


@transaction.atomic
def end_sessions(*, user: User, by: User) -> None:
    """Log somebody out everywhere."""
    user.session_round += 1
    user.save(update_fields=["session_round"])
    record("sessions_ended", by=by, about=user, who=user.get_full_name())


@transaction.atomic
def change_language(*, user: User, language: str, by: User) -> None:
    """The language somebody's pages open in after logging in."""
    if user.language == language:
        return
    user.language = language
    user.save(update_fields=["language"])
    record("language_changed", by=by, about=user, who=user.get_full_name(), language=language)


def made_password() -> str:
    """16 letters and digits by chance: 92 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _cut_short(post: Post, on: date, by: User | None, why: str) -> None:
    """A delegation that had not begun never does: it is held on no day, and stays in history."""
    if on > post.valid_from:
        post.valid_to = on
        post.save(update_fields=["valid_to"])
        _record_post("post_ended", post, by, why)
    else:
        _record_post("post_withdrawn", post, by, why)
        post.delete()


def _refuse_second_head(
    agency: str, valid_from: date, valid_to: date | None, but: Post | None = None
) -> None:
    """One head at a time."""
    held = Post.objects.filter(agency=agency, role=Role.HEAD, acting=False)
    held = held.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from))
    if valid_to is not None:
        held = held.filter(valid_from__lt=valid_to)
    if but is not None:
        held = held.exclude(pk=but.pk)
    if held.exists():
        raise Refused(
            Name(
                "Cơ quan đã có người đứng đầu trong thời gian này: hãy kết thúc chức vụ cũ trước",
                "The agency has a head in these days: end that post first",
            )
        )


def _keep_one_administrator(user: User, post: Post | None = None) -> None:
    """Somebody must be able to let people in again."""
    admins = Post.objects.filter(role=Role.ADMIN, user__is_active=True, valid_to=None)
    if (post is None and not admins.filter(user=user).exists()) or (post and post.role != Role.ADMIN):
        return
    others = admins.exclude(pk=post.pk) if post else admins.exclude(user=user)
    if not others.exists():
        raise Refused(Name("Phải còn ít nhất một quản trị", "One administrator must remain"))


def _serves_in(user: User, agency: str, day: date) -> bool:
    held = user.posts.filter(agency=agency, valid_from__lte=day, acting=False)
    return held.exclude(valid_to__lte=day).exists()


def _record_post(kind: str, post: Post, by: User | None, why: str) -> None:
    record(
        kind,
        by=by,
        about=post.user,
        agency=post.agency,
        why=why,
        who=post.user.get_full_name(),
        post=post.pk,
        role=post.role,
        acting=int(post.acting),
        valid_from=post.valid_from.isoformat(),
        valid_to=post.valid_to.isoformat() if post.valid_to else None,
    )
