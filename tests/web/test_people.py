"""Activation, handover, and what an administrator has to see to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from tests.helpers.workspace import write_workspace

from kieng.plan.definitions import Definitions
from kieng.web.accounts import actions as accounts
from kieng.web.accounts import reads as people
from kieng.web.accounts.models import Post, Role, User
from kieng.web.audit.models import Event
from kieng.web.people import activation, reads
from kieng.web.people.models import Activation
from kieng.workspace.folder import Workspace

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PASSWORD = "mot-mat-khau-du-dai"


@pytest.fixture(autouse=True)
def _no_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Definitions:
    return Workspace(write_workspace(tmp_path_factory.mktemp("people"))).definitions


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def somebody(name: str, role: Role | None = None, agency: str = "", **days: date | None) -> User:
    user = accounts.create_person(username=name, shown_as=name, by=None, why="thử")
    if role:
        first = days.pop("valid_from", None) or day(-100)
        accounts.give_post(user=user, role=role, agency=agency, valid_from=first, by=None, why="thử", **days)
    return user


def link_of(user: User, **more: timedelta) -> str:
    return activation.give_links(users=[user], by=None, why="thử", **more)[0].token


def test_a_link_opens_once_and_only_its_hash_is_kept():
    user = somebody("moi", Role.OFFICER, "xa-3")
    token = link_of(user)
    assert token not in str(list(Activation.objects.values_list())) + str(list(Event.objects.values_list()))
    page, stranger = f"/tai-khoan/kich-hoat/{token}/", Client()
    for _ in range(2):  # a mail program looks at it too
        told = stranger.get(page)
        assert told.status_code == 200
        assert "no-store" in told["Cache-Control"]
        assert told["Referrer-Policy"] == "same-origin"
    assert stranger.post(page, {"password1": "ngan", "password2": "ngan"}).status_code == 400
    assert stranger.post(page, {"password1": PASSWORD, "password2": PASSWORD + "x"}).status_code == 400
    chosen = {"password1": PASSWORD, "password2": PASSWORD}
    assert stranger.post(page, chosen)["Location"] == "/tai-khoan/login/"
    assert stranger.post(page, chosen).status_code == 404
    assert stranger.get(page).status_code == 404
    assert stranger.post("/tai-khoan/login/", {"login": "moi", "password": PASSWORD}).status_code == 302
    assert Event.objects.filter(kind="activated", by=user).count() == 1


def test_a_link_ends_by_its_day_by_the_next_and_with_the_account():
    user = somebody("moi", Role.OFFICER, "xa-3")
    assert activation.user_of(link_of(user, lasts=timedelta(0))) is None
    first = link_of(user)
    second = link_of(user)
    assert (activation.user_of(first), activation.user_of(second)) == (None, user)
    assert activation.user_of(second + "x") is None
    accounts.disable(user=user, by=None, why="thử")
    assert activation.user_of(second) is None
    with pytest.raises(accounts.Refused):
        link_of(user)


def test_a_weak_password_does_not_use_the_link_up_and_a_strong_one_ends_the_sessions():
    user = somebody("moi", Role.OFFICER, "xa-3")
    client, token = Client(), link_of(user)
    client.force_login(user)
    with pytest.raises(ValidationError):
        activation.activate(token=token, password="123456789012")
    activation.activate(token=token, password=PASSWORD)
    assert client.get("/tai-khoan/").status_code == 302, "whoever was in before is out"
    with pytest.raises(accounts.Refused):
        activation.activate(token=token, password=PASSWORD)


def test_a_post_is_handed_over_on_a_day_with_what_is_open_and_delegated():
    old, new = somebody("cu", Role.HEAD, "xa-3"), somebody("moi")
    deputy = somebody("pho", Role.OFFICER, "xa-3")
    post = old.posts.get()
    accounts.delegate(post=post, to=deputy, valid_from=TODAY, valid_to=day(20), by=old, why="đi vắng")
    accounts.hand_over(post=post, to=new, on=day(5), by=None, why="QĐ 7", open_matters=3)
    for offset, holder in ((4, old), (5, new)):
        assert [one.user for one in people.holders("xa-3", day(offset)) if not one.acting] == [holder]
    assert people.person(deputy, day(4)).roles == {Role.OFFICER, Role.HEAD}
    assert people.person(deputy, day(5)).roles == {Role.OFFICER}
    event = Event.objects.latest("number")
    assert (event.kind, event.agency, event.why, event.parts["open"]) == (
        "post_handed_over",
        "xa-3",
        "QĐ 7",
        3,
    )


def test_what_cannot_be_handed_over_is_refused_and_nothing_ends():
    old, new = somebody("cu", Role.HEAD, "xa-3"), somebody("moi")
    post = old.posts.get()
    accounts.disable(user=new, by=None, why="thử")
    for to in (old, new):
        with pytest.raises(accounts.Refused):
            accounts.hand_over(post=post, to=to, on=day(5), by=None, why="x")
    other = somebody("khac")
    somebody("sau", Role.HEAD, "xa-3-khac")
    accounts.end_post(post=post, on=day(20), by=None, why="x")
    accounts.give_post(
        user=somebody("ke"), role=Role.HEAD, agency="xa-3", valid_from=day(20), by=None, why="x"
    )
    with pytest.raises(accounts.Refused, match="has a head"):
        accounts.hand_over(post=Post.objects.get(pk=post.pk), to=other, on=day(5), by=None, why="x")
    assert Post.objects.get(pk=post.pk).valid_to == day(20)


def test_what_is_to_be_seen_to_is_listed(known):
    admin = somebody("quan-tri", Role.ADMIN)
    soon = somebody("sap-het", Role.HEAD, "xa-3", valid_to=day(30))
    somebody("con-lau", Role.OFFICER, "xa-3", valid_to=day(31))
    User.objects.update(last_login=timezone.now())
    never, sent = somebody("chua-vao", Role.OFFICER, "xa-12"), somebody("da-gui", Role.OFFICER, "xa-12")
    link_of(sent)
    left = Post.objects.create(user=never, role=Role.HEAD, agency="xa-1", valid_from=date(2024, 1, 1))
    for name in ("a", "b"):  # as no action lets it be
        Post.objects.create(user=somebody(name), role=Role.HEAD, agency="tinh-ab", valid_from=day(-9))
    User.objects.filter(username__in="ab").update(last_login=timezone.now())
    found = reads.overview(known, TODAY)
    assert [(one.post.user, one.days, one.after) for one in found.ending] == [(soon, 30, "")]
    assert found.one_factor[0] == admin
    assert [(one.user, one.opens) for one in found.not_come] == [(never, False), (sent, True)]
    assert [(one.post, one.heir, one.heirs) for one in found.outlived] == [(left, "xa-12", ("xa-12",))]
    assert set(found.headless) == {"so-khcn", "xa-12"}
    assert [(agency, len(posts)) for agency, posts in found.two_heads] == [("tinh-ab", 2)]


def test_a_successor_is_named_beside_a_post_that_ends_soon(known):
    old, new = somebody("cu", Role.HEAD, "xa-3"), somebody("moi")
    accounts.hand_over(post=old.posts.get(), to=new, on=day(3), by=None, why="x")
    assert [one.after for one in reads.overview(known, TODAY).ending] == ["moi"]
