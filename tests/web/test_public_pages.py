"""Pages for strangers."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_plan_names_every_pillar_in_both_languages():
    vietnamese, english = Client().get("/"), Client(headers={"cookie": "kieng_language=en"}).get("/")
    assert "Chính quyền số" in vietnamese.content.decode()
    assert "Digital government" in english.content.decode()


def test_a_page_is_kept_by_language_and_version():
    first = Client().get("/")
    assert Client().get("/", headers={"if-none-match": first["ETag"]}).status_code == 304
    english = Client(headers={"cookie": "kieng_language=en"}).get(
        "/", headers={"if-none-match": first["ETag"]}
    )
    assert english.status_code == 200


def test_headers_let_nothing_in_from_elsewhere():
    headers = Client().get("/").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
