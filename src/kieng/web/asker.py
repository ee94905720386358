"""Who asks, as far as an address tells: the one place that decides whom a proxy may speak for."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings

UNKNOWN = "unknown"
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def asker_of(meta: Mapping[str, Any]) -> str:
    """One asker for each IPv4 address and each IPv6 network of a customer (/64)."""
    address = _parsed(address_of(meta))
    if address is None:
        return UNKNOWN
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def address_of(meta: Mapping[str, Any]) -> str:
    """The address of who asks: the nearest in X-Forwarded-For that is none of the proxies named in
    KIENG_WEB_PROXIES, where one of them asks; whatever else somebody writes there is not believed."""
    nearest = str(meta.get("REMOTE_ADDR", ""))
    told = str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    while _is_proxy(nearest) and told:
        before = told.pop().strip()
        if _parsed(before) is None:
            break
        nearest = before
    return nearest


def _is_proxy(text: str) -> bool:
    address = _parsed(text)
    return address is not None and any(address in network for network in _networks(settings.PROXIES))


def _without_port(text: str) -> str:
    """Some proxies write 203.0.113.9:51234 or [2001:db8::1]:51234."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(_without_port(text.strip()))
    except ValueError:
        return None
    return (address.ipv4_mapped if address.version == 6 else None) or address


@lru_cache(1)
def _networks(named: tuple[str, ...]) -> tuple[_Network, ...]:
    return tuple(ipaddress.ip_network(one, strict=False) for one in named)
