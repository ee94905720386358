"""Logging in with the province's accounts, against a provider that really runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from tests.web import oidc_provider
from tests.web.oidc_provider import Provider

from kieng.web.accounts import actions
from kieng.web.accounts.models import User
from kieng.web.audit.models import Event

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/oidc/oidc/login/"
PERSON = {"sub": "a81f", "preferred_username": "canbo01@tinh.example", "email": "a@tinh.example", "name": "A"}


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    made, server = oidc_provider.start()
    made.person = dict(PERSON)
    app = {
        "provider_id": "oidc",
        "name": "Tỉnh",
        "client_id": oidc_provider.CLIENT,
        "secret": oidc_provider.SECRET,
        "settings": {"server_url": made.address},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    settings.OIDC_NAME = "Tỉnh"
    settings.FORM_ACTIONS = [made.address]
    yield made
    server.shutdown()
    server.server_close()


def prepared(name: str = "canbo01@tinh.example") -> User:
    return actions.create_person(
        username="can-bo", shown_as="Cán bộ", province_login=name, by=None, why="thử"
    )


def begin(client: Client) -> str:
    """Where the provider sends the browser back to."""
    sent = client.post(LOGIN)
    assert sent.status_code == 302
    answer = requests.get(sent["Location"], allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def log_in(client: Client):
    return client.get(begin(client))


def test_whoever_was_prepared_comes_in_and_is_known_by_the_subject_from_then_on(provider):
    user, client = prepared(), Client()
    assert log_in(client).status_code == 302
    assert client.get("/tai-khoan/").context["person"].user == user
    assert {"/.well-known/openid-configuration", "/keys", "/token", "/userinfo"} <= set(provider.seen)
    provider.person["preferred_username"] = "renamed"
    again = Client()
    log_in(again)
    assert again.get("/tai-khoan/").context["person"].user == user


def test_the_subject_itself_may_be_what_was_prepared(provider):
    user, client = prepared("a81f"), Client()
    log_in(client)
    assert client.get("/tai-khoan/").context["person"].user == user


def test_nobody_gets_an_account_by_logging_in(provider):
    client = Client()
    answer = log_in(client)
    assert "chưa được mở tài khoản" in answer.content.decode()
    assert not User.objects.exists()
    assert client.get("/tai-khoan/").status_code == 302


def test_another_person_who_takes_over_the_name_is_not_let_in(provider):
    prepared()
    log_in(Client())
    provider.person["sub"] = "somebody-else"
    client = Client()
    log_in(client)
    assert client.get("/tai-khoan/").status_code == 302


def test_an_account_that_was_disabled_stays_shut(provider):
    user = prepared()
    log_in(Client())
    actions.disable(user=user, by=None, why="nghỉ việc")
    client = Client()
    assert log_in(client)["Location"] == "/tai-khoan/inactive/"
    assert client.get("/tai-khoan/").status_code == 302


@pytest.mark.parametrize(
    "spoil",
    [
        {"aud": "another-client"},
        {"iss": "https://elsewhere.example"},
        {"exp": int(time.time()) - 60},
        {"sub": None},
        {"sub": "another-than-userinfo"},
    ],
)
def test_a_token_for_another_reader_from_another_issuer_or_out_of_date_is_refused(provider, spoil):
    prepared()
    provider.spoil, client = spoil, Client()
    provider.answer = dict(PERSON)
    assert log_in(client).status_code in (401, 502)
    assert client.get("/tai-khoan/").status_code == 302


def test_a_token_signed_with_another_key_is_refused(provider):
    prepared()
    provider.signing_key, client = rsa.generate_private_key(65537, 2048), Client()
    assert log_in(client).status_code in (401, 502)
    assert client.get("/tai-khoan/").status_code == 302


def test_an_answer_that_another_browser_asked_for_is_refused(provider):
    prepared()
    stolen, client = begin(Client()), Client()
    assert client.get(stolen).status_code == 401
    assert client.get("/tai-khoan/").status_code == 302


def test_a_code_works_once(provider):
    prepared()
    client = Client()
    back = begin(client)
    client.get(back)
    assert Client().get(back).status_code == 401


def test_whoever_turns_back_at_the_provider_is_told_so(provider):
    client = Client()
    state = begin(client).split("state=")[1]
    answer = client.get(f"{LOGIN}callback/?error=access_denied&state={state}", follow=True)
    assert "Đã thôi đăng nhập" in answer.content.decode()


def test_a_provider_that_cannot_be_reached_is_told_to_the_person(provider, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"
    assert Client().post(LOGIN).status_code == 502


def test_nothing_but_the_subject_is_kept_of_what_the_provider_tells(provider):
    prepared()
    log_in(Client())
    account = SocialAccount.objects.get()
    assert (account.uid, account.extra_data) == ("a81f", {})
    assert not User.objects.get().email
    assert "tinh.example" not in " ".join(Event.objects.values_list("told", flat=True))


def test_the_log_in_page_leads_to_the_provider_and_the_policy_lets_it(provider):
    page = Client().get("/tai-khoan/login/?next=/toi/")
    assert f'action="{LOGIN}?next=/toi/"' in page.content.decode()
    assert f"form-action 'self' {provider.address};" in page["Content-Security-Policy"]


def test_without_a_provider_there_is_no_such_page():
    assert Client().get(LOGIN).status_code == 404
