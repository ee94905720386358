"""What the environment says of the server's limits, checked when it starts rather than when somebody asks."""

from __future__ import annotations

import ipaddress

from django.core.exceptions import ImproperlyConfigured


def proxies(text: str) -> tuple[str, ...]:
    """Addresses and networks, separated by commas. ImproperlyConfigured for anything else."""
    named = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in named:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError as error:
            why = f"KIENG_WEB_PROXIES: {one} is no address and no network such as 10.0.0.0/24"
            raise ImproperlyConfigured(why) from error
    return named


def seconds_of_one(text: str) -> tuple[float, float]:
    """``30/0.5``: at once, and each second more. ImproperlyConfigured for anything else."""
    try:
        burst, refill = (float(one) for one in text.split("/"))
    except ValueError as error:
        raise ImproperlyConfigured(f"KIENG_WEB_SECONDS: write 30/0.5, not {text}") from error
    if not (0 < burst < float("inf") and 0 < refill < float("inf")):
        raise ImproperlyConfigured(f"KIENG_WEB_SECONDS: both must be above 0, not {text}")
    return burst, refill
