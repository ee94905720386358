"""One kept connection to a server on this machine. Runs in any peer's Python."""

from __future__ import annotations

import json
import socket
import time
from http.client import HTTPConnection
from urllib.parse import urlencode


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Client:
    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, **values: str):
        """The JSON at ``path``. Raises RuntimeError, with the text, for any status but 200."""
        self._connection.request("GET", f"{path}?{urlencode(values)}")
        response = self._connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {text[:500]!r}")
        return json.loads(text)


def wait_for(port: int, seconds: float = 60) -> None:
    """Until something listens. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"nothing listens on port {port}")
