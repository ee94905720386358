"""Every address has a rule, and every rule is kept."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kieng.web.access import rule_of


def view_names(resolver: URLResolver | None = None, space: str = "") -> list[str]:
    """The names of all views, with the names of their apps."""
    found: list[str] = []
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            found += view_names(one, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            found.append(f"{space}{one.name or ''}")
    return found


def test_own_pages_have_a_rule():
    without = [name for name in view_names() if rule_of(name) is None]
    assert all(
        name.startswith(("account_", "mfa_", "socialaccount_", "openid_", "google")) for name in without
    )


@pytest.mark.django_db
def test_a_page_without_a_rule_is_refused_to_everybody(log_in):
    assert log_in("admin").get("/tai-khoan/signup/").status_code == 403


@pytest.mark.django_db
def test_a_stranger_is_sent_to_log_in():
    assert Client().get("/toi/")["Location"] == "/tai-khoan/login/?next=/toi/"


def test_a_citizen_is_refused_a_cockpit(log_in):
    assert log_in().get("/toi/").status_code == 403


def test_a_head_sees_the_cockpit(log_in):
    assert log_in("head", "quy-nhon-21583-2025").get("/toi/").status_code == 200
