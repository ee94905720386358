"""Every address, for every role, by every method, and with what belongs to somebody else.

``test_access.py`` says who may open a page. Here its address names another's agency, account, post, key or
figure, and the page is asked by every method. An address that takes something nobody has declared here fails.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.test_access import OTHER, ROLES, SAMPLES, WARD, client_of, may, patterns

from kieng.web import door, limits
from kieng.web.accounts import actions
from kieng.web.accounts.models import Role, User
from kieng.web.api.actions import make_key

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
#: What an address takes that belongs to somebody, and what it is there.
OWNED = {"agency", "user", "post", "key", "pk"}
#: What belongs to nobody: all may ask for any, what is shown of it is another question.
OF_NOBODY = {
    "indicator": "a rule; its figures belong to agencies",
    "kind": "which sort of what waits at the agency",
    "period": "a time",
    "name": "which public file",
    "form": "a format",
    "deed": "what is done to the user",
    "provider_id": "the province's log-in",
    "token": "a secret: whoever has it is who it was given to",
}
#: Pages of an agency that only who sees inside it may open.
INSIDE = "cockpit:"
ABOVE = {"office", "leader", "admin"}
#: What belongs to one person alone: for everybody else it is not there.
OF_ONE = {"accounts:end_delegation", "mfa_remove_webauthn", "mfa_edit_webauthn"}


@dataclass(frozen=True)
class Others:
    """Things of others, by what addresses call them."""

    values: Mapping[str, Any]
    people: tuple[User, ...]


@pytest.fixture
def others() -> Others:
    """A head of another agency, who lets a colleague act; another administrator, with a key and a device."""
    today, why = timezone.localdate(), {"by": None, "why": "x"}
    head, colleague, admin = (User.objects.create_user(f"other-{n}", password="x") for n in range(3))
    post = actions.give_post(user=head, role=Role.HEAD, agency=OTHER, valid_from=today, **why)
    actions.give_post(user=colleague, role=Role.OFFICER, agency=OTHER, valid_from=today, **why)
    actions.give_post(user=admin, role=Role.ADMIN, valid_from=today, **why)
    lent = actions.delegate(
        post=post, to=colleague, valid_from=today, valid_to=today + timedelta(9), by=head, why="x"
    )
    key, _ = make_key(name="khoá", contact="", why="x", by=admin)
    device = Authenticator.objects.create(
        user=admin, type="webauthn", data={"name": "khoá", "credential": {}}
    )
    values = {"agency": OTHER, "user": head.pk, "post": lent.pk, "key": key.pk, "pk": device.pk}
    return Others(values, (head, colleague, admin))


def test_every_address_says_whether_what_it_takes_belongs_to_somebody():
    taken = {one for _, takes in patterns() for one in takes}
    assert taken == OWNED | OF_NOBODY.keys()
    assert not OWNED & OF_NOBODY.keys()
    for name, takes in patterns():
        if set(takes) & OWNED:
            assert expected("officer", name) in ("public", "refused", "not there"), name


def expected(role: str, name: str) -> str:
    """What a page that names others' things is to ``role``."""
    if role not in may(name):
        return "log in" if role == "stranger" else "refused"
    if name.startswith(INSIDE) and "agency" in takes_of(name) and role not in ABOVE:
        return "refused"
    if name in OF_ONE:
        return "not there"
    return "public"


def takes_of(name: str) -> tuple[str, ...]:
    return next(takes for one, takes in patterns() if one == name)


def addresses(others: Others) -> Iterator[tuple[str, str]]:
    for name, takes in patterns():
        yield name, reverse(name, kwargs={one: others.values.get(one, SAMPLES[one]) for one in takes})


def became(client: Client, method: str, address: str) -> str:
    answer = client.generic(method, address)
    code, to = answer.status_code, answer.headers.get("Location", "")
    if code == 302 and to.startswith("/tai-khoan/login/?next="):
        return "log in"
    if code == 302 and to.startswith("/tai-khoan/reauthenticate/"):
        return "not there"  # allauth asks for the password before it looks
    return {403: "refused", 404: "not there", 405: "no such method"}.get(code, f"{code}")


def held() -> dict[str, str]:
    """All that is kept of people and keys, but when somebody last logged in and their sessions."""
    kept = {}
    for model in apps.get_models():
        if model._meta.app_label in ("accounts", "api", "mfa", "socialaccount"):
            rows = model.objects.order_by("pk").values()
            kept[model._meta.label] = str(
                [{k: v for k, v in row.items() if k != "last_login"} for row in rows]
            )
    return kept


@pytest.mark.parametrize("role", ROLES)
def test_every_address_with_what_belongs_to_others_by_every_method(role, others):
    client, before = client_of(role), held()
    user = User.objects.filter(username=role).first()
    wrong = []
    for name, address in addresses(others):
        wanted = expected(role, name)
        limits.buckets().forget()
        for method in METHODS:
            if wanted == "public" and method in ("GET", "HEAD", "POST"):
                continue  # shown, in test_access.py; what a form of theirs does, in the tests of the form
            found = became(client, method, address)
            fits = found == wanted or (wanted != "log in" and found == "no such method")
            if wanted == "public":
                fits = found in ("200", "204", "302", "404", "no such method", "refused", "400", "not there")
            if not fits:
                wrong.append((name, method, wanted, found))
            if user is not None:  # logging out is one of the addresses
                client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert wrong == []
    assert held() == before


@pytest.mark.parametrize("role", ["officer", "head"])
def test_who_waits_inside_another_agency_is_not_told_by_a_question_either(role, others):
    client = client_of(role)
    for question in (f"?agency={OTHER}", f"?agency={WARD}&agency={OTHER}"):
        assert client.get(f"/toi/{question}").status_code == 403


def hidden_of_others() -> Iterator[tuple[str, str, str]]:
    """Figures of other communes that the public does not see."""
    from kieng.web.opendata.published import Question, published

    answer = published(door.state(), Question("cases-received"))
    for one in answer.figures:
        agency = one.measurement.agency
        if one.hidden and agency != WARD and agency.split("-")[-1] == WARD.split("-")[-1]:
            yield "cases-received", agency, str(one.measurement.period)


@pytest.mark.parametrize("role", ["stranger", "citizen", "officer", "head"])
def test_a_hidden_figure_of_others_is_told_by_no_inside_address(role):
    found = list(hidden_of_others())[:5]
    assert len(found) == 5
    client = client_of(role)
    for indicator, agency, period in found:
        for page in ("trace", "bundle"):
            address = reverse(f"cockpit:{page}", args=(indicator, agency, period))
            assert became(client, "GET", address) == ("log in" if role == "stranger" else "refused")


def test_ones_own_file_hides_of_others_what_the_public_file_hides():
    hidden = set(hidden_of_others())
    lines = (
        client_of("head").get("/du-lieu/noi-bo/cases-received.csv").content.decode("utf-8-sig").splitlines()
    )
    rows = list(csv.DictReader(lines, delimiter=";" if ";" in lines[0] else ","))
    told = [row for row in rows if ("cases-received", row["agency"], row["period"]) in hidden]
    assert len(told) >= len(hidden)
    assert {row["value"] for row in told} == {""}
    assert {row["numerator"] for row in told} <= {""}
