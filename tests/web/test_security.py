"""What an attacker tries first."""

from __future__ import annotations

import contextlib
import gzip
import logging
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.test_access import SAMPLES, client_of, may, patterns

from kieng.web.accounts import actions
from kieng.web.accounts.models import Post, Role, Tries, User
from kieng.web.audit.models import Event

pytestmark = pytest.mark.django_db
LOGIN, PASSWORD = "/tai-khoan/login/", "mot-mat-khau-du-dai"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("can-bo", password=PASSWORD, shown_as="Cán bộ")


def log_in(client: Client, name: str = "can-bo", password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": name, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/tai-khoan/").status_code == 200


def confirm(client: Client, address: str):
    """Open a page that asks for the password once more."""
    assert client.get(address)["Location"].startswith("/tai-khoan/reauthenticate/")
    return client.post("/tai-khoan/reauthenticate/", {"password": PASSWORD, "next": address}, follow=True)


def test_a_session_that_was_foisted_on_somebody_is_worth_nothing(user):
    client = Client()
    client.session.save()
    client.cookies["sessionid"] = foisted = client.session.session_key or "x" * 32
    log_in(client)
    assert client.cookies["sessionid"].value != foisted
    thief = Client()
    thief.cookies["sessionid"] = foisted
    assert not is_in(thief)


def test_whether_an_account_is_there_is_not_told(user, monkeypatch):
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    told = []
    for name in ("can-bo", "khong-co"):
        hashed.clear()
        page = log_in(Client(), name, "wrong").content.decode()
        told.append((page.replace(name, "").split("<h1>")[1].split("csrfmiddleware")[0], len(hashed)))
    assert told[0] == told[1]
    assert told[0][1] == 1


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_logging_in_leads_nowhere_else(user, to):
    assert log_in(Client(), next=to)["Location"] == "/tai-khoan/vao/"
    assert Client().post("/ngon-ngu/", {"language": "en", "back": to})["Location"] == "/"


def test_an_account_that_is_tried_too_often_is_shut_for_a_while(user):
    for _ in range(5):
        assert "không đúng" in log_in(Client(), password="wrong").content.decode()
    client = Client()
    assert "quá nhiều lần" in log_in(client).content.decode()
    assert not is_in(client)
    assert Event.objects.filter(kind="log_in_failed", about=f"user {user.pk}").count() >= 5
    Tries.objects.all().delete()
    log_in(client)
    assert is_in(client)


def test_a_name_that_is_no_account_is_limited_alike():
    for _ in range(5):
        log_in(Client(), "khong-co", "wrong")
    assert "quá nhiều lần" in log_in(Client(), "khong-co", "wrong").content.decode()


def test_trying_many_names_does_not_open_one_that_is_shut(user):
    for _ in range(5):
        log_in(Client(), password="wrong")
    for n in range(140):
        log_in(Client(), f"another-name-{n}", "wrong")
    cache.clear()
    client = Client()
    assert "quá nhiều lần" in log_in(client).content.decode()
    assert not is_in(client)


_SET_UP = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.web.settings"
from tests.web import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
"""
_MIGRATE = _SET_UP + "from django.core.management import call_command; call_command('migrate', verbosity=0)"
_TRIES = f"""{_SET_UP}
from django.test import Client
print(flush=True)
sys.stdin.readline()
tried = {{"login": "can-bo", "password": "wrong"}}
told = [Client().post("{LOGIN}", tried).content.decode() for _ in range(4)]
print(sum("không đúng" in one for one in told))
"""


def test_every_process_counts_the_same_failed_log_ins(tmp_path, example, pytestconfig):
    database = str(tmp_path / "web.db")
    place = {"env": os.environ | {"KIENG_WORKSPACE": str(example)}, "cwd": pytestconfig.rootpath}
    subprocess.run((sys.executable, "-c", _MIGRATE, database), check=True, **place)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True} | place
    with contextlib.ExitStack() as ending:
        run = (sys.executable, "-c", _TRIES, database)
        workers = [ending.enter_context(subprocess.Popen(run, **pipes)) for _ in range(3)]
        for one in workers:
            one.stdout.readline()  # all are ready before the first tries
        for one in workers:
            one.stdin.write("\n")
            one.stdin.flush()
        assert sum(int(one.communicate(timeout=120)[0]) for one in workers) == 5


@pytest.mark.parametrize("password", ["ngan", "123456789012345", "password123456"])
def test_a_weak_password_is_refused(user, password):
    client = Client()
    client.force_login(user)
    given = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    client.post("/tai-khoan/password/change/", given)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_whoever_is_disabled_is_out_at_once_and_stays_out_when_enabled_again(user):
    client = Client()
    log_in(client)
    actions.disable(user=user, by=None, why="x")
    assert not is_in(client)
    actions.enable(user=user, by=None, why="x")
    assert not is_in(client)


def test_a_session_ends_with_a_post_it_was_begun_with(user):
    today = timezone.localdate()
    actions.give_post(user=user, role=Role.OFFICE, valid_from=today - timedelta(9), by=None, why="x")
    client = Client()
    log_in(client)
    assert is_in(client)
    actions.end_post(post=user.posts.get(), on=today, by=None, why="x")
    assert client.get("/tai-khoan/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_session_ends_when_the_days_of_a_post_are_over(user):
    today = timezone.localdate()
    post = Post.objects.create(user=user, role="office", valid_from=today - timedelta(9))
    client = Client()
    log_in(client)
    Post.objects.filter(pk=post.pk).update(valid_to=today)
    assert not is_in(client)


def test_another_password_and_logging_out_everywhere_end_other_sessions(user):
    one, other = Client(), Client()
    log_in(one)
    log_in(other)
    given = {"oldpassword": PASSWORD, "password1": PASSWORD + "-moi", "password2": PASSWORD + "-moi"}
    one.post("/tai-khoan/password/change/", given)
    assert is_in(one)
    assert not is_in(other)
    one.post("/tai-khoan/dang-xuat-moi-noi/")
    assert not is_in(one)


def test_an_administrator_needs_a_second_factor_where_it_is_asked_for(user, settings):
    settings.SECOND_FACTOR = True
    actions.give_post(user=user, role=Role.ADMIN, valid_from=timezone.localdate(), by=None, why="x")
    client = Client()
    log_in(client)
    assert client.get("/tai-khoan/nguoi-dung/")["Location"] == "/tai-khoan/2fa/"
    assert client.get("/tai-khoan/2fa/").status_code == 200
    assert confirm(client, "/tai-khoan/2fa/totp/activate/").status_code == 200


@pytest.mark.parametrize(
    ("demo_server", "name", "asked"),
    [(True, "quan-tri", False), (False, "quan-tri", True), (True, "another", True), (False, "another", True)],
)
def test_only_the_people_of_a_demonstration_need_none_and_only_while_it_is_one(
    settings, demo_server, name, asked
):
    settings.SECOND_FACTOR, settings.DEMO = True, demo_server
    admin = User.objects.create_user(name, password=PASSWORD)
    actions.give_post(user=admin, role=Role.ADMIN, valid_from=timezone.localdate(), by=None, why="x")
    client = Client()
    log_in(client, name)
    assert (client.get("/tai-khoan/nguoi-dung/").status_code == 302) == asked
    # Nor does any other page of theirs open before.
    assert (client.get("/toi/").status_code == 302) == asked


def test_a_second_factor_is_added_asked_for_and_its_codes_work_once(user, django_capture_on_commit_callbacks):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    client = Client()
    log_in(client)
    page = confirm(client, "/tai-khoan/2fa/totp/activate/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    with django_capture_on_commit_callbacks(execute=True):
        codes = client.post("/tai-khoan/2fa/totp/activate/", {"code": code}, follow=True)
    assert Event.objects.filter(kind="second_factor_added").exists()
    spare = codes.context["unused_codes"][0]
    other = Client()
    assert log_in(other)["Location"] == "/tai-khoan/2fa/authenticate/"
    assert not is_in(other)
    assert "Mã không đúng" in other.post("/tai-khoan/2fa/authenticate/", {"code": "000000"}).content.decode()
    other.post("/tai-khoan/2fa/authenticate/", {"code": spare})
    assert is_in(other)
    again = Client()
    log_in(again)
    again.post("/tai-khoan/2fa/authenticate/", {"code": spare})
    assert not is_in(again)


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        (LOGIN, "login=" + "a" * 2_000_000, "application/x-www-form-urlencoded"),
        (LOGIN, "&".join(f"a{n}=1" for n in range(500)), "application/x-www-form-urlencoded"),
        (LOGIN, "--no boundary", "multipart/form-data; boundary=x"),
        (LOGIN, "\x00\xff", "multipart/form-data"),
        (LOGIN, "login=a%00b&password=c%00", "application/x-www-form-urlencoded"),
        ("/ngon-ngu/", "language=%ff&back=%00", "application/x-www-form-urlencoded"),
    ],
)
def test_oversized_and_malformed_forms_are_refused_cleanly(path, body, kind):
    client = Client(raise_request_exception=False)
    assert client.generic("POST", path, body, kind).status_code in (200, 302, 400, 413)


@pytest.mark.parametrize(
    "path", ["?before=x", "?before=" + "9" * 40, "?before=-1", "?kind=%00", "?agency=" + "a" * 999]
)
def test_a_malformed_question_to_the_trail_is_refused_cleanly(path, user):
    actions.give_post(user=user, role=Role.ADMIN, valid_from=timezone.localdate(), by=None, why="x")
    client = Client(raise_request_exception=False)
    log_in(client)
    assert client.get(f"/nhat-ky/{path}").status_code == 400
    assert client.get("/tai-khoan/nguoi-dung/?tim=%00").status_code == 400
    assert client.get("/tai-khoan/nguoi-dung/99999999999999999999999/").status_code == 404


def test_an_unknown_host_and_a_broken_session_are_refused_cleanly():
    client = Client(raise_request_exception=False)
    assert client.get(LOGIN, headers={"host": "evil.example"}).status_code == 400
    client.cookies["sessionid"] = "\x01" * 5_000
    assert client.get("/tai-khoan/").status_code == 302


def test_every_page_carries_the_headers(user):
    answer = Client().get(LOGIN)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    cookie = log_in(Client()).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_page_of_ones_own_travels_compressed_and_never_with_the_same_length(log_in):
    client = log_in("office")
    answers = [client.get("/toi/", headers={"Accept-Encoding": "gzip"}) for _ in range(8)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert all(b"<!doctype html>" in gzip.decompress(answer.content).lower() for answer in answers)
    assert len({len(answer.content) for answer in answers}) > 1
    assert "Content-Encoding" not in client.get("/toi/").headers


def test_logs_say_nothing_of_who_it_was(user, caplog):
    caplog.set_level(logging.DEBUG, "kieng")
    log_in(Client(REMOTE_ADDR="203.0.113.9"), password="sai-mat-khau")
    log_in(Client(REMOTE_ADDR="203.0.113.9"))
    assert "POST account_login 302" in caplog.text
    for told in ("can-bo", "203.0.113.9", "sai-mat-khau", PASSWORD, "Cán bộ"):
        assert told not in caplog.text


def test_health_needs_no_log_in():
    assert Client().get("/suc-khoe/").json()["status"] == "fine"


def test_no_cache_keeps_what_is_not_for_everybody(db):
    """A page of one person, left in the cache of a shared computer, is read by the next."""
    client, kept = client_of("admin"), []
    for name, takes in patterns():
        if "stranger" not in may(name):
            answer = client.get(reverse(name, kwargs={key: SAMPLES[key] for key in takes}))
            kept += [name] if "no-store" not in answer.get("Cache-Control", "") else []
    assert kept == []
