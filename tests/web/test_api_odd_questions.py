"""Thousands of odd questions from the API's own description: never a failure, and always what it says."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kieng.web import limits
from kieng.web.wsgi import application

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_SETTINGS = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_no_question_breaks_the_api(monkeypatch, mode):
    monkeypatch.setattr(limits, "STRANGER", limits.Rate(burst=1_000_000, refill=1))
    limits.buckets().forget()
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    asked = [found.ok() for found in described.get_all_operations()]
    assert len(asked) >= 10
    negative = mode is schemathesis.GenerationMode.NEGATIVE
    for operation in asked:
        if negative and not operation.query:
            continue  # nothing can be wrong about it

        @_SETTINGS
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            case.call_and_validate(
                checks=_CHECKS, headers={"Host": "localhost", "Accept-Encoding": "identity"}
            )

        ask()
