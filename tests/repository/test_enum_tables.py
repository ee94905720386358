"""A table keyed by the members of an enumeration has all of them, or says here why not: a member that is
added later is then forgotten nowhere."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import django
import pytest

import kieng

#: Tables that mean only some members, each with its reason.
PARTIAL = {
    "NO_NUMBER": "what is said where there is no number: a value is one",
    "_SENTENCES": "the other outlooks have sentences of their own",
    "_WORDS": "an example states its value; and no example is about a map",
}
_STARTS = ("__main__", "wsgi", "migrations", "management")  # modules that do something when they are loaded


def modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(kieng.__path__, "kieng."):
        if not any(part in _STARTS for part in found.name.split(".")):
            yield importlib.import_module(found.name)


def tables() -> Iterator[tuple[str, Mapping[Enum, Any]]]:
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, Mapping) and value and all(_is_ours(key) for key in value):
                yield f"{module.__name__}.{name}", value


def _is_ours(key: object) -> bool:
    return isinstance(key, Enum) and type(key).__module__.startswith("kieng.")


@pytest.fixture(scope="module", autouse=True)
def _django(request: pytest.FixtureRequest) -> None:
    django.setup()


def test_every_table_of_an_enumeration_is_whole() -> None:
    missing = {
        name: {member.name for kind in {type(key) for key in table} for member in kind if member not in table}
        for name, table in tables()
    }
    assert {
        name: gaps for name, gaps in missing.items() if gaps and name.rpartition(".")[2] not in PARTIAL
    } == {}


def test_tables_are_found() -> None:
    assert len({name for name, _ in tables()}) > 20
