"""What the site answers when it refuses or fails, in a language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.web.test_access import client_of

from kieng.web import door
from kieng.web.public import reads


def gone_wrong(language: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> dict[str, tuple[int, str]]:
    """What the site answers when it refuses or fails: by a name, the status and the page."""

    def of(answer: Any) -> tuple[int, str]:
        return answer.status_code, answer.content.decode()

    def client(role: str = "", **more: Any) -> Client:
        made = client_of(role) if role else Client(**more)
        made.cookies["kieng_language"] = language
        return made

    given = {"login": "a", "password": "b"}
    wrong = of(client().post("/tai-khoan/login/", given))
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client().post("/tai-khoan/login/", given)
    found = {
        "not-found": of(client().get("/khong-co/")),
        "bad-request": of(client().get("/chi-so/cases-online/?period=x")),
        "refused": of(client("citizen").get("/nhat-ky/")),
        "form-refused": of(client(enforce_csrf_checks=True).post("/tai-khoan/login/", given)),
        "wrong-password": wrong,
        "too-many": of(client().post("/tai-khoan/login/", given)),
    }
    broken = client()
    broken.raise_request_exception = False
    for name, error in {"failed": OSError, "nothing-measured": door.NothingMeasured}.items():
        with monkeypatch.context() as patch:
            patch.setattr(reads, "plan_at_a_glance", _raising(error))
            found[name] = of(broken.get(f"/?{name}"))
    with monkeypatch.context() as patch:
        patch.setattr(door.State, "figures", _raising(door.Busy))
        found["busy"] = of(broken.get("/chi-so/cases-online/?as_of=2026-01-31"))
    return found


def _raising(error: type[Exception]) -> Callable[..., None]:
    def fail(*given: object) -> None:
        raise error

    return fail


STATUS = {
    "not-found": 404,
    "bad-request": 400,
    "refused": 403,
    "form-refused": 403,
    "wrong-password": 200,
    "too-many": 429,
    "failed": 500,
    "nothing-measured": 503,
    "busy": 503,
}
