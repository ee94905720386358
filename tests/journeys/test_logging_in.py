"""Logging in as people do who have more than a password: the province's own log-in, and a security key."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.journeys.conftest import Open
from tests.journeys.test_every_page import faults_of
from tests.journeys.test_journeys import PASSWORD, log_in, somebody
from tests.web.oidc_provider import Provider
from tests.web.test_access import WARD
from tests.web.test_accounts_oidc import PERSON, provider  # noqa: F401

from kieng.web.accounts.models import User
from kieng.web.audit.models import Event

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
_KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_somebody_comes_in_by_the_log_in_of_the_province(open_page: Open, provider: Provider) -> None:  # noqa: F811
    user = somebody("head", WARD)
    User.objects.filter(pk=user.pk).update(province_login=PERSON["preferred_username"])
    page = open_page("/tai-khoan/login/?next=/toi/", 1280, also=provider.address)
    page.get_by_role("button", name="Đăng nhập bằng Tỉnh").click()
    expect(page).to_have_url(re.compile("/toi/$"))
    expect(page.locator("h1")).to_contain_text("Quy Nhơn")
    assert {"/authorize", "/token"} <= set(provider.seen)
    assert Event.objects.filter(kind="province_login_linked", about=f"user {user.pk}").count() == 1


def test_who_is_not_known_here_stays_out_and_reads_why(open_page: Open, provider: Provider) -> None:  # noqa: F811
    page = open_page("/tai-khoan/login/", 375, also=provider.address, refused=True)
    page.get_by_role("button", name="Đăng nhập bằng Tỉnh").click()
    expect(page.locator("main")).to_contain_text("chưa được mở tài khoản")
    assert not User.objects.exists()


def with_key(page: Page) -> tuple[Any, str]:
    """The browser's developer session, and the key that was plugged in there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": _KEY})
    return session, str(made["authenticatorId"])


def add_key(page: Page) -> None:
    """From the log-in page on: what guards the log-in is changed by who gives the password once more."""
    log_in(page)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Xác nhận").click()
    page.locator("input[name=name]").fill("Khoá ở bàn")
    page.get_by_role("button", name="Thêm khoá").click()
    page.wait_for_url(re.compile("/2fa/(webauthn/$|recovery-codes)"))


def test_a_security_key_is_added_and_asked_for_at_the_next_log_in(
    open_page: Open, live_server: LiveServer, width: int, settings: Any
) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the server of the tests speaks plain HTTP
    user = somebody("head", WARD)
    page = open_page("/tai-khoan/login/?next=/tai-khoan/2fa/webauthn/add/", width)
    session, key = with_key(page)
    add_key(page)
    assert len(credentials(session, key)) == 1
    assert Event.objects.filter(kind="second_factor_added", about=f"user {user.pk}").exists()

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/tai-khoan/login/")
    log_in(page)
    page.wait_for_url(re.compile("/2fa/authenticate/"))
    assert faults_of(page, width) == []
    page.get_by_role("button", name="Dùng khoá bảo mật").click()
    expect(page).to_have_url(re.compile("/toi/$"))
    assert credentials(session, key)[0]["signCount"] > 1


def test_another_key_does_not_open(open_page: Open, live_server: LiveServer, settings: Any) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    somebody("head", WARD)
    page = open_page("/tai-khoan/login/?next=/tai-khoan/2fa/webauthn/add/", 1280, refused=True)
    session, key = with_key(page)
    add_key(page)
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    with_key(page)

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/tai-khoan/login/")
    log_in(page)
    page.wait_for_url(re.compile("/2fa/authenticate/"))
    problem = page.get_by_role("alert")
    expect(problem).to_be_hidden()
    page.get_by_role("button", name="Dùng khoá bảo mật").click()
    expect(problem).to_contain_text("Khoá không dùng được")
    page.goto(f"{live_server.url}/toi/")
    expect(page).to_have_url(re.compile("/(login|2fa/authenticate)/"))


def credentials(session: Any, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = session.send("WebAuthn.getCredentials", {"authenticatorId": key})[
        "credentials"
    ]
    return found
