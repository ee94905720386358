"""People, posts over time, delegation, and what an administrator does."""

from __future__ import annotations

import gettext
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from kieng.web.accounts import actions, demo, reads
from kieng.web.accounts.management.commands import vi_catalogue
from kieng.web.accounts.models import Post, Role, User
from kieng.web.audit.models import Event

pytestmark = pytest.mark.django_db
WARD, OTHER = "quy-nhon-21583-2025", "an-nhon-21907-2025"
PASSWORD = "mot-mat-khau-du-dai"
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _no_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that crosses the province's midnight stays on the day it began on."""
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def somebody(name: str, role: Role | None = None, agency: str = "", first: int = -100) -> User:
    user = User.objects.create_user(name, password=PASSWORD, shown_as=name)
    if role:
        actions.give_post(user=user, role=role, agency=agency, valid_from=day(first), by=None, why="thử")
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_who_holds_and_held_a_post_is_told_for_any_day():
    old, new = somebody("cu", Role.HEAD, WARD), somebody("moi")
    actions.end_post(post=old.posts.get(), on=day(-10), by=None, why="điều động")
    actions.give_post(user=new, role=Role.HEAD, agency=WARD, valid_from=day(-10), by=None, why="bổ nhiệm")
    assert [one.user for one in reads.holders(WARD, day(-11))] == [old]
    assert [one.user for one in reads.holders(WARD, day(-10))] == [new]
    assert reads.holders(WARD, day(-101)) == ()
    assert [one.user for one in reads.held_over_time(WARD)] == [old, new]


def test_an_agency_has_one_head_at_a_time_but_may_have_one_acting():
    somebody("mot", Role.HEAD, WARD)
    two = somebody("hai")
    with pytest.raises(actions.Refused, match="has a head"):
        actions.give_post(user=two, role=Role.HEAD, agency=WARD, valid_from=TODAY, by=None, why="")
    actions.give_post(
        user=two,
        role=Role.HEAD,
        agency=WARD,
        valid_from=TODAY,
        valid_to=day(5),
        acting=True,
        by=None,
        why="ốm",
    )
    assert [one.said.vi for one in reads.holders(WARD, TODAY)] == ["Người đứng đầu", "Quyền Người đứng đầu"]


@pytest.mark.parametrize(
    "given",
    [
        {"role": Role.HEAD},
        {"role": Role.OFFICE, "acting": True},
        {"role": Role.OFFICE, "valid_to": day(0)},
    ],
)
def test_a_post_that_cannot_be_is_refused(given):
    with pytest.raises(actions.Refused):
        actions.give_post(user=somebody("a"), valid_from=TODAY, by=None, why="", **given)
    assert not Post.objects.exists()


def test_what_is_delegated_ends_with_the_post():
    head, officer = somebody("truong", Role.HEAD, WARD), somebody("pho", Role.OFFICER, WARD)
    post = head.posts.get()
    lent = actions.delegate(post=post, to=officer, valid_from=TODAY, valid_to=day(9), by=head, why="đi vắng")
    later = actions.delegate(
        post=post, to=officer, valid_from=day(20), valid_to=day(22), by=head, why="đi vắng"
    )
    assert reads.person(officer).roles == {Role.OFFICER, Role.HEAD}
    assert reads.person(officer, day(9)).roles == {Role.OFFICER}
    actions.end_post(post=post, on=day(3), by=None, why="nghỉ hưu")
    lent.refresh_from_db()
    assert lent.valid_to == day(3)
    assert not Post.objects.filter(pk=later.pk).exists()
    kinds = list(Event.objects.order_by("number").values_list("kind", flat=True))
    assert kinds[-3:] == ["post_ended", "post_ended", "post_withdrawn"]


def test_only_ones_own_post_is_delegated_within_its_days_to_a_colleague_and_not_again():
    head, officer = somebody("truong", Role.HEAD, WARD), somebody("pho", Role.OFFICER, WARD)
    stranger, post = somebody("la", Role.OFFICER, OTHER), head.posts.get()
    days = {"valid_from": TODAY, "valid_to": day(9), "by": head, "why": ""}
    with pytest.raises(actions.Refused, match="no post in the agency"):
        actions.delegate(post=post, to=stranger, **days)
    with pytest.raises(actions.Refused, match="past"):
        actions.delegate(post=post, to=officer, **days | {"valid_from": day(-1)})
    lent = actions.delegate(post=post, to=officer, **days)
    with pytest.raises(actions.Refused, match="delegates not"):
        actions.delegate(post=lent, to=head, **days)
    with pytest.raises(actions.Refused, match="Only who delegated"):
        actions.take_back(post=lent, on=day(1), by=officer, why="")


def test_a_head_delegates_on_a_page_and_takes_it_back():
    head, officer = somebody("truong", Role.HEAD, WARD), somebody("pho", Role.OFFICER, WARD)
    client = signed_in(head)
    given = {"post": head.posts.get().pk, "to": officer.pk, "why": "đi công tác"}
    given |= {"valid_from": f"{TODAY:%d/%m/%Y}", "last_day": f"{day(2):%d/%m/%Y}"}
    assert client.post("/tai-khoan/uy-quyen/", given)["Location"] == "/tai-khoan/"
    lent = officer.posts.get(acting=True)
    assert (lent.valid_to, lent.instead_of) == (day(3), head.posts.get())
    assert "đi công tác" in Event.objects.filter(kind="post_given").latest("number").why
    assert signed_in(officer).post(f"/tai-khoan/uy-quyen/{lent.pk}/ket-thuc/").status_code == 404
    client.post(f"/tai-khoan/uy-quyen/{lent.pk}/ket-thuc/")
    assert reads.person(officer).roles == {Role.OFFICER}


def test_the_last_administrator_remains():
    admin = somebody("mot", Role.ADMIN)
    with pytest.raises(actions.Refused, match="must remain"):
        actions.end_post(post=admin.posts.get(), on=TODAY, by=None, why="")
    with pytest.raises(actions.Refused, match="must remain"):
        actions.disable(user=admin, by=None, why="")
    somebody("hai", Role.ADMIN)
    actions.disable(user=admin, by=None, why="")


def test_an_administrator_opens_an_account_and_its_password_must_be_changed(log_in):
    admin = log_in("admin")
    given = {"shown_as": "Cán bộ mới", "username": "moi", "local": "on", "why": "QĐ 1"}
    told = admin.post("/tai-khoan/nguoi-dung/moi/", given)
    password, client = told.context["password"], Client()
    assert password in told.content.decode()
    assert password not in " ".join(Event.objects.values_list("told", flat=True))
    assert client.post("/tai-khoan/login/", {"login": "moi", "password": password}).status_code == 302
    assert client.get("/tai-khoan/")["Location"] == "/tai-khoan/password/change/"
    chosen = {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/tai-khoan/password/change/", chosen)["Location"] == "/tai-khoan/"
    assert client.get("/tai-khoan/").status_code == 200


def test_an_administrator_gives_and_ends_posts_with_vietnamese_dates(log_in):
    admin, user = log_in("admin"), somebody("moi")
    page = f"/tai-khoan/nguoi-dung/{user.pk}/"
    given = {"role": "officer", "agency": WARD, "valid_from": "05/03/2026", "why": "QĐ 2"}
    assert admin.post(f"{page}chuc-vu/", given)["Location"] == page
    post = user.posts.get()
    assert post.valid_from == date(2026, 3, 5)
    assert admin.post(f"{page}chuc-vu/", given | {"agency": "khong-co"}).status_code == 400
    assert (
        admin.post(f"{page}chuc-vu/", given | {"role": "head", "valid_to": "01/03/2026"}).status_code == 400
    )
    ended = admin.post(f"/tai-khoan/chuc-vu/{post.pk}/ket-thuc/", {"on": "06/03/2026", "why": "QĐ 3"})
    assert ended["Location"] == page
    assert user.posts.get().valid_to == date(2026, 3, 6)
    assert Event.objects.filter(about=f"user {user.pk}").count() == 2


def test_an_administrator_disables_enables_and_gives_a_password(log_in):
    admin, user = log_in("admin"), somebody("moi")
    for deed in ("khoa", "mo-khoa", "mat-khau", "bo-lop-hai"):
        assert admin.post(f"/tai-khoan/nguoi-dung/{user.pk}/{deed}/", {}).status_code == 400, "asks why"
        assert admin.post(f"/tai-khoan/nguoi-dung/{user.pk}/{deed}/", {"why": "x"}).status_code in (200, 302)
    user.refresh_from_db()
    assert user.is_active
    assert not user.check_password(PASSWORD)


def test_people_are_found_by_a_part_of_their_name(log_in):
    somebody("Nguoi can tim"), somebody("khac")
    told = log_in("admin").get("/tai-khoan/nguoi-dung/", {"tim": "can"}).content.decode()
    assert "Nguoi can tim" in told
    assert "khac" not in told


def test_a_chosen_language_comes_back_at_the_next_log_in():
    user = somebody("a")
    signed_in(user).post("/ngon-ngu/", {"language": "en", "back": "/"})
    client = Client()
    client.post("/tai-khoan/login/", {"login": "a", "password": PASSWORD})
    assert client.cookies["kieng_language"].value == "en"
    assert Event.objects.filter(kind="language_changed", by=user).count() == 1


def test_demonstration_people_are_made_once_and_only_in_a_demonstration(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo_people")
    assert not User.objects.exists()
    settings.DEMO = True
    call_command("demo_people", verbosity=0)
    call_command("demo_people", verbosity=0)
    assert User.objects.count() == len(demo.PEOPLE)
    assert {role for user in User.objects.all() for role in reads.person(user).roles} == set(Role)
    page = Client().get("/tai-khoan/login/").content.decode()
    assert demo.PASSWORD in page
    assert "Chỉ có trong bản trình diễn" in page
    for one in demo.PEOPLE:
        client = Client()
        client.post("/tai-khoan/login/", {"login": one.username, "password": demo.PASSWORD})
        assert client.get("/tai-khoan/").status_code == 200


def test_no_password_is_shown_outside_a_demonstration(settings):
    settings.DEMO = False
    assert demo.PASSWORD not in Client().get("/tai-khoan/login/").content.decode()


def test_the_vietnamese_catalogue_is_made_of_its_text():
    source = (vi_catalogue.FOLDER / "django.po").read_text("utf-8")
    made = (vi_catalogue.FOLDER / "django.mo").read_bytes()
    assert made == vi_catalogue.compiled(source), "run: python -m django vi_catalogue"
    read = gettext.GNUTranslations(BytesIO(made))
    assert all(
        read.gettext(key) == text for key, text in vi_catalogue.messages(source).items() if "\0" not in key
    )


def test_what_django_and_allauth_say_is_vietnamese_by_default():
    somebody("a")
    wrong = Client().post("/tai-khoan/login/", {"login": "a", "password": "x"}).content.decode()
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in wrong
    client = signed_in(User.objects.get())
    short = client.post(
        "/tai-khoan/password/change/", {"oldpassword": "x", "password1": "a", "password2": "b"}
    )
    assert "Cần ít nhất 12 ký tự" in short.content.decode()
