"""Somebody who has logged in, as their browser would: cookies, token, kept connections."""

from __future__ import annotations

import http.client
import json
import re
import threading
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

_TOKEN = {
    "superset": re.compile(r'csrf_token[^>]*?value="([^"]+)"'),
    "kieng": re.compile(r'csrfmiddlewaretoken" value="([^"]+)"'),
}


@dataclass(frozen=True)
class Ask:
    """A request as a browser sent it. ``began`` and ``ended``: seconds of the clock, when it was seen."""

    method: str
    path: str
    body: bytes | None = None
    kind: str = ""
    began: float = 0
    ended: float = 0


@dataclass
class Session:
    host: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: {"Accept-Encoding": "gzip"})
    _own: threading.local = field(default_factory=threading.local)

    def send(self, ask: Ask) -> tuple[int, bytes]:
        """Status and body as they went over the line. A connection of each thread's own stays open."""
        headers = self.headers | {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        }
        if ask.kind:
            headers["Content-Type"] = ask.kind
        for fresh in (False, True):
            connection = self._connection(fresh)
            try:
                connection.request(ask.method, ask.path, ask.body, headers)
                answer = connection.getresponse()
                body = answer.read()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if fresh:  # a server may close a kept connection at any moment, but not a new one
                    raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, body

    def _connection(self, fresh: bool) -> http.client.HTTPConnection:
        known: dict[str, http.client.HTTPConnection] = self._own.__dict__
        if fresh or self.host not in known:
            known[self.host] = http.client.HTTPConnection(self.host, timeout=120)
        return known[self.host]

    def ask(self, method: str, path: str, told: object = None) -> Any:
        """The JSON that Superset answers to an administrator."""
        body = None if told is None else json.dumps(told).encode()
        self.headers.pop("Accept-Encoding", None)
        status, text = self.send(Ask(method, path, body, "application/json"))
        if status not in (200, 201):
            raise SystemExit(f"{method} {path}: {status} {text[:600]!r}")
        return json.loads(text)


def log_in(host: str, system: str, name: str, password: str) -> Session:
    """Logged in by the form of the log-in page."""
    path, field_name = ("/login/", "username") if system == "superset" else ("/tai-khoan/login/", "login")
    session = Session(host, headers={"Referer": f"http://{host}{path}"})
    token = _TOKEN[system].search(session.send(Ask("GET", path))[1].decode())
    if token is None:
        raise SystemExit(f"no log-in form at {host}")
    key = "csrf_token" if system == "superset" else "csrfmiddlewaretoken"
    form = urllib.parse.urlencode({key: token[1], field_name: name, "password": password}).encode()
    status, text = session.send(Ask("POST", path, form, "application/x-www-form-urlencoded"))
    if status != 302:
        raise SystemExit(f"{name} could not log in: {status} {text[:300]!r}")
    session.headers["Accept-Encoding"] = "gzip"
    if system == "superset":
        session.headers["X-CSRFToken"] = json.loads(
            Session(host, session.cookies, {"Referer": f"http://{host}/"}).send(
                Ask("GET", "/api/v1/security/csrf_token/")
            )[1]
        )["result"]
    return session
