"""The API's documentation, made from its own description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kieng.web.api.endpoints import api
from kieng.web.opendata.problems import TITLES
from kieng.words import Name


@dataclass(frozen=True)
class Parameter:
    name: str
    needed: bool
    says: Name
    default: str


@dataclass(frozen=True)
class Address:
    """One address of the API."""

    path: str
    says: Name
    parameters: tuple[Parameter, ...]


@cache
def addresses() -> tuple[Address, ...]:
    """Every address with its parameters."""
    paths: Mapping[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    return tuple(_address(path, methods["get"]) for path, methods in paths.items())


def problems() -> tuple[tuple[str, Name], ...]:
    return tuple(TITLES.items())


def _address(path: str, told: Mapping[str, Any]) -> Address:
    found = tuple(_parameter(one) for one in told.get("parameters", ()))
    return Address(path, _both(told["summary"]), found)


def _parameter(told: Mapping[str, Any]) -> Parameter:
    schema = told["schema"]
    default = schema.get("default")
    says = _both(told.get("description") or schema.get("description") or "")
    return Parameter(told["name"], told["required"], says, "" if default is None else str(default))


def _both(text: str) -> Name:
    vi, _, en = text.partition(" / ")
    return Name(vi, en or vi)
