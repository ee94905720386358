"""The pages over a small example, made once for the whole run and only read; people to log in as."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from kieng.records.disk import alone
from kieng.web import door
from kieng.web.accounts.models import Post, User
from kieng.workspace.demo import deliveries, load_all, make_demo

CASES = 3_000
LogIn = Callable[..., Client]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Bình Định example with few cases, loaded and measured: by the first process of a run that asks
    for it; the others wait for it and read the same."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    root, whole = folder / "binh-dinh", folder / "binh-dinh.whole"
    with alone(folder / "binh-dinh.lock"):
        if not whole.exists():
            made = make_demo(root)
            for _ in load_all(made, deliveries(made, CASES)):
                pass
            made.measure()
            whole.touch()
    return root


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
