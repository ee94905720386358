"""The API's description, with its problems as what they are: ``application/problem+json``."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from kieng.web.opendata.problems import PROBLEM_TYPE


class Described(NinjaAPI):
    """A NinjaAPI whose description says how problems and unchanged answers go out."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for methods in schema["paths"].values():
            for operation in methods.values():
                _mend(operation["responses"])
        return schema


def _mend(responses: dict[Any, Any]) -> None:
    for status, told in responses.items():
        if int(status) >= 400 and "application/json" in told.get("content", {}):
            told["content"] = {PROBLEM_TYPE: told["content"].pop("application/json")}
    responses[304] = {"description": "Chưa đổi từ ETag đã biết. / Not changed since the ETag."}
