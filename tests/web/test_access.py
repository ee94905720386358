"""Every address has a rule, and every rule is kept for every role: one table, one generated test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kieng.judgement.leads import led_indicators
from kieng.web import door
from kieng.web.access import RULES, rule_of
from kieng.web.accounts.models import Post, User

WARD, OTHER = "quy-nhon-21583-2025", "gl-so-khcn"
#: What somebody holds in this test: a role, an agency.
ROLES = {
    "stranger": None,
    "citizen": ("", ""),
    "officer": ("officer", WARD),
    "head": ("head", WARD),
    "office": ("office", ""),
    "leader": ("leader", ""),
    "admin": ("admin", ""),
}
EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {"stranger"}
IN_A_POST = SIGNED_IN - {"citizen"}
ABOVE = frozenset({"office", "leader", "admin"})
ADMIN = frozenset({"admin"})
#: Who may open what: by the page's name, else by what stands before its colon or its first line.
MAY = {
    "public": EVERYBODY,
    "maps": EVERYBODY,
    "api": EVERYBODY,
    "opendata": EVERYBODY,
    "open_data": EVERYBODY,
    "health": EVERYBODY,
    "service": ABOVE,
    "language": EVERYBODY,
    "cockpit": IN_A_POST,
    "api_keys": ADMIN,
    "opendata:mine": IN_A_POST,
    "accounts": ADMIN,
    "accounts:me": SIGNED_IN,
    "accounts:enter": SIGNED_IN,
    "accounts:end_sessions": SIGNED_IN,
    "accounts:delegate": IN_A_POST,
    "accounts:end_delegation": IN_A_POST,
    "people": ADMIN,
    "people:activate": EVERYBODY,
    "audit": ABOVE,
    "audit:check": ADMIN,
    "account_login": EVERYBODY,
    "account_inactive": EVERYBODY,
    "account": SIGNED_IN,
    "mfa_authenticate": EVERYBODY,
    "mfa": SIGNED_IN,
    "openid": EVERYBODY,
    "socialaccount": EVERYBODY,
}
#: What an address is tried with; of the ward, which its officer and its head may see inside.
SAMPLES = {
    "agency": WARD,
    "indicator": "work-files-online",
    "kind": "so-chua-gui",
    "period": "2026-01",
    "user": 1,
    "post": 1,
    "key": 1,
    "name": "agencies",
    "form": "csv",
    "pk": 1,
    "deed": "khoa",
    "provider_id": "oidc",
    "token": "khong-co",
}


def patterns(
    resolver: URLResolver | None = None, space: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every page's name, with its app's, and what its address takes."""
    for one in (resolver or get_resolver()).url_patterns:
        takes = (*above, *one.pattern.converters)
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{space}{one.namespace}:" if one.namespace else space, takes)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name or ''}", takes


def addresses() -> dict[str, str]:
    """An address of every page by its name. KeyError for what it takes and SAMPLES does not have."""
    return {name: reverse(name, kwargs={key: SAMPLES[key] for key in takes}) for name, takes in patterns()}


def may(name: str) -> frozenset[str]:
    """Who may open a page. KeyError for one that the table does not have."""
    return MAY.get(name) or MAY[name.split(":")[0].split("_")[0] if ":" not in name else name.split(":")[0]]


def client_of(role: str) -> Client:
    client, post = Client(raise_request_exception=False), ROLES[role]
    if post is not None:
        user = User.objects.create_user(role, password="x")
        if post[0]:
            Post.objects.create(user=user, role=post[0], agency=post[1], valid_from=date(2020, 1, 1))
        client.force_login(user)
    return client


def opened(client: Client, address: str) -> str:
    """``yes`` when it was shown (or asks for another thing than to log in), else what happened."""
    answer = client.get(address)
    if answer.status_code == 302 and answer["Location"].startswith("/tai-khoan/login/?next="):
        return "log in"
    if answer.status_code == 403:
        return "refused"
    return "yes" if answer.status_code < 500 or answer.status_code == 503 else f"fault {answer.status_code}"


def test_every_page_has_a_rule_and_stands_in_the_table():
    names = [name for name, _ in patterns()]
    assert [name for name in names if rule_of(name) is None] == []
    assert [name for name in names if not may(name)] == []
    assert addresses().keys() == set(names)


def test_no_rule_is_left_over():
    names = {name for name, _ in patterns()}
    used = {name for name in names if name in RULES} | {name.split(":")[0] for name in names} | {"mfa"}
    assert set(RULES) <= used


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_page_for_every_role(role):
    client = client_of(role)
    refusal = "log in" if role == "stranger" else "refused"
    wrong = {
        name: found
        for name, address in addresses().items()
        if (found := opened(client, address)) != ("yes" if role in may(name) else refusal)
    }
    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["officer", "head"])
def test_nobody_of_a_ward_sees_inside_another_agency(role):
    client = client_of(role)
    inside = [
        (name, address.replace(WARD, OTHER))
        for name, address in addresses().items()
        if name.startswith("cockpit:") and WARD in address
    ]
    assert [name for name, address in inside if opened(client, address) != "refused"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["officer", "head"])
def test_a_lead_sees_the_figures_it_leads_and_nothing_else_of_others(role):
    """Every inside page of every indicator at the province, below it and before it, for who leads some."""
    state = door.state()
    user = User.objects.create_user(role)
    Post.objects.create(user=user, role=role, agency=OTHER, valid_from=date(2020, 1, 1))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    led = {one.id for one in led_indicators(state.definitions, OTHER, state.today)}
    assert len(led) > 20
    assert "work-files-online" in led
    for indicator in state.definitions.indicators:
        for agency in ("gia-lai", WARD, "binh-dinh", "gl-so-y-te"):
            address = reverse("cockpit:indicator", args=(indicator, agency))
            assert opened(client, address) == ("yes" if indicator in led else "refused"), address
    for agency in ("gia-lai", WARD):
        assert opened(client, reverse("cockpit:everything", args=(agency,))) == "refused"
        assert opened(client, f"/toi/?agency={agency}") == "refused"
    for indicator, expected in (("fibre-households", "yes"), ("cases-online", "refused")):
        for page in ("trace", "bundle"):
            address = reverse(f"cockpit:{page}", args=(indicator, "gia-lai", "2026-09"))
            assert opened(client, address) == expected


@pytest.mark.django_db
@pytest.mark.parametrize("agency", ["gl-so-y-te", "bd-so-tttt", "bd-so-khcn-2025"])
def test_a_department_that_leads_nothing_or_is_gone_sees_no_figure_of_others(agency):
    user = User.objects.create_user("x")
    Post.objects.create(user=user, role="head", agency=agency, valid_from=date(2020, 1, 1))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    for other in ("gia-lai", WARD):
        address = reverse("cockpit:indicator", args=("fibre-households", other))
        assert opened(client, address) == "refused"


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_on_every_page_but_the_language():
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(User.objects.create_user("a", password="x"))
    taken = {name: client.post(address).status_code for name, address in addresses().items()}
    assert taken.pop("language") == 302
    assert {name: status for name, status in taken.items() if status not in (403, 405, 429)} == {}


@pytest.mark.django_db
def test_what_is_not_needed_of_allauth_is_not_there(log_in):
    client = log_in("admin")
    for page in ("signup/", "email/", "password/reset/", "password/set/", "3rdparty/", "3rdparty/signup/"):
        assert client.get(f"/tai-khoan/{page}").status_code == 404, page
