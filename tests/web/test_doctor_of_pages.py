"""What `kieng doctor` asks of the pages: their settings, their tables, and who administers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from tests.web.conftest import LogIn

from kieng.web import doctor
from kieng.web.accounts.demo import PASSWORD, PEOPLE
from kieng.web.accounts.models import Post, User
from kieng.web.audit.models import Event
from kieng.workspace.doctor.checks import Patient


def found(check: str, root: Path = Path()) -> list[str]:
    return [one.key for one in doctor.CHECKS[check](Patient(root, datetime.now(UTC)))]


@pytest.fixture(autouse=True)
def _there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_there", lambda: True)  # the tests' tables are in memory


@pytest.mark.parametrize(
    ("check", "changes", "key"),
    [
        ("hosts", {"ALLOWED_HOSTS": ["*"]}, "hosts-all"),
        ("hosts", {"ALLOWED_HOSTS": ["127.0.0.1", "localhost"], "HTTPS": True}, "hosts-local"),
        ("hosts", {"ALLOWED_HOSTS": ["kieng.example.vn"], "HTTPS": True}, "hosts-fine"),
        ("https", {"ALLOWED_HOSTS": ["kieng.example.vn"], "HTTPS": False}, "https-off"),
        ("https", {"ALLOWED_HOSTS": ["127.0.0.1"], "HTTPS": False}, "https-local"),
        ("https", {"HTTPS": True, "DEMO": True}, "https-demo"),
        ("https", {"HTTPS": True, "DEMO": False}, "https-fine"),
        ("proxies", {"PROXIES": ("0.0.0.0/0",)}, "proxies-all"),
        ("proxies", {"PROXIES": ("::/0", "10.0.0.1")}, "proxies-all"),
        ("proxies", {"PROXIES": ("127.0.0.0/8", "::1")}, "proxies-fine"),
        ("proxies", {"PROXIES": ()}, "proxies-none"),
    ],
)
def test_settings(monkeypatch, check, changes, key):
    for name, value in changes.items():
        monkeypatch.setattr(settings, name, value)
    assert found(check) == [key]


@pytest.mark.django_db
def test_administrators_and_their_second_factor(log_in: LogIn, monkeypatch):
    assert found("administrators") == ["administrators-none"]
    assert found("second_factor") == ["second-fine"]
    log_in("admin")
    admin = User.objects.get()
    assert found("administrators") == ["administrators-fine"]
    monkeypatch.setattr(settings, "SECOND_FACTOR", True)
    assert found("second_factor") == ["second-lacking"]
    monkeypatch.setattr(settings, "SECOND_FACTOR", False)
    assert found("second_factor") == ["second-off"]
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={})
    assert found("second_factor") == ["second-fine"]
    Post.objects.update(valid_to=date(2020, 2, 1))
    assert found("administrators") == ["administrators-none"]


@pytest.mark.django_db
def test_people_of_a_demonstration_left_open_are_told_of(monkeypatch):
    name = PEOPLE[0].username
    User.objects.create(username=name, password=make_password(PASSWORD))
    monkeypatch.setattr(settings, "DEMO", False)
    assert "administrators-demo" in found("administrators")
    User.objects.update(is_active=False)
    assert "administrators-demo" not in found("administrators")


@pytest.mark.django_db
def test_a_trail_that_was_changed_and_tables_of_this_version(log_in: LogIn, monkeypatch):
    assert found("tables") == ["tables-fine"]
    assert found("trail") == ["trail-fine"]
    monkeypatch.setattr(Event, "chained", lambda _: "another")
    Event.objects.create(number=1, kind="x", before="", hash="y", at=datetime.now(UTC))
    assert found("trail") == ["trail-broken"]


def test_workers_that_answer_and_that_fell(tmp_path):
    from kieng.web.__main__ import _note_fall
    from kieng.web.counting import Counted, add

    (tmp_path / ".kieng").mkdir()
    assert found("workers", tmp_path) == ["workers-none"]
    add(tmp_path / ".kieng", Counted(), 0, 0)
    assert found("workers", tmp_path) == ["workers-fine"]
    _note_fall(tmp_path / ".kieng")
    assert found("workers", tmp_path) == ["workers-fell", "workers-fine"]
