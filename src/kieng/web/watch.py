"""The process beside the pages: asks whether they answer, tells systemd, and logs what must wake somebody.

Apart from the server, for whoever shares its fate cannot tell of it: no thread of it is taken by a fork, and
a server that hangs is told of. It ends when the server does. ``--once`` asks one time and says by its exit
code whether all is well: for a container's health check.
"""

from __future__ import annotations

import argparse
import http.client
import json
import logging
import os
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kieng.records.disk import owner_only
from kieng.web.logs import JsonFormatter
from kieng.workspace.alarms import NO_ANSWER, Level, Standing, look

ADDRESS = "/suc-khoe/"
#: Seconds between two questions, at most; how long an answer may take, which waits for its turn as all do.
_BETWEEN, _PATIENCE = 10.0, 20.0
#: So many questions in a row without an answer are an alarm, and what stands is told of again each hour.
_MISSES, _AGAIN = 3, 3600.0
#: What a container is healthy with: one that is new has measured nothing.
_WELL = ("fine", "nothing measured")
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 what to ask then
_log = logging.getLogger("kieng.alarms")


@dataclass(frozen=True)
class Health:
    """What the pages answered. ``status`` is theirs; "" where an answer came that says nothing of it."""

    status: str
    text_faults: int = 0

    @property
    def answers(self) -> bool:
        return self.status != NO_ANSWER


def notify(*told: str) -> bool:
    """Tell systemd (``sd_notify``: one datagram to NOTIFY_SOCKET). False without systemd."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)) as sender:
        try:
            sender.sendto("\n".join(told).encode(), _abstract(address))
        except OSError:  # systemd is being started anew; it asks again
            return False
    return True


def _abstract(address: str) -> str:
    return f"\0{address[1:]}" if address.startswith("@") else address


def ask(host: str, port: int, name: str, patience: float = _PATIENCE) -> Health:
    """Ask the pages at ``host`` and ``port`` how they are, as the site called ``name``."""
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=patience)
    with closing(connection):
        try:
            connection.request("GET", ADDRESS, headers={"Host": name})
            said = connection.getresponse().read(100_000)
        except (OSError, http.client.HTTPException):
            return Health(NO_ANSWER)
    try:
        told = json.loads(said)
        return Health(str(told["status"]), int(told.get("text_faults", 0)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Health("")


def site_name(hosts: str) -> str:
    """A name that the site answers to, of those in KIENG_WEB_HOSTS."""
    names = [one.strip() for one in hosts.split(",") if one.strip()]
    if not names or "127.0.0.1" in names or "*" in names:
        return "127.0.0.1"
    return names[0].lstrip(".")


@dataclass
class Watch:
    """What is known from one look to the next."""

    folder: Path
    demo: bool
    asks: Callable[[], Health]
    clock: Callable[[], float] = time.monotonic
    _misses: int = 0
    _ready: bool = False
    _stood: dict[str, float] = field(default_factory=dict)  # since when it was last told of

    def look(self) -> None:
        """Ask, tell systemd, log what has begun and what has ended."""
        health = self.asks()
        self._misses = 0 if health.answers else self._misses + 1
        if health.answers:
            self._ready = self._ready or notify("READY=1")
            notify("WATCHDOG=1", f"STATUS=/suc-khoe/: {health.status or '?'}")
        status = health.status if health.answers or self._misses >= _MISSES else ""
        self._tell(look(self.folder, health=status, text_faults=health.text_faults, demo=self.demo))

    def _tell(self, standing: Sequence[Standing]) -> None:
        now = self.clock()
        for one in standing:
            code = one.alarm.code
            before = self._stood.get(code)
            if before is None or now - before >= _AGAIN:
                level = logging.ERROR if one.alarm.level is Level.FAULT else logging.WARNING
                state = "begun" if before is None else "stands"
                _log.log(level, "%s", code, extra={"told": {**one.told(), "state": state}})
                self._stood[code] = now
        for code in self._stood.keys() - {one.alarm.code for one in standing}:
            del self._stood[code]
            _log.warning("%s", code, extra={"told": {"alarm": code, "state": "ended"}})


def times() -> tuple[float, float]:
    """Seconds between two questions, and for an answer: several fit within the time after which systemd
    restarts a service."""
    told = os.environ.get("WATCHDOG_USEC", "")
    watchdog = int(told) / 1e6 if told.isdecimal() and int(told) else float("inf")
    return min(_BETWEEN, watchdog / 6), min(_PATIENCE, watchdog / 3)


def main() -> None:
    """Watch until the process that began this one is gone."""
    owner_only()
    options = _options()
    name = site_name(os.environ.get("KIENG_WEB_HOSTS", ""))
    if options.once:
        health = ask(options.host, options.port, name)
        print(health.status)  # noqa: T201 read in the container's log
        sys.exit(health.status not in _WELL)
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    between, patience = times()
    asks = partial(ask, options.host, options.port, name, patience)
    watching = Watch(options.workspace / ".kieng", options.demo, asks)
    while _parent_lives(options.parent, between):
        watching.look()


def _parent_lives(parent: int, seconds: float) -> bool:
    """Wait; at once False when the server has gone."""
    until = time.monotonic() + seconds
    while os.getppid() == parent:
        left = until - time.monotonic()
        if left <= 0:
            return True
        time.sleep(min(1.0, left))
    return False


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("kieng.web.watch")
    parser.add_argument("--workspace", type=Path, default=Path(os.environ.get("KIENG_WORKSPACE", ".")))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--parent", type=int, default=0)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--once", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
