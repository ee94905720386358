"""How much one asker may ask: a bucket of tokens for each address, a larger one for each API key.

The buckets are this process's own. With N worker processes an asker has up to N times as much, as requests
happen to fall; the limit keeps a process from being drowned, it is no meter.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

_MOST_BUCKETS = 20_000


@dataclass(frozen=True)
class Rate:
    """``burst`` at once, ``refill`` more each second."""

    burst: int
    refill: float


STRANGER = Rate(burst=120, refill=2)
WITH_KEY = Rate(burst=1_200, refill=20)


@dataclass(frozen=True)
class Allowed:
    """``wait``: seconds until so much may be asked; 0 when it may now."""

    rate: Rate
    left: int
    wait: int


class Buckets:
    """``clock`` gives seconds that only grow; replaced in tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, who: str, rate: Rate, cost: int = 1) -> Allowed:
        """Take ``cost`` tokens when there are so many; else none."""
        with self._lock:
            now = self._clock()
            left, since = self._full.pop(who, (float(rate.burst), now))
            left = min(rate.burst, left + (now - since) * rate.refill)
            enough = left >= cost
            self._full[who] = (left - cost if enough else left, now)
            if len(self._full) > _MOST_BUCKETS:  # who asked longest ago has a full bucket again, or nearly
                self._full.popitem(last=False)
        wait = 0 if enough else max(1, math.ceil((cost - left) / rate.refill))
        return Allowed(rate, int(left - cost if enough else left), wait)

    def forget(self) -> None:
        with self._lock:
            self._full.clear()


buckets = Buckets()


def of_address(text: str) -> str:
    """One asker for each IPv4 address and each IPv6 network of a customer (/64)."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
