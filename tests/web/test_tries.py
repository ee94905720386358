"""Who guesses is stopped, and stops nobody else: an office behind one address, a leader, a device."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from tests.web.test_sealed import AUTHENTICATE, SECRET, code_of
from tests.web.test_security import PASSWORD, confirm, is_in, log_in

from kieng.web import limits
from kieng.web.accounts import actions, devices, sealing, tries
from kieng.web.accounts.models import Tries, User
from kieng.web.audit.models import Event

pytestmark = pytest.mark.django_db
OFFICE, ELSEWHERE, MOBILE = "203.0.113.9", "198.51.100.7", "2001:db8:1:2::5"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moment = [1_800_000_000.0]
    monkeypatch.setattr(tries.time, "time", lambda: moment[0])
    return moment


@pytest.fixture
def leader() -> User:
    return User.objects.create_user("chu-tich", password=PASSWORD, shown_as="Chủ tịch")


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def lets_in(client: Client, name: str = "chu-tich", password: str = PASSWORD) -> bool:
    log_in(client, name, password)
    return is_in(client)


def guesses(address: str, name: str = "chu-tich", times: int = 1, code: bool = False) -> int:
    """How many of so many wrong guesses were looked at."""
    looked_at = 0
    for _ in range(times):
        with contextlib.suppress(ValidationError):
            tries.begin(RequestFactory().post("/", REMOTE_ADDR=address), name, code=code)
            looked_at += 1
    return looked_at


def test_whoever_guesses_waits_ever_longer_and_keeps_the_leader_out_nowhere_else(leader, now):
    known = at(OFFICE)
    assert lets_in(known)
    known.post("/tai-khoan/logout/")
    assert guesses(OFFICE, times=20) == 5
    page = log_in(at(OFFICE), "chu-tich", PASSWORD).content.decode()
    assert "quá nhiều lần. Hãy đợi 1 phút" in page
    assert "máy đã từng đăng nhập" in page
    looked_at = 0
    for _ in range(24 * 60):
        now[0] += 60
        looked_at += guesses(OFFICE)
    assert 20 < looked_at < 40  # in a day
    assert lets_in(at(ELSEWHERE))
    assert lets_in(at(MOBILE))
    assert lets_in(known)  # at the office itself, on a device of theirs


def test_a_wrong_try_or_two_cost_nothing_and_a_right_one_ends_them(leader, now):
    for _ in range(30):
        assert guesses(OFFICE, times=4) == 4
        assert lets_in(at(OFFICE))


def test_five_hundred_accounts_from_one_address(now):
    for n in range(500):
        User.objects.create(username=f"a{n}", password="x")
    looked_at = sum(guesses(OFFICE, f"a{n}") for n in range(500))
    assert looked_at == tries.ADDRESS.free
    now[0] += 3_600
    more = 0
    for n in range(360):
        now[0] += 10
        more += guesses(OFFICE, f"a{n}")
    assert more <= 130  # two hours' forgetting and no more


def test_slow_guesses_from_many_addresses_get_one_each_and_never_keep_the_leader_out(leader, now):
    looked_at = 0
    for n in range(200):
        now[0] += 2
        looked_at += guesses(f"10.{n}.0.1", times=5)
    assert looked_at == 10 * 5 + 190
    assert Event.objects.filter(kind="log_in_from_many_sides").count() == 1
    assert lets_in(at(ELSEWHERE))
    assert guesses("10.199.0.1", times=5) == 0


def test_networks_of_ipv6_do_not_multiply_an_address(now):
    for n in range(700):
        guesses(f"2001:db8:5:{n:x}::1", f"name-{n}")
    assert guesses("2001:db8:5:ffff::1", "another") == 0
    assert guesses("2001:db8:6:1::1", "another") == 1


def test_an_office_of_three_hundred_at_half_past_seven(settings: Any, now):
    """One address, one in twenty mistypes, nobody is shut out: not by tries, not by what log-ins cost."""
    User.objects.bulk_create(
        User(username=f"cb{n}", password=make_password(PASSWORD, "s" * 22, "md5")) for n in range(300)
    )
    # A tenth of what there is: the hash in use costs so much more than that of the tests.
    settings.SECONDS_OF_ONE = (3.0, 0.05)
    limits.buckets().forget()
    for n in range(300):
        client = at(OFFICE)
        if n % 20 == 0:
            assert "không đúng" in log_in(client, f"cb{n}", PASSWORD + "x").content.decode()
        assert log_in(client, f"cb{n}").status_code == 302, n
    limits.buckets().forget()


def test_what_a_log_in_costs_is_paid_by_the_account_and_not_by_the_office(leader, settings):
    settings.SECONDS_OF_ONE = (100.0, 0.001)
    limits.buckets().forget()
    address, account = (f"seconds of {OFFICE}", f"seconds of account {leader.pk}")
    log_in(at(OFFICE), "chu-tich")
    rate = limits.Rate(100_000, 0.001)
    assert limits.buckets().take(address, rate, 0).left == 100_000
    assert limits.buckets().take(account, limits.Rate(200_000, 0.002), 0).left < 200_000
    log_in(at(OFFICE), "chu-tich", "sai")
    assert limits.buckets().take(address, rate, 0).left < 100_000
    limits.buckets().forget()


def test_a_device_counts_apart_and_is_forgotten_with_all_sessions(leader, now):
    client = at(OFFICE)
    assert lets_in(client)
    cookie = client.cookies[devices.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/tai-khoan/", True, "Lax")
    client.post("/tai-khoan/logout/")
    for n in range(5):
        assert "không đúng" in log_in(client, "chu-tich", f"sai {n}").content.decode()
    page = log_in(client, "chu-tich", "sai").content.decode()
    assert "quá nhiều lần" in page
    assert "máy đã từng" not in page
    assert lets_in(at(OFFICE))  # whoever has the device keeps nobody else out
    actions.end_sessions(user=leader, by=leader)
    request = RequestFactory().get("/tai-khoan/login/")
    request.COOKIES[devices.COOKIE] = cookie.value
    leader.refresh_from_db()
    assert devices.known_as(request, leader) is None
    request.COOKIES[devices.COOKIE] = cookie.value[:-1] + "x"
    assert devices.number_of(request) is None


def test_a_device_of_another_opens_no_way_around(leader, now):
    User.objects.create_user("can-bo", password=PASSWORD)
    client = at(OFFICE)
    assert lets_in(client, "can-bo")
    client.post("/tai-khoan/logout/")
    assert sum("không đúng" in log_in(client, "chu-tich", "sai").content.decode() for _ in range(9)) == 5


def test_an_office_that_tried_all_it_may_keeps_no_known_device_out(leader, now):
    client = at(OFFICE)
    assert lets_in(client)
    client.post("/tai-khoan/logout/")
    for n in range(200):
        guesses(OFFICE, f"name-{n}")
    assert not lets_in(at(OFFICE))
    assert lets_in(client)


def test_who_is_logged_in_is_limited_by_account_wherever_they_are(leader, now):
    one, other = at(OFFICE), at(ELSEWHERE)
    assert lets_in(one)
    assert lets_in(other)
    address = "/tai-khoan/reauthenticate/"
    for n in range(5):
        one.post(address, {"password": f"sai {n}"})
    assert "quá nhiều lần" in other.post(address, {"password": PASSWORD}).content.decode()
    assert lets_in(at(OFFICE))
    now[0] += 60
    assert confirm(other, "/tai-khoan/2fa/totp/activate/").status_code == 200


def test_codes_are_limited_by_account_too_but_for_known_devices(leader, now):
    from allauth.mfa.totp.internal.auth import TOTP

    known = at(OFFICE)
    assert lets_in(known)
    known.post("/tai-khoan/logout/")
    TOTP.activate(leader, SECRET)
    stranger = at("10.0.0.1")
    log_in(stranger, "chu-tich")
    for n in range(9):
        answer = stranger.post(AUTHENTICATE, {"code": f"00000{n}"}).content.decode()
        assert ("Mã không đúng" if n < 5 else "quá nhiều lần") in answer
    assert Event.objects.filter(kind="second_factor_failed").count() == 5
    looked_at = 5 + sum(guesses(f"10.{n}.0.1", times=4, code=True) for n in range(1, 60))
    assert looked_at == tries.CODES.free
    log_in(known, "chu-tich")
    known.post(AUTHENTICATE, {"code": code_of(SECRET)})
    assert is_in(known)


def test_a_new_password_lets_everybody_try_again(leader, now):
    assert guesses(OFFICE, times=9) == 5
    made = actions.new_password(user=leader, by=None, why="x")
    assert log_in(at(OFFICE), "chu-tich", made).status_code == 302


@pytest.mark.parametrize("by", [-86_400.0, -3.0, 86_400.0 * 400])
def test_a_clock_that_is_set_shuts_nobody_out_for_long(leader, now, by):
    guesses(OFFICE, times=30)
    now[0] += by
    now[0] += 3_601
    assert lets_in(at(OFFICE))


def test_what_is_kept_tells_nobody_and_goes_when_it_is_over(leader, now):
    guesses(OFFICE, times=5)
    kept = str(list(Tries.objects.values()))
    assert not [told for told in (OFFICE, "chu-tich", f"user {leader.pk}'") if told in kept]
    now[0] += 86_400 * 30
    guesses(ELSEWHERE, "another")
    assert Tries.objects.count() == 3


def test_a_forwarded_address_counts_only_from_a_named_proxy(leader, now, settings):
    def looked_at() -> int:
        told = 0
        for n in range(10):
            client = Client(REMOTE_ADDR=OFFICE, headers={"x-forwarded-for": f"192.0.2.{n}"})
            told += "không đúng" in log_in(client, "chu-tich", "sai").content.decode()
        return told

    assert looked_at() == 5
    settings.PROXIES = (OFFICE,)
    assert looked_at() == 10


def test_who_came_first_and_is_served_later_does_not_wait_for_that(leader, monkeypatch):
    moments = iter(1_800_000_000.0 - n / 1_000 for n in range(99))
    monkeypatch.setattr(tries.time, "time", lambda: next(moments))
    assert sum(guesses(OFFICE, f"name-{n}") for n in range(9)) == 9


def test_a_try_that_was_never_answered_counts(leader, now):
    """The connection was dropped, the process killed: as if it had been wrong."""
    request = RequestFactory().post("/tai-khoan/login/", REMOTE_ADDR=OFFICE)
    for _ in range(5):
        tries.begin(request, "chu-tich")
    with pytest.raises(ValidationError):
        tries.begin(request, "chu-tich")
    assert sealing.is_sealed(sealing.seal("x"))
