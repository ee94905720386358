"""The pages over a small example, made once for the whole run and only read; people to log in as."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.conftest import Demo

from kieng.web import door
from kieng.web.accounts.models import Post, User

LogIn = Callable[..., Client]


@pytest.fixture(scope="session")
def example(demo: Demo) -> Path:
    """The Bình Định example with few cases, loaded and measured, only to be read."""
    return demo.root


@pytest.fixture(autouse=True)
def _over_the_example(example: Path) -> None:
    if Path(settings.WORKSPACE) != example:
        settings.WORKSPACE = example
        door.forget()


@pytest.fixture
def log_in(db: None) -> LogIn:
    """A client of somebody who holds a post: ``log_in("head", "quy-nhon-21583-2025")``; None: a citizen."""

    def make(role: str | None = None, agency: str = "") -> Client:
        user = User.objects.create_user(f"{role or 'citizen'} {agency}".strip())
        if role:
            Post.objects.create(user=user, role=role, agency=agency, valid_from=date(2020, 1, 1))
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return make
