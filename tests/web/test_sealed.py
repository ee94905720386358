"""Who has the database alone is nobody, and a code that was used is used up."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from tests.web.test_security import PASSWORD, confirm, is_in, log_in

from kieng.web.accounts import sealing, second_factors
from kieng.web.accounts.models import Seal, UsedCode, User
from kieng.web.accounts.sessions import SessionStore, row_key
from kieng.workspace.web_secret import fingerprint

pytestmark = pytest.mark.django_db
ACTIVATE, AUTHENTICATE = "/tai-khoan/2fa/totp/activate/", "/tai-khoan/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("can-bo", password=PASSWORD, shown_as="Cán bộ")


def code_of(secret: str) -> str:
    step = next(iter(second_factors.yield_hotp_counters_from_time()))
    return second_factors.format_hotp_value(second_factors.hotp_value(secret, step))


def whole_table(table: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
        return str(cursor.fetchall())


def test_no_row_of_the_table_of_sessions_is_of_use_as_a_cookie(user):
    client = Client()
    log_in(client)
    cookie = client.cookies["sessionid"].value
    assert is_in(client)
    assert cookie not in whole_table("django_session")
    for row in Session.objects.all():
        for tried in (row.session_key, row.session_key[:32], row.session_data[:40]):
            thief = Client()
            thief.cookies["sessionid"] = tried
            assert not is_in(thief)


def test_logging_out_expiry_and_logging_out_everywhere_end_a_session(user):
    one, other = Client(), Client()
    log_in(one)
    log_in(other)
    kept = one.cookies["sessionid"].value
    one.post("/tai-khoan/logout/")
    one.cookies["sessionid"] = kept
    assert not is_in(one)
    assert is_in(other)
    Session.objects.update(expire_date=timezone.now())
    assert not is_in(other)
    call_command("clearsessions")
    assert not Session.objects.exists()
    log_in(one)
    log_in(other)
    one.post("/tai-khoan/dang-xuat-moi-noi/")
    assert not is_in(other)


def test_what_cannot_be_opened_logs_out_and_fails_nowhere(user, settings):
    client = Client()
    log_in(client)
    Session.objects.update(session_data="sealed1:nonsense")
    assert client.get("/tai-khoan/").status_code == 302
    log_in(client)
    settings.SECRET_KEY = "quite another secret " * 3
    assert client.get("/tai-khoan/").status_code == 302


def test_a_session_passes_over_to_a_new_secret(user, settings):
    client, before = Client(), settings.SECRET_KEY
    log_in(client)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "quite another secret " * 3, [before]
    assert is_in(client)


def test_the_store_keeps_to_what_django_promises_of_one():
    store = SessionStore()
    store["a"] = "ă"
    store.create()
    key = store.session_key
    assert store.exists(key)
    assert not store.exists(row_key(key))
    store["a"] = "b"
    store.save()
    assert SessionStore(key)["a"] == "b"
    store.cycle_key()
    assert store.session_key != key
    assert not store.exists(key)
    store.flush()
    assert not Session.objects.exists()
    assert SessionStore("x" * 32).get("a") is None


def test_the_secret_of_an_app_is_nowhere_in_the_database_also_while_it_is_added(
    user, django_capture_on_commit_callbacks
):
    client = Client()
    log_in(client)
    secret = confirm(client, ACTIVATE).context["form"].secret
    assert secret not in whole_table("django_session")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ACTIVATE, {"code": code_of(secret)})
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes"))
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code(code_of(secret))
    held = whole_table("mfa_authenticator") + whole_table("accounts_usedcode")
    for told in (secret, sealing.unseal(codes.instance.data["seed"]), *codes.get_unused_codes()):
        assert told not in held


def test_the_code_that_added_an_app_is_used_up(user, django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)  # all within one half minute
    client = Client()
    log_in(client)
    secret = confirm(client, ACTIVATE).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ACTIVATE, {"code": code_of(secret)})
    other = Client()
    log_in(other)
    assert "Mã không đúng" in other.post(AUTHENTICATE, {"code": code_of(secret)}).content.decode()
    assert not is_in(other)
    monkeypatch.setattr("time.time", lambda: 1_800_000_031.0)
    other.post(AUTHENTICATE, {"code": code_of(secret)})
    assert is_in(other)
    # Set back, the clock makes neither good again; nor does whoever empties the cache.
    from django.core.cache import cache

    for moment in (1_800_000_000.0, 1_800_000_031.0):
        cache.clear()
        monkeypatch.setattr("time.time", lambda at=moment: at)
        third = Client()
        log_in(third)
        third.post(AUTHENTICATE, {"code": code_of(secret)})
        assert not is_in(third)


def test_only_so_many_used_codes_are_remembered():
    for step in range(second_factors._REMEMBERED + 5):
        assert second_factors._first_use(SECRET, step)
    assert UsedCode.objects.count() == second_factors._REMEMBERED
    assert not second_factors._first_use(SECRET, step)


def test_without_the_secret_it_is_said_at_log_in_and_an_administrator_mends_it(user, settings):
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    settings.SECRET_KEY = "quite another secret " * 3
    client = Client()
    log_in(client)
    page = client.post(AUTHENTICATE, {"code": code_of(SECRET)}).content.decode()
    assert "niêm phong" in page
    assert "Ask the administrator" in page
    assert second_factors.seal_all() == 2
    call_command("second_factors", remove="can-bo", why="mất khoá")
    again = Client()
    log_in(again)
    assert is_in(again)
    assert second_factors.seal_all() == 0
    assert Seal.objects.get().fingerprint == fingerprint(settings.SECRET_KEY)


def test_ones_own_pages_say_so_too_and_fail_not(user, settings):
    RecoveryCodes.activate(user)
    TOTP.activate(user, SECRET)
    client = Client(raise_request_exception=False)
    before, settings.SECRET_KEY = settings.SECRET_KEY, "quite another secret " * 3
    client.force_login(user)
    for page in ("", "recovery-codes/", "recovery-codes/download/"):
        answer = client.get(f"/tai-khoan/2fa/{page}", follow=True)
        assert answer.status_code in (200, 409), page
    settings.SECRET_KEY_FALLBACKS = [before]
    assert second_factors.seal_all() == 0
    settings.SECRET_KEY_FALLBACKS = []
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code(code_of(SECRET))


def test_what_was_never_sealed_is_not_believed():
    with pytest.raises(ValidationError):
        sealing.unseal(SECRET)


_SET_UP = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.web.settings"
from tests.web import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.core.management import call_command
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
"""
_BOTH_WAYS = f"""{_SET_UP}
from django.db import connection
call_command("migrate", "accounts", "0002", verbosity=0)
call_command("migrate", "mfa", verbosity=0)
call_command("migrate", "sessions", verbosity=0)
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO accounts_user (id, password, username, is_superuser, is_staff, is_active,"
        " email, date_joined, shown_as, province_login, language, session_round, must_change_password)"
        " VALUES (1, '', 'a', 0, 0, 1, '', '2026-01-01', '', '', '', 0, 0)")
plain = {{"totp": {{"secret": "{SECRET}"}}, "recovery_codes": {{"seed": "ab" * 40, "used_mask": 5}},
         "webauthn": {{"name": "khoá", "credential": {{"id": "x"}}}}}}
for kind, data in plain.items():
    Authenticator.objects.create(user_id=1, type=kind, data=data)
Session.objects.create(session_key="a" * 32, session_data="x", expire_date="2099-01-01T00:00:00Z")
call_command("migrate", "accounts", "0003", verbosity=0)
kept = {{one.type: one.data for one in Authenticator.objects.all()}}
assert "{SECRET}" not in str(kept) and "abab" not in str(kept), kept
assert kept["webauthn"] == plain["webauthn"] and kept["recovery_codes"]["used_mask"] == 5
assert not Session.objects.exists()
call_command("migrate", "accounts", "0002", verbosity=0)
assert {{one.type: one.data for one in Authenticator.objects.all()}} == plain
call_command("migrate", verbosity=0)
call_command("second_factors")
"""


def test_existing_second_factors_are_sealed_and_back_and_sessions_end(tmp_path, example, pytestconfig):
    database = tmp_path / "web.db"
    place = {"env": os.environ | {"KIENG_WORKSPACE": str(example)}, "cwd": pytestconfig.rootpath}
    run = (sys.executable, "-c", _BOTH_WAYS, str(database))
    done = subprocess.run(run, check=False, capture_output=True, text=True, **place)
    assert done.returncode == 0, done.stderr[-2000:]
    assert SECRET.encode() not in database.read_bytes() + _beside(database)
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("SELECT count(*) FROM accounts_seal").fetchone() == (1,)


def _beside(database: Path) -> bytes:
    log = database.with_name("web.db-wal")
    return log.read_bytes() if log.exists() else b""


_USES = f"""{_SET_UP}
from kieng.web.accounts.models import User
from kieng.web.accounts.second_factors import _first_use
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
codes = RecoveryCodes(Authenticator.objects.get())
code = codes.generate_codes()[0]
print(flush=True)
sys.stdin.readline()
print(int(_first_use("{SECRET}", 5)), int(codes.validate_code(code)))
"""
_WITH_CODES = f"""{_SET_UP}
call_command("migrate", verbosity=0)
from kieng.web.accounts.models import User
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
RecoveryCodes.activate(User.objects.create_user("a"))
"""


def test_of_several_requests_at_once_one_uses_a_code_and_none_after_a_restart(
    tmp_path, example, pytestconfig
):
    database = str(tmp_path / "web.db")
    place = {"env": os.environ | {"KIENG_WORKSPACE": str(example)}, "cwd": pytestconfig.rootpath}
    subprocess.run((sys.executable, "-c", _WITH_CODES, database), check=True, **place)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True} | place

    def used(processes: int) -> list[int]:
        run = (sys.executable, "-c", _USES, database)
        workers = [subprocess.Popen(run, **pipes) for _ in range(processes)]
        for one in workers:
            one.stdout.readline()  # all are ready before the first uses it
        with ThreadPoolExecutor(processes) as pool:
            told = [text.split() for text in pool.map(lambda one: one.communicate("\n", 120)[0], workers)]
        return [sum(int(one[n]) for one in told) for n in (0, 1)]

    assert used(3) == [1, 1]
    assert used(1) == [0, 0]


def test_a_command_to_remove_asks_who_and_why(user):
    from django.core.management import CommandError

    for given in ({"remove": "nobody", "why": "x"}, {"remove": "can-bo"}):
        with pytest.raises(CommandError):
            call_command("second_factors", **given)
