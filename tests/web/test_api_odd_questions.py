"""Thousands of odd questions from the API's own description: never a failure, and always what it says."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kieng.web.api import limits
from kieng.web.wsgi import application


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch, db: None) -> object:
    monkeypatch.setattr(limits, "STRANGER", limits.Rate(burst=1_000_000, refill=1))
    limits.buckets.forget()
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


lazy = schemathesis.pytest.from_fixture("described")
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@lazy.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_question_breaks_the_api(case):
    case.call_and_validate(checks=_CHECKS, headers={"Host": "localhost"})
