"""The catalogue as Turtle, from its JSON-LD: the few shapes that catalogue has, and no others.

A library of RDF (rdflib) would bring some 20 MB for these lines; it checks them in the tests instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kieng.workspace.json_format import Json

#: What may not stand in a Turtle text or address as it is.
_IN_TEXT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NOT_IN_ADDRESS = '<>"{}|^`\\'


def turtle(document: Json) -> str:
    """``document`` has a flat ``@context`` of prefixes; every node has an ``@id``."""
    heads = (f"@prefix {name}: {_address(place)} .\n" for name, place in document["@context"].items())
    body = {name: value for name, value in document.items() if name != "@context"}
    return "".join(heads) + "".join(_node(body))


def _node(node: Json) -> Iterator[str]:
    """The node's own statements, then those of the nodes within it."""
    told = [f"a {node['@type']}"]
    inside: list[Json] = []
    for name, value in node.items():
        if name.startswith("@"):
            continue
        values = value if isinstance(value, list) else [value]
        told.append(f"{name} {', '.join(_value(one) for one in values)}")
        inside += [one for one in values if isinstance(one, dict) and "@id" in one and len(one) > 1]
    yield f"\n{_address(node['@id'])}\n    " + " ;\n    ".join(told) + " .\n"
    for one in inside:
        yield from _node(one)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if "@id" in value:
        return _address(value["@id"])
    text = _text(value["@value"])
    return f"{text}@{value['@language']}" if "@language" in value else f"{text}^^{value['@type']}"


def _text(text: str) -> str:
    return '"' + "".join(_IN_TEXT.get(one, one) for one in text) + '"'


def _address(text: str) -> str:
    """In percent where a character may not stand in an address."""
    return "<" + "".join(f"%{ord(one):02X}" if _is_odd(one) else one for one in text) + ">"


def _is_odd(character: str) -> bool:
    return character <= " " or character in _NOT_IN_ADDRESS
