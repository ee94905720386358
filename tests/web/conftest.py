"""The pages over a small example, made once for the whole run and only read; people to log in as."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.conftest import Demo
from tests.integration.foreign.ministry import made

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


@contextmanager
def served(root: Path) -> Iterator[None]:
    """While this lasts the pages are over another workspace."""
    before = settings.WORKSPACE
    settings.WORKSPACE = root
    door.forget()
    yield
    settings.WORKSPACE = before
    door.forget()


@pytest.fixture(scope="session")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of a ministry that nobody has seen, loaded and measured, only to be read."""
    workspace = made(tmp_path_factory.mktemp("ministry")).workspace
    workspace.measure()
    return workspace.root


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
